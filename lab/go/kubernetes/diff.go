package main

import (
	"context"
	"fmt"
	"slices"
	"sort"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Diff compares the live object of last time with the inputs of now. It calls the cluster only for a Job that is to be
// replaced unless it has completed.
func (s *server) Diff(ctx context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	olds, err := decode(req.GetOlds())
	if err != nil {
		return nil, err
	}
	if !olds.HasValue(inputsKey) {
		// A state that this plugin has written before it kept them there.
		inputs, err := decode(req.GetOldInputs())
		if err != nil {
			return nil, err
		}
		olds[inputsKey] = resource.NewProperty(inputs)
	}
	news, err := decode(req.GetNews())
	if err != nil {
		return nil, err
	}
	// What is secret, and which of two spellings a value has, makes no difference.
	olds, news = withoutSecrets(olds), withoutSecrets(normalized(news))
	seen := lastSeen(olds)
	alignNamespaces(olds, seen, news)
	answer, err := s.settings.diff(seen, news, req.GetIgnoreChanges())
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

func (s settings) diff(seen, news resource.PropertyMap, ignored []string) (*pulumirpc.DiffResponse, error) {
	answer := &pulumirpc.DiffResponse{
		Changes:         pulumirpc.DiffResponse_DIFF_NONE,
		HasDetailedDiff: true,
		DetailedDiff:    map[string]*pulumirpc.PropertyDiff{},
	}
	ignoredPaths, err := parsePaths(ignored)
	if err != nil {
		return nil, fmt.Errorf("ignore_changes: %w", err)
	}
	changes := plugin.NewDetailedDiffFromObjectDiff(seen.Diff(news), false)
	replacing := s.replacingPaths(news)
	for name, change := range changes {
		path, err := resource.ParsePropertyPath(name)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(ignoredPaths, func(each resource.PropertyPath) bool { return each.Contains(path) }) {
			continue
		}
		// What was taken away is shown as the program had it, everything else as it is in the cluster.
		inputDiff := change.Kind == plugin.DiffDelete
		if replaces(path, replacing, seen, news) {
			change.Kind = change.Kind.AsReplace()
			answer.Replaces = append(answer.Replaces, name)
		}
		answer.Changes = pulumirpc.DiffResponse_DIFF_SOME
		answer.DetailedDiff[name] = &pulumirpc.PropertyDiff{
			Kind: pulumirpc.PropertyDiff_Kind(change.Kind), InputDiff: inputDiff,
		}
	}
	sort.Strings(answer.Replaces)
	return answer, nil
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
	c, err := s.glance()
	if err != nil {
		s.warnOnce(ctx, err)
		return false
	}
	live, err := c.get(ctx, obj)
	return err == nil && !hasCondition(live, "Complete")
}
