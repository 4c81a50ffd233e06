package main

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

func TestAnIgnoredFieldIsSentUnlessOnlyOthersOwnIt(t *testing.T) {
	const (
		ours     = `{manager: mine, operation: Apply, fieldsV1: {"f:spec": {"f:replicas": {}}}}`
		created  = `{manager: pulumi-kubernetes, operation: Update, fieldsV1: {"f:spec": {"f:replicas": {}}}}`
		theirs   = `{manager: autoscaler, operation: Update, subresource: scale, fieldsV1: {"f:spec": {"f:replicas": {}}}}`
		template = `{manager: somebody, operation: Update, fieldsV1: {"f:spec": {"f:template": {"f:spec": {}}}}}`
		status   = `{manager: autoscaler, operation: Update, subresource: status}`
	)
	cases := []struct {
		name, owners, ignored string
		sent                  bool
	}{
		{"ours", ours, "spec.replicas", true},
		{"ours since the creation", created, "spec.replicas", true},
		{"theirs", theirs, "spec.replicas", false},
		{"both", ours + ", " + theirs, "spec.replicas", true},
		{"nobody's", status, "spec.replicas", true},
		{"theirs below it", ours + ", " + template, "spec.template", false},
		{"an element of a list", template, "spec.template.spec.containers[0].image", true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			live := liveKind(t, "Deployment", `
apiVersion: apps/v1
metadata: {name: x, managedFields: [`+c.owners+`]}
spec: {replicas: 5, template: {spec: {containers: [{name: c, image: live}]}}}
`)
			obj := liveKind(t, "Deployment", `
apiVersion: apps/v1
metadata: {name: x}
spec: {replicas: 1, template: {spec: {containers: [{name: c, image: new}]}}}
`)
			if err := leaveIgnored(obj, live, "mine", []string{c.ignored}); err != nil {
				t.Fatal(err)
			}
			paths, err := parsePaths([]string{c.ignored})
			if err != nil {
				t.Fatal(err)
			}
			now, is := paths[0].Get(resource.NewProperty(fromPlain(obj.Object)))
			want, _ := paths[0].Get(resource.NewProperty(fromPlain(live.Object)))
			if is != c.sent || (is && !now.DeepEquals(want)) {
				t.Errorf("it is sent: %v (%v)", is, now)
			}
		})
	}
}

func TestAWrongNameOfAnIgnoredFieldIsNamed(t *testing.T) {
	obj := liveObject(t, "{apiVersion: v1, kind: ConfigMap, metadata: {name: x}}")
	err := leaveIgnored(obj, obj, "mine", []string{"a["})
	if err == nil {
		t.Fatal("it was taken")
	}
	mustContain(t, err.Error(), "ignore_changes")
}
