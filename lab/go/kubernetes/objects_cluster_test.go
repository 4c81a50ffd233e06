//go:build cluster

package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

const secretToken = "kubernetes:core/v1:Secret"

func TestEveryKindIsCreatedUnchangedAfterwardsAndDeleted(t *testing.T) {
	s := newStand(t)
	for token := range everyKind(t) {
		t.Run(token[strings.LastIndex(token, ":")+1:], func(t *testing.T) {
			on := *s
			on.T = t
			document := example(t, token, "{labels: {l: m}, annotations: {pulumi.com/skipAwait: 'true'}}")
			made := on.mustCreate(token, "each", document)
			for round := range 10 {
				if there, err := on.refresh(made); !there || err != nil {
					t.Fatalf("refresh %d: there %v, %v", round, there, err)
				}
				if answer := on.diff(made, document); answer.GetChanges() != pulumirpc.DiffResponse_DIFF_NONE {
					t.Fatalf("refresh %d brought a change: %v", round, answer.GetDetailedDiff())
				}
			}
			if err := on.update(made, document); err != nil {
				t.Fatalf("update with nothing new: %v", err)
			}
			if answer := on.diff(made, document); answer.GetChanges() != pulumirpc.DiffResponse_DIFF_NONE {
				t.Errorf("the update brought a change: %v", answer.GetDetailedDiff())
			}
			if err := on.delete(made); err != nil {
				t.Errorf("delete: %v", err)
			}
		})
	}
}

func TestAnObjectThatExistsIsNotTakenOver(t *testing.T) {
	s := newStand(t)
	first := s.mustCreate(configMapToken, "first", "{metadata: {name: same}, data: {a: first}}")
	_, err := s.create(configMapToken, "second", "{metadata: {name: same}, data: {a: second}}")
	if err == nil {
		t.Fatal("it was taken over")
	}
	mustContain(t, err.Error(), "ConfigMap "+s.namespace+"/same", "already exists", "Import it")
	if value, _, _ := nestedString(s.live(first), "data", "a"); value != "first" {
		t.Errorf("its data became %q", value)
	}
}

func TestAnUpdateTakesAwayWhatTheProgramNoLongerHas(t *testing.T) {
	s := newStand(t)
	made := s.mustCreate("kubernetes:core/v1:ServiceAccount", "x", "metadata: {annotations: {a: '1', b: '2'}}")
	s.tamper(made, `{"metadata":{"annotations":{"theirs":"3"}}}`)
	if err := s.update(made, "metadata: {annotations: {a: '4'}}"); err != nil {
		t.Fatal(err)
	}
	annotations := s.live(made).GetAnnotations()
	if annotations["a"] != "4" || annotations["b"] != "" || annotations["theirs"] != "3" {
		t.Errorf("the annotations are %v", annotations)
	}
	if err := s.update(made, "metadata: {annotations: {c: '5'}}"); err != nil {
		t.Fatal(err)
	}
	annotations = s.live(made).GetAnnotations()
	if annotations["a"] != "" || annotations["c"] != "5" || annotations["theirs"] != "3" {
		t.Errorf("after a second update, the annotations are %v", annotations)
	}
}

func TestWhatOthersOwnIsTakenBackOnlyByForce(t *testing.T) {
	s := newStand(t)
	made := s.mustCreate("kubernetes:core/v1:ServiceAccount", "x", "metadata: {annotations: {a: '1'}}")
	s.tamper(made, `{"metadata":{"annotations":{"a":"theirs"}}}`)
	err := s.update(made, "metadata: {annotations: {a: '2'}}")
	if err == nil {
		t.Fatal("it was taken back")
	}
	mustContain(t, err.Error(), "conflict", "somebody", patchForce)
	failed := initFailed(err)
	if failed == nil || annotation(s.read(decode(failed.GetInputs())), "a") != "2" {
		t.Errorf("for the state it has %v", failed)
	}
	if annotation(s.read(decode(failed.GetProperties())), "a") != "theirs" {
		t.Errorf("as live it has %v", failed.GetProperties())
	}
	if err := s.update(made, "metadata: {annotations: {a: '2', pulumi.com/patchForce: 'true'}}"); err != nil {
		t.Fatal(err)
	}
	if annotations := s.live(made).GetAnnotations(); annotations["a"] != "2" {
		t.Errorf("the annotations are %v", annotations)
	}
}

func TestWhatKubectlHasAddedGoesWithTheNextUpdate(t *testing.T) {
	s := newStand(t)
	made := s.mustCreate("kubernetes:core/v1:ServiceAccount", "x", "metadata: {annotations: {a: '1'}}")
	s.tamperAs("kubectl-edit", made, `{"metadata":{"annotations":{"theirs":"3"}}}`)
	if err := s.update(made, "metadata: {annotations: {a: '2'}}"); err != nil {
		t.Fatal(err)
	}
	if annotations := s.live(made).GetAnnotations(); annotations["a"] != "2" || annotations["theirs"] != "" {
		t.Errorf("the annotations are %v", annotations)
	}
}

func TestIgnoredChangesKeepTheirLiveValue(t *testing.T) {
	s := newStand(t)
	const metadata = "{labels: {l: '%s'}, annotations: {pulumi.com/skipAwait: 'true'}}"
	document := example(t, deploymentToken, fmt.Sprintf(metadata, "1"))
	made := s.mustCreate(deploymentToken, "x", document)
	s.tamper(made, `{"spec":{"replicas":3}}`, "scale")
	if err := s.update(made, example(t, deploymentToken, fmt.Sprintf(metadata, "2")), "spec.replicas"); err != nil {
		t.Fatal(err)
	}
	live := s.live(made)
	replicas, _, _ := nestedInt(live, "spec", "replicas")
	if replicas != 3 || live.GetLabels()["l"] != "2" {
		t.Errorf("the replicas are %d, the labels %v", replicas, live.GetLabels())
	}
	paths, err := parsePaths([]string{"spec.replicas"})
	if err != nil || !onlyOthersOwn(live, creator, paths[0]) {
		t.Errorf("the plugin has taken the replicas over (%v): %v", err, live.GetManagedFields())
	}
}

func TestASecretsKeysComeAndGoInPlaceWhenItIsMutable(t *testing.T) {
	s := newStand(t)
	s.plugin.settings.mutableSecrets = true
	made := s.mustCreate(secretToken, "x", "stringData: {a: one, b: two}")
	if err := s.update(made, "stringData: {a: three}"); err != nil {
		t.Fatal(err)
	}
	data := s.live(made).Object["data"].(map[string]any)
	if len(data) != 1 || data["a"] != "dGhyZWU=" {
		t.Errorf("the data is %v", data)
	}
	if !made.outputs["data"].IsSecret() || !made.inputs["data"].IsSecret() {
		t.Errorf("the state has %v and %v", made.outputs, made.inputs)
	}
}

func TestACustomResourceFollowsItsDefinition(t *testing.T) {
	s := newStand(t)
	group := s.namespace + ".example"
	definition := s.mustCreate("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", "crd", `
metadata: {name: widgets.`+group+`}
spec:
  group: `+group+`
  scope: Cluster
  names: {plural: widgets, singular: widget, kind: Widget}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {type: object, x_kubernetes_preserve_unknown_fields: true}
          status: {type: object, x_kubernetes_preserve_unknown_fields: true}
`)
	made := s.mustCreate("kubernetes:"+group+"/v1:Widget", "widget", "spec: {size: 3}")
	if made.id != text(made.inputs, "metadata", "name") {
		t.Errorf("the ID of a cluster-scoped object is %q", made.id)
	}
	if err := s.update(made, "spec: {size: 4}"); err != nil {
		t.Fatal(err)
	}
	if there, err := s.refresh(made); !there || err != nil {
		t.Errorf("refresh: %v, %v", there, err)
	}
	if err := s.delete(definition); err != nil {
		t.Fatal(err)
	}
	if err := s.delete(made); err != nil {
		t.Errorf("delete after its definition: %v", err)
	}
	if there, err := s.refresh(made); there || err != nil {
		t.Errorf("refresh after its definition: %v, %v", there, err)
	}
}

func TestDeletionLeavesDependentsIfToldSo(t *testing.T) {
	s := newStand(t)
	metadata := "annotations: {pulumi.com/deletionPropagationPolicy: orphan}"
	made := s.mustCreate(deploymentToken, "x", example(t, deploymentToken, metadata))
	// The garbage collector spares only those that it has seen.
	s.until("the ReplicaSet's own controller", func() bool {
		sets, err := s.cluster.list(t.Context(), replicaSets, s.namespace, listAll)
		if err != nil || len(sets) != 1 {
			return false
		}
		seen, _, _ := nestedInt(&sets[0], "status", "observedGeneration")
		return seen > 0
	})
	if err := s.delete(made); err != nil {
		t.Fatal(err)
	}
	if s.live(made) != nil {
		t.Error("the Deployment is still there")
	}
	sets, err := s.cluster.list(t.Context(), replicaSets, s.namespace, listAll)
	if err != nil || len(sets) != 1 {
		t.Errorf("%d ReplicaSets are left (%v), want 1", len(sets), err)
	}
	if err := s.delete(made); err != nil {
		t.Errorf("delete what is gone: %v", err)
	}
}

func TestManyObjectsAreCreatedAtOnce(t *testing.T) {
	s := newStand(t)
	s.plugin.configure(newSettings(map[string]string{"namespace": s.namespace}))
	// Held back by client-go's own limit, five a second after the first ten, they would take ten.
	s.within(9*time.Second, "a first call of many", func() {
		var group sync.WaitGroup
		for i := range 60 {
			group.Go(func() {
				if _, err := s.create(configMapToken, "many", fmt.Sprintf("metadata: {name: many-%d}", i)); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
	})
}

func TestAMissingKindIsExplained(t *testing.T) {
	s := newStand(t)
	made := &thing{urn: urnFor("kubernetes:absent.example/v1:Widget", "x")}
	request := &pulumirpc.CreateRequest{Urn: made.urn, Properties: wire(t, s.check(made, "{}")), Preview: true}
	if _, err := s.plugin.Create(t.Context(), request); err != nil {
		t.Errorf("the preview fails: %v", err)
	}
	request.Preview = false
	// It may come for half a minute; here nobody waits for it.
	impatient, stop := context.WithTimeout(t.Context(), time.Second)
	defer stop()
	_, err := s.plugin.Create(impatient, request)
	if err == nil {
		t.Fatal("it was created")
	}
	mustContain(t, err.Error(), "absent.example/v1 Widget", "CustomResourceDefinition")
}

func TestOutputsHaveTheServersValuesAndNoManagedFields(t *testing.T) {
	s := newStand(t)
	made := s.mustCreate(serviceToken, "x", "spec: {clusterIP: None, selector: {a: b}, ports: [{port: 443}]}")
	if text(made.outputs, "metadata", "uid") == "" || text(made.outputs, "spec", "type") != "ClusterIP" {
		t.Errorf("the outputs are %v", made.outputs)
	}
	if section(made.outputs, "metadata").HasValue("managedFields") {
		t.Error("the outputs have managed fields")
	}
	if want := s.namespace + "/" + text(made.inputs, "metadata", "name"); made.id != want {
		t.Errorf("the ID is %q, want %q", made.id, want)
	}
	if _, ok := made.outputs["status"]; !ok {
		t.Errorf("the outputs have no status: %v", resource.NewProperty(made.outputs))
	}
}
