package main

import (
	"context"
	"fmt"
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
)

// awaiterFor returns what the object is waited for with, or nil if it is ready once it exists. The program's own
// conditions come before the built-in ones.
func (c *cluster) awaiterFor(live *unstructured.Unstructured, inputs resource.PropertyMap) (awaiter, error) {
	if annotated(inputs, skipAwait) {
		return nil, nil
	}
	if expressions := annotation(inputs, waitFor); expressions != "" {
		return newCustomAwaiter(c, expressions)
	}
	return c.builtInAwaiterFor(live), nil
}

func (c *cluster) builtInAwaiterFor(live *unstructured.Unstructured) awaiter {
	kind := live.GroupVersionKind().GroupKind()
	switch kind {
	case schema.GroupKind{Kind: "Service"}:
		return &serviceAwaiter{cluster: c}
	case schema.GroupKind{Group: "batch", Kind: "Job"}:
		return &jobAwaiter{cluster: c}
	case schema.GroupKind{Kind: "PersistentVolume"}, schema.GroupKind{Kind: "PersistentVolumeClaim"}:
		return volumeAwaiter{c}
	case schema.GroupKind{Kind: "ResourceQuota"}:
		return filledAwaiter{c, quotaCounts, "its limits do not count yet"}
	case schema.GroupKind{Kind: "Secret"}:
		if live.Object["type"] == string(corev1.SecretTypeServiceAccountToken) {
			return filledAwaiter{c, hasData, "it has no token yet"}
		}
	case schema.GroupKind{Kind: "Pod"},
		schema.GroupKind{Group: "apps", Kind: "Deployment"},
		schema.GroupKind{Group: "apps", Kind: "StatefulSet"},
		schema.GroupKind{Group: "apps", Kind: "DaemonSet"},
		schema.GroupKind{Group: "apps", Kind: "ReplicaSet"},
		schema.GroupKind{Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition"}:
		return statusAwaiter{c}
	}
	if !isBuiltIn(kind.Group) {
		return statusAwaiter{c}
	}
	return nil
}

// statusAwaiter goes by the object's status as kstatus reads it: generations, conditions and the replicas' numbers.
type statusAwaiter struct{ cluster *cluster }

func (a statusAwaiter) ready(_ context.Context, live *unstructured.Unstructured) (bool, string, error) {
	if phase(live) == string(corev1.PodFailed) && live.GetKind() == "Pod" {
		return false, "", &notReadyError{reason: "it has failed", problems: podStates(podFrom(live))}
	}
	result, err := status.Compute(live)
	if err != nil && !isBuiltIn(live.GroupVersionKind().Group) {
		// A custom resource may have a status of another form, which says nothing about readiness.
		return true, "", nil
	}
	if err != nil {
		return false, "", fmt.Errorf("read the status of %s: %w", called(live), err)
	}
	return result.Status == status.CurrentStatus, result.Message, nil
}

func (a statusAwaiter) inspect(ctx context.Context, live *unstructured.Unstructured) ([]string, error) {
	return a.cluster.problems(ctx, live), nil
}

// volumeAwaiter waits for volumes to be there and claims to be bound. A claim that waits for its first consumer is
// ready: what will consume it comes later.
type volumeAwaiter struct{ cluster *cluster }

func (a volumeAwaiter) ready(ctx context.Context, live *unstructured.Unstructured) (bool, string, error) {
	now := phase(live)
	switch corev1.PersistentVolumeClaimPhase(now) {
	case corev1.ClaimBound:
		return true, "", nil
	case corev1.ClaimPending:
		return a.waitsForConsumer(ctx, live), "it is pending", nil
	}
	return now == string(corev1.VolumeAvailable), "its phase is " + firstOf(now, "unknown"), nil
}

func (a volumeAwaiter) waitsForConsumer(ctx context.Context, claim *unstructured.Unstructured) bool {
	name, _, _ := unstructured.NestedString(claim.Object, "spec", "storageClassName")
	if name == "" {
		return false
	}
	classes := schema.GroupVersionResource{Group: "storage.k8s.io", Version: "v1", Resource: "storageclasses"}
	class, err := a.cluster.dynamic.Resource(classes).Get(ctx, name, metav1.GetOptions{})
	return err == nil && class.Object["volumeBindingMode"] == "WaitForFirstConsumer"
}

func (a volumeAwaiter) inspect(ctx context.Context, live *unstructured.Unstructured) ([]string, error) {
	return a.cluster.problems(ctx, live), nil
}

// filledAwaiter waits until a controller has filled in a part of the object.
type filledAwaiter struct {
	cluster *cluster
	filled  func(live *unstructured.Unstructured) bool
	waiting string
}

func (a filledAwaiter) ready(_ context.Context, live *unstructured.Unstructured) (bool, string, error) {
	return a.filled(live), a.waiting, nil
}

func (a filledAwaiter) inspect(ctx context.Context, live *unstructured.Unstructured) ([]string, error) {
	return a.cluster.problems(ctx, live), nil
}

// hasData tells whether a Secret holds anything: that of an account's token is filled after its creation.
func hasData(secret *unstructured.Unstructured) bool {
	data, _, _ := unstructured.NestedMap(secret.Object, "data")
	return len(data) > 0
}

// quotaCounts tells whether the limits of a ResourceQuota are those that the cluster enforces.
func quotaCounts(quota *unstructured.Unstructured) bool {
	wanted, given, _ := unstructured.NestedMap(quota.Object, "spec", "hard")
	enforced, _, _ := unstructured.NestedMap(quota.Object, "status", "hard")
	return given && reflect.DeepEqual(wanted, enforced)
}

func phase(live *unstructured.Unstructured) string {
	phase, _, _ := unstructured.NestedString(live.Object, "status", "phase")
	return phase
}

// conditionOf returns one of the conditions in an object's status, or nil.
func conditionOf(live *unstructured.Unstructured, name string) *status.BasicCondition {
	conditions, err := status.GetObjectWithConditions(live.Object)
	if err != nil {
		return nil
	}
	for _, condition := range conditions.Status.Conditions {
		if condition.Type == name {
			return &condition
		}
	}
	return nil
}

func hasCondition(live *unstructured.Unstructured, name string) bool {
	condition := conditionOf(live, name)
	return condition != nil && condition.Status == corev1.ConditionTrue
}
