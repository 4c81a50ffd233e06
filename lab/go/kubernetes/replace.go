package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// replacing are the properties, by kind, whose change needs a new object: mostly those that the API server would refuse
// to change. A star stands for every element of a list.
var replacing = map[schema.GroupKind][]string{
	{Group: "apps", Kind: "DaemonSet"}:  {"spec.selector"},
	{Group: "apps", Kind: "Deployment"}: {"spec.selector"},
	{Group: "apps", Kind: "StatefulSet"}: {
		"spec.podManagementPolicy", "spec.revisionHistoryLimit", "spec.selector", "spec.serviceName",
		"spec.volumeClaimTemplates",
	},
	{Group: "batch", Kind: "Job"}: {
		"spec.completions", "spec.parallelism", "spec.selector", "spec.template",
	},
	{Group: "rbac.authorization.k8s.io", Kind: "ClusterRoleBinding"}: {"roleRef"},
	{Group: "rbac.authorization.k8s.io", Kind: "RoleBinding"}:        {"roleRef"},
	{Group: "storage.k8s.io", Kind: "StorageClass"}:                  {"parameters", "provisioner"},
	{Kind: "PersistentVolume"}: {
		"spec.csi", "spec.fc", "spec.hostPath", "spec.iscsi", "spec.local", "spec.nfs",
	},
	{Kind: "PersistentVolumeClaim"}: {
		"spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName",
	},
	{Kind: "Pod"}: {
		"spec.affinity", "spec.automountServiceAccountToken", "spec.containers", "spec.dnsConfig", "spec.dnsPolicy",
		"spec.enableServiceLinks", "spec.hostAliases", "spec.hostIPC", "spec.hostNetwork", "spec.hostPID",
		"spec.hostname", "spec.imagePullSecrets", "spec.initContainers", "spec.nodeName", "spec.nodeSelector",
		"spec.overhead", "spec.preemptionPolicy", "spec.priority", "spec.priorityClassName", "spec.readinessGates",
		"spec.restartPolicy", "spec.runtimeClassName", "spec.schedulerName", "spec.securityContext",
		"spec.serviceAccount", "spec.serviceAccountName", "spec.shareProcessNamespace", "spec.subdomain",
		"spec.terminationGracePeriodSeconds", "spec.volumes",
	},
	{Kind: "ResourceQuota"}: {"spec.scopes"},
	{Kind: "Secret"}:        {"type"},
	{Kind: "Service"}:       {"spec.clusterIP"},
}

// replacingPaths returns the properties whose change replaces the object that the inputs describe.
func (s settings) replacingPaths(inputs resource.PropertyMap) []resource.PropertyPath {
	names := []string{"metadata.name", "metadata.namespace"}
	kind := schema.FromAPIVersionAndKind(text(inputs, "apiVersion"), text(inputs, "kind")).GroupKind()
	names = append(names, replacing[kind]...)
	immutable := inputs["immutable"].IsBool() && inputs["immutable"].BoolValue()
	switch {
	case kind == schema.GroupKind{Kind: "ConfigMap"} && (immutable || !s.mutableConfigMaps):
		names = append(names, "data", "binaryData")
	case kind == schema.GroupKind{Kind: "Secret"} && (immutable || !s.mutableSecrets):
		names = append(names, "data", "stringData")
	}
	paths, _ := parsePaths(names)
	return paths
}

// replaces tells whether a change at a path needs a new object. Above a replacing property, as when all of spec has
// become unknown, it does if the property is, or was, there.
func replaces(change resource.PropertyPath, replacing []resource.PropertyPath, olds, news resource.PropertyMap) bool {
	for _, path := range replacing {
		if path.Contains(change) {
			return true
		}
		if change.Contains(path) && (has(olds, path) || has(news, path)) {
			return true
		}
	}
	return false
}

func has(properties resource.PropertyMap, path resource.PropertyPath) bool {
	value, ok := path.Get(resource.NewProperty(properties))
	return ok && !value.IsNull()
}
