package main

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The annotations by which a program steers the plugin.
const (
	autonamed           = "pulumi.com/autonamed"
	deletionPropagation = "pulumi.com/deletionPropagationPolicy"
	patchFieldManager   = "pulumi.com/patchFieldManager"
	patchForce          = "pulumi.com/patchForce"
	replaceUnready      = "pulumi.com/replaceUnready"
	skipAwait           = "pulumi.com/skipAwait"
	timeoutSeconds      = "pulumi.com/timeoutSeconds"
	waitFor             = "pulumi.com/waitFor"
)

func annotation(inputs resource.PropertyMap, key string) string {
	return text(inputs, "metadata", "annotations", key)
}

func annotated(inputs resource.PropertyMap, key string) bool {
	return annotation(inputs, key) == "true"
}

// propagation returns what becomes of an object's dependents when it is deleted: they go first, unless the program says
// otherwise.
func propagation(inputs resource.PropertyMap) metav1.DeletionPropagation {
	switch strings.ToLower(annotation(inputs, deletionPropagation)) {
	case "orphan":
		return metav1.DeletePropagationOrphan
	case "background":
		return metav1.DeletePropagationBackground
	}
	return metav1.DeletePropagationForeground
}
