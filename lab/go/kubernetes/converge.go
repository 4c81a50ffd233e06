package main

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// change is what Create and Update have in common: an object that is to become as its inputs say.
type change struct {
	verb    string // create or update
	urn     string
	inputs  *structpb.Struct
	olds    resource.PropertyMap
	timeout float64
	preview bool
	// act makes one request of the API server.
	act func(context.Context, *cluster, *unstructured.Unstructured) (*unstructured.Unstructured, error)
}

// Create makes a new object and waits until it is ready. One that exists already is an error, not an update.
func (s *server) Create(ctx context.Context, req *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	id, properties, err := s.converge(ctx, change{
		verb: "create", urn: req.GetUrn(), inputs: req.GetProperties(), timeout: req.GetTimeout(), preview: req.GetPreview(),
		act: func(ctx context.Context, c *cluster, obj *unstructured.Unstructured) (*unstructured.Unstructured, error) {
			return c.create(ctx, obj, req.GetPreview())
		},
	})
	if err != nil {
		return nil, err
	}
	return &pulumirpc.CreateResponse{Id: id, Properties: properties}, nil
}

// Update changes a live object and waits until it is ready.
func (s *server) Update(ctx context.Context, req *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	olds, err := decode(req.GetOlds())
	if err != nil {
		return nil, err
	}
	_, properties, err := s.converge(ctx, change{
		verb: "update", urn: req.GetUrn(), inputs: req.GetNews(), olds: olds, timeout: req.GetTimeout(),
		preview: req.GetPreview(),
		act: func(ctx context.Context, c *cluster, obj *unstructured.Unstructured) (*unstructured.Unstructured, error) {
			manager := managerOf(fromPlain(obj.Object), olds)
			return c.apply(ctx, obj, manager, req.GetIgnoreChanges(), req.GetPreview())
		},
	})
	if err != nil {
		return nil, err
	}
	return &pulumirpc.UpdateResponse{Properties: properties}, nil
}

// converge makes a change and waits until its object is ready. It returns the object's ID and the resource's outputs.
func (s *server) converge(ctx context.Context, wanted change) (string, *structpb.Struct, error) {
	inputs, err := decode(wanted.inputs)
	if err != nil {
		return "", nil, err
	}
	ctx, done := s.during(ctx, wanted.urn)
	defer done()
	obj, err := objectOf(wanted.urn, inputs)
	if err != nil {
		return "", nil, err
	}
	if wanted.preview {
		properties, err := s.previewed(ctx, wanted, obj, inputs)
		return "", properties, err
	}
	c, err := s.connect()
	if err != nil {
		return "", nil, err
	}
	live, err := wanted.act(ctx, c, obj)
	if err != nil {
		return "", nil, refused(ctx, c, wanted, obj, inputs, err)
	}
	limited, stop := context.WithTimeout(ctx, timeLimit(wanted.timeout, inputs))
	defer stop()
	live, problem := s.await(limited, c, live, inputs)
	properties, err := encode(outputsOf(live, inputs, wanted.olds))
	if err != nil {
		return "", nil, err
	}
	if problem != nil {
		return "", nil, partly(live, notReadyAfter(wanted.verb+"d", live, problem), properties, wanted.inputs)
	}
	return idOf(live), properties, nil
}

// refused returns the error of a change that was not made. Of an object that is there, the state gets the new inputs
// and the live fields nevertheless, as with the official plugin: the next update tries again.
func refused(
	ctx context.Context, c *cluster, wanted change, obj *unstructured.Unstructured, inputs resource.PropertyMap,
	err error,
) error {
	explained := explain(wanted.verb, obj, err)
	if wanted.verb != "update" {
		return explained
	}
	live, err := c.get(ctx, obj)
	if err != nil {
		return explained
	}
	properties, err := encode(outputsOf(live, inputs, wanted.olds))
	if err != nil {
		return err
	}
	return partly(live, []string{explained.Error()}, properties, wanted.inputs)
}
