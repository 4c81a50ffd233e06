package main

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil/rpcerror"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// recorder is a host that keeps what it is told.
type recorder struct {
	mutex            sync.Mutex
	logged, statuses []string
}

func (r *recorder) Log(_ context.Context, severity diag.Severity, _ resource.URN, text string) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.logged = append(r.logged, string(severity)+": "+text)
	return nil
}

func (r *recorder) LogStatus(_ context.Context, _ diag.Severity, _ resource.URN, text string) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.statuses = append(r.statuses, text)
	return nil
}

func urnFor(token, name string) string {
	return "urn:pulumi:stack::project::" + token + "::" + name
}

// parsed reads an object written as YAML, as a program's reader would see it.
func parsed(t *testing.T, document string) map[string]any {
	t.Helper()
	object := map[string]any{}
	if err := yaml.Unmarshal([]byte(document), &object); err != nil {
		t.Fatalf("the test's own YAML: %v", err)
	}
	return object
}

func properties(t *testing.T, document string) resource.PropertyMap {
	t.Helper()
	return resource.NewPropertyMapFromMap(parsed(t, document))
}

func wire(t *testing.T, inputs resource.PropertyMap) *structpb.Struct {
	t.Helper()
	encoded, err := encode(inputs)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

// liveObject reads an object as client-go does, with whole numbers as int64.
func liveObject(t *testing.T, document string) *unstructured.Unstructured {
	t.Helper()
	encoded, err := yaml.YAMLToJSON([]byte(document))
	if err != nil {
		t.Fatalf("the test's own YAML: %v", err)
	}
	obj := &unstructured.Unstructured{}
	if err := obj.UnmarshalJSON(encoded); err != nil {
		t.Fatalf("the test's own YAML: %v", err)
	}
	return obj
}

// initFailed returns what the error of a partly done change has for the state; nil is any other error.
func initFailed(err error) *pulumirpc.ErrorResourceInitFailed {
	answer, ok := rpcerror.FromError(err)
	if !ok {
		return nil
	}
	for _, detail := range answer.Details() {
		if failed, ok := detail.(*pulumirpc.ErrorResourceInitFailed); ok {
			return failed
		}
	}
	return nil
}

func mustContain(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q does not contain %q", text, part)
		}
	}
}

// liveKind reads an object of a kind whose document names none.
func liveKind(t *testing.T, kind, document string) *unstructured.Unstructured {
	t.Helper()
	object := parsed(t, document)
	object["kind"] = kind
	written, err := yaml.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return liveObject(t, string(written))
}
