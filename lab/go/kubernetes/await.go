package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/sets"
)

// awaiter says when an object of one kind is ready.
type awaiter interface {
	// ready judges one state of the object: whether it is ready and, if not, what it is waiting for. An error ends the
	// wait: the object will not get ready any more.
	ready(ctx context.Context, live *unstructured.Unstructured) (bool, string, error)
	// inspect looks, once a second, for what stands in the way. An error ends the wait.
	inspect(ctx context.Context, live *unstructured.Unstructured) (problems []string, err error)
}

// lenient is an awaiter whose objects may pass without being ready: at the time limit, and in a refresh.
type lenient interface {
	passes(live *unstructured.Unstructured) bool
}

// notReadyError is an object that exists but is not ready.
type notReadyError struct {
	reason string
	// problems are what stands in the way, in the cluster's own words.
	problems []string
}

func (e *notReadyError) Error() string {
	return strings.Join(append([]string{"it is not ready: " + e.reason}, e.problems...), "\n  ")
}

// await blocks until the object is ready, cannot get ready any more, or ctx ends. It returns the last state seen.
func (s *server) await(
	ctx context.Context, c *cluster, live *unstructured.Unstructured, inputs resource.PropertyMap,
) (*unstructured.Unstructured, error) {
	a, err := c.awaiterFor(live, inputs)
	if err != nil || a == nil {
		return live, err
	}
	place, err := c.at(live)
	if err != nil {
		return live, err
	}
	following, stop := context.WithCancel(ctx)
	defer stop()
	states := follow(following, place, live)
	ticks := time.NewTicker(time.Second)
	defer ticks.Stop()

	begun, waiting, shown, tick := time.Now(), "", "", false
	var problems []string
	for {
		if tick {
			if problems, err = a.inspect(ctx, live); err != nil {
				return live, err
			}
		}
		ready, reason, err := a.ready(ctx, live)
		if err != nil && ctx.Err() == nil {
			return live, err
		}
		if ready {
			s.status(ctx, &shown, "")
			return live, nil
		}
		waiting = firstOf(reason, waiting)
		s.status(ctx, &shown, strings.Join(append([]string{waiting}, problems...), "; "))

		select {
		case state := <-states:
			tick = false
			if state == nil {
				return live, &notReadyError{reason: "it was deleted in the meantime"}
			}
			live = state
		case <-ticks.C:
			tick = true
		case <-ctx.Done():
			return live, s.gaveUp(ctx, a, live, problems, waiting, time.Since(begun))
		}
	}
}

// gaveUp returns the error of a wait that its time limit or the user has ended. The problems known from the last look
// stand where a new one finds none, as between two runs of a container that crashes, or no answer.
func (s *server) gaveUp(
	ctx context.Context, a awaiter, live *unstructured.Unstructured, known []string, waiting string, after time.Duration,
) error {
	if s.running.Err() != nil {
		return &notReadyError{reason: "the wait was cancelled: " + waiting}
	}
	last, stop := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer stop()
	problems, err := a.inspect(last, live)
	if err != nil && last.Err() == nil {
		return err
	}
	if l, ok := a.(lenient); ok && l.passes(live) {
		return nil
	}
	if len(problems) == 0 {
		problems = known
	}
	reason := fmt.Sprintf("timed out after %s: %s", after.Round(time.Second), waiting)
	return &notReadyError{reason: reason, problems: problems}
}

// status shows what an object is waiting for, if that has changed.
func (s *server) status(ctx context.Context, shown *string, text string) {
	if text != *shown {
		*shown = text
		_ = s.host.LogStatus(ctx, diag.Info, urnOf(ctx), text)
	}
}

// refreshed are the kinds that a refresh judges. It only reads every other kind, as the official plugin does.
var refreshed = sets.New(
	schema.GroupKind{Kind: "Pod"},
	schema.GroupKind{Kind: "Service"},
	schema.GroupKind{Group: "apps", Kind: "DaemonSet"},
	schema.GroupKind{Group: "apps", Kind: "Deployment"},
	schema.GroupKind{Group: "apps", Kind: "StatefulSet"},
	schema.GroupKind{Group: "batch", Kind: "Job"},
)

// check judges one state of the object, for a refresh that does not wait. The program's own conditions, of the
// annotation waitFor, count only for what has just been changed.
func (c *cluster) check(ctx context.Context, live *unstructured.Unstructured, inputs resource.PropertyMap) error {
	if annotated(inputs, skipAwait) || !refreshed.Has(live.GroupVersionKind().GroupKind()) {
		return nil
	}
	a := c.builtInAwaiterFor(live)
	ready, _, err := a.ready(ctx, live)
	if err != nil || ready {
		return err
	}
	problems, err := a.inspect(ctx, live)
	if err != nil {
		return err
	}
	if l, ok := a.(lenient); ok && l.passes(live) {
		return nil
	}
	// What a Service is waiting for, its awaiter knows only after it has looked.
	_, reason, err := a.ready(ctx, live)
	if err != nil {
		return err
	}
	return &notReadyError{reason: reason, problems: problems}
}
