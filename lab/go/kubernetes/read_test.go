package main

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

func TestDriftIsWhatOthersHaveChangedInFieldsThatTheProgramSets(t *testing.T) {
	const inputs = `
metadata: {labels: {app: a, tier: b}}
spec: {replicas: 2, containers: [{name: c, image: i, cpu: 0.05}]}
`
	const before = `
metadata: {labels: {app: a, tier: b, theirs: c}}
spec: {replicas: 2, containers: [{name: c, image: i, cpu: 50m, pull: Always}], strategy: Rolling}
`
	cases := map[string]struct{ old, new, oldInput, newInput string }{
		"nothing":                      {"", "", "", ""},
		"a field of the server's":      {"Rolling", "Recreate", "", ""},
		"a field of theirs in a list":  {"Always", "Never", "", ""},
		"a label of theirs":            {", theirs: c", "", "", ""},
		"a number":                     {"replicas: 2", "replicas: 5", "replicas: 2", "replicas: 5"},
		"a field in a list":            {"image: i", "image: j", "image: i", "image: j"},
		"a value written otherwise":    {"cpu: 50m", "cpu: 1", "cpu: 0.05", "cpu: 1"},
		"a label taken away":           {", tier: b", "", ", tier: b", ""},
		"all of the labels taken away": {"labels: {app: a, tier: b, theirs: c}", "", "labels: {app: a, tier: b}", ""},
		"a container more": {
			"pull: Always}]", "pull: Always}, {name: d}]", "cpu: 0.05}]", "cpu: 50m, pull: Always}, {name: d}]",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			now := liveKind(t, "Deployment", strings.Replace(before, c.old, c.new, 1))
			got := driftedInputs(properties(t, inputs), properties(t, before), now)
			if want := properties(t, strings.Replace(inputs, c.oldInput, c.newInput, 1)); !got.DeepEquals(want) {
				t.Errorf("the inputs became %v, want %v", got, want)
			}
		})
	}
}

func TestASecretsTextIsComparedWithTheDataItHasBecome(t *testing.T) {
	inputs := properties(t, "{kind: Secret, stringData: {a: hush}}")
	inputs["stringData"] = resource.MakeSecret(inputs["stringData"])
	before := properties(t, "{kind: Secret, data: {a: aHVzaA==}}")
	before["data"] = resource.MakeSecret(before["data"])

	same := driftedInputs(inputs, before, liveObject(t, "{kind: Secret, apiVersion: v1, data: {a: aHVzaA==}}"))
	if !same.DeepEquals(inputs) {
		t.Errorf("the same data changed the inputs to %v", same)
	}
	changed := driftedInputs(inputs, before, liveObject(t, "{kind: Secret, apiVersion: v1, data: {a: bmV3}}"))
	if !changed["stringData"].IsSecret() || text(changed, "stringData", "a") != "new" {
		t.Errorf("other data changed the inputs to %v", changed)
	}
}

func TestAnImportTakesItsInputsFromTheObject(t *testing.T) {
	inputs := inputsFrom(liveObject(t, `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: x
  uid: u
  generation: 3
  resourceVersion: "7"
  creationTimestamp: then
  annotations: {deployment.kubernetes.io/revision: "1"}
spec: {replicas: 2}
status: {replicas: 2}
`))
	want := properties(t, "{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}, spec: {replicas: 2}}")
	if !inputs.DeepEquals(want) {
		t.Errorf("the inputs are %v, want %v", inputs, want)
	}
}
