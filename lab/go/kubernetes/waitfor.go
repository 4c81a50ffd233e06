package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/util/jsonpath"
)

// customAwaiter waits for what the annotation waitFor says: every one of its expressions.
type customAwaiter struct {
	cluster     *cluster
	expressions []expression
}

// expression is one condition of the program's own: it has a text for messages, and judges an object.
type expression struct {
	text string
	met  func(live *unstructured.Unstructured) (bool, error)
}

// newCustomAwaiter reads the annotation: one expression, or a JSON list of them.
func newCustomAwaiter(c *cluster, annotation string) (*customAwaiter, error) {
	var texts []string
	if json.Unmarshal([]byte(annotation), &texts) != nil {
		texts = []string{annotation}
	}
	if len(texts) == 0 {
		return nil, fmt.Errorf("annotation %s is an empty list: name a condition or leave it out", waitFor)
	}
	a := &customAwaiter{cluster: c}
	for _, text := range texts {
		parsed, err := parseExpression(text)
		if err != nil {
			return nil, fmt.Errorf("annotation %s: %w", waitFor, err)
		}
		a.expressions = append(a.expressions, parsed)
	}
	return a, nil
}

func (a *customAwaiter) ready(_ context.Context, live *unstructured.Unstructured) (bool, string, error) {
	for _, expression := range a.expressions {
		met, err := expression.met(live)
		if err != nil {
			return false, "", fmt.Errorf("wait for %s of %s: %w", expression.text, called(live), err)
		}
		if !met {
			return false, "waiting for " + expression.text, nil
		}
	}
	return true, "", nil
}

func (a *customAwaiter) inspect(ctx context.Context, live *unstructured.Unstructured) ([]string, error) {
	return a.cluster.problems(ctx, live), nil
}

// parseExpression reads condition=Type, condition=Type=Status, jsonpath={.path} or jsonpath={.path}=value.
func parseExpression(text string) (expression, error) {
	kind, rest, _ := strings.Cut(text, "=")
	switch kind {
	case "condition":
		name, wanted, given := strings.Cut(rest, "=")
		if name == "" || (given && wanted == "") {
			return expression{}, fmt.Errorf("%q must be condition=Type or condition=Type=Status", text)
		}
		return expression{text, conditionMet(name, firstOf(wanted, "True"))}, nil
	case "jsonpath":
		end := strings.LastIndex(rest, "}")
		if !strings.HasPrefix(rest, "{") || end < 0 {
			return expression{}, fmt.Errorf("%q must be jsonpath={.path} or jsonpath={.path}=value", text)
		}
		path, wanted := rest[:end+1], rest[end+1:]
		if wanted == "=" || (wanted != "" && !strings.HasPrefix(wanted, "=")) {
			return expression{}, fmt.Errorf("%q must end with } or with }=value", text)
		}
		parsed := jsonpath.New(text).AllowMissingKeys(true)
		if err := parsed.Parse(path); err != nil {
			return expression{}, fmt.Errorf("%q: %w", text, err)
		}
		return expression{text, pathMet(parsed, strings.TrimPrefix(wanted, "="))}, nil
	}
	return expression{}, fmt.Errorf("%q must begin with condition= or jsonpath=", text)
}

func conditionMet(name, wanted string) func(*unstructured.Unstructured) (bool, error) {
	return func(live *unstructured.Unstructured) (bool, error) {
		conditions, _, err := unstructured.NestedSlice(live.Object, "status", "conditions")
		if err != nil {
			return false, err
		}
		for _, each := range conditions {
			condition, _ := each.(map[string]any)
			kind, _, _ := unstructured.NestedString(condition, "type")
			state, _, _ := unstructured.NestedString(condition, "status")
			if strings.EqualFold(kind, name) {
				return strings.EqualFold(state, wanted) && isCurrent(live, condition), nil
			}
		}
		return false, nil
	}
}

// isCurrent tells whether the latest change of an object has been observed: by one of its conditions if that says so
// itself, or else by the status.
func isCurrent(live *unstructured.Unstructured, condition map[string]any) bool {
	generation, _, _ := unstructured.NestedInt64(live.Object, "metadata", "generation")
	observed, known, _ := unstructured.NestedInt64(condition, "observedGeneration")
	if !known {
		observed, known, _ = unstructured.NestedInt64(live.Object, "status", "observedGeneration")
	}
	return !known || observed >= generation
}

// pathMet wants a value at the path: the given one or, without one, any that is not empty.
func pathMet(path *jsonpath.JSONPath, wanted string) func(*unstructured.Unstructured) (bool, error) {
	return func(live *unstructured.Unstructured) (bool, error) {
		results, err := path.FindResults(live.Object)
		if err != nil || len(results) == 0 || len(results[0]) == 0 || !isCurrent(live, nil) {
			return false, err
		}
		switch found := results[0][0].Interface().(type) {
		case nil:
			return false, nil
		case []any:
			return wanted == "" && len(found) > 0, nil
		case map[string]any:
			return wanted == "" && len(found) > 0, nil
		default:
			return wanted == "" || fmt.Sprint(found) == wanted, nil
		}
	}
}
