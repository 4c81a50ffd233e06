package main

import (
	"encoding/json"
	"slices"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestWhatThePluginAndKubectlHaveSetIsAdopted(t *testing.T) {
	live := liveObject(t, `
apiVersion: v1
kind: ConfigMap
metadata:
  name: x
  managedFields:
  - {manager: pulumi-kubernetes, operation: Update, apiVersion: v1, fieldsV1: {"f:data": {"f:created": {}}}}
  - {manager: kubectl-edit, operation: Update, apiVersion: v1, fieldsV1: {"f:data": {"f:edited": {}}}}
  - {manager: kubectl, operation: Update, apiVersion: v1, fieldsV1: {"f:data": {"f:patched": {}}}}
  - {manager: kubectl, operation: Apply, apiVersion: v1, fieldsV1: {"f:data": {"f:applied": {}}}}
  - {manager: before-first-apply, operation: Update, apiVersion: v1, fieldsV1: {"f:data": {"f:old": {}}}}
  - {manager: kubectl, operation: Update, subresource: scale, apiVersion: v1, fieldsV1: {"f:data": {"f:scaled": {}}}}
  - {manager: before-first-apply, operation: Apply, apiVersion: v1, fieldsV1: {"f:data": {"f:others": {}}}}
  - {manager: somebody, operation: Update, apiVersion: v1, fieldsV1: {"f:data": {"f:theirs": {}}}}
`)
	patch, err := adoption(live, creator)
	if err != nil {
		t.Fatal(err)
	}
	var steps []struct{ Value json.RawMessage }
	if err := json.Unmarshal(patch, &steps); err != nil {
		t.Fatal(err)
	}
	var entries []metav1.ManagedFieldsEntry
	if err := json.Unmarshal(steps[0].Value, &entries); err != nil {
		t.Fatal(err)
	}
	if len(entries) != 4 {
		t.Errorf("%d managers are left: %v", len(entries), entries)
	}
	ours := slices.IndexFunc(entries, func(entry metav1.ManagedFieldsEntry) bool {
		return entry.Manager == creator && entry.Operation == metav1.ManagedFieldsOperationApply
	})
	if ours < 0 {
		t.Fatalf("the plugin is not among the managers: %v", entries)
	}
	owned := string(entries[ours].FieldsV1.Raw)
	mustContain(t, owned, "f:created", "f:edited", "f:patched", "f:applied", "f:old")
}

func TestNothingOfOthersIsAdopted(t *testing.T) {
	live := liveObject(t, `
apiVersion: v1
kind: ConfigMap
metadata:
  name: x
  managedFields: [{manager: somebody, operation: Update, apiVersion: v1, fieldsV1: {"f:data": {"f:theirs": {}}}}]
`)
	if patch, err := adoption(live, creator); patch != nil || err != nil {
		t.Errorf("the patch is %s (%v)", patch, err)
	}
}
