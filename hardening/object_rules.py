"""Rules about what stands around the pods. What a name means is in the documentation of its scanner."""

import re
from collections.abc import Iterator
from typing import Any

from hardening.rule import Rule, objects, rule
from hardening.views import Manifest, Stack, Workload

_ALL_KINDS = ("ConfigMap", "CronJob", "Deployment", "Job", "NetworkPolicy", "PodDisruptionBudget", "Secret", "Service")
_SENSITIVE_KEY = re.compile(r"password|token|bearer|secret|private", re.IGNORECASE)
_STABLE = re.compile(r"(?:[a-z0-9.-]+/)?v\d+")
_LABEL = re.compile(r"(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?")
_STANDARD_LABELS = {f"app.kubernetes.io/{each}" for each in ("name", "instance", "component", "part-of", "managed-by")}


def _policies_of(stack: Stack, workload: Workload) -> list[Manifest]:
    return [
        policy
        for policy in stack.of("NetworkPolicy")
        if workload.manifest in [each.manifest for each in stack.selected_by(policy, "podSelector", "matchLabels")]
    ]


def _isolated(stack: Stack, manifest: Manifest) -> bool:
    (workload,) = [each for each in stack.workloads if each.manifest is manifest]
    types = {each for policy in _policies_of(stack, workload) for each in policy["spec"]["policyTypes"]}
    return types == {"Ingress", "Egress"}


def _account_exists(stack: Stack, manifest: Manifest) -> bool:
    (workload,) = [each for each in stack.workloads if each.manifest is manifest]
    account = workload.pod.get("serviceAccountName", "default")
    return account == "default" or account in {each["metadata"]["name"] for each in stack.of("ServiceAccount")}


def _targets_exist(stack: Stack, service: Manifest) -> bool:
    selected = stack.selected_by(service, "selector")
    names = {port["name"] for each in selected for container in each.containers for port in container.get("ports", [])}
    return bool(selected) and all(port["targetPort"] in names for port in service["spec"]["ports"])


def _disruption_budget(stack: Stack, deployment: Manifest) -> Manifest | None:
    for budget in stack.of("PodDisruptionBudget"):
        if deployment in [each.manifest for each in stack.selected_by(budget, "selector", "matchLabels")]:
            return budget
    return None


def _pod(deployment: Manifest) -> Any:
    return deployment["spec"]["template"]["spec"]


def _replicas(stack: Stack, deployment: Manifest) -> int:
    scalers = {each["spec"]["scaleTargetRef"]["name"]: each for each in stack.of("HorizontalPodAutoscaler")}
    scaler = scalers.get(deployment["metadata"]["name"])
    return int(scaler["spec"]["minReplicas"] if scaler else deployment["spec"].get("replicas", 1))


def _spread(deployment: Manifest) -> bool:
    constraints = _pod(deployment).get("topologySpreadConstraints", [])
    return bool(constraints) and all(each["maxSkew"] > 0 and each["labelSelector"] for each in constraints)


def _selects_its_own(deployment: Manifest) -> bool:
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    return bool(deployment["spec"]["selector"]["matchLabels"].items() <= labels.items())


def _unrestricted(stack: Stack) -> Iterator[str]:
    """The namespaces of pods that the stack does not hold to the Pod Security Standard, those of others among them."""
    restricted = {
        each["metadata"]["name"]
        for each in stack.of("Namespace")
        if each["metadata"]["labels"].get("pod-security.kubernetes.io/enforce") == "restricted"
    }
    return (f"Namespace {each}" for each in sorted({each.namespace for each in stack.workloads} - restricted))


_WORKLOADS = ("CronJob", "Deployment", "Job")
OBJECT_RULES: tuple[Rule, ...] = (
    objects(
        "kube-linter:dangling-service kube-linter:invalid-target-ports kube-score:service-targets-pod",
        ["Service"],
        _targets_exist,
    ),
    objects("kube-linter:exposed-services", ["Service"],
            lambda _, each: each["spec"]["type"] not in {"NodePort", "LoadBalancer"}),
    objects("kube-score:service-type", ["Service"], lambda _, each: each["spec"]["type"] != "NodePort"),
    objects("trivy:KSV-0108", ["Service"], lambda _, each: not each["spec"].get("externalIPs")),
    objects("kube-linter:non-existent-service-account kubescape:C-0307", _WORKLOADS, _account_exists),
    objects(
        "kube-linter:non-isolated-pod polaris:missingNetworkPolicy kube-score:pod-networkpolicy checkov:CKV2_K8S_6 "
        "kubescape:C-0030",
        _WORKLOADS,
        _isolated,
    ),
    objects(
        "kube-linter:dangling-networkpolicy kube-score:networkpolicy-targets-pod",
        ["NetworkPolicy"],
        lambda stack, each: stack.selected_by(each, "podSelector", "matchLabels"),
    ),
    objects("kube-linter:mismatching-selector kube-score:deployment-pod-selector-labels-match-template-metadata-labels",
            ["Deployment"], lambda _, each: _selects_its_own(each)),
    objects(
        "kube-linter:no-anti-affinity kube-score:deployment-has-host-podantiaffinity",
        ["Deployment"],
        lambda _, each: "kubernetes.io/hostname" in str(_pod(each)["affinity"]["podAntiAffinity"]),
    ),
    objects("polaris:topologySpreadConstraint kube-score:pod-topology-spread-constraints", ["Deployment"],
            lambda _, each: _spread(each)),
    objects("polaris:deploymentMissingReplicas kube-score:deployment-replicas", ["Deployment"],
            lambda stack, each: _replicas(stack, each) >= 2),
    objects("kube-linter:minimum-three-replicas", ["Deployment"], lambda stack, each: _replicas(stack, each) >= 3),
    objects(
        "kube-linter:no-rolling-update-strategy kube-score:deployment-strategy kubescape:C-0305",
        ["Deployment"],
        lambda _, each: each["spec"]["strategy"]["type"] == "RollingUpdate",
    ),
    objects("polaris:missingPodDisruptionBudget kube-score:deployment-has-poddisruptionbudget", ["Deployment"],
            _disruption_budget),
    objects(
        "kube-linter:pdb-max-unavailable kube-linter:pdb-min-available polaris:pdbDisruptionsIsZero "
        "kube-score:poddisruptionbudget-has-policy",
        ["PodDisruptionBudget"],
        lambda _, each: each["spec"].get("maxUnavailable", 0) >= 1 and "minAvailable" not in each["spec"],
    ),
    objects("kube-linter:pdb-unhealthy-pod-eviction-policy", ["PodDisruptionBudget"],
            lambda _, each: each["spec"].get("unhealthyPodEvictionPolicy") == "AlwaysAllow"),
    objects("polaris:hpaMinAvailability polaris:hpaMaxAvailability", ["HorizontalPodAutoscaler"],
            lambda _, each: 2 <= each["spec"]["minReplicas"] < each["spec"]["maxReplicas"]),
    objects("polaris:metadataAndInstanceMismatched", ["Deployment", "Service", "PodDisruptionBudget"],
            lambda _, each: each["metadata"]["labels"]["app.kubernetes.io/instance"] == each["metadata"]["name"]),
    objects("kube-linter:job-ttl-seconds-after-finished", ["Job"],
            lambda _, each: "ttlSecondsAfterFinished" in each["spec"]),
    objects("kube-score:cronjob-has-deadline", ["CronJob"], lambda _, each: each["spec"]["startingDeadlineSeconds"]),
    objects("kube-score:cronjob-restartpolicy", ["CronJob"],
            lambda _, each: each["spec"]["jobTemplate"]["spec"]["template"]["spec"]["restartPolicy"] == "Never"),
    objects(
        "kube-linter:use-namespace checkov:CKV_K8S_21 trivy:KSV-0110 trivy:KSV-0037",
        _ALL_KINDS,
        lambda _, each: each["metadata"]["namespace"] not in {"default", "kube-system"},
    ),
    objects(
        "kube-linter:no-extensions-v1beta kube-score:stable-version",
        (*_ALL_KINDS, "Namespace", "ServiceAccount", "HorizontalPodAutoscaler"),
        lambda _, each: _STABLE.fullmatch(each["apiVersion"]),
    ),
    objects("kube-score:label-values", _ALL_KINDS,
            lambda _, each: all(_LABEL.fullmatch(value) for value in each["metadata"]["labels"].values())),
    objects("kubescape:C-0075 kubescape:C-0076 kubescape:C-0077", _ALL_KINDS,
            lambda _, each: each["metadata"]["labels"].keys() >= _STANDARD_LABELS),
    objects(
        "polaris:sensitiveConfigmapContent kubescape:C-0012 trivy:KSV-0109",
        ["ConfigMap"],
        lambda _, each: not any(map(_SENSITIVE_KEY.search, each["data"])) and "PRIVATE KEY" not in str(each["data"]),
    ),
    rule("pss:restricted", _unrestricted),
    rule(
        "kube-linter:access-to-secrets kube-linter:cluster-admin-role-binding "
        "polaris:rolebindingClusterAdminClusterRole",
        lambda stack: (each["kind"] for each in stack.of("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")),
    ),
    rule(
        "checkov:CKV_K8S_41 checkov:CKV_K8S_42",
        lambda stack: (
            each["metadata"]["name"]
            for each in stack.of("ServiceAccount")
            if each["metadata"]["name"] == "default" or each["automountServiceAccountToken"] is not False
        ),
    ),
)  # fmt: skip
