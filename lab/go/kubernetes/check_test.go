package main

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

const configMapToken = "kubernetes:core/v1:ConfigMap"

func checked(t *testing.T, req *pulumirpc.CheckRequest) resource.PropertyMap {
	t.Helper()
	s := newServer(context.Background(), &recorder{})
	s.configure(settings{namespace: "chosen"})
	answer, err := s.Check(context.Background(), req)
	if err != nil {
		t.Fatal(err)
	}
	inputs, err := decode(answer.GetInputs())
	if err != nil {
		t.Fatal(err)
	}
	return inputs
}

func TestAnUnnamedObjectIsNamedAfterItsResource(t *testing.T) {
	request := func() *pulumirpc.CheckRequest {
		return &pulumirpc.CheckRequest{Urn: urnFor(configMapToken, "site"), RandomSeed: []byte("seed"), News: wire(t, nil)}
	}
	inputs := checked(t, request())
	name := text(inputs, "metadata", "name")
	if !regexp.MustCompile(`^site-[0-9a-f]{8}$`).MatchString(name) || !annotated(inputs, autonamed) {
		t.Errorf("the object is named %q, with autonamed %q", name, annotation(inputs, autonamed))
	}
	if again := text(checked(t, request()), "metadata", "name"); again != name {
		t.Errorf("the same seed gives %q and %q", name, again)
	}
}

func TestAGeneratedNameIsKeptUntilTheObjectIsReplaced(t *testing.T) {
	olds := checked(t, &pulumirpc.CheckRequest{Urn: urnFor(configMapToken, "site"), News: wire(t, nil)})
	request := &pulumirpc.CheckRequest{Urn: urnFor(configMapToken, "site"), News: wire(t, nil), Olds: wire(t, olds)}
	kept := checked(t, request)
	if text(kept, "metadata", "name") != text(olds, "metadata", "name") || !annotated(kept, autonamed) {
		t.Errorf("%v became %v", olds, kept)
	}
	request.Olds = nil
	if text(checked(t, request), "metadata", "name") == text(olds, "metadata", "name") {
		t.Error("the replacement has the name of what it replaces")
	}
}

func TestTheProgramsNameIsTaken(t *testing.T) {
	named := properties(t, "metadata: {name: mine}")
	inputs := checked(t, &pulumirpc.CheckRequest{Urn: urnFor(configMapToken, "site"), News: wire(t, named)})
	if text(inputs, "metadata", "name") != "mine" || annotation(inputs, autonamed) != "" {
		t.Errorf("the inputs became %v", inputs)
	}
}

func TestANameThatIsNotYetKnownStaysUnknown(t *testing.T) {
	unknown := resource.PropertyMap{"metadata": resource.NewProperty(resource.PropertyMap{
		"name": resource.MakeComputed(resource.NewProperty("")),
	})}
	inputs := checked(t, &pulumirpc.CheckRequest{Urn: urnFor(configMapToken, "site"), News: wire(t, unknown)})
	if !section(inputs, "metadata")["name"].IsComputed() {
		t.Errorf("the inputs became %v", inputs)
	}
}

func TestTheProjectsNamingIsRespected(t *testing.T) {
	request := &pulumirpc.CheckRequest{
		Urn: urnFor(configMapToken, "site"), News: wire(t, nil),
		Autonaming: &pulumirpc.CheckRequest_AutonamingOptions{ProposedName: "site"},
	}
	if name := text(checked(t, request), "metadata", "name"); name != "site" {
		t.Errorf("the object is named %q", name)
	}
	request.Autonaming.Mode = pulumirpc.CheckRequest_AutonamingOptions_DISABLE
	_, err := newServer(context.Background(), &recorder{}).Check(context.Background(), request)
	if err == nil || !strings.Contains(err.Error(), "metadata.name is missing") {
		t.Errorf("without naming: %v", err)
	}
}

func TestTheProvidersNamespaceIsForNamespacedObjectsThatNameNone(t *testing.T) {
	cases := map[string]struct{ token, inputs, want string }{
		"unnamed":        {configMapToken, "{}", "chosen"},
		"named":          {configMapToken, "metadata: {namespace: other}", "other"},
		"cluster-scoped": {"kubernetes:core/v1:Namespace", "{}", ""},
		"custom":         {"kubernetes:example.org/v1:Widget", "{}", "chosen"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			request := &pulumirpc.CheckRequest{Urn: urnFor(c.token, "x"), News: wire(t, properties(t, c.inputs))}
			if namespace := text(checked(t, request), "metadata", "namespace"); namespace != c.want {
				t.Errorf("the namespace is %q, want %q", namespace, c.want)
			}
		})
	}
}

func TestAWrongWaitForIsRefusedBeforeAnythingIsCreated(t *testing.T) {
	inputs := properties(t, `metadata: {annotations: {pulumi.com/waitFor: "ready"}}`)
	request := &pulumirpc.CheckRequest{Urn: urnFor(configMapToken, "x"), News: wire(t, inputs)}
	_, err := newServer(context.Background(), &recorder{}).Check(context.Background(), request)
	if err == nil || !strings.Contains(err.Error(), "must begin with condition= or jsonpath=") {
		t.Errorf("the answer is %v", err)
	}
}

func TestGeneratedNamesOfTheServersAreRefused(t *testing.T) {
	request := &pulumirpc.CheckRequest{
		Urn: urnFor(configMapToken, "x"), News: wire(t, properties(t, "metadata: {generateName: x-}")),
	}
	_, err := newServer(context.Background(), &recorder{}).Check(context.Background(), request)
	if err == nil || !strings.Contains(err.Error(), "metadata.generateName") {
		t.Errorf("the answer is %v", err)
	}
}
