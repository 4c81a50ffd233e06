package main

import (
	"context"
	"sort"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Diff compares the inputs of last time with those of now. It calls the cluster only for a Job that is to be replaced
// unless it has completed.
func (s *server) Diff(ctx context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	olds, err := comparable(req.GetOldInputs())
	if err != nil {
		return nil, err
	}
	news, err := comparable(req.GetNews())
	if err != nil {
		return nil, err
	}
	answer, err := s.settings.diff(olds, news)
	if err != nil {
		return nil, err
	}
	if annotated(news, replaceUnready) && s.unready(withURN(ctx, req.GetUrn()), req, olds) {
		answer.Changes = pulumirpc.DiffResponse_DIFF_SOME
		answer.Replaces = append(answer.Replaces, `metadata.annotations["`+replaceUnready+`"]`)
	}
	answer.DeleteBeforeReplace = len(answer.Replaces) > 0 && sameFixedName(olds, news)
	return answer, nil
}

func (s settings) diff(olds, news resource.PropertyMap) (*pulumirpc.DiffResponse, error) {
	answer := &pulumirpc.DiffResponse{
		Changes:         pulumirpc.DiffResponse_DIFF_NONE,
		HasDetailedDiff: true,
		DetailedDiff:    map[string]*pulumirpc.PropertyDiff{},
	}
	changes := plugin.NewDetailedDiffFromObjectDiff(olds.Diff(news), true)
	replacing := s.replacingPaths(news)
	for name, change := range changes {
		path, err := resource.ParsePropertyPath(name)
		if err != nil {
			return nil, err
		}
		if replaces(path, replacing, olds, news) {
			change.Kind = change.Kind.AsReplace()
			answer.Replaces = append(answer.Replaces, name)
		}
		answer.Changes = pulumirpc.DiffResponse_DIFF_SOME
		answer.DetailedDiff[name] = &pulumirpc.PropertyDiff{
			Kind: pulumirpc.PropertyDiff_Kind(change.Kind), InputDiff: change.InputDiff,
		}
	}
	sort.Strings(answer.Replaces)
	return answer, nil
}

// comparable returns inputs without what must make no difference: the mark of secrets, and the default namespace.
func comparable(encoded *structpb.Struct) (resource.PropertyMap, error) {
	inputs, err := decode(encoded)
	if err != nil {
		return nil, err
	}
	inputs = withoutSecrets(inputs)
	if text(inputs, "metadata", "namespace") == metav1.NamespaceDefault {
		delete(section(inputs, "metadata"), "namespace")
	}
	return inputs, nil
}

// sameFixedName tells whether two objects cannot exist at the same time: the program has fixed their name, and it has
// not changed.
func sameFixedName(olds, news resource.PropertyMap) bool {
	for _, key := range []string{"name", "namespace"} {
		if text(olds, "metadata", key) != text(news, "metadata", key) {
			return false
		}
	}
	return text(news, "metadata", "name") != "" && !annotated(news, autonamed)
}

// unready tells whether a Job exists and has not completed.
func (s *server) unready(ctx context.Context, req *pulumirpc.DiffRequest, olds resource.PropertyMap) bool {
	urn := resource.URN(req.GetUrn())
	obj, err := objectOf(req.GetUrn(), olds)
	if err != nil || obj.GetKind() != "Job" {
		_ = s.host.Log(ctx, diag.Warning, urn, replaceUnready+" is for Jobs alone, and ignored here")
		return false
	}
	c, err := s.connect()
	if err != nil {
		s.warnOnce(ctx, err)
		return false
	}
	live, err := c.get(ctx, obj)
	return err == nil && !hasCondition(live, "Complete")
}
