//go:build cluster

package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"
)

// stand is the plugin on the cluster that $KUBECONFIG leads to, with a namespace of the test's own.
type stand struct {
	*testing.T
	plugin    *server
	host      *recorder
	cluster   *cluster
	namespace string
}

func newStand(t *testing.T) *stand {
	t.Helper()
	if os.Getenv("KUBECONFIG") == "" {
		t.Fatal("set KUBECONFIG to the kubeconfig of a cluster that tests may use")
	}
	host := &recorder{}
	s := &stand{T: t, host: host, plugin: newServer(context.Background(), host)}
	s.plugin.configure(newSettings(nil))
	c, err := s.plugin.connect()
	if err != nil {
		t.Fatal(err)
	}
	s.cluster = c
	namespace := liveObject(t, "{apiVersion: v1, kind: Namespace, metadata: {generateName: plugin-test-}}")
	place, err := c.at(namespace)
	if err != nil {
		t.Fatal(err)
	}
	made, err := place.Create(context.Background(), namespace, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s.namespace = made.GetName()
	s.plugin.settings.namespace = s.namespace
	t.Cleanup(func() {
		_ = place.Delete(context.Background(), s.namespace, metav1.DeleteOptions{})
	})
	// Before these are there, pods are refused or cannot mount what every pod mounts.
	s.untilThere("serviceaccounts", "default")
	s.untilThere("configmaps", "kube-root-ca.crt")
	return s
}

// until waits at most a minute for a condition that the cluster brings about.
func (s *stand) until(what string, met func() bool) {
	s.Helper()
	for end := time.Now().Add(time.Minute); !met(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			s.Errorf("waited in vain for %s", what)
			return
		}
	}
}

// untilThere waits for an object of the stand's namespace.
func (s *stand) untilThere(resource, name string) {
	s.Helper()
	at := s.cluster.dynamic.Resource(podsResource.GroupVersion().WithResource(resource)).Namespace(s.namespace)
	s.until(resource+"/"+name, func() bool {
		_, err := at.Get(context.Background(), name, metav1.GetOptions{})
		return err == nil
	})
}

// untilAwaited waits until the plugin says what it is waiting for: the object exists by then.
func (s *stand) untilAwaited() {
	s.Helper()
	s.until("a word of the wait", func() bool {
		s.host.mutex.Lock()
		defer s.host.mutex.Unlock()
		return len(s.host.statuses) > 0
	})
}

// thing is a resource as the engine has it in its state.
type thing struct {
	urn, id         string
	inputs, outputs resource.PropertyMap
}

// check completes inputs as the engine has it done before everything else.
func (s *stand) check(of *thing, document string) resource.PropertyMap {
	s.Helper()
	answer, err := s.plugin.Check(s.Context(), &pulumirpc.CheckRequest{
		Urn: of.urn, Olds: wire(s.T, of.inputs), News: wire(s.T, properties(s.T, document)), RandomSeed: []byte(s.namespace),
	})
	if err != nil {
		s.Fatal(err)
	}
	return s.read(decode(answer.GetInputs()))
}

func (s *stand) read(properties resource.PropertyMap, err error) resource.PropertyMap {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
	return properties
}

// create creates an object, and takes what the error of a partly done creation brings back.
func (s *stand) create(token, name, document string) (*thing, error) {
	s.Helper()
	made := &thing{urn: urnFor(token, name)}
	made.inputs = s.check(made, document)
	request := &pulumirpc.CreateRequest{Urn: made.urn, Properties: wire(s.T, made.inputs)}
	answer, err := s.plugin.Create(s.Context(), request)
	if failed := initFailed(err); failed != nil {
		made.id, made.outputs = failed.GetId(), s.read(decode(failed.GetProperties()))
		return made, err
	}
	if err == nil {
		made.id, made.outputs = answer.GetId(), s.read(decode(answer.GetProperties()))
	}
	return made, err
}

func (s *stand) mustCreate(token, name, document string) *thing {
	s.Helper()
	made, err := s.create(token, name, document)
	if err != nil {
		s.Fatal(err)
	}
	return made
}

func (s *stand) diff(of *thing, document string) *pulumirpc.DiffResponse {
	s.Helper()
	answer, err := s.plugin.Diff(s.Context(), &pulumirpc.DiffRequest{
		Id: of.id, Urn: of.urn, Olds: wire(s.T, of.outputs), OldInputs: wire(s.T, of.inputs),
		News: wire(s.T, s.check(of, document)),
	})
	if err != nil {
		s.Fatal(err)
	}
	return answer
}

func (s *stand) update(of *thing, document string, ignored ...string) error {
	s.Helper()
	news := s.check(of, document)
	answer, err := s.plugin.Update(s.Context(), &pulumirpc.UpdateRequest{
		Id: of.id, Urn: of.urn, Olds: wire(s.T, of.outputs), OldInputs: wire(s.T, of.inputs), News: wire(s.T, news),
		IgnoreChanges: ignored,
	})
	if err == nil {
		of.inputs, of.outputs = news, s.read(decode(answer.GetProperties()))
	}
	return err
}

// refresh reads the object as pulumi refresh does. It returns false if the object is gone.
func (s *stand) refresh(of *thing) (bool, error) {
	s.Helper()
	answer, err := s.plugin.Read(s.Context(), &pulumirpc.ReadRequest{
		Id: of.id, Urn: of.urn, Properties: wire(s.T, of.outputs), Inputs: wire(s.T, of.inputs),
	})
	if failed := initFailed(err); failed != nil {
		of.inputs, of.outputs = s.read(decode(failed.GetInputs())), s.read(decode(failed.GetProperties()))
		return true, err
	}
	if err != nil || answer.GetId() == "" {
		return false, err
	}
	of.inputs, of.outputs = s.read(decode(answer.GetInputs())), s.read(decode(answer.GetProperties()))
	return true, nil
}

func (s *stand) delete(of *thing) error {
	s.Helper()
	_, err := s.plugin.Delete(s.Context(), &pulumirpc.DeleteRequest{
		Id: of.id, Urn: of.urn, Properties: wire(s.T, of.outputs), OldInputs: wire(s.T, of.inputs),
	})
	return err
}

// live reads an object past the plugin's own calls; nil is one that does not exist.
func (s *stand) live(of *thing) *unstructured.Unstructured {
	s.Helper()
	obj, err := objectOf(of.urn, of.inputs)
	if err != nil {
		s.Fatal(err)
	}
	found, err := s.cluster.get(context.Background(), obj)
	if err != nil {
		return nil
	}
	return found
}

// tamper changes an object behind the plugin's back, by a merge patch.
func (s *stand) tamper(of *thing, patch string, subresources ...string) {
	s.Helper()
	s.tamperAs("somebody", of, patch, subresources...)
}

func (s *stand) tamperAs(manager string, of *thing, patch string, subresources ...string) {
	s.Helper()
	obj, err := objectOf(of.urn, of.inputs)
	if err != nil {
		s.Fatal(err)
	}
	place, err := s.cluster.at(obj)
	if err != nil {
		s.Fatal(err)
	}
	options := metav1.PatchOptions{FieldManager: manager}
	_, err = place.Patch(s.Context(), obj.GetName(), types.MergePatchType, []byte(patch), options, subresources...)
	if err != nil {
		s.Fatal(err)
	}
}

// image returns the lab's image of a name, which its nodes have.
func (s *stand) image(name string) string {
	s.Helper()
	nodes, err := s.cluster.list(s.Context(), podsResource.GroupVersion().WithResource("nodes"), "", listAll)
	if err != nil {
		s.Fatal(err)
	}
	for _, node := range nodes {
		images, _, _ := unstructured.NestedSlice(node.Object, "status", "images")
		for _, image := range images {
			for _, tag := range image.(map[string]any)["names"].([]any) {
				if strings.Contains(tag.(string), "/"+name+":") {
					return tag.(string)
				}
			}
		}
	}
	s.Fatalf("no node has an image called %s", name)
	return ""
}

// within fails the test if something takes longer than it may.
func (s *stand) within(limit time.Duration, what string, do func()) {
	s.Helper()
	begun := time.Now()
	do()
	if took := time.Since(begun); took > limit {
		s.Errorf("%s took %s, more than %s", what, took.Round(time.Millisecond), limit)
	}
}

// pod writes the spec of a pod that runs one shell command in the lab's curl image.
func (s *stand) pod(command string) string {
	return fmt.Sprintf(`{restartPolicy: Never, terminationGracePeriodSeconds: 0,
  containers: [{name: c, image: %q, command: [sh, -c, %q]}]}`, s.image("curl"), command)
}

var (
	replicaSets = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "replicasets"}
	listAll     = metav1.ListOptions{}
)

func nestedString(obj *unstructured.Unstructured, path ...string) (string, bool, error) {
	return unstructured.NestedString(obj.Object, path...)
}

func nestedInt(obj *unstructured.Unstructured, path ...string) (int64, bool, error) {
	return unstructured.NestedInt64(obj.Object, path...)
}

// everyKind returns the bodies of testdata/kinds.yaml by type token.
func everyKind(t *testing.T) map[string]any {
	t.Helper()
	written, err := os.ReadFile("testdata/kinds.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return parsed(t, string(written))
}

// example returns one of them with metadata of the test's choice.
func example(t *testing.T, token, metadata string) string {
	t.Helper()
	object := everyKind(t)[token].(map[string]any)
	object["metadata"] = parsed(t, metadata)
	written, err := yaml.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return string(written)
}

var (
	now       = int64(0)
	policy    = metav1.DeletePropagationBackground
	deleteNow = metav1.DeleteOptions{GracePeriodSeconds: &now, PropagationPolicy: &policy}
)
