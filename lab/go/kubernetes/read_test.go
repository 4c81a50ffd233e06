package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// drift returns what a refresh makes of the inputs, and the paths at which the program differs from it afterwards.
func drift(t *testing.T, program resource.PropertyMap, now *unstructured.Unstructured) (resource.PropertyMap, string) {
	t.Helper()
	refreshed := liveInputs(normalized(program), now)
	answer := difference(t, settings{}, outputsOf(now, refreshed, nil), program)
	paths := []string{}
	for path := range answer.GetDetailedDiff() {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return refreshed, strings.Join(paths, " ")
}

func TestDriftIsWhatOthersHaveChangedInFieldsThatTheProgramSets(t *testing.T) {
	const program = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: x, labels: {app: a, tier: b}}
spec:
  replicas: 2
  template:
    spec:
      imagePullSecrets: []
      containers: [{name: c, image: i, args: [a, b], resources: {limits: {cpu: 0.05}}}]
`
	const live = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: x, namespace: default, labels: {app: a, tier: b, theirs: c}}
spec:
  replicas: 2
  strategy: {type: RollingUpdate}
  template:
    spec:
      containers: [{name: c, image: i, args: [a, b], imagePullPolicy: Always, resources: {limits: {cpu: 50m}}}]
`
	const container = "spec.template.spec.containers[0]"
	cases := map[string]struct{ old, new, want string }{
		"nothing":                      {"", "", ""},
		"a field of the server's":      {"RollingUpdate", "Recreate", ""},
		"a field of theirs in a list":  {"Always", "Never", ""},
		"a label of theirs":            {", theirs: c", "", ""},
		"a number":                     {"replicas: 2", "replicas: 5", "spec.replicas"},
		"a field in a list":            {"image: i", "image: j", container + ".image"},
		"a value written otherwise":    {"cpu: 50m", "cpu: 1", container + ".resources.limits.cpu"},
		"a label taken away":           {", tier: b", "", "metadata.labels.tier"},
		"all of the labels taken away": {", labels: {app: a, tier: b, theirs: c}", "", "metadata.labels"},
		"an argument taken away":       {"[a, b]", "[a]", container + ".args[1]"},
		"an argument before the first": {"[a, b]", "[c, a, b]", container + ".args[0] " + container + ".args[1]"},
		// The official plugin does not look at what is behind the program's last element.
		"an argument behind the last": {"[a, b]", "[a, b, c]", ""},
		"a container more":            {"cpu: 50m}}}]", "cpu: 50m}}}, {name: d}]", ""},
		"where the program has none":  {"cpu: 50m}}}]", "cpu: 50m}}}]\n      imagePullSecrets: [{name: s}]", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			now := liveObject(t, strings.Replace(live, c.old, c.new, 1))
			if _, got := drift(t, properties(t, program), now); got != c.want {
				t.Errorf("the drift is %q, want %q", got, c.want)
			}
		})
	}
}

func TestASecretsTextIsComparedWithTheDataItHasBecome(t *testing.T) {
	const live = "{apiVersion: v1, kind: Secret, metadata: {name: x, namespace: default}, data: {a: aHVzaA==}}"
	program := properties(t, "{apiVersion: v1, kind: Secret, metadata: {name: x}, stringData: {a: hush}}")
	program["stringData"] = resource.MakeSecret(program["stringData"])

	if refreshed, drifted := drift(t, program, liveObject(t, live)); drifted != "" || !refreshed["data"].IsSecret() {
		t.Errorf("the same data differs at %q, and has become %v", drifted, refreshed)
	}
	changed := liveObject(t, strings.Replace(live, "aHVzaA==", "bmV3", 1))
	if refreshed, drifted := drift(t, program, changed); drifted != "data.a" || !refreshed["data"].IsSecret() {
		t.Errorf("other data differs at %q, and has become %v", drifted, refreshed)
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

func TestWhyAClusterCannotBeReachedIsAWarningWhereItIsReadOrDeleted(t *testing.T) {
	host := &recorder{}
	s := newServer(context.Background(), host)
	s.configure(newSettings(map[string]string{"kubeconfig": kubeconfigText, "context": "three"}))
	urn := urnFor(configMapToken, "x")

	_, read := s.Read(context.Background(), &pulumirpc.ReadRequest{Id: "a/x", Urn: urn})
	_, gone := s.Delete(context.Background(), &pulumirpc.DeleteRequest{Id: "a/x", Urn: urn})

	for verb, err := range map[string]error{"read": read, "delete": gone} {
		if err == nil {
			t.Fatalf("%s: it was reached", verb)
		}
		mustContain(t, err.Error(), verb, "unreachable")
		if strings.Contains(err.Error(), "three") {
			t.Errorf("the error has the reason: %v", err)
		}
	}
	if len(host.logged) != 2 {
		t.Errorf("%d messages: %v", len(host.logged), host.logged)
	}
	mustContain(t, host.logged[0], "warning: configured Kubernetes cluster is unreachable", `"three" does not exist`)
}
