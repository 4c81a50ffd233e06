package main

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

func TestTheStateHasWhatTheOfficialPluginGoesOnFrom(t *testing.T) {
	live := liveObject(t, "{apiVersion: v1, kind: Secret, metadata: {name: x, namespace: a}, data: {k: aHVzaA==}}")
	inputs := normalized(properties(t, "{apiVersion: v1, kind: Secret, metadata: {name: x}, stringData: {k: hush}}"))

	outputs := outputsOf(live, inputs, nil)

	kept := section(outputs, inputsKey)
	if text(kept, "data", "k") != "aHVzaA==" || !kept["data"].IsSecret() || kept.HasValue("stringData") {
		t.Errorf("the inputs are kept as %v", kept)
	}
	if text(outputs, apiVersionKey) != "v1" || text(outputs, fieldManagerKey) != creator {
		t.Errorf("the outputs are %v", outputs)
	}
}

func TestAFieldManagerStaysAsTheStateHasItUnlessTheProgramNamesOne(t *testing.T) {
	olds := resource.PropertyMap{fieldManagerKey: resource.NewProperty("pulumi-kubernetes-0a1b2c3d")}
	if manager := managerOf(properties(t, "{}"), olds); manager != "pulumi-kubernetes-0a1b2c3d" {
		t.Errorf("the manager became %q", manager)
	}
	chosen := properties(t, "metadata: {annotations: {pulumi.com/patchFieldManager: mine}}")
	if manager := managerOf(chosen, olds); manager != "mine" {
		t.Errorf("the manager is %q", manager)
	}
}
