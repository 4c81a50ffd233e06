package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/sets"
)

// imageFailsAfter is how long an image must have been impossible to pull before its Job counts as failed: registries
// have short outages.
const imageFailsAfter = 20 * time.Second

// imageFailures are the reasons for which a container waits when its image cannot be had.
var imageFailures = sets.New("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull")

// jobAwaiter waits until a Job has completed. It gives up as soon as the Job has failed or cannot get its image.
type jobAwaiter struct {
	cluster *cluster
	// imageMissingSince is when the first of the Job's containers without an image was seen.
	imageMissingSince time.Time
}

func (a *jobAwaiter) ready(ctx context.Context, live *unstructured.Unstructured) (bool, string, error) {
	if hasCondition(live, "Complete") {
		return true, "", nil
	}
	for _, name := range []string{"Failed", "FailureTarget"} {
		if hasCondition(live, name) {
			failed := conditionOf(live, name)
			return false, "", &notReadyError{
				reason:   fmt.Sprintf("it has failed: %s: %s", failed.Reason, failed.Message),
				problems: a.cluster.endings(ctx, live),
			}
		}
	}
	if suspended, _, _ := unstructured.NestedBool(live.Object, "spec", "suspend"); suspended {
		return false, "it is suspended", nil
	}
	return false, "it has not completed", nil
}

func (a *jobAwaiter) inspect(ctx context.Context, live *unstructured.Unstructured) ([]string, error) {
	pods, err := a.cluster.podsOf(ctx, live)
	problems := a.cluster.podProblems(ctx, live, pods)
	if err != nil {
		// No answer is no pod with its image: the time that it has been missing goes on.
		return problems, nil
	}
	if !slices.ContainsFunc(pods, imageMissing) {
		a.imageMissingSince = time.Time{}
		return problems, nil
	}
	if a.imageMissingSince.IsZero() {
		a.imageMissingSince = time.Now()
	}
	if time.Since(a.imageMissingSince) < imageFailsAfter {
		return problems, nil
	}
	return nil, &notReadyError{reason: "its image cannot be pulled", problems: problems}
}

func imageMissing(pod *corev1.Pod) bool {
	return slices.ContainsFunc(containersOf(pod), func(container corev1.ContainerStatus) bool {
		return container.State.Waiting != nil && imageFailures.Has(container.State.Waiting.Reason)
	})
}

// endings returns how the containers of a Job's pods have ended, the oldest pod first, with their termination messages.
func (c *cluster) endings(ctx context.Context, job *unstructured.Unstructured) []string {
	var endings []string
	pods, _ := c.podsOf(ctx, job)
	for _, pod := range pods {
		for _, container := range containersOf(pod) {
			for _, ended := range []*corev1.ContainerStateTerminated{
				container.LastTerminationState.Terminated, container.State.Terminated,
			} {
				if ended != nil {
					endings = append(endings, fmt.Sprintf("pod %s, container %s: %s", pod.Name, container.Name, ending(ended)))
				}
			}
		}
	}
	if len(endings) == 0 {
		return c.problems(ctx, job)
	}
	return endings
}
