package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// apiServer serves fixed answers by method and path, written as YAML, and returns a kubeconfig that leads to it. A
// Status is answered with its code; what has no answer is not found.
func apiServer(t *testing.T, answers map[string]string) string {
	t.Helper()
	const kinds = `
kind: APIResourceList
groupVersion: v1
resources:
- {name: configmaps, kind: ConfigMap, namespaced: true}
- {name: services, kind: Service, namespaced: true}
`
	all := map[string]string{
		"GET /version": "{}",
		"GET /api":     "{kind: APIVersions, versions: [v1]}",
		"GET /apis":    "{kind: APIGroupList, groups: []}",
		"GET /api/v1":  kinds,
	}
	for request, answer := range answers {
		all[request] = answer
	}
	served := httptest.NewServer(http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		answer, ok := all[request.Method+" "+request.URL.Path]
		if !ok {
			answer = "{kind: Status, apiVersion: v1, status: Failure, reason: NotFound, code: 404, message: not found}"
		}
		object := parsed(t, answer)
		writer.Header().Set("Content-Type", "application/json")
		if code, isStatus := object["code"].(float64); isStatus {
			writer.WriteHeader(int(code))
		}
		_ = json.NewEncoder(writer).Encode(object)
	}))
	t.Cleanup(served.Close)
	return strings.ReplaceAll(kubeconfigText, "https://first.example:6443", served.URL)
}

// serverOn returns the plugin on such an API server, and the cluster.
func serverOn(t *testing.T, answers map[string]string) (*server, *cluster) {
	t.Helper()
	s := newServer(context.Background(), &recorder{})
	s.configure(newSettings(map[string]string{"kubeconfig": apiServer(t, answers)}))
	c, err := s.connect()
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}
