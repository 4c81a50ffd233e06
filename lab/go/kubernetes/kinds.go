package main

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/sets"
)

// kindOf returns the kind behind a resource's type token: kubernetes:apps/v1:Deployment, kubernetes:core/v1:Secret.
func kindOf(urn string) (schema.GroupVersionKind, error) {
	token := string(resource.URN(urn).Type())
	parts := strings.Split(token, ":")
	if len(parts) != 3 || strings.Count(parts[1], "/") != 1 {
		return schema.GroupVersionKind{}, fmt.Errorf("%s is no resource type of Kubernetes", token)
	}
	group, version, _ := strings.Cut(parts[1], "/")
	kind := schema.GroupVersionKind{Group: group, Version: version, Kind: parts[2]}
	if group == "core" {
		kind.Group = ""
	}
	tooling := group == "helm.sh" || group == "yaml" || group == "kustomize"
	if tooling || strings.HasSuffix(kind.Kind, "Patch") || (isBuiltIn(group) && strings.HasSuffix(kind.Kind, "List")) {
		return kind, fmt.Errorf("the lab's Kubernetes plugin has no %s: use the official plugin", token)
	}
	return kind, nil
}

// objectOf returns the object that inputs describe. What they do not name, the resource's type does.
func objectOf(urn string, inputs resource.PropertyMap) (*unstructured.Unstructured, error) {
	kind, err := kindOf(urn)
	if err != nil {
		return nil, err
	}
	obj := &unstructured.Unstructured{Object: plain(inputs)}
	if obj.GetAPIVersion() == "" {
		obj.SetAPIVersion(kind.GroupVersion().String())
	}
	if obj.GetKind() == "" {
		obj.SetKind(kind.Kind)
	}
	return obj, nil
}

// isBuiltIn tells whether an API group is Kubernetes' own.
func isBuiltIn(group string) bool {
	return !strings.Contains(group, ".") || strings.HasSuffix(group, ".k8s.io")
}

// clusterScoped are the kinds of Kubernetes' own that live in no namespace. The server knows, too, but a preview must
// not need it.
var clusterScoped = sets.New(
	"APIService", "CertificateSigningRequest", "ClusterRole", "ClusterRoleBinding", "ComponentStatus", "CSIDriver",
	"CSINode", "CustomResourceDefinition", "DeviceClass", "FlowSchema", "IngressClass", "IPAddress",
	"MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", "MutatingWebhookConfiguration", "Namespace", "Node",
	"PersistentVolume", "PriorityClass", "PriorityLevelConfiguration", "ResourceSlice", "RuntimeClass",
	"SelfSubjectAccessReview", "SelfSubjectReview", "SelfSubjectRulesReview", "ServiceCIDR", "StorageClass",
	"StorageVersion", "StorageVersionMigration", "SubjectAccessReview", "TokenReview", "ValidatingAdmissionPolicy",
	"ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration", "VolumeAttachment", "VolumeAttributesClass",
)

// idOf returns the resource's ID: the object's namespace, if it has one, and its name.
func idOf(obj *unstructured.Unstructured) string {
	if obj.GetNamespace() == "" {
		return obj.GetName()
	}
	return obj.GetNamespace() + "/" + obj.GetName()
}

// called names an object for messages.
func called(obj *unstructured.Unstructured) string {
	return obj.GetKind() + " " + idOf(obj)
}
