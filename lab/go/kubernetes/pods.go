package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
)

var (
	podsResource   = schema.GroupVersionResource{Version: "v1", Resource: "pods"}
	eventsResource = schema.GroupVersionResource{Version: "v1", Resource: "events"}
)

// podsOf returns the pods that a workload selects, the oldest first. Pods that are about to go do not count.
func (c *cluster) podsOf(ctx context.Context, workload *unstructured.Unstructured) ([]*corev1.Pod, error) {
	written, ok, _ := unstructured.NestedMap(workload.Object, "spec", "selector")
	selector := &metav1.LabelSelector{}
	if !ok || runtime.DefaultUnstructuredConverter.FromUnstructured(written, selector) != nil {
		return nil, nil
	}
	if len(selector.MatchLabels)+len(selector.MatchExpressions) == 0 {
		return nil, nil
	}
	options := metav1.ListOptions{LabelSelector: metav1.FormatLabelSelector(selector)}
	found, err := c.list(ctx, podsResource, workload.GetNamespace(), options)
	if err != nil {
		return nil, err
	}
	pods := make([]*corev1.Pod, 0, len(found))
	for i := range found {
		if pod := podFrom(&found[i]); pod.DeletionTimestamp == nil {
			pods = append(pods, pod)
		}
	}
	slices.SortStableFunc(pods, func(a, b *corev1.Pod) int {
		return cmp.Or(a.CreationTimestamp.Compare(b.CreationTimestamp.Time), strings.Compare(a.Name, b.Name))
	})
	return pods, nil
}

func podFrom(obj *unstructured.Unstructured) *corev1.Pod {
	pod := &corev1.Pod{}
	// An API server's pod always fits; were it not so, an empty one would say nothing, which is right here.
	_ = runtime.DefaultUnstructuredConverter.FromUnstructured(obj.Object, pod)
	return pod
}

// problems returns what keeps an object from getting ready: its own failing conditions, its pods' states and, where
// these say nothing, the cluster's warnings about them.
func (c *cluster) problems(ctx context.Context, live *unstructured.Unstructured) []string {
	if live.GetKind() == "Pod" {
		return c.podProblems(ctx, live, []*corev1.Pod{podFrom(live)})
	}
	// Without an answer about the pods, the object's own conditions still say something.
	pods, _ := c.podsOf(ctx, live)
	return c.podProblems(ctx, live, pods)
}

func (c *cluster) podProblems(ctx context.Context, live *unstructured.Unstructured, pods []*corev1.Pod) []string {
	var found []string
	for _, name := range []string{"ReplicaFailure", "Progressing"} {
		condition := conditionOf(live, name)
		if condition != nil && (name == "ReplicaFailure") == (condition.Status == corev1.ConditionTrue) {
			found = append(found, condition.Message)
		}
	}
	silent := map[types.UID]string{live.GetUID(): called(live)}
	for _, pod := range pods {
		states := podStates(pod)
		found = append(found, states...)
		// Of one that runs again, the warnings tell why it is not ready this time.
		if !podReady(pod) && (len(states) == 0 || slices.ContainsFunc(containersOf(pod), startedAgain)) {
			silent[pod.UID] = "pod " + pod.Name
		}
	}
	if len(found) > 0 && len(silent) == 1 {
		return found
	}
	return append(found, c.warningsAbout(ctx, live.GetNamespace(), silent)...)
}

// warningsAbout returns of the cluster's warnings about each of some objects the one that was given last.
func (c *cluster) warningsAbout(ctx context.Context, namespace string, objects map[types.UID]string) []string {
	written, err := c.list(ctx, eventsResource, namespace, metav1.ListOptions{FieldSelector: "type=Warning"})
	if err != nil {
		return nil
	}
	return lastWarnings(written, objects)
}

// lastWarnings picks them. The API lists events in the order in which each was first given, so that a trouble of a
// moment would hide one that is there from the beginning and comes again and again.
func lastWarnings(events []unstructured.Unstructured, objects map[types.UID]string) []string {
	last := map[string]*corev1.Event{}
	for i := range events {
		event := &corev1.Event{}
		if runtime.DefaultUnstructuredConverter.FromUnstructured(events[i].Object, event) != nil {
			continue
		}
		object, ok := objects[event.InvolvedObject.UID]
		if ok && (last[object] == nil || givenBefore(last[object], event)) {
			last[object] = event
		}
	}
	said := make([]string, 0, len(last))
	for object, event := range last {
		said = append(said, fmt.Sprintf("%s: %s: %s", object, event.Reason, event.Message))
	}
	slices.Sort(said)
	return said
}

// givenBefore says whether one event was last given before another, or as lately (times are whole seconds) and less
// often.
func givenBefore(one, other *corev1.Event) bool {
	order := cmp.Or(lastGiven(one).Compare(lastGiven(other)), cmp.Compare(one.Count, other.Count))
	return order < 0
}

// lastGiven is when an event was last given; one that came once, of the newer events API, has its event time alone.
func lastGiven(event *corev1.Event) time.Time {
	switch {
	case event.Series != nil:
		return event.Series.LastObservedTime.Time
	case !event.LastTimestamp.IsZero():
		return event.LastTimestamp.Time
	default:
		return event.EventTime.Time
	}
}

// podStates describes what is wrong with a pod: that it has no node, or how its containers wait or have ended.
func podStates(pod *corev1.Pod) []string {
	var states []string
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodScheduled && condition.Status == corev1.ConditionFalse {
			states = append(states, fmt.Sprintf("pod %s: %s: %s", pod.Name, condition.Reason, condition.Message))
		}
	}
	for _, container := range containersOf(pod) {
		if state := containerState(container); state != "" {
			states = append(states, fmt.Sprintf("pod %s, container %s: %s", pod.Name, container.Name, state))
		}
	}
	if len(states) == 0 && pod.Status.Phase == corev1.PodFailed {
		states = append(states, fmt.Sprintf("pod %s: %s: %s", pod.Name, pod.Status.Reason, pod.Status.Message))
	}
	return states
}

func containersOf(pod *corev1.Pod) []corev1.ContainerStatus {
	return slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses)
}

// usual are the reasons for which every container waits before it starts.
var usual = sets.New("", "ContainerCreating", "PodInitializing")

// containerState describes a container that waits for something unusual or has failed; "" is one that does neither.
func containerState(container corev1.ContainerStatus) string {
	waiting, ended := container.State.Waiting, container.State.Terminated
	if waiting != nil && !usual.Has(waiting.Reason) {
		state := strings.TrimSuffix(waiting.Reason+": "+waiting.Message, ": ")
		if last := container.LastTerminationState.Terminated; last != nil {
			state += "; it last ended with " + ending(last)
		}
		return state
	}
	if ended != nil && ended.ExitCode != 0 {
		return "ended with " + ending(ended)
	}
	if startedAgain(container) {
		return "runs again; it last ended with " + ending(container.LastTerminationState.Terminated)
	}
	return ""
}

// startedAgain tells whether a container runs that has failed before and is not ready yet.
func startedAgain(container corev1.ContainerStatus) bool {
	last := container.LastTerminationState.Terminated
	return container.State.Running != nil && !container.Ready && last != nil && last.ExitCode != 0
}

// ending describes how a container ended, with its termination message in full.
func ending(ended *corev1.ContainerStateTerminated) string {
	text := fmt.Sprintf("exit code %d (%s)", ended.ExitCode, ended.Reason)
	if message := strings.TrimSpace(ended.Message); message != "" {
		text += ": " + message
	}
	return text
}

func podReady(pod *corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(condition corev1.PodCondition) bool {
		return condition.Type == corev1.PodReady && condition.Status == corev1.ConditionTrue
	})
}
