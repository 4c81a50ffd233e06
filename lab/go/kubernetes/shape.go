package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
)

// normalized returns inputs as Kubernetes' own types write them: a Secret's texts as data, quantities in their shortest
// form, lists and flags unless they are empty, and no field that the kind lacks. Otherwise one value, written in two
// ways, would be a change.
func normalized(inputs resource.PropertyMap) resource.PropertyMap {
	markSecretData(inputs)
	if inputs.ContainsUnknowns() {
		return inputs
	}
	obj := &unstructured.Unstructured{Object: plain(inputs)}
	mergeStringData(obj)
	written := obj.Object
	converter := runtime.DefaultUnstructuredConverter
	// Custom resources have no type here, and what does not fit its type is left for the server to refuse.
	typed, err := scheme.Scheme.New(obj.GroupVersionKind())
	if err == nil && converter.FromUnstructured(obj.Object, typed) == nil {
		if converted, err := converter.ToUnstructured(typed); err == nil {
			written = converted
		}
	}
	wanted := resource.NewProperty(fromPlain(obj.Object))
	normal := pruned(resource.NewProperty(fromPlain(written)), wanted).ObjectValue()
	markSecrets(normal, inputs)
	markSecretData(normal)
	return normal
}

// pruned returns of a value what another one has, too: the keys of its objects, and no more elements than its lists.
func pruned(value, shape resource.PropertyValue) resource.PropertyValue {
	switch {
	case value.IsObject() && shape.IsObject():
		kept := resource.PropertyMap{}
		for key, wanted := range shape.ObjectValue() {
			if found, ok := value.ObjectValue()[key]; ok {
				kept[key] = pruned(found, wanted)
			}
		}
		return resource.NewProperty(kept)
	case value.IsArray() && shape.IsArray():
		kept := make([]resource.PropertyValue, min(len(value.ArrayValue()), len(shape.ArrayValue())))
		for i := range kept {
			kept[i] = pruned(value.ArrayValue()[i], shape.ArrayValue()[i])
		}
		return resource.NewProperty(kept)
	}
	return value
}
