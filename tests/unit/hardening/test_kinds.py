"""Which kinds of objects and which containers a rule is about."""

from typing import Any

import pytest

from tests.unit.hardening.judged import APP, broken, container, declared, pod_spec, rules_broken_by, service, workload

LONG_RUNNING = ("DaemonSet", "Deployment", "Pod", "ReplicaSet", "ReplicationController", "StatefulSet")
WORKLOADS = (*LONG_RUNNING, "CronJob", "Job")
REPLICATED = {"Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"}


@pytest.mark.parametrize("kind", WORKLOADS)
def test_a_privileged_pod_breaks_rules_whatever_makes_it(kind: str) -> None:
    privileged = container(securityContext={"privileged": True})

    found = set(rules_broken_by(workload(kind, pod_spec(privileged, hostNetwork=True))))

    assert found >= {
        "kube-linter:privileged-container", "kube-linter:host-network", "kube-linter:run-as-non-root",
        "kube-linter:unset-cpu-requirements", "kube-linter:non-isolated-pod", "pss:restricted",
    }  # fmt: skip


@pytest.mark.parametrize("kind", WORKLOADS)
@pytest.mark.parametrize(
    "rule", ["kube-linter:no-extensions-v1beta", "kube-linter:use-namespace", "kube-score:label-values"]
)
def test_rules_about_all_objects_are_about_all_that_make_pods(kind: str, rule: str) -> None:
    metadata = {"name": "web", "namespace": "default", "labels": {"owner": "not a label"}}
    made = {**workload(kind), "apiVersion": "apps/v1beta1", "metadata": metadata}

    assert broken(rule, made) == [f"{kind} web"]


@pytest.mark.parametrize(
    ("rule", "kinds"),
    [
        ("kube-linter:no-liveness-probe", {*LONG_RUNNING}),
        ("kube-linter:no-readiness-probe", {*LONG_RUNNING}),
        ("polaris:topologySpreadConstraint", {*LONG_RUNNING}),
        ("polaris:metadataAndInstanceMismatched", {*WORKLOADS}),
        ("kube-linter:no-anti-affinity", REPLICATED),
        ("kube-linter:minimum-three-replicas", REPLICATED),
        ("polaris:deploymentMissingReplicas", {"Deployment"}),
        ("polaris:missingPodDisruptionBudget", {"Deployment", "StatefulSet"}),
    ],
)
def test_rules_about_what_runs_for_good_are_about_the_kinds_that_their_scanner_asks(rule: str, kinds: set[str]) -> None:
    assert {kind for kind in WORKLOADS if broken(rule, workload(kind))} == kinds


@pytest.mark.parametrize("kind", ["DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"])
def test_a_selector_matches_the_pods_of_its_own(kind: str) -> None:
    other = workload(kind, selector={"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]})

    assert broken("kube-linter:mismatching-selector", other, workload(kind)) == [f"{kind} web"]


@pytest.mark.parametrize(
    ("kind", "field"), [("DaemonSet", "updateStrategy"), ("Deployment", "strategy"), ("StatefulSet", "updateStrategy")]
)
def test_an_update_goes_in_steps(kind: str, field: str) -> None:
    at_once = workload(kind, **{field: {"type": "OnDelete"}})

    assert broken("kube-linter:no-rolling-update-strategy", at_once) == [f"{kind} web"]
    assert broken("kube-linter:no-rolling-update-strategy", workload(kind, **{field: {"type": "RollingUpdate"}})) == []


@pytest.mark.parametrize("kind", LONG_RUNNING)
def test_a_service_may_have_its_pods_from_any_of_them(kind: str) -> None:
    listening = workload(kind, pod_spec(container(ports=[{"containerPort": 8443}])))

    assert broken("kube-linter:dangling-service", listening, service(ports=[{"port": 8443}])) == []


@pytest.mark.parametrize(
    ("restart", "names"), [({}, []), ({"restartPolicy": "Always"}, ["Deployment web/init"])], ids=["plain", "sidecar"]
)
@pytest.mark.parametrize(
    "rule", ["kube-linter:no-liveness-probe", "kube-linter:no-readiness-probe", "kube-score:pod-probes-identical"]
)
def test_of_init_containers_only_sidecars_are_probed(rule: str, restart: dict[str, str], names: list[str]) -> None:
    probes = {
        "livenessProbe": {"httpGet": {"path": "/livez", "port": 8443}},
        "readinessProbe": {"httpGet": {"path": "/readyz", "port": 8443}},
    }
    init = container(**{"name": "init", **restart})

    assert broken(rule, workload(pod=pod_spec(container(**probes), initContainers=[init]))) == names


def test_an_init_container_is_a_container() -> None:
    made = workload(pod=pod_spec(initContainers=[{"name": "init", "image": "busybox"}]))

    assert broken("kube-linter:privileged-container", made) == ["Deployment web/init", "Deployment web/web"]


@pytest.mark.parametrize(("enforced", "found"), [("restricted", []), ("baseline", ["Namespace shop"])])
@pytest.mark.parametrize("kind", WORKLOADS)
def test_pods_of_every_kind_are_in_a_restricted_namespace(kind: str, enforced: str, found: list[str]) -> None:
    labels = {"pod-security.kubernetes.io/enforce": enforced}
    namespace: dict[str, Any] = {"kind": "Namespace", "metadata": {"name": "shop", "labels": labels}}

    assert broken("pss:restricted", workload(kind), namespace) == found
    assert broken("pss:restricted", workload(kind)) == ["Namespace shop"]


def test_a_stack_without_pods_needs_no_restricted_namespace() -> None:
    assert broken("pss:restricted", declared("ConfigMap"), declared("PodDisruptionBudget", {"selector": APP})) == []
