//go:build cluster

package main

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

func (s *stand) preview(token, document string) (resource.PropertyMap, error) {
	s.Helper()
	of := &thing{urn: urnFor(token, "x")}
	answer, err := s.plugin.Create(s.Context(), &pulumirpc.CreateRequest{
		Urn: of.urn, Properties: wire(s.T, s.check(of, document)), Preview: true,
	})
	if err != nil {
		return nil, err
	}
	if answer.GetId() != "" {
		s.Errorf("the preview has an ID: %q", answer.GetId())
	}
	return s.read(decode(answer.GetProperties())), nil
}

func TestAPreviewShowsTheServersDefaultsAndCreatesNothing(t *testing.T) {
	s := newStand(t)
	outputs, err := s.preview(deploymentToken, example(t, deploymentToken, "name: x"))
	if err != nil {
		t.Fatal(err)
	}
	if text(outputs, "spec", "strategy", "type") != "RollingUpdate" || outputs.HasValue("status") {
		t.Errorf("the preview is %v", outputs)
	}
	if found := s.live(&thing{urn: urnFor(deploymentToken, "x"), inputs: outputs}); found != nil {
		t.Error("the preview created the object")
	}
}

func TestAPreviewSaysWhatTheServerWouldRefuse(t *testing.T) {
	s := newStand(t)
	const selector = "matchLabels:\n      a: b"
	document := strings.Replace(example(t, deploymentToken, "{}"), selector, "matchLabels: {a: other}", 1)
	_, err := s.preview(deploymentToken, document)
	if err == nil {
		t.Fatal("a selector that does not fit was taken")
	}
	mustContain(t, err.Error(), "preview Deployment", "selector")
}

func (s *stand) previewUpdate(of *thing, document string) (resource.PropertyMap, error) {
	s.Helper()
	answer, err := s.plugin.Update(s.Context(), &pulumirpc.UpdateRequest{
		Id: of.id, Urn: of.urn, Olds: wire(s.T, of.outputs), OldInputs: wire(s.T, of.inputs), Preview: true,
		News: wire(s.T, s.check(of, document)),
	})
	if err != nil {
		return nil, err
	}
	return s.read(decode(answer.GetProperties())), nil
}

func TestAPreviewOfAnUpdateChangesNothing(t *testing.T) {
	s := newStand(t)
	made := s.mustCreate("kubernetes:core/v1:ServiceAccount", "x", "metadata: {annotations: {a: '1'}}")
	before := s.live(made).GetResourceVersion()
	outputs, err := s.previewUpdate(made, "metadata: {annotations: {a: '2'}}")
	if err != nil || annotation(outputs, "a") != "2" {
		t.Errorf("the preview is %v (%v)", outputs, err)
	}
	if after := s.live(made).GetResourceVersion(); after != before {
		t.Error("the preview changed the object")
	}
}

func TestAPreviewOfAnUpdateHasTheStatusOfNow(t *testing.T) {
	s := newStand(t)
	made := s.mustCreate(serviceToken, "x", "spec: {ports: [{port: 443}]}")
	outputs, err := s.previewUpdate(made, "spec: {type: NodePort, ports: [{port: 443}]}")
	if err != nil || !outputs.HasValue("status") {
		t.Errorf("the preview is %v (%v)", outputs, err)
	}
}

func TestAPreviewOfAnUpdateOfWhatIsGoneFails(t *testing.T) {
	s := newStand(t)
	made := s.mustCreate(configMapToken, "x", "{metadata: {labels: {a: '1'}}}")
	if err := s.delete(made); err != nil {
		t.Fatal(err)
	}
	if outputs, err := s.previewUpdate(made, "{metadata: {labels: {a: '2'}}}"); err == nil {
		t.Errorf("the preview is %v", outputs)
	}
}

func TestAPreviewFallsBackToTheInputs(t *testing.T) {
	s := newStand(t)
	s.mustCreate(configMapToken, "x", "metadata: {name: same}")
	for name, document := range map[string]string{
		"the namespace is not there yet": "{metadata: {namespace: absent}, data: {a: b}}",
		"the object exists":              "{metadata: {name: same}, data: {a: b}}",
	} {
		outputs, err := s.preview(configMapToken, document)
		if err != nil || text(outputs, "data", "a") != "b" || text(outputs, "metadata", "uid") != "" {
			t.Errorf("%s: %v, %v", name, outputs, err)
		}
	}
}

func TestUnknownValuesSurviveAPreview(t *testing.T) {
	s := newStand(t)
	of := &thing{urn: urnFor(configMapToken, "x")}
	inputs := s.check(of, "{}")
	inputs["data"] = resource.NewProperty(resource.PropertyMap{"a": resource.MakeComputed(resource.NewProperty(""))})
	request := &pulumirpc.CreateRequest{Urn: of.urn, Properties: wire(t, inputs), Preview: true}
	answer, err := s.plugin.Create(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if outputs := s.read(decode(answer.GetProperties())); !section(outputs, "data")["a"].IsComputed() {
		t.Errorf("the preview is %v", outputs)
	}
}

func TestSecretsStaySecretInAPreview(t *testing.T) {
	s := newStand(t)
	outputs, err := s.preview(secretToken, "stringData: {a: hush}")
	if err != nil || !outputs["data"].IsSecret() {
		t.Errorf("the preview is %v (%v)", outputs, err)
	}
}

func TestWhatTheServerWarnsOfIsShown(t *testing.T) {
	s := newStand(t)
	const image, twice = "image: i", "image: i\n        env: [{name: A, value: a}, {name: A, value: b}]"
	document := strings.Replace(example(t, deploymentToken, "{}"), image, twice, 1)
	if _, err := s.preview(deploymentToken, document); err != nil {
		t.Fatal(err)
	}
	mustContain(t, strings.Join(s.host.logged, "\n"), "warning: ", "env[1]")
}

func TestWithoutAClusterAPreviewIsTheInputsAndOneWarning(t *testing.T) {
	// A socket that nobody accepts from: connections succeed and stay silent.
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for name, address := range map[string]string{"refused": "127.0.0.1:1", "black hole": silent.Addr().String()} {
		t.Run(name, func(t *testing.T) {
			host := &recorder{}
			s := &stand{T: t, host: host, plugin: newServer(context.Background(), host)}
			s.plugin.configure(newSettings(map[string]string{
				"kubeconfig": strings.ReplaceAll(kubeconfigText, "first.example:6443", address),
			}))
			s.within(3*glanceWithin-time.Second, "three previews", func() {
				for range 3 {
					outputs, err := s.preview(configMapToken, "data: {a: b}")
					if err != nil || text(outputs, "data", "a") != "b" {
						t.Errorf("the preview is %v (%v)", outputs, err)
					}
				}
			})
			if len(host.logged) != 1 {
				t.Errorf("%d messages: %v", len(host.logged), host.logged)
			}
			mustContain(t, host.logged[0], "warning: ", `context "one"`, "https://"+address)
			_, err := s.create(configMapToken, "x", "{}")
			if err == nil {
				t.Fatal("it was created")
			}
			mustContain(t, err.Error(), "unreachable", `context "one"`, "https://"+address)
		})
	}
}
