package main

import (
	"encoding/base64"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// markSecrets marks as secret what is secret among the marked properties. Objects are marked key by key; a list with
// one secret in it becomes secret as a whole, because the server may have changed its order.
func markSecrets(properties, marked resource.PropertyMap) {
	for key, value := range marked {
		mirror, ok := properties[key]
		switch {
		case !ok || mirror.IsSecret():
		case mirror.IsObject() && value.IsObject():
			markSecrets(mirror.ObjectValue(), value.ObjectValue())
		case value.ContainsSecrets():
			properties[key] = resource.MakeSecret(mirror)
		}
	}
}

// markSecretData marks the contents of a Secret.
func markSecretData(properties resource.PropertyMap) {
	if text(properties, "kind") != "Secret" {
		return
	}
	for _, key := range []resource.PropertyKey{"data", "stringData"} {
		if value, ok := properties[key]; ok && !value.IsSecret() {
			properties[key] = resource.MakeSecret(value)
		}
	}
}

// lastApplied is where kubectl keeps a copy of what it applied, in plain text even for a Secret.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// shown returns the live object as properties, secret where the inputs are.
func shown(live *unstructured.Unstructured, inputs resource.PropertyMap) resource.PropertyMap {
	live = live.DeepCopy()
	live.SetManagedFields(nil)
	unstructured.RemoveNestedField(live.Object, "metadata", "annotations", lastApplied)
	properties := fromPlain(live.Object)
	markSecrets(properties, inputs)
	markSecretData(properties)
	return properties
}

// mergeStringData writes a Secret's stringData as data, as the server does. Server-side apply would otherwise own a
// field that does not exist, and never remove a key.
func mergeStringData(obj *unstructured.Unstructured) {
	texts, ok := obj.Object["stringData"].(map[string]any)
	if !ok || obj.GetKind() != "Secret" {
		return
	}
	data, ok := obj.Object["data"].(map[string]any)
	if !ok {
		data = map[string]any{}
		obj.Object["data"] = data
	}
	for key, value := range texts {
		if text, ok := value.(string); ok {
			data[key] = base64.StdEncoding.EncodeToString([]byte(text))
		}
	}
	delete(obj.Object, "stringData")
}
