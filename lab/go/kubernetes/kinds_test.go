package main

import (
	"strings"
	"testing"
)

func TestATypeTokenNamesItsKind(t *testing.T) {
	cases := map[string]string{
		"kubernetes:core/v1:ConfigMap":                        "/v1, Kind=ConfigMap",
		"kubernetes:apps/v1:Deployment":                       "apps/v1, Kind=Deployment",
		"kubernetes:networking.k8s.io/v1:NetworkPolicy":       "networking.k8s.io/v1, Kind=NetworkPolicy",
		"kubernetes:cert-manager.io/v1:Certificate":           "cert-manager.io/v1, Kind=Certificate",
		"kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": "rbac.authorization.k8s.io/v1, Kind=RoleBinding",
	}
	for token, want := range cases {
		kind, err := kindOf(urnFor(token, "x"))
		if err != nil || kind.String() != want {
			t.Errorf("%s is %q (%v), want %q", token, kind, err, want)
		}
	}
}

func TestATypeThatTheLabsPluginDoesNotHaveIsRefused(t *testing.T) {
	for _, token := range []string{
		"kubernetes:core/v1:ConfigMapPatch", "kubernetes:core/v1:ConfigMapList", "kubernetes:helm.sh/v3:Release",
	} {
		_, err := kindOf(urnFor(token, "x"))
		if err == nil || !strings.Contains(err.Error(), "official plugin") {
			t.Errorf("%s: %v", token, err)
		}
	}
}

func TestTheInputsKindComesBeforeTheTokens(t *testing.T) {
	inputs := properties(t, "{apiVersion: autoscaling/v1, kind: HorizontalPodAutoscaler}")
	obj, err := objectOf(urnFor("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "x"), inputs)
	if err != nil || obj.GetAPIVersion() != "autoscaling/v1" {
		t.Errorf("the object has apiVersion %q (%v)", obj.GetAPIVersion(), err)
	}
}

func TestAnIDHasTheNamespaceOfNamespacedObjectsOnly(t *testing.T) {
	if id := idOf(liveObject(t, "{apiVersion: v1, kind: Secret, metadata: {name: a, namespace: ns}}")); id != "ns/a" {
		t.Errorf("a Secret's ID is %q", id)
	}
	if id := idOf(liveObject(t, "{apiVersion: v1, kind: Namespace, metadata: {name: a}}")); id != "a" {
		t.Errorf("a Namespace's ID is %q", id)
	}
}
