package main

import (
	"encoding/base64"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// driftedInputs returns the inputs with the live values of what others have changed since the state was written. Fields
// that the inputs do not set are others' to change, and a value that the server writes in another way is no change:
// what counts is the difference between the outputs of then and now.
func driftedInputs(inputs, olds resource.PropertyMap, live *unstructured.Unstructured) resource.PropertyMap {
	before, now := withoutSecrets(olds), fromPlain(live.Object)
	if texts := withoutSecrets(inputs)["stringData"]; texts.IsObject() {
		before["stringData"] = decodedData(before["data"], texts.ObjectValue())
		now["stringData"] = decodedData(now["data"], texts.ObjectValue())
	}
	drifted := drift(resource.NewProperty(inputs), resource.NewProperty(before), resource.NewProperty(now))
	return drifted.ObjectValue()
}

// decodedData returns the given keys of a Secret's data, which is what stringData becomes, as text.
func decodedData(data resource.PropertyValue, keys resource.PropertyMap) resource.PropertyValue {
	texts := resource.PropertyMap{}
	if data.IsObject() {
		for key := range keys {
			if value := data.ObjectValue()[key]; value.IsString() {
				decoded, err := base64.StdEncoding.DecodeString(value.StringValue())
				if err == nil {
					texts[key] = resource.NewProperty(string(decoded))
				}
			}
		}
	}
	return resource.NewProperty(texts)
}

func drift(input, before, now resource.PropertyValue) resource.PropertyValue {
	switch {
	case input.IsSecret():
		return resource.MakeSecret(drift(input.SecretValue().Element, before, now))
	case before.DeepEquals(now), input.DeepEquals(now):
		return input
	case input.IsObject() && now.IsObject():
		drifted := resource.PropertyMap{}
		for key, value := range input.ObjectValue() {
			was, is := valueAt(before, key), valueAt(now, key)
			if is.IsNull() && !was.IsNull() {
				continue
			}
			drifted[key] = drift(value, was, is)
		}
		return resource.NewProperty(drifted)
	case input.IsArray() && now.IsArray() && len(input.ArrayValue()) == len(now.ArrayValue()):
		drifted := make([]resource.PropertyValue, len(input.ArrayValue()))
		for i, value := range input.ArrayValue() {
			was := resource.NewNullProperty()
			if before.IsArray() && i < len(before.ArrayValue()) {
				was = before.ArrayValue()[i]
			}
			drifted[i] = drift(value, was, now.ArrayValue()[i])
		}
		return resource.NewProperty(drifted)
	}
	return now
}

func valueAt(of resource.PropertyValue, key resource.PropertyKey) resource.PropertyValue {
	if !of.IsObject() {
		return resource.NewNullProperty()
	}
	return of.ObjectValue()[key]
}
