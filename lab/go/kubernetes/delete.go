package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// deletedUnawaited are the kinds whose deletion skipAwait covers, too.
var deletedUnawaited = []string{
	"DaemonSet", "Deployment", "Job", "Namespace", "Pod", "ReplicationController", "StatefulSet",
}

// Delete deletes an object with its dependents and waits until it is gone. One that is gone already is no error.
func (s *server) Delete(ctx context.Context, req *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	olds, err := decode(req.GetProperties())
	if err != nil {
		return nil, err
	}
	inputs := lastInputs(olds)
	ctx, done := s.during(ctx, req.GetUrn())
	defer done()
	obj, err := identified(&pulumirpc.ReadRequest{Id: req.GetId(), Urn: req.GetUrn()}, nil, olds)
	if err != nil {
		return nil, err
	}
	c, err := s.reach(ctx, "delete")
	if err != nil {
		return nil, err
	}
	place, err := c.at(obj)
	if meta.IsNoMatchError(err) {
		return &emptypb.Empty{}, nil
	}
	if err != nil {
		return nil, explain("delete", obj, err)
	}
	policy := propagation(inputs)
	err = place.Delete(ctx, obj.GetName(), metav1.DeleteOptions{PropagationPolicy: &policy})
	if err != nil && !apierrors.IsNotFound(err) {
		return nil, explain("delete", obj, err)
	}
	if err != nil || (annotated(inputs, skipAwait) && slices.Contains(deletedUnawaited, obj.GetKind())) {
		return &emptypb.Empty{}, nil
	}
	limited, stop := context.WithTimeout(ctx, timeLimit(req.GetTimeout(), inputs))
	defer stop()
	return &emptypb.Empty{}, s.awaitGone(limited, c, obj)
}

// awaitGone waits until an object that is being deleted is gone.
func (s *server) awaitGone(ctx context.Context, c *cluster, obj *unstructured.Unstructured) error {
	live, err := c.get(ctx, obj)
	if apierrors.IsNotFound(err) || (err == nil && live.GetDeletionTimestamp() == nil) {
		return nil
	}
	if err != nil {
		return explain("delete", obj, err)
	}
	place, err := c.at(obj)
	if err != nil {
		return err
	}
	states, shown := follow(ctx, place, live), ""
	for {
		reason := "it is being deleted"
		if finalizers := live.GetFinalizers(); len(finalizers) > 0 {
			reason += ", and waits for its finalizers " + strings.Join(finalizers, ", ")
		}
		s.status(ctx, &shown, reason)
		select {
		case state := <-states:
			if state == nil {
				s.status(ctx, &shown, "")
				return nil
			}
			live = state
		case <-ctx.Done():
			return fmt.Errorf("delete %s: it was not gone in time: %s", called(obj), reason)
		}
	}
}
