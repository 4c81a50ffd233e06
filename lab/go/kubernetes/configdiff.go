package main

import (
	"context"
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// DiffConfig decides whether changed provider arguments mean another cluster, and so the replacement of every resource.
// An unchanged clusterIdentifier says no, whatever else has changed, and a changed one says yes. Without it the address
// and trust of the active cluster decide.
func (s *server) DiffConfig(_ context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	olds, err := decode(firstStruct(req.GetOldInputs(), req.GetOlds()))
	if err != nil {
		return nil, err
	}
	news, err := decode(req.GetNews())
	if err != nil {
		return nil, err
	}
	return diffConfig(withoutSecrets(olds), withoutSecrets(news)), nil
}

func diffConfig(olds, news resource.PropertyMap) *pulumirpc.DiffResponse {
	diff := olds.Diff(news)
	if diff == nil {
		return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}
	}
	answer := &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_SOME}
	for _, key := range diff.ChangedKeys() {
		answer.Diffs = append(answer.Diffs, string(key))
	}
	answer.Replaces = replacingArguments(olds, news, diff)
	return answer
}

// replacingArguments returns the changed arguments that mean another cluster. Of a kubeconfig that cannot be read, as
// one that lies on another machine, nothing is known, and so nothing is replaced.
func replacingArguments(olds, news resource.PropertyMap, diff *resource.ObjectDiff) []string {
	const identifier = "clusterIdentifier"
	if news.HasValue(identifier) && diff.Same(identifier) {
		return nil
	}
	var replaces []string
	if diff.Updated(identifier) {
		replaces = append(replaces, identifier)
	}
	keys := []resource.PropertyKey{"kubeconfig", "context", "cluster"}
	for _, key := range keys {
		if news[key].IsComputed() {
			return append(replaces, string(key))
		}
	}
	elsewhere, err := leadElsewhere(olds, news)
	if err != nil {
		return nil
	}
	for _, key := range keys {
		if elsewhere && diff.Changed(key) {
			replaces = append(replaces, string(key))
		}
	}
	return replaces
}

// leadElsewhere tells whether two sets of arguments lead to two different clusters. Only what they say themselves
// counts, and not the kubeconfig of whoever runs Pulumi; if one of them leads nowhere, they do not.
func leadElsewhere(olds, news resource.PropertyMap) (bool, error) {
	before, err := clusterOf(olds)
	if err != nil {
		return false, err
	}
	after, err := clusterOf(news)
	return before != nil && after != nil && !reflect.DeepEqual(before, after), err
}

func clusterOf(arguments resource.PropertyMap) (*clientcmdapi.Cluster, error) {
	chosen := settingsOf(arguments)
	config, err := chosen.written()
	if err != nil {
		return nil, err
	}
	return chosen.activeCluster(*config), nil
}
