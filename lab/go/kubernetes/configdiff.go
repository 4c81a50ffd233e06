package main

import (
	"context"
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
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
	const identifier = "clusterIdentifier"
	if diff.Updated(identifier) {
		answer.Replaces = append(answer.Replaces, identifier)
	}
	if news.HasValue(identifier) && diff.Same(identifier) {
		return answer
	}
	for _, key := range []resource.PropertyKey{"kubeconfig", "context", "cluster"} {
		if news[key].IsComputed() || (diff.Changed(key) && leadElsewhere(olds, news)) {
			answer.Replaces = append(answer.Replaces, string(key))
		}
	}
	return answer
}

// leadElsewhere tells whether two sets of arguments lead to two different clusters. If one of them leads nowhere, as on
// another machine, nothing is known and so nothing is replaced.
func leadElsewhere(olds, news resource.PropertyMap) bool {
	before, after := settingsOf(olds).activeCluster(), settingsOf(news).activeCluster()
	return before != nil && after != nil && !reflect.DeepEqual(before, after)
}
