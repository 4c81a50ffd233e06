package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/jsonmergepatch"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/util/csaupgrade"
	"k8s.io/client-go/util/retry"
)

// creator is the field manager of every object at its creation.
const creator = "pulumi-kubernetes"

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
	backoff := wait.Backoff{Duration: 250 * time.Millisecond, Factor: 2, Steps: 6}
	if err := wait.ExponentialBackoffWithContext(ctx, backoff, attempt); err != nil && problem == nil {
		return nil, err
	}
	return live, problem
}

// apply changes a live object by server-side apply: fields that the inputs no longer have go, and those that others own
// stay. Ignored fields keep their live values.
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
	if err := keepIgnored(obj, live, ignored); err != nil {
		return nil, err
	}
	options := metav1.ApplyOptions{FieldManager: manager, Force: force, DryRun: dryRunOption(dryRun)}
	applied, err := place.Apply(ctx, obj.GetName(), obj, options)
	if apierrors.IsConflict(err) {
		err = fmt.Errorf("%w\nannotate the object with %s: \"true\" to take these fields over", err, patchForce)
	}
	return applied, err
}

// merge changes a live object by a three-way merge patch, for providers with enableServerSideApply set to false.
func (c *cluster) merge(
	ctx context.Context, old, obj *unstructured.Unstructured, ignored []string,
) (*unstructured.Unstructured, error) {
	place, err := c.at(obj)
	if err != nil {
		return nil, err
	}
	live, err := place.Get(ctx, obj.GetName(), metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	if err := keepIgnored(obj, live, ignored); err != nil {
		return nil, err
	}
	var documents [3][]byte
	for i, document := range []*unstructured.Unstructured{old, obj, live} {
		if documents[i], err = json.Marshal(document.Object); err != nil {
			return nil, err
		}
	}
	patch, err := jsonmergepatch.CreateThreeWayJSONMergePatch(documents[0], documents[1], documents[2])
	if err != nil {
		return nil, err
	}
	return place.Patch(ctx, obj.GetName(), types.MergePatchType, patch, metav1.PatchOptions{FieldManager: creator})
}

// adopt hands fields over to server-side apply: those that the plugin set at creation, and those that kubectl has set
// since. Without that, apply would count them as another manager's and never remove one.
func adopt(
	ctx context.Context, place dynamic.ResourceInterface, live *unstructured.Unstructured, manager string,
) (*unstructured.Unstructured, error) {
	err := retry.RetryOnConflict(retry.DefaultRetry, func() error {
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

// keepIgnored sets the fields of the resource option ignore_changes to their live values: an autoscaler's replicas must
// survive an update of something else.
func keepIgnored(obj, live *unstructured.Unstructured, ignored []string) error {
	if len(ignored) == 0 {
		return nil
	}
	paths, err := parsePaths(ignored)
	if err != nil {
		return fmt.Errorf("ignore_changes: %w", err)
	}
	wanted, found := resource.NewProperty(fromPlain(obj.Object)), resource.NewProperty(fromPlain(live.Object))
	for _, path := range paths {
		if value, ok := path.Get(found); ok {
			path.Set(wanted, value)
		}
	}
	obj.Object = plain(wanted.ObjectValue())
	return nil
}

func dryRunOption(dryRun bool) []string {
	if dryRun {
		return []string{metav1.DryRunAll}
	}
	return nil
}
