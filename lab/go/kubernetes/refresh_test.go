package main

import (
	"context"
	"testing"
)

const slicesPath = "GET /apis/discovery.k8s.io/v1/namespaces/a/endpointslices"

func TestARefreshJudgesAServiceWhateverItsWaitForSays(t *testing.T) {
	const (
		noAddress = "spec: {type: LoadBalancer}"
		address   = `spec: {type: LoadBalancer, clusterIP: 10.0.0.1, selector: {a: b}}
status: {loadBalancer: {ingress: [{ip: 192.0.2.1}]}}`
		endpoints = `{kind: EndpointSliceList, apiVersion: discovery.k8s.io/v1, items: [
  {kind: EndpointSlice, apiVersion: discovery.k8s.io/v1, metadata: {name: x, namespace: a, resourceVersion: "1"},
   addressType: IPv4, endpoints: [{addresses: [10.0.0.2], conditions: {ready: `
	)
	inputs := properties(t, `metadata: {annotations: {pulumi.com/waitFor: "jsonpath={.status.loadBalancer.ingress}"}}`)
	cases := []struct{ name, object, slices, want string }{
		{"no address", noAddress, "items: []", "it has no address of a load balancer"},
		{"an endpoint that is not ready", address, endpoints + "false}}]}]}", "some of its endpoints are not ready"},
		{"an endpoint that is ready", address, endpoints + "true}}]}]}", ""},
		{"no endpoints", address, "{kind: EndpointSliceList, apiVersion: discovery.k8s.io/v1, items: []}", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, on := serverOn(t, map[string]string{slicesPath: c.slices})
			live := liveKind(t, "Service", "apiVersion: v1\nmetadata: {name: x, namespace: a}\n"+c.object)
			err := on.check(context.Background(), live, inputs)
			if c.want == "" && err != nil {
				t.Errorf("it is not ready: %v", err)
			}
			if c.want != "" && err == nil {
				t.Error("it is ready")
			}
			if err != nil {
				mustContain(t, err.Error(), c.want)
			}
		})
	}
}

func TestARefreshJudgesOnlyWhatTheOfficialPluginJudges(t *testing.T) {
	const unready = "status: {phase: Pending, conditions: [{type: Ready, status: 'False'}]}"
	for apiVersion, kinds := range map[string][]string{
		"example.org/v1":          {"Widget"},
		"v1":                      {"PersistentVolume", "PersistentVolumeClaim", "ResourceQuota"},
		"apps/v1":                 {"ReplicaSet"},
		"apiextensions.k8s.io/v1": {"CustomResourceDefinition"},
	} {
		for _, kind := range kinds {
			_, on := serverOn(t, nil)
			live := liveKind(t, kind, "apiVersion: "+apiVersion+"\nmetadata: {name: x, generation: 2}\n"+unready)
			if err := on.check(context.Background(), live, properties(t, "{}")); err != nil {
				t.Errorf("a %s is not ready: %v", kind, err)
			}
		}
	}
}

func TestARefreshDoesNotJudgeWhatIsNotAwaited(t *testing.T) {
	_, on := serverOn(t, nil)
	live := liveObject(t, "{apiVersion: v1, kind: Service, metadata: {name: x}, spec: {type: LoadBalancer}}")
	inputs := properties(t, `metadata: {annotations: {pulumi.com/skipAwait: "true"}}`)
	if err := on.check(context.Background(), live, inputs); err != nil {
		t.Errorf("it is not ready: %v", err)
	}
	// Only this spelling counts, as with the official plugin.
	inputs = properties(t, `metadata: {annotations: {pulumi.com/skipAwait: "True"}}`)
	if err := on.check(context.Background(), live, inputs); err == nil {
		t.Error("True has been taken for true")
	}
}
