package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil/rpcerror"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/structpb"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// explain says what was to be done to which object, and what helps against the most frequent refusals.
func explain(action string, obj *unstructured.Unstructured, err error) error {
	err = fmt.Errorf("%s %s: %w", action, called(obj), err)
	switch {
	case apierrors.IsAlreadyExists(err):
		return fmt.Errorf("%w\nThe object belongs to somebody else, or to this stack under another resource name. "+
			"Import it, give the resource an alias, or choose another name", err)
	case meta.IsNoMatchError(err):
		return fmt.Errorf("%w\nThe API server does not have %s %s. Create its CustomResourceDefinition first",
			err, obj.GetAPIVersion(), obj.GetKind())
	}
	return err
}

// notReadyAfter says what was done to an object and why it is not ready nevertheless, with what stands in the way.
func notReadyAfter(done string, live *unstructured.Unstructured, problem error) []string {
	var notReady *notReadyError
	if errors.As(problem, &notReady) {
		first := fmt.Sprintf("%s was %s, but it is not ready: %s", called(live), done, notReady.reason)
		return append([]string{first}, notReady.problems...)
	}
	return []string{fmt.Sprintf("%s was %s, but %s", called(live), done, problem)}
}

// partly returns the error of an object that exists but is not as it should be. The engine keeps the object in the
// state, and the next update tries again. Pulumi shows the reasons instead of the text, each on a line of its own.
func partly(
	live *unstructured.Unstructured, reasons []string, properties, inputs *structpb.Struct,
) error {
	text := strings.Join(reasons, "\n  ")
	return rpcerror.WithDetails(rpcerror.New(codes.Unknown, text), &pulumirpc.ErrorResourceInitFailed{
		Id: idOf(live), Properties: properties, Reasons: reasons, Inputs: inputs,
	})
}
