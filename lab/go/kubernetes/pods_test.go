package main

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/yaml"
)

func TestAPodSaysWhatIsWrongWithIt(t *testing.T) {
	long := strings.Repeat("x", 4096)
	const container = "containerStatuses: [{name: c, "
	cases := []struct{ name, status, want string }{
		{"nothing", container + "ready: true, state: {running: {}}}]", ""},
		{"still coming", container + "state: {waiting: {reason: ContainerCreating}}}]", ""},
		{
			"again", container + "state: {running: {}}, lastState: {terminated: {exitCode: 3, reason: Error, message: m}}}]",
			"pod p, container c: runs again; it last ended with exit code 3 (Error): m",
		},
		{
			"well again", container + "ready: true, state: {running: {}}, lastState: {terminated: {exitCode: 3}}}]", "",
		},
		{
			"no node", "conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: no memory}]",
			"pod p: Unschedulable: no memory",
		},
		{
			"no image", container + "state: {waiting: {reason: ImagePullBackOff, message: back-off}}}]",
			"pod p, container c: ImagePullBackOff: back-off",
		},
		{
			"it crashes", container + `state: {waiting: {reason: CrashLoopBackOff}},
  lastState: {terminated: {exitCode: 60, reason: Error, message: bad certificate}}}]`,
			"pod p, container c: CrashLoopBackOff; it last ended with exit code 60 (Error): bad certificate",
		},
		{
			"it has failed", container + "state: {terminated: {exitCode: 7, reason: Error, message: " + long + "}}}]",
			"pod p, container c: ended with exit code 7 (Error): " + long,
		},
		{"evicted", "phase: Failed\nreason: Evicted\nmessage: no disk", "pod p: Evicted: no disk"},
		{
			"its start", "initContainerStatuses: [{name: i, state: {terminated: {exitCode: 1, reason: Error}}}]",
			"pod p, container i: ended with exit code 1 (Error)",
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "p"}}
			if err := yaml.Unmarshal([]byte(c.status), &pod.Status); err != nil {
				t.Fatalf("the test's own YAML: %v", err)
			}
			if got := strings.Join(podStates(pod), "\n"); got != c.want {
				t.Errorf("it says %q, want %q", got, c.want)
			}
		})
	}
}

func TestTheWarningThatWasGivenLastIsTold(t *testing.T) {
	const mount = "reason: FailedMount, message: no secret, "
	cases := []struct{ name, first, second, want string }{
		{
			"a passing trouble after a lasting one",
			mount + "count: 4, lastTimestamp: '2026-01-01T00:00:09Z'",
			"reason: FailedMount, message: a moment, count: 1, lastTimestamp: '2026-01-01T00:00:05Z'",
			"pod p: FailedMount: no secret",
		},
		{
			"two within the same second",
			mount + "count: 4, lastTimestamp: '2026-01-01T00:00:05Z'",
			"reason: FailedMount, message: a moment, count: 1, lastTimestamp: '2026-01-01T00:00:05Z'",
			"pod p: FailedMount: no secret",
		},
		{
			"a newer one",
			mount + "count: 4, lastTimestamp: '2026-01-01T00:00:05Z'",
			"reason: Unhealthy, message: it says no, count: 1, lastTimestamp: '2026-01-01T00:00:06Z'",
			"pod p: Unhealthy: it says no",
		},
		{
			"events of the newer API",
			mount + "eventTime: '2026-01-01T00:00:01.000000Z', " +
				"series: {count: 9, lastObservedTime: '2026-01-01T00:00:09.000000Z'}",
			"reason: Unhealthy, message: it says no, eventTime: '2026-01-01T00:00:05.000000Z'",
			"pod p: FailedMount: no secret",
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			document := "items:\n"
			for _, event := range []string{c.first, c.second, "reason: Strange, message: of another, count: 1"} {
				uid := "1"
				if strings.Contains(event, "of another") {
					uid = "2"
				}
				document += "- {involvedObject: {uid: '" + uid + "'}, " + event + "}\n"
			}
			list := struct{ Items []map[string]any }{}
			if err := yaml.Unmarshal([]byte(document), &list); err != nil {
				t.Fatalf("the test's own YAML: %v", err)
			}
			events := make([]unstructured.Unstructured, 0, len(list.Items))
			for _, item := range list.Items {
				events = append(events, unstructured.Unstructured{Object: item})
			}
			if got := lastWarnings(events, map[types.UID]string{"1": "pod p"}); strings.Join(got, "\n") != c.want {
				t.Errorf("it says %q, want %q", got, c.want)
			}
		})
	}
}

func TestAServiceIsReadyByItsTypeAddressAndEndpoints(t *testing.T) {
	const selector = "selector: {a: b}"
	settled, unready := time.Now().Add(-settlingTime), ptr.To(false)
	slice := func(ready *bool) *discoveryv1.EndpointSlice {
		return &discoveryv1.EndpointSlice{
			Endpoints: []discoveryv1.Endpoint{{Conditions: discoveryv1.EndpointConditions{Ready: ready}}},
		}
	}
	cases := []struct {
		name, service string
		slice         *discoveryv1.EndpointSlice
		changed       time.Time
		want          bool
	}{
		{"an external name", "spec: {type: ExternalName}", nil, time.Time{}, true},
		{"headless", "spec: {type: ClusterIP, clusterIP: None, " + selector + "}", nil, time.Time{}, true},
		{"without selector", "spec: {type: ClusterIP}", nil, time.Time{}, true},
		{"no endpoints seen", "spec: {type: ClusterIP, " + selector + "}", nil, time.Time{}, false},
		{"settling", "spec: {type: ClusterIP, " + selector + "}", slice(nil), time.Now(), false},
		{"settled", "spec: {type: ClusterIP, " + selector + "}", slice(nil), settled, true},
		{"settled, unready", "spec: {type: NodePort, " + selector + "}", slice(unready), settled, false},
		{"no address", "spec: {type: LoadBalancer, " + selector + "}", slice(nil), settled, false},
		{
			"an address", "{spec: {type: LoadBalancer}, status: {loadBalancer: {ingress: [{ip: a}]}}}",
			nil, time.Time{}, true,
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := &serviceAwaiter{}
			if c.slice != nil {
				a.see([]*discoveryv1.EndpointSlice{c.slice})
				a.changed = c.changed
			}
			got, reason, err := a.ready(t.Context(), liveKind(t, "Service", c.service))
			if err != nil || got != c.want || (!got && reason == "") {
				t.Errorf("it is ready: %v (%q, %v), want %v", got, reason, err, c.want)
			}
		})
	}
}
