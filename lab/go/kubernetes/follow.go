package main

import (
	"context"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
)

// follow sends every later state of an object until ctx ends, and nil once it is gone. A broken watch starts again.
func follow(
	ctx context.Context, place dynamic.ResourceInterface, obj *unstructured.Unstructured,
) <-chan *unstructured.Unstructured {
	states := make(chan *unstructured.Unstructured)
	send := func(state *unstructured.Unstructured) bool {
		select {
		case states <- state:
			return state != nil
		case <-ctx.Done():
			return false
		}
	}
	go func() {
		version := obj.GetResourceVersion()
		for {
			if !watchFrom(ctx, place, obj, version, send) {
				return
			}
			live, err := place.Get(ctx, obj.GetName(), metav1.GetOptions{})
			switch {
			case apierrors.IsNotFound(err), err == nil && live.GetUID() != obj.GetUID():
				send(nil)
				return
			case err == nil:
				version = live.GetResourceVersion()
				if !send(live) {
					return
				}
			}
			select {
			case <-time.After(200 * time.Millisecond):
			case <-ctx.Done():
				return
			}
		}
	}()
	return states
}

// watchFrom sends an object's states from one version on. It returns whether there may be more to see.
func watchFrom(
	ctx context.Context, place dynamic.ResourceInterface, obj *unstructured.Unstructured, version string,
	send func(*unstructured.Unstructured) bool,
) bool {
	only := fields.OneTermEqualSelector(metav1.ObjectNameField, obj.GetName()).String()
	events, err := place.Watch(ctx, metav1.ListOptions{FieldSelector: only, ResourceVersion: version})
	if err != nil {
		return ctx.Err() == nil
	}
	defer events.Stop()
	for event := range events.ResultChan() {
		state, ok := event.Object.(*unstructured.Unstructured)
		if !ok || event.Type == watch.Error || event.Type == watch.Deleted {
			break
		}
		if !send(state) {
			return false
		}
	}
	return ctx.Err() == nil
}
