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
			if !s.settings.clientSide {
				manager := managerOf(fromPlain(obj.Object), olds)
				return c.apply(ctx, obj, manager, req.GetIgnoreChanges(), req.GetPreview())
			}
			old, err := objectOf(req.GetUrn(), lastInputs(olds))
			if err != nil {
				return nil, err
			}
			return c.merge(ctx, old, obj, req.GetIgnoreChanges())
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
	ctx, done := s.during(ctx, wanted.urn, wanted.timeout, inputs)
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
		return "", nil, explain(wanted.verb, obj, err)
	}
	live, problem := s.await(ctx, c, live, inputs)
	properties, err := encode(outputsOf(live, inputs, wanted.olds))
	if err != nil {
		return "", nil, err
	}
	if problem != nil {
		return "", nil, partly(live, wanted.verb+"d", problem, properties, wanted.inputs)
	}
	return idOf(live), properties, nil
}
