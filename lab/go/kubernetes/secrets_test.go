package main

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

func TestWhatASecretHoldsIsSecretInItsInputs(t *testing.T) {
	inputs := properties(t, "{data: {a: aHVzaA==}, stringData: {a: new, b: hush}}")
	request := &pulumirpc.CheckRequest{Urn: urnFor("kubernetes:core/v1:Secret", "x"), News: wire(t, inputs)}
	got := checked(t, request)
	if !got["data"].IsSecret() || got.HasValue("stringData") {
		t.Errorf("the inputs became %v", got)
	}
	if text(got, "data", "a") != "bmV3" || text(got, "data", "b") != "aHVzaA==" {
		t.Errorf("the data became %v", got["data"].SecretValue().Element)
	}
}

func TestATextThatIsNotYetKnownStaysAText(t *testing.T) {
	inputs := resource.PropertyMap{"stringData": resource.NewProperty(resource.PropertyMap{
		"a": resource.MakeComputed(resource.NewProperty("")),
	})}
	request := &pulumirpc.CheckRequest{Urn: urnFor("kubernetes:core/v1:Secret", "x"), News: wire(t, inputs)}
	if got := checked(t, request); !got["stringData"].IsSecret() || !got.ContainsUnknowns() {
		t.Errorf("the inputs became %v", got)
	}
}

func TestWhatASecretHoldsIsSecretInItsOutputs(t *testing.T) {
	live := liveObject(t, `
apiVersion: v1
kind: Secret
metadata:
  name: x
  annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"data":{"a":"aHVzaA=="}}'}
  managedFields: [{manager: kubectl}]
data: {a: aHVzaA==}
`)
	outputs := outputsOf(live, nil, nil)
	if !outputs["data"].IsSecret() {
		t.Errorf("the data is %v", outputs["data"])
	}
	if shown := section(outputs, "metadata"); strings.Contains(resource.NewProperty(shown).String(), "aHVzaA==") {
		t.Errorf("the metadata shows the data: %v", shown)
	}
	if outputs.HasValue("managedFields") || section(outputs, "metadata").HasValue("managedFields") {
		t.Error("the outputs have managed fields")
	}
}

func TestOutputsAreSecretWhereTheInputsAre(t *testing.T) {
	secret := func(text string) resource.PropertyValue { return resource.MakeSecret(resource.NewProperty(text)) }
	inputs := resource.PropertyMap{
		"data": resource.NewProperty(resource.PropertyMap{"a": secret("hush"), "b": resource.NewProperty("loud")}),
		"list": resource.NewProperty([]resource.PropertyValue{secret("hush"), resource.NewProperty("loud")}),
	}
	live := liveObject(t, "{kind: ConfigMap, apiVersion: v1, data: {a: hush, b: loud}, list: [loud, hush]}")
	outputs := outputsOf(live, inputs, nil)
	if data := section(outputs, "data"); !data["a"].IsSecret() || data["b"].IsSecret() {
		t.Errorf("the data is %v", data)
	}
	if !outputs["list"].IsSecret() {
		t.Errorf("a list with a secret in it is %v", outputs["list"])
	}
}

func TestStringDataIsSentAsData(t *testing.T) {
	obj := liveObject(t, "{apiVersion: v1, kind: Secret, data: {a: b2xk, c: Yw==}, stringData: {a: new}}")
	mergeStringData(obj)
	want := map[string]any{"a": "bmV3", "c": "Yw=="}
	got := obj.Object["data"].(map[string]any)
	if _, still := obj.Object["stringData"]; still || got["a"] != want["a"] || got["c"] != want["c"] {
		t.Errorf("the object became %v", obj.Object)
	}
}

func TestExtensionsOfSchemasGetTheirDashesBack(t *testing.T) {
	inputs := properties(t, "spec: {x_kubernetes_list_map_keys: [a_b], snake_case: 1}")
	spec := plain(inputs)["spec"].(map[string]any)
	if spec["x-kubernetes-list-map-keys"] == nil || spec["snake_case"] == nil {
		t.Errorf("the object became %v", spec)
	}
	if back := section(fromPlain(map[string]any{"spec": spec}), "spec"); !back.HasValue("x_kubernetes_list_map_keys") {
		t.Errorf("the outputs became %v", back)
	}
}
