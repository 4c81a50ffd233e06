package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// What the state has of an object beside its live fields. The names are the official plugin's: each of the two plugins
// goes on from what the other one has written.
const (
	inputsKey       = "__inputs"
	apiVersionKey   = "__initialApiVersion"
	fieldManagerKey = "__fieldManager"
)

// outputsOf returns the resource's outputs: the live object and, for the next call, what it came from.
func outputsOf(live *unstructured.Unstructured, inputs, olds resource.PropertyMap) resource.PropertyMap {
	outputs := shown(live, inputs)
	outputs[inputsKey] = resource.NewProperty(inputs)
	version := firstOf(text(olds, apiVersionKey), text(inputs, "apiVersion"))
	outputs[apiVersionKey] = resource.NewProperty(version)
	outputs[fieldManagerKey] = resource.NewProperty(managerOf(inputs, olds))
	return outputs
}

// managerOf returns the field manager of an object's updates: the program's, or that of the updates before.
func managerOf(inputs, olds resource.PropertyMap) string {
	return firstOf(annotation(inputs, patchFieldManager), text(olds, fieldManagerKey), creator)
}

// lastInputs returns the inputs that the state was written with, none if it does not have them.
func lastInputs(olds resource.PropertyMap) resource.PropertyMap {
	return normalized(section(olds, inputsKey))
}

// lastSeen returns the live object of last time, as far as the inputs of last time go: what others have added to it is
// no change. Whose object it is, it says in any case.
func lastSeen(olds resource.PropertyMap) resource.PropertyMap {
	shape := resource.NewProperty(withoutSecrets(lastInputs(olds)))
	seen := pruned(resource.NewProperty(olds), shape).ObjectValue()
	for _, key := range []resource.PropertyKey{"apiVersion", "kind"} {
		seen[key] = olds[key]
	}
	section(seen, "metadata")["name"] = section(olds, "metadata")["name"]
	return seen
}

// alignNamespaces writes out the default namespace, and takes it away where the kind has none: the server's answer says
// which it is.
func alignNamespaces(olds, seen, news resource.PropertyMap) {
	namespaced := text(olds, "metadata", "namespace") != ""
	for _, properties := range []resource.PropertyMap{seen, news} {
		metadata := section(properties, "metadata")
		switch {
		case metadata == nil:
		case !namespaced:
			delete(metadata, "namespace")
		case !metadata.HasValue("namespace"):
			metadata["namespace"] = resource.NewProperty(metav1.NamespaceDefault)
		}
	}
}
