"""Rules about what stands around the pods. What a name means is in the documentation of its scanner."""

import re
from collections.abc import Iterator

from hardening.label_selectors import matches
from hardening.rule import Finding, Rule, objects, rule
from hardening.views import (
    LONG_RUNNING,
    WORKLOADS,
    Manifest,
    Stack,
    Workload,
    labels_of,
    name_of,
    namespace_of,
    ports_of,
    service_type,
)

_ALL_KINDS = (*WORKLOADS, "ConfigMap", "NetworkPolicy", "PodDisruptionBudget", "Secret", "Service")
_REPLICATED = ("Deployment", "ReplicaSet", "ReplicationController", "StatefulSet")
_SENSITIVE_KEY = re.compile(r"password|token|bearer|secret|private", re.IGNORECASE)
_STABLE = re.compile(r"(?:[a-z0-9.-]+/)?v\d+")
_LABEL = re.compile(r"(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?")
_STANDARD_LABELS = {f"app.kubernetes.io/{each}" for each in ("name", "instance", "component", "part-of", "managed-by")}


def _selected_by_policy(stack: Stack, policy: Manifest) -> list[Workload]:
    return stack.selected_by(policy, policy["spec"].get("podSelector", {}))


def _policy_types(policy: Manifest) -> list[str]:
    spec = policy["spec"]
    return spec.get("policyTypes") or (["Ingress", "Egress"] if spec.get("egress") else ["Ingress"])


def _isolated(stack: Stack, manifest: Manifest) -> bool:
    workload = Workload(manifest=manifest)
    policies = [each for each in stack.of("NetworkPolicy") if workload in _selected_by_policy(stack, each)]
    return {each for policy in policies for each in _policy_types(policy)} == {"Ingress", "Egress"}


def _account_exists(stack: Stack, manifest: Manifest) -> bool:
    account = _pod(manifest).get("serviceAccountName", "default")
    return account == "default" or account in map(name_of, stack.of("ServiceAccount"))


def _targets_exist(stack: Stack, service: Manifest) -> bool:
    spec = service["spec"]
    if service_type(service) == "ExternalName":
        return True
    selected = stack.selected_by(service, {"matchLabels": spec["selector"]} if spec.get("selector") else None)
    containers = [container for each in selected for container in each.containers]
    declared = {port for each in containers for port in ports_of(each, "name", "containerPort")}
    return bool(selected) and all(each.get("targetPort", each["port"]) in declared for each in spec.get("ports", []))


def _has_disruption_budget(stack: Stack, manifest: Manifest) -> bool:
    budgets = stack.of("PodDisruptionBudget")
    return any(Workload(manifest=manifest) in stack.selected_by(each, each["spec"].get("selector")) for each in budgets)


def _allows_disruptions(budget: Manifest) -> bool:
    return budget["spec"].get("maxUnavailable", 0) not in {0, "0%"} and "minAvailable" not in budget["spec"]


def _pod(manifest: Manifest) -> Manifest:
    return Workload(manifest=manifest).pod


def _least_replicas(scaler: Manifest) -> int:
    return int(scaler["spec"].get("minReplicas", 1))


def _replicas(stack: Stack, manifest: Manifest) -> int:
    scalers = {each["spec"]["scaleTargetRef"]["name"]: each for each in stack.of("HorizontalPodAutoscaler")}
    scaler = scalers.get(name_of(manifest))
    return _least_replicas(scaler) if scaler else int(manifest["spec"].get("replicas", 1))


def _spread(manifest: Manifest) -> bool:
    constraints = _pod(manifest).get("topologySpreadConstraints", [])
    return bool(constraints) and all(each["maxSkew"] > 0 and each.get("labelSelector") for each in constraints)


def _keeps_apart(manifest: Manifest) -> bool:
    return "kubernetes.io/hostname" in str(_pod(manifest).get("affinity", {}).get("podAntiAffinity"))


def _selects_its_own(manifest: Manifest) -> bool:
    return matches(manifest["spec"]["selector"], Workload(manifest=manifest).labels)


def _updates_in_steps(manifest: Manifest) -> bool:
    spec = manifest["spec"]
    strategy = spec.get("strategy", spec.get("updateStrategy", {}))
    return bool(strategy.get("type", "RollingUpdate") == "RollingUpdate")


def _is_removed_in_one_way(job: Manifest) -> bool:
    """Whether a Job that has ended goes by its time; those of a CronJob, by that one's history limits alone."""
    if job["kind"] == "CronJob":
        return "ttlSecondsAfterFinished" not in job["spec"]["jobTemplate"]["spec"]
    return "ttlSecondsAfterFinished" in job["spec"]


def _holds_no_secrets(config_map: Manifest) -> bool:
    entries = {**config_map.get("data", {}), **config_map.get("binaryData", {})}
    return not any(map(_SENSITIVE_KEY.search, entries)) and "PRIVATE KEY" not in str(entries)


def _unrestricted(stack: Stack) -> Iterator[Finding]:
    """The namespaces of pods that the stack does not hold to the Pod Security Standard, those of others among them."""
    declared = {name_of(each): each for each in stack.of("Namespace")}
    for name in sorted({each.namespace for each in stack.workloads}):
        namespace = declared.get(name, {})
        if labels_of(namespace).get("pod-security.kubernetes.io/enforce") != "restricted":
            yield Finding(text=f"Namespace {name}", subject=namespace)


OBJECT_RULES: tuple[Rule, ...] = (
    objects(
        "kube-linter:dangling-service kube-linter:invalid-target-ports kube-score:service-targets-pod",
        ["Service"],
        _targets_exist,
    ),
    objects("kube-linter:exposed-services", ["Service"],
            lambda _, each: service_type(each) not in {"NodePort", "LoadBalancer"}),
    objects("kube-score:service-type", ["Service"], lambda _, each: service_type(each) != "NodePort"),
    objects("trivy:KSV-0108", ["Service"], lambda _, each: not each["spec"].get("externalIPs")),
    objects("kube-linter:non-existent-service-account kubescape:C-0307", WORKLOADS, _account_exists),
    objects(
        "kube-linter:non-isolated-pod polaris:missingNetworkPolicy kube-score:pod-networkpolicy checkov:CKV2_K8S_6 "
        "kubescape:C-0030",
        WORKLOADS,
        _isolated,
    ),
    objects(
        "kube-linter:dangling-networkpolicy kube-score:networkpolicy-targets-pod",
        ["NetworkPolicy"],
        _selected_by_policy,
    ),
    objects(
        "kube-linter:mismatching-selector kube-score:deployment-pod-selector-labels-match-template-metadata-labels "
        "kube-score:statefulset-pod-selector-labels-match-template-metadata-labels",
        ["DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"],
        lambda _, each: _selects_its_own(each),
    ),
    objects(
        "kube-linter:no-anti-affinity kube-score:deployment-has-host-podantiaffinity "
        "kube-score:statefulset-has-host-podantiaffinity",
        _REPLICATED,
        lambda _, each: _keeps_apart(each),
    ),
    objects("polaris:topologySpreadConstraint kube-score:pod-topology-spread-constraints", LONG_RUNNING,
            lambda _, each: _spread(each)),
    objects("polaris:deploymentMissingReplicas kube-score:deployment-replicas", ["Deployment"],
            lambda stack, each: _replicas(stack, each) >= 2),
    objects("kube-linter:minimum-three-replicas", _REPLICATED, lambda stack, each: _replicas(stack, each) >= 3),
    objects(
        "kube-linter:no-rolling-update-strategy kube-score:deployment-strategy kubescape:C-0305",
        ["DaemonSet", "Deployment", "StatefulSet"],
        lambda _, each: _updates_in_steps(each),
    ),
    objects(
        "polaris:missingPodDisruptionBudget kube-score:deployment-has-poddisruptionbudget "
        "kube-score:statefulset-has-poddisruptionbudget",
        ["Deployment", "StatefulSet"],
        _has_disruption_budget,
    ),
    objects(
        "kube-linter:pdb-max-unavailable kube-linter:pdb-min-available polaris:pdbDisruptionsIsZero "
        "kube-score:poddisruptionbudget-has-policy",
        ["PodDisruptionBudget"],
        lambda _, each: _allows_disruptions(each),
    ),
    objects("kube-linter:pdb-unhealthy-pod-eviction-policy", ["PodDisruptionBudget"],
            lambda _, each: each["spec"].get("unhealthyPodEvictionPolicy") == "AlwaysAllow"),
    objects("polaris:hpaMinAvailability polaris:hpaMaxAvailability", ["HorizontalPodAutoscaler"],
            lambda _, each: 2 <= _least_replicas(each) < each["spec"]["maxReplicas"]),
    objects("polaris:metadataAndInstanceMismatched", (*WORKLOADS, "Service", "PodDisruptionBudget"),
            lambda _, each: labels_of(each).get("app.kubernetes.io/instance") == name_of(each)),
    objects("kube-linter:job-ttl-seconds-after-finished", ["CronJob", "Job"],
            lambda _, each: _is_removed_in_one_way(each)),
    objects("kube-score:cronjob-has-deadline", ["CronJob"],
            lambda _, each: each["spec"].get("startingDeadlineSeconds")),
    objects("kube-score:cronjob-restartpolicy", ["CronJob"],
            lambda _, each: _pod(each).get("restartPolicy") == "Never"),
    objects(
        "kube-linter:use-namespace checkov:CKV_K8S_21 trivy:KSV-0110 trivy:KSV-0037",
        _ALL_KINDS,
        lambda _, each: namespace_of(each) not in {"default", "kube-system"},
    ),
    objects(
        "kube-linter:no-extensions-v1beta kube-score:stable-version",
        (*_ALL_KINDS, "Namespace", "ServiceAccount", "HorizontalPodAutoscaler"),
        lambda _, each: _STABLE.fullmatch(each["apiVersion"]),
    ),
    objects("kube-score:label-values", _ALL_KINDS,
            lambda _, each: all(_LABEL.fullmatch(value) for value in labels_of(each).values())),
    objects("kubescape:C-0076 kubescape:C-0077", _ALL_KINDS,
            lambda _, each: labels_of(each).keys() >= _STANDARD_LABELS),
    objects(
        "polaris:sensitiveConfigmapContent kubescape:C-0012 trivy:KSV-0109",
        ["ConfigMap"],
        lambda _, each: _holds_no_secrets(each),
    ),
    rule("pss:restricted", _unrestricted),
    objects(
        "kube-linter:access-to-secrets kube-linter:cluster-admin-role-binding "
        "polaris:rolebindingClusterAdminClusterRole",
        ["Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"],
        lambda *_: False,
    ),
    objects(
        "checkov:CKV_K8S_41 checkov:CKV_K8S_42",
        ["ServiceAccount"],
        lambda _, each: name_of(each) != "default" and each.get("automountServiceAccountToken") is False,
    ),
)  # fmt: skip
