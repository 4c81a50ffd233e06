package main

import (
	"context"
	"testing"
)

func TestWhatAControllerFillsInIsAwaited(t *testing.T) {
	const token = "type: kubernetes.io/service-account-token\n"
	cases := []struct {
		name, kind, object string
		ready              bool
	}{
		{"a token's Secret", "Secret", token, false},
		{"a token's Secret with its data", "Secret", token + "data: {token: eA==}", true},
		{"a new quota", "ResourceQuota", "spec: {hard: {pods: '2'}}", false},
		{"a quota that was changed", "ResourceQuota", "{spec: {hard: {pods: '2'}}, status: {hard: {pods: '1'}}}", false},
		{"a quota that counts", "ResourceQuota", "{spec: {hard: {pods: '2'}}, status: {hard: {pods: '2'}}}", true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			live := liveKind(t, c.kind, c.object)
			live.SetAPIVersion("v1")
			a, err := (&cluster{}).awaiterFor(live, properties(t, "{}"))
			if err != nil || a == nil {
				t.Fatalf("it is awaited by %v (%v)", a, err)
			}
			ready, reason, err := a.ready(context.Background(), live)
			if err != nil || ready != c.ready || (!ready && reason == "") {
				t.Errorf("ready: %v (%q, %v), want %v", ready, reason, err, c.ready)
			}
		})
	}
}

func TestAnOrdinarySecretIsNotAwaited(t *testing.T) {
	live := liveObject(t, "{apiVersion: v1, kind: Secret, type: Opaque, metadata: {name: x}}")
	if a, err := (&cluster{}).awaiterFor(live, properties(t, "{}")); a != nil || err != nil {
		t.Errorf("it is awaited by %v (%v)", a, err)
	}
}
