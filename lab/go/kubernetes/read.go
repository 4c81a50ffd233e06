package main

import (
	"context"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Read returns an object as it is: for a refresh, with inputs that have followed what others have changed, and for an
// import, which knows only the ID, with inputs taken from the object. An object that is gone has an empty answer.
func (s *server) Read(ctx context.Context, req *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	inputs, err := decode(req.GetInputs())
	if err != nil {
		return nil, err
	}
	olds, err := decode(req.GetProperties())
	if err != nil {
		return nil, err
	}
	ctx, done := s.during(ctx, req.GetUrn())
	defer done()
	obj, err := identified(req, inputs, olds)
	if err != nil {
		return nil, err
	}
	c, err := s.reach(ctx, "read")
	if err != nil {
		return nil, err
	}
	live, err := c.get(ctx, obj)
	if apierrors.IsNotFound(err) || meta.IsNoMatchError(err) {
		return &pulumirpc.ReadResponse{}, nil
	}
	if err != nil {
		return nil, explain("read", obj, err)
	}
	imported := len(inputs) == 0
	if imported {
		inputs = inputsFrom(live)
	} else {
		inputs = liveInputs(inputs, live)
	}
	properties, err := encode(outputsOf(live, inputs, olds))
	if err != nil {
		return nil, err
	}
	encoded, err := encode(inputs)
	if err != nil {
		return nil, err
	}
	if !imported {
		if problem := c.check(ctx, live, inputs); problem != nil {
			return nil, partly(live, notReadyAfter("read", live, problem), properties, encoded)
		}
	}
	return &pulumirpc.ReadResponse{Id: req.GetId(), Properties: properties, Inputs: encoded}, nil
}

// identified returns the object that an ID names: the resource's type, or the state's if it has one, and the name.
func identified(req *pulumirpc.ReadRequest, inputs, olds resource.PropertyMap) (*unstructured.Unstructured, error) {
	known := inputs
	if len(known) == 0 {
		known = olds
	}
	obj, err := objectOf(req.GetUrn(), known)
	if err != nil {
		return nil, err
	}
	namespace, name, qualified := strings.Cut(req.GetId(), "/")
	if !qualified {
		namespace, name = obj.GetNamespace(), req.GetId()
	}
	obj.SetNamespace(namespace)
	obj.SetName(name)
	return obj, nil
}

// liveInputs returns the inputs as the object has them now. What they do not set is others' to change.
func liveInputs(inputs resource.PropertyMap, live *unstructured.Unstructured) resource.PropertyMap {
	shape := resource.NewProperty(withoutSecrets(normalized(inputs)))
	now := pruned(resource.NewProperty(fromPlain(live.Object)), shape).ObjectValue()
	markSecrets(now, inputs)
	markSecretData(now)
	return now
}

// inputsFrom returns the inputs that would have made an object as it is.
func inputsFrom(live *unstructured.Unstructured) resource.PropertyMap {
	inputs := shown(live, nil)
	delete(inputs, "status")
	metadata := section(inputs, "metadata")
	for _, key := range []resource.PropertyKey{"creationTimestamp", "generation", "resourceVersion", "selfLink", "uid"} {
		delete(metadata, key)
	}
	delete(section(metadata, "annotations"), "deployment.kubernetes.io/revision")
	if len(section(metadata, "annotations")) == 0 {
		delete(metadata, "annotations")
	}
	return inputs
}
