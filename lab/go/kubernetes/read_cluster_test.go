//go:build cluster

package main

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

func TestARefreshSeesWhatOthersHaveChanged(t *testing.T) {
	s := newStand(t)
	const document = "{metadata: {labels: {mine: '1'}}, data: {a: '1', b: '2'}}"
	made := s.mustCreate(configMapToken, "x", document)
	s.tamper(made, `{"metadata":{"labels":{"theirs":"x"}},"data":{"a":"changed","b":null,"c":"new"}}`)
	if there, err := s.refresh(made); !there || err != nil {
		t.Fatalf("refresh: %v, %v", there, err)
	}
	changes := s.diff(made, document).GetDetailedDiff()
	if len(changes) != 2 || changes["data.a"] == nil || changes["data.b"] == nil {
		t.Errorf("the drift is %v, want data.a and data.b", changes)
	}
}

func TestARefreshSeesASecretChangeAndKeepsItSecret(t *testing.T) {
	s := newStand(t)
	made := s.mustCreate(secretToken, "x", "stringData: {a: hush}")
	s.tamper(made, `{"data":{"a":"Y2hhbmdlZA=="},"metadata":{"annotations":{"`+lastApplied+`":"Y2hhbmdlZA=="}}}`)
	if there, err := s.refresh(made); !there || err != nil {
		t.Fatalf("refresh: %v, %v", there, err)
	}
	if !made.inputs["data"].IsSecret() || text(made.inputs, "data", "a") != "Y2hhbmdlZA==" {
		t.Errorf("the inputs are %v", made.inputs)
	}
	for _, properties := range []resource.PropertyMap{made.outputs, section(made.outputs, inputsKey)} {
		delete(properties, "data")
	}
	if strings.Contains(wire(t, made.outputs).String(), "Y2hhbmdlZA==") {
		t.Errorf("the outputs show the secret: %v", made.outputs)
	}
	if changes := s.diff(made, "stringData: {a: hush}"); len(changes.GetReplaces()) != 1 {
		t.Errorf("the drift is %v", changes)
	}
}

func TestARefreshSeesThatAnObjectIsGone(t *testing.T) {
	s := newStand(t)
	made := s.mustCreate(configMapToken, "x", "{}")
	if err := s.delete(made); err != nil {
		t.Fatal(err)
	}
	if there, err := s.refresh(made); there || err != nil {
		t.Errorf("refresh: %v, %v", there, err)
	}
}

func TestAnImportKnowsOnlyTheID(t *testing.T) {
	s := newStand(t)
	made := s.mustCreate(configMapToken, "x", "{metadata: {name: mine}, data: {a: '1'}}")
	answer, err := s.plugin.Read(t.Context(), &pulumirpc.ReadRequest{Id: s.namespace + "/mine", Urn: made.urn})
	if err != nil || answer.GetId() != s.namespace+"/mine" {
		t.Fatalf("the answer is %v (%v)", answer, err)
	}
	imported := &thing{
		urn: made.urn, id: answer.GetId(),
		inputs: s.read(decode(answer.GetInputs())), outputs: s.read(decode(answer.GetProperties())),
	}
	changes := s.diff(imported, "{metadata: {name: mine}, data: {a: '1'}}")
	if changes.GetChanges() != pulumirpc.DiffResponse_DIFF_NONE {
		t.Errorf("the program's object differs: %v", changes.GetDetailedDiff())
	}
	if text(imported.outputs, "metadata", "uid") != text(made.outputs, "metadata", "uid") {
		t.Errorf("the outputs are %v", imported.outputs)
	}
	answer, err = s.plugin.Read(t.Context(), &pulumirpc.ReadRequest{Id: s.namespace + "/absent", Urn: made.urn})
	if err != nil || answer.GetId() != "" {
		t.Errorf("an object that is not there: %v (%v)", answer, err)
	}
}
