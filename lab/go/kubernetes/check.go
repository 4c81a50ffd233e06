package main

import (
	"context"
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Check completes the inputs: kind, name and namespace. It calls no cluster.
func (s *server) Check(_ context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	kind, err := kindOf(req.GetUrn())
	if err != nil {
		return nil, err
	}
	olds, err := decode(req.GetOlds())
	if err != nil {
		return nil, err
	}
	inputs, err := decode(req.GetNews())
	if err != nil {
		return nil, err
	}
	complete(inputs, kind, s.settings.namespace)
	if err := giveName(inputs, olds, req); err != nil {
		return nil, err
	}
	if expressions := annotation(inputs, waitFor); expressions != "" {
		if _, err := newCustomAwaiter(nil, expressions); err != nil {
			return nil, err
		}
	}
	encoded, err := encode(normalized(inputs))
	if err != nil {
		return nil, err
	}
	return &pulumirpc.CheckResponse{Inputs: encoded}, nil
}

// complete adds what the resource's type and the provider's arguments say and the inputs do not.
func complete(inputs resource.PropertyMap, kind schema.GroupVersionKind, namespace string) {
	if !inputs.HasValue("apiVersion") {
		inputs["apiVersion"] = resource.NewProperty(kind.GroupVersion().String())
	}
	if !inputs.HasValue("kind") {
		inputs["kind"] = resource.NewProperty(kind.Kind)
	}
	metadata := section(inputs, "metadata")
	if metadata == nil {
		return
	}
	// A custom resource counts as namespaced; if it is not, the server's answer corrects that when it is created.
	namespaced := !isBuiltIn(kind.Group) || !clusterScoped.Has(kind.Kind)
	if namespaced && !metadata.HasValue("namespace") {
		metadata["namespace"] = resource.NewProperty(namespace)
	}
}

// giveName names an object that the program leaves unnamed: as it was named before, or anew. An object that had a name
// of the program's choice stays unnamed here; Diff then replaces it, and the replacement comes here without olds.
func giveName(inputs, olds resource.PropertyMap, req *pulumirpc.CheckRequest) error {
	metadata := section(inputs, "metadata")
	if metadata == nil || metadata.HasValue("name") {
		return nil
	}
	if metadata.HasValue("generateName") {
		return errors.New("metadata.generateName is not supported: leave it out, and Pulumi names the object")
	}
	name := ""
	switch {
	case annotated(olds, autonamed):
		name = text(olds, "metadata", "name")
	case len(olds) > 0:
		return nil
	default:
		var err error
		if name, err = newName(req); err != nil {
			return err
		}
	}
	metadata["name"] = resource.NewProperty(name)
	if annotations := section(metadata, "annotations"); annotations != nil {
		annotations[autonamed] = resource.NewProperty("true")
	}
	return nil
}

func newName(req *pulumirpc.CheckRequest) (string, error) {
	const disable = pulumirpc.CheckRequest_AutonamingOptions_DISABLE
	if chosen := req.GetAutonaming(); chosen != nil {
		if chosen.GetMode() == disable {
			return "", errors.New("metadata.name is missing, and the project's pulumi:autonaming is disabled")
		}
		return chosen.GetProposedName(), nil
	}
	return resource.NewUniqueName(req.GetRandomSeed(), resource.URN(req.GetUrn()).Name()+"-", 8, 0, nil)
}
