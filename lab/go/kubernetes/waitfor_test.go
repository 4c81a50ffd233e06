package main

import (
	"context"
	"testing"
)

func TestWaitForHoldsAnObjectUntilItsExpressionsAreMet(t *testing.T) {
	const (
		address = "{.status.loadBalancer.ingress}"
		ready   = "status: {phase: a, conditions: [{type: Ready, status: 'True'}]}"
		unready = "status: {phase: a, conditions: [{type: Ready, status: 'False'}]}"
		filter  = `{.status.conditions[?(@.type=="Ready")].status}`
		both    = `["condition=Ready", "jsonpath={.status.phase}"]`
	)
	cases := []struct {
		name, expressions, object string
		want                      bool
	}{
		{"no address", "jsonpath=" + address, "{}", false},
		{"an empty list", "jsonpath=" + address, "status: {loadBalancer: {ingress: []}}", false},
		{"an address", "jsonpath=" + address, "status: {loadBalancer: {ingress: [{ip: 10.0.0.1}]}}", true},
		{"a value", "jsonpath={.status.phase}=Running", "status: {phase: Running}", true},
		{"another value", "jsonpath={.status.phase}=Running", "status: {phase: Pending}", false},
		{"a number", "jsonpath={.status.replicas}=2", "status: {replicas: 2}", true},
		{"a filter", "jsonpath=" + filter + "=True", ready, true},
		{"a condition", "condition=Ready", ready, true},
		{"a condition by any case", "condition=ready", ready, true},
		{"a false condition", "condition=Ready", unready, false},
		{"a condition to be false", "condition=Ready=False", unready, true},
		{"no condition", "condition=Ready", "{}", false},
		{"both of two", both, ready, true},
		{"one of two", both, "status: {phase: a}", false},
		{
			"a change that a condition has not observed", "condition=Ready",
			`{metadata: {generation: 2},
  status: {observedGeneration: 2, conditions: [{type: Ready, status: "True", observedGeneration: 1}]}}`, false,
		},
		{
			"a change that a condition has observed first", "condition=Ready",
			`{metadata: {generation: 2},
  status: {observedGeneration: 1, conditions: [{type: Ready, status: "True", observedGeneration: 2}]}}`, true,
		},
		{
			"a change that the status has not observed", "condition=Ready",
			`{metadata: {generation: 2}, status: {observedGeneration: 1, conditions: [{type: Ready, status: "True"}]}}`, false,
		},
		{
			"a change not observed", "jsonpath={.status.phase}",
			"{metadata: {generation: 2}, status: {observedGeneration: 1, phase: a}}", false,
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a, err := newCustomAwaiter(nil, c.expressions)
			if err != nil {
				t.Fatal(err)
			}
			got, reason, err := a.ready(context.Background(), liveKind(t, "Thing", c.object))
			if err != nil || got != c.want || (!got && reason == "") {
				t.Errorf("it is met: %v (%q, %v), want %v", got, reason, err, c.want)
			}
		})
	}
}

func TestAWaitForThatIsWrongIsNamed(t *testing.T) {
	for _, expressions := range []string{
		"Ready", "condition=", "condition=Ready=", "jsonpath=.status", "jsonpath={.status", "jsonpath={.status}=",
		"jsonpath={.a}b", "[]", `["condition=Ready", "x"]`, "jsonpath={.a[}",
	} {
		if _, err := newCustomAwaiter(nil, expressions); err == nil {
			t.Errorf("%q was taken", expressions)
		} else {
			mustContain(t, err.Error(), waitFor)
		}
	}
}
