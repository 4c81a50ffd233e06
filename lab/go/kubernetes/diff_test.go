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

// diffed compares a program with an object that is as older inputs say. Without another name, both are called x.
func diffed(t *testing.T, chosen settings, olds, news resource.PropertyMap) *pulumirpc.DiffResponse {
	t.Helper()
	for _, inputs := range []resource.PropertyMap{olds, news} {
		if metadata := section(inputs, "metadata"); !metadata.HasValue("name") {
			metadata["name"] = resource.NewProperty("x")
		}
	}
	live := &unstructured.Unstructured{Object: plain(normalized(olds))}
	live.SetNamespace(firstOf(live.GetNamespace(), "default"))
	return difference(t, chosen, outputsOf(live, olds, nil), news)
}

func difference(
	t *testing.T, chosen settings, olds, news resource.PropertyMap, ignored ...string,
) *pulumirpc.DiffResponse {
	t.Helper()
	s := newServer(context.Background(), &recorder{})
	s.configure(chosen)
	answer, err := s.Diff(context.Background(), &pulumirpc.DiffRequest{
		Urn: urnFor(configMapToken, "x"), Olds: wire(t, olds), News: wire(t, news), IgnoreChanges: ignored,
	})
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestAChangeReplacesOrUpdatesByItsPath(t *testing.T) {
	const (
		deployment = "apiVersion: apps/v1\nkind: Deployment\nspec: {replicas: 1, selector: {matchLabels: {a: b}}}"
		job        = "apiVersion: batch/v1\nkind: Job\nspec: {backoffLimit: 1, template: {spec: {containers: [{image: a}]}}}"
		service    = "apiVersion: v1\nkind: Service\nspec: {type: ClusterIP, ports: [{port: 443}]}"
		configMap  = "apiVersion: v1\nkind: ConfigMap\ndata: {a: b}"
		secret     = "apiVersion: v1\nkind: Secret\ntype: Opaque\ndata: {a: b}"
		claim      = "apiVersion: v1\nkind: PersistentVolumeClaim\nspec: {accessModes: [a]}"
		binding    = "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nroleRef: {name: a}"
	)
	cases := []struct {
		name, old, path, value string
		replaces               bool
	}{
		{"a Deployment's replicas", deployment, "spec.replicas", "2", false},
		{"a Deployment's selector", deployment, "spec.selector.matchLabels.a", "c", true},
		{"a Deployment's name", deployment, "metadata.name", "y", true},
		{"an object's namespace", deployment, "metadata.namespace", "y", true},
		{"an object's label", deployment, "metadata.labels.l", "y", false},
		{"a Job's image", job, "spec.template.spec.containers[0].image", "b", true},
		{"a Job's completions", job, "spec.completions", "2", true},
		{"a Job's backoff limit", job, "spec.backoffLimit", "2", false},
		{"a Service's port", service, "spec.ports[0].port", "444", false},
		{"a Service's address", service, "spec.clusterIP", "None", true},
		{"a Service's type", service, "spec.type", "NodePort", false},
		{"a ConfigMap's data", configMap, "data.a", "c", true},
		{"a ConfigMap's binary data", configMap, "binaryData.a", "c", true},
		{"a Secret's data", secret, "data.a", "c", true},
		{"a Secret's type", secret, "type", "kubernetes.io/tls", true},
		{"a claim's access modes", claim, "spec.accessModes[0]", "b", true},
		{"a claim's size", claim, "spec.resources.requests.storage", "2Gi", false},
		{"a binding's role", binding, "roleRef.name", "b", true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			olds, news := properties(t, c.old), resource.NewProperty(properties(t, c.old))
			path, err := resource.ParsePropertyPath(c.path)
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := path.Add(news, resource.NewProperty(c.value)); !ok {
				t.Fatalf("%s cannot be set", c.path)
			}
			answer := diffed(t, settings{}, olds, news.ObjectValue())
			if answer.GetChanges() != pulumirpc.DiffResponse_DIFF_SOME {
				t.Fatal("no change was seen")
			}
			if got := len(answer.GetReplaces()) > 0; got != c.replaces {
				t.Errorf("it replaces: %v, want %v (%v)", got, c.replaces, answer.GetDetailedDiff())
			}
		})
	}
}

func TestMutableDataIsUpdatedInPlaceUnlessTheObjectIsImmutable(t *testing.T) {
	mutable := settings{mutableConfigMaps: true, mutableSecrets: true}
	for _, kind := range []string{"ConfigMap", "Secret"} {
		olds := properties(t, "{apiVersion: v1, kind: "+kind+", metadata: {name: x}, data: {a: b}}")
		news := properties(t, "{apiVersion: v1, kind: "+kind+", metadata: {name: x}, data: {a: c}}")
		if answer := diffed(t, mutable, olds, news); len(answer.GetReplaces()) > 0 {
			t.Errorf("a mutable %s is replaced", kind)
		}
		news["immutable"] = resource.NewProperty(true)
		if answer := diffed(t, mutable, olds, news); len(answer.GetReplaces()) == 0 {
			t.Errorf("an immutable %s is updated", kind)
		}
	}
}

func TestOnlyAFixedNameIsDeletedBeforeItIsReplaced(t *testing.T) {
	cases := map[string]struct {
		old, new string
		first    bool
	}{
		"a fixed name":    {"metadata: {name: x}", "metadata: {name: x}", true},
		"a new name":      {"metadata: {name: x}", "metadata: {name: y}", false},
		"a new namespace": {"metadata: {name: x, namespace: a}", "metadata: {name: x, namespace: b}", false},
		"default spelt":   {"metadata: {name: x}", "metadata: {name: x, namespace: default}", true},
		"a generated name": {
			"metadata: {name: x}", `metadata: {name: x, annotations: {pulumi.com/autonamed: "true"}}`, false,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			olds, news := properties(t, c.old), properties(t, c.new)
			for value, inputs := range map[string]resource.PropertyMap{"a": olds, "b": news} {
				inputs["apiVersion"], inputs["kind"] = resource.NewProperty("v1"), resource.NewProperty("ConfigMap")
				inputs["data"] = resource.NewProperty(resource.PropertyMap{"key": resource.NewProperty(value)})
			}
			answer := diffed(t, settings{}, olds, news)
			if len(answer.GetReplaces()) == 0 || answer.GetDeleteBeforeReplace() != c.first {
				t.Errorf("it replaces %v, deleting first: %v", answer.GetReplaces(), answer.GetDeleteBeforeReplace())
			}
		})
	}
}

func TestNothingChangesByBeingSecretOrByTheDefaultNamespace(t *testing.T) {
	olds := properties(t, "{apiVersion: v1, kind: ConfigMap, metadata: {name: x}, data: {a: b}}")
	news := properties(t, "{apiVersion: v1, kind: ConfigMap, metadata: {name: x, namespace: default}, data: {a: b}}")
	news["data"] = resource.MakeSecret(news["data"])
	if answer := diffed(t, settings{}, olds, news); answer.GetChanges() != pulumirpc.DiffResponse_DIFF_NONE {
		t.Errorf("a change was seen: %v", answer.GetDetailedDiff())
	}
}

func TestAnUnknownValueIsAChange(t *testing.T) {
	const deployment = "{apiVersion: apps/v1, kind: Deployment, spec: {replicas: 1, selector: {a: b}}}"
	unknown := resource.MakeComputed(resource.NewProperty(""))
	news := properties(t, deployment)
	section(news, "spec")["replicas"] = unknown
	answer := diffed(t, settings{}, properties(t, deployment), news)
	if answer.GetDetailedDiff()["spec.replicas"].GetKind() != pulumirpc.PropertyDiff_UPDATE {
		t.Errorf("unknown replicas: %v", answer.GetDetailedDiff())
	}
	news["spec"] = unknown
	answer = diffed(t, settings{}, properties(t, deployment), news)
	if answer.GetDetailedDiff()["spec"].GetKind() != pulumirpc.PropertyDiff_UPDATE_REPLACE {
		t.Errorf("an unknown spec, and with it the selector: %v", answer.GetDetailedDiff())
	}
}

func TestOneValueInTwoSpellingsIsNoChange(t *testing.T) {
	cases := map[string]struct{ old, new string }{
		"a quantity": {
			"{apiVersion: v1, kind: PersistentVolumeClaim, spec: {resources: {requests: {storage: 1Gi}}}}",
			"{apiVersion: v1, kind: PersistentVolumeClaim, spec: {resources: {requests: {storage: 1024Mi}}}}",
		},
		"a Secret's text": {
			"{apiVersion: v1, kind: Secret, data: {a: aHVzaA==}}", "{apiVersion: v1, kind: Secret, stringData: {a: hush}}",
		},
		"an empty list": {
			"{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, spec: {policyTypes: [Egress]}}",
			"{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, spec: {policyTypes: [Egress], egress: []}}",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			answer := diffed(t, settings{}, properties(t, c.old), properties(t, c.new))
			if answer.GetChanges() != pulumirpc.DiffResponse_DIFF_NONE {
				t.Errorf("a change was seen: %v", answer.GetDetailedDiff())
			}
		})
	}
}

func TestTheInputsOfLastTimeAreThoseThatTheOutputsHold(t *testing.T) {
	const object = "{apiVersion: v1, kind: ConfigMap, metadata: {name: x, namespace: shop}, data: {a: b}}"
	outputs := outputsOf(liveObject(t, object), properties(t, object), nil)
	if answer := difference(t, settings{}, outputs, properties(t, object)); len(answer.GetDetailedDiff()) != 0 {
		t.Errorf("a change was seen: %v", answer.GetDetailedDiff())
	}
	delete(outputs, inputsKey)
	answer := difference(t, settings{}, outputs, properties(t, object))
	if !slices.Contains(answer.GetReplaces(), "metadata.namespace") {
		t.Errorf("without them, nothing of the object is the program's, and yet it differs in %v", answer)
	}
}

func TestAStateOfBeforeIsComparedWithTheInputsThatTheEngineKept(t *testing.T) {
	const object = "{apiVersion: v1, kind: ConfigMap, metadata: {name: x, namespace: shop}, data: {a: b}}"
	outputs := outputsOf(liveObject(t, object), properties(t, object), nil)
	delete(outputs, inputsKey)
	s := newServer(context.Background(), &recorder{})
	s.configure(settings{})
	answer, err := s.Diff(context.Background(), &pulumirpc.DiffRequest{
		Urn: urnFor(configMapToken, "x"), Olds: wire(t, outputs), OldInputs: wire(t, properties(t, object)),
		News: wire(t, properties(t, object)),
	})
	if err != nil || answer.GetChanges() != pulumirpc.DiffResponse_DIFF_NONE {
		t.Errorf("a change was seen: %v (%v)", answer.GetDetailedDiff(), err)
	}
}

func TestIgnoredChangesMakeNoDifference(t *testing.T) {
	const object = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: x, namespace: a}, spec: {replicas: 2}}"
	live := liveObject(t, strings.Replace(object, "replicas: 2", "replicas: 5", 1))
	outputs := outputsOf(live, properties(t, object), nil)
	if answer := difference(t, settings{}, outputs, properties(t, object)); len(answer.GetDetailedDiff()) != 1 {
		t.Errorf("the changes are %v", answer.GetDetailedDiff())
	}
	answer := difference(t, settings{}, outputs, properties(t, object), "spec.replicas")
	if answer.GetChanges() != pulumirpc.DiffResponse_DIFF_NONE {
		t.Errorf("a change was seen: %v", answer.GetDetailedDiff())
	}
}

func TestAnObjectWithoutANamespaceHasNone(t *testing.T) {
	live := liveObject(t, "{apiVersion: example.org/v1, kind: Widget, metadata: {name: x}}")
	inputs := properties(t, "{apiVersion: example.org/v1, kind: Widget, metadata: {name: x, namespace: chosen}}")
	answer := difference(t, settings{}, outputsOf(live, inputs, nil), inputs)
	if answer.GetChanges() != pulumirpc.DiffResponse_DIFF_NONE {
		t.Errorf("a change was seen: %v", answer.GetDetailedDiff())
	}
}
