package main

import (
	"context"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// settlingTime is how long a Service's endpoints must have stayed as they are. The official plugin waits as long.
const settlingTime = 10 * time.Second

// serviceAwaiter waits until a Service has its load balancer's address and until its endpoints have settled. A Service
// that selects no pods is ready with its address.
type serviceAwaiter struct {
	cluster *cluster
	// endpoints are the Service's endpoints as they were last seen, unready among them if pending, since changed.
	endpoints string
	pending   bool
	changed   time.Time
}

func (a *serviceAwaiter) ready(_ context.Context, live *unstructured.Unstructured) (bool, string, error) {
	switch {
	case !hasAddress(live):
		return false, "it has no address of a load balancer", nil
	case !hasEndpoints(live):
		return true, "", nil
	case a.changed.IsZero():
		return false, "it has no endpoints", nil
	case a.pending:
		return false, "some of its endpoints are not ready", nil
	}
	return time.Since(a.changed) >= settlingTime, "its endpoints are settling", nil
}

func (a *serviceAwaiter) inspect(ctx context.Context, live *unstructured.Unstructured) ([]string, error) {
	if !hasEndpoints(live) {
		return a.cluster.problems(ctx, live), nil
	}
	slices, err := a.cluster.endpointSlices(ctx, live)
	if err == nil && len(slices) > 0 {
		a.see(slices)
	}
	return a.cluster.problems(ctx, live), nil
}

func (a *serviceAwaiter) see(seen []*discoveryv1.EndpointSlice) {
	var versions []string
	a.pending = false
	for _, slice := range seen {
		versions = append(versions, slice.Name+"@"+slice.ResourceVersion)
		a.pending = a.pending || slices.ContainsFunc(slice.Endpoints, func(endpoint discoveryv1.Endpoint) bool {
			isReady, isGoing := endpoint.Conditions.Ready, endpoint.Conditions.Terminating
			return isReady != nil && !*isReady && (isGoing == nil || !*isGoing)
		})
	}
	slices.Sort(versions)
	if endpoints := strings.Join(versions, " "); endpoints != a.endpoints {
		a.endpoints, a.changed = endpoints, time.Now()
	}
}

// passes tells whether a Service is good enough without having settled.
func (a *serviceAwaiter) passes(live *unstructured.Unstructured) bool {
	return hasAddress(live) && !a.pending
}

func hasAddress(service *unstructured.Unstructured) bool {
	kind, _, _ := unstructured.NestedString(service.Object, "spec", "type")
	ingress, _, _ := unstructured.NestedSlice(service.Object, "status", "loadBalancer", "ingress")
	return kind != string(corev1.ServiceTypeLoadBalancer) || len(ingress) > 0
}

// hasEndpoints tells whether a Service has endpoints to wait for: it selects pods and has an address for them.
func hasEndpoints(service *unstructured.Unstructured) bool {
	kind, _, _ := unstructured.NestedString(service.Object, "spec", "type")
	address, _, _ := unstructured.NestedString(service.Object, "spec", "clusterIP")
	selector, _, _ := unstructured.NestedMap(service.Object, "spec", "selector")
	return kind != string(corev1.ServiceTypeExternalName) && address != corev1.ClusterIPNone && len(selector) > 0
}

func (c *cluster) endpointSlices(
	ctx context.Context, service *unstructured.Unstructured,
) ([]*discoveryv1.EndpointSlice, error) {
	kind := discoveryv1.SchemeGroupVersion.WithResource("endpointslices")
	selector := discoveryv1.LabelServiceName + "=" + service.GetName()
	found, err := c.list(ctx, kind, service.GetNamespace(), metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return nil, err
	}
	read := make([]*discoveryv1.EndpointSlice, len(found))
	for i := range found {
		read[i] = &discoveryv1.EndpointSlice{}
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(found[i].Object, read[i]); err != nil {
			return nil, err
		}
	}
	return read, nil
}
