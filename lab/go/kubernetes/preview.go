package main

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"google.golang.org/protobuf/types/known/structpb"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// previewed returns what a change would lead to, by the server's own dry run. Where that cannot tell, because something
// is unknown, not there yet, not allowed or not reachable, the inputs stand for the outcome.
func (s *server) previewed(
	ctx context.Context, wanted change, obj *unstructured.Unstructured, inputs resource.PropertyMap,
) (*structpb.Struct, error) {
	if inputs.ContainsUnknowns() {
		return wanted.inputs, nil
	}
	c, err := s.glance()
	if err != nil {
		s.warnOnce(ctx, err)
		return wanted.inputs, nil
	}
	live, err := wanted.act(ctx, c, obj)
	creation := wanted.verb == "create"
	switch {
	case apierrors.IsForbidden(err), meta.IsNoMatchError(err),
		creation && (apierrors.IsNotFound(err) || apierrors.IsAlreadyExists(err)):
		return wanted.inputs, nil
	case err != nil:
		return nil, explain("preview", obj, err)
	}
	if creation {
		// What the status of a new object will be, nobody knows yet. An object that is there keeps its own.
		unstructured.RemoveNestedField(live.Object, "status")
	}
	return encode(outputsOf(live, inputs, wanted.olds))
}

// warnOnce says that there is no cluster to ask, once a run.
func (s *server) warnOnce(ctx context.Context, err error) {
	s.warned.Do(func() {
		_ = s.host.Log(ctx, diag.Warning, "", err.Error()+"\nThe preview shows what the program says, unchecked.")
	})
}
