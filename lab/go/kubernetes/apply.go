package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/util/csaupgrade"
	"k8s.io/client-go/util/retry"
)

// creator is the field manager of every object at its creation.
const creator = "pulumi-kubernetes"

// untilItMayCome is how often, and at which distances, a creation is tried: six times within 31 s.
var untilItMayCome = wait.Backoff{Duration: time.Second, Factor: 2, Steps: 6}

// create makes a new object; one that exists already is an error. A namespace or kind that is being created at the same
// time may take a moment, except in a dry run.
func (c *cluster) create(
	ctx context.Context, obj *unstructured.Unstructured, dryRun bool,
) (*unstructured.Unstructured, error) {
	var live *unstructured.Unstructured
	var problem error
	attempt := func(ctx context.Context) (bool, error) {
		place, err := c.at(obj)
		if err == nil {
			options := metav1.CreateOptions{FieldManager: creator, DryRun: dryRunOption(dryRun)}
			live, err = place.Create(ctx, obj, options)
		}
		problem = err
		mayCome := apierrors.IsNotFound(err) || meta.IsNoMatchError(err)
		return err == nil || dryRun || !mayCome, nil
	}
	if err := wait.ExponentialBackoffWithContext(ctx, untilItMayCome, attempt); err != nil && problem == nil {
		return nil, err
	}
	return live, problem
}

// untilNobodyWrites is for objects that controllers write meanwhile: ten tries within about a second.
var untilNobodyWrites = wait.Backoff{Duration: 10 * time.Millisecond, Factor: 1.5, Jitter: 0.1, Steps: 10}

// apply changes a live object by server-side apply: fields that the inputs no longer have go, and those that others own
// stay. Ignored fields are left as they are.
func (c *cluster) apply(
	ctx context.Context, obj *unstructured.Unstructured, manager string, ignored []string, dryRun bool,
) (*unstructured.Unstructured, error) {
	place, err := c.at(obj)
	if err != nil {
		return nil, err
	}
	live, err := place.Get(ctx, obj.GetName(), metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	force := obj.GetAnnotations()[patchForce] == "true"
	if dryRun {
		// What adoption will do before the real call, a dry run cannot.
		force = force || ownedSinceCreation(live)
	} else if live, err = adopt(ctx, place, live, manager); err != nil {
		return nil, err
	}
	if err := leaveIgnored(obj, live, manager, ignored); err != nil {
		return nil, err
	}
	options := metav1.ApplyOptions{FieldManager: manager, Force: force, DryRun: dryRunOption(dryRun)}
	applied, err := place.Apply(ctx, obj.GetName(), obj, options)
	if apierrors.IsConflict(err) {
		err = fmt.Errorf("%w\nannotate the object with %s: \"true\" to take these fields over", err, patchForce)
	}
	return applied, err
}

// adopt hands fields over to server-side apply: those that the plugin set at creation, and those that kubectl has set
// since. Without that, apply would count them as another manager's and never remove one.
func adopt(
	ctx context.Context, place dynamic.ResourceInterface, live *unstructured.Unstructured, manager string,
) (*unstructured.Unstructured, error) {
	err := retry.RetryOnConflict(untilNobodyWrites, func() error {
		patch, err := adoption(live, manager)
		if err != nil || patch == nil {
			return err
		}
		options := metav1.PatchOptions{FieldManager: manager}
		adopted, err := place.Patch(ctx, live.GetName(), types.JSONPatchType, patch, options)
		if err == nil {
			live = adopted
		} else if newer, getErr := place.Get(ctx, live.GetName(), metav1.GetOptions{}); getErr == nil {
			live = newer
		}
		return err
	})
	return live, err
}

// adoption returns the patch that makes a manager of apply the owner of all that is to be adopted; nil if nothing is.
func adoption(live *unstructured.Unstructured, manager string) ([]byte, error) {
	live = live.DeepCopy()
	entries, names := live.GetManagedFields(), sets.New[string]()
	for i := range entries {
		if entry := &entries[i]; isAdopted(*entry) {
			// A name of its own: of two entries with one name, only the first would be taken.
			entry.Manager, entry.Operation = fmt.Sprintf("%s#%d", entry.Manager, i), metav1.ManagedFieldsOperationUpdate
			names.Insert(entry.Manager)
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	live.SetManagedFields(entries)
	return csaupgrade.UpgradeManagedFieldsPatch(live, names, manager)
}

func isAdopted(entry metav1.ManagedFieldsEntry) bool {
	prefixes := []string{"kubectl"}
	if entry.Operation == metav1.ManagedFieldsOperationUpdate {
		prefixes = append(prefixes, "before-first-apply", creator, "pulumi-resource-kubernetes")
	}
	return entry.Subresource == "" && slices.ContainsFunc(prefixes, func(prefix string) bool {
		return strings.HasPrefix(entry.Manager, prefix)
	})
}

// ownedSinceCreation tells whether the plugin owns fields that it set at creation, and not by apply.
func ownedSinceCreation(live *unstructured.Unstructured) bool {
	return slices.ContainsFunc(live.GetManagedFields(), func(entry metav1.ManagedFieldsEntry) bool {
		return entry.Manager == creator && entry.Operation == metav1.ManagedFieldsOperationUpdate && entry.Subresource == ""
	})
}

func dryRunOption(dryRun bool) []string {
	if dryRun {
		return []string{metav1.DryRunAll}
	}
	return nil
}
