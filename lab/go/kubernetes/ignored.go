package main

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// leaveIgnored leaves the fields of the resource option ignore_changes as they are. One that only others own goes from
// the request, so that an autoscaler's replicas are its own even if they change at this moment; every other one is sent
// with its live value.
func leaveIgnored(obj, live *unstructured.Unstructured, manager string, ignored []string) error {
	if len(ignored) == 0 {
		return nil
	}
	paths, err := parsePaths(ignored)
	if err != nil {
		return fmt.Errorf("ignore_changes: %w", err)
	}
	wanted, found := resource.NewProperty(fromPlain(obj.Object)), resource.NewProperty(fromPlain(live.Object))
	for _, path := range paths {
		if onlyOthersOwn(live, manager, path) {
			path.Delete(wanted)
		} else if value, ok := path.Get(found); ok {
			path.Set(wanted, value)
		}
	}
	obj.Object = plain(wanted.ObjectValue())
	return nil
}

// onlyOthersOwn tells whether a field has owners and the manager, with what it is going to adopt, is none of them.
func onlyOthersOwn(live *unstructured.Unstructured, manager string, path resource.PropertyPath) bool {
	owners := slices.DeleteFunc(live.GetManagedFields(), func(entry metav1.ManagedFieldsEntry) bool {
		return !owns(entry, path)
	})
	return len(owners) > 0 && !slices.ContainsFunc(owners, func(entry metav1.ManagedFieldsEntry) bool {
		return entry.Manager == manager || isAdopted(entry)
	})
}

// owns tells whether an entry names a field or something below it. Elements of lists, which it names by their keys, are
// not looked for.
func owns(entry metav1.ManagedFieldsEntry, path resource.PropertyPath) bool {
	var fields map[string]any
	if entry.FieldsV1 == nil || json.Unmarshal(entry.FieldsV1.Raw, &fields) != nil {
		return false
	}
	for _, key := range path {
		name, ok := key.(string)
		if !ok {
			return false
		}
		if fields, ok = fields["f:"+name].(map[string]any); !ok {
			return false
		}
	}
	return true
}
