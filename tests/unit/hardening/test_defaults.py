"""What a manifest leaves out is judged as the API server has it then."""

from typing import Any

import pytest

from hardening.label_selectors import matches
from tests.unit.hardening.judged import (
    APP,
    Object,
    broken,
    container,
    declared,
    pod_spec,
    rules_broken_by,
    service,
    workload,
)

DIGEST = f"@sha256:{'0' * 64}"
LISTENING = workload(pod=pod_spec(container(ports=[{"containerPort": 8443}, {"name": "http", "containerPort": 8080}])))


@pytest.mark.parametrize(
    "made",
    [
        declared("ConfigMap"),
        declared("CronJob", workload("CronJob")["spec"]),
        declared("HorizontalPodAutoscaler", {"maxReplicas": 3, "scaleTargetRef": {"name": "web"}}),
        declared("Namespace"),
        declared("NetworkPolicy"),
        declared("PodDisruptionBudget"),
        declared("Role"),
        declared("Secret"),
        declared("Service"),
        declared("ServiceAccount"),
        workload("Pod"),
        workload(),
    ],
    ids=lambda made: made["kind"],
)
@pytest.mark.parametrize("metadata", [{"name": "web"}, {"generateName": "web-"}], ids=["named", "unnamed"])
def test_every_rule_can_be_asked_about_what_has_only_what_it_must(made: Object, metadata: Object) -> None:
    assert set(rules_broken_by(LISTENING, {**made, "metadata": metadata})) >= {"kube-linter:non-isolated-pod"}


@pytest.mark.parametrize(
    ("image", "always"),
    [("nginx", True), ("nginx:latest", True), (f"nginx:latest{DIGEST}", True), ("nginx:1.30", False),
     ("registry.example:5000/nginx", True), (f"nginx{DIGEST}", False)],
)  # fmt: skip
def test_an_image_is_always_pulled_by_default_if_it_is_the_latest(image: str, *, always: bool) -> None:
    made = workload(pod=pod_spec(container(image=image)))

    assert (broken("polaris:pullPolicyNotAlways", made) == []) is always
    assert (broken("checkov:CKV_K8S_15", made) == []) is (always or DIGEST in image)


@pytest.mark.parametrize(
    ("image", "policy", "follows"),
    [("nginx", "IfNotPresent", False), ("nginx:latest", "IfNotPresent", False), ("nginx:latest", "Always", True),
     ("nginx:1.30", "IfNotPresent", True), (f"nginx{DIGEST}", "IfNotPresent", True), ("nginx", "Always", True)],
)  # fmt: skip
def test_an_image_whose_tag_moves_is_always_pulled(image: str, policy: str, *, follows: bool) -> None:
    made = workload(pod=pod_spec(container(image=image, imagePullPolicy=policy)))

    assert (broken("kubescape:C-0075", made) == []) is follows


@pytest.mark.parametrize("action", ["grpc", "httpGet", "tcpSocket"])
@pytest.mark.parametrize("probe", ["livenessProbe", "readinessProbe", "startupProbe"])
@pytest.mark.parametrize(("port", "found"), [(8443, []), (9000, ["Deployment web/web"])])
def test_every_probe_that_asks_a_port_asks_a_declared_one(action: str, probe: str, port: int, found: list[str]) -> None:
    probed = container(ports=[{"containerPort": 8443}], **{probe: {action: {"port": port}}})

    assert broken("kube-linter:liveness-port", workload(pod=pod_spec(probed))) == found


def test_a_command_asks_no_port() -> None:
    probed = container(livenessProbe={"exec": {"command": ["true"]}})

    assert broken("kube-linter:liveness-port", workload(pod=pod_spec(probed))) == []


@pytest.mark.parametrize(("other", "found"), [(8443, ["Deployment web/web"]), (8080, [])])
def test_probes_are_compared_whatever_they_do(other: int, found: list[str]) -> None:
    probes = {"livenessProbe": {"tcpSocket": {"port": 8443}}, "readinessProbe": {"tcpSocket": {"port": other}}}

    assert broken("kube-score:pod-probes-identical", workload(pod=pod_spec(container(**probes)))) == found


@pytest.mark.parametrize("rule", ["kubesec:RunAsUser", "kubesec:RunAsGroup"])
def test_the_user_of_an_image_may_be_any(rule: str) -> None:
    assert broken(rule, workload()) == ["Deployment web/web"]


def test_everybody_may_read_a_volume_of_a_secret() -> None:
    volumes = [{"name": "key", "secret": {"secretName": "web"}}]

    made = workload(pod=pod_spec(volumes=volumes))
    assert broken("project:secret-volumes-are-read-only-to-their-group", made) == ["Deployment web"]


@pytest.mark.parametrize(
    "affinity", [{}, {"affinity": {}}, {"affinity": {"podAntiAffinity": {}}}], ids=["none", "empty", "for-nothing"]
)
def test_pods_may_be_together(affinity: Object) -> None:
    assert broken("kube-linter:no-anti-affinity", workload(pod=pod_spec(**affinity))) == ["Deployment web"]


def test_pods_are_spread_by_a_selector() -> None:
    spread = pod_spec(topologySpreadConstraints=[{"maxSkew": 1}])

    assert broken("polaris:topologySpreadConstraint", workload(pod=spread)) == ["Deployment web"]


@pytest.mark.parametrize("kind", ["DaemonSet", "Deployment", "StatefulSet"])
def test_updates_go_in_steps(kind: str) -> None:
    assert broken("kube-linter:no-rolling-update-strategy", workload(kind)) == []


def test_a_missed_run_has_no_deadline_and_a_job_restarts_unless_told() -> None:
    assert broken("kube-score:cronjob-has-deadline", workload("CronJob")) == ["CronJob web"]
    assert broken("kube-score:cronjob-restartpolicy", workload("CronJob")) == ["CronJob web"]


def test_an_account_mounts_its_token() -> None:
    assert broken("checkov:CKV_K8S_41", declared("ServiceAccount")) == ["ServiceAccount web"]


def test_a_namespace_without_labels_restricts_nothing() -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}

    assert broken("pss:restricted", workload(), namespace) == ["Namespace shop"]


def test_an_object_without_namespace_is_in_the_default_one() -> None:
    made = {**workload(), "metadata": {"name": "web"}}
    policy = {**declared("NetworkPolicy", {"podSelector": {}, "egress": [{}]}), "metadata": {"name": "web"}}

    assert broken("kube-linter:use-namespace", made) == ["Deployment web"]
    assert broken("kube-linter:non-isolated-pod", made, policy) == []
    assert broken("pss:restricted", made) == ["Namespace default"]


def test_an_object_without_labels_has_no_wrong_ones() -> None:
    made = {**workload(), "metadata": {"name": "web", "namespace": "shop"}}

    assert broken("kube-score:label-values", made) == []
    assert broken("kubescape:C-0076", made) == ["Deployment web"]
    assert broken("polaris:metadataAndInstanceMismatched", made) == ["Deployment web"]


@pytest.mark.parametrize(
    ("spec", "isolated"),
    [
        ({"policyTypes": ["Ingress", "Egress"]}, True),
        ({"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}, True),
        ({"podSelector": {"matchLabels": {"app": "other"}}, "policyTypes": ["Ingress", "Egress"]}, False),
        ({"podSelector": {}, "egress": [{}]}, True),
        ({"podSelector": {}, "policyTypes": [], "egress": [{}]}, True),
        ({"podSelector": {}, "egress": []}, False),
        ({"podSelector": {}, "ingress": [{}]}, False),
        ({"podSelector": {}, "policyTypes": ["Ingress"], "egress": [{}]}, False),
    ],
)
def test_a_policy_selects_and_isolates_as_the_api_has_it(spec: Object, *, isolated: bool) -> None:
    policy = declared("NetworkPolicy", spec)

    assert broken("kube-linter:non-isolated-pod", workload(), policy) == ([] if isolated else ["Deployment web"])


def test_a_policy_for_all_pods_is_for_some() -> None:
    policy = declared("NetworkPolicy", {"podSelector": {}})

    assert broken("kube-linter:dangling-networkpolicy", workload(), policy) == []
    assert broken("kube-linter:dangling-networkpolicy", policy) == ["NetworkPolicy web"]


@pytest.mark.parametrize(
    ("expression", "selected"),
    [
        ({"operator": "In", "values": ["web"]}, True),
        ({"operator": "In", "values": ["other"]}, False),
        ({"operator": "NotIn", "values": ["web"]}, False),
        ({"operator": "NotIn", "values": ["other"]}, True),
        ({"operator": "Exists"}, True),
        ({"operator": "DoesNotExist"}, False),
        ({"key": "tier", "operator": "In", "values": ["web"]}, False),
        ({"key": "tier", "operator": "NotIn", "values": ["web"]}, True),
        ({"key": "tier", "operator": "Exists"}, False),
        ({"key": "tier", "operator": "DoesNotExist"}, True),
    ],
)
def test_a_selector_may_have_expressions(expression: Object, *, selected: bool) -> None:
    selector = {"matchExpressions": [{"key": "app", **expression}]}

    assert matches(selector, APP) is selected
    assert matches({**selector, "matchLabels": APP}, APP) is selected
    assert not matches({**selector, "matchLabels": {"app": "other"}}, APP)


@pytest.mark.parametrize(
    ("port", "found"),
    [
        ({"port": 443, "targetPort": 8443}, []),
        ({"port": 443, "targetPort": "http"}, []),
        ({"port": 8443}, []),
        ({"port": 443}, ["Service web"]),
        ({"port": 8443, "targetPort": "https"}, ["Service web"]),
        ({"port": 8443, "targetPort": 9000}, ["Service web"]),
    ],
    ids=str,
)
def test_a_service_leads_to_a_port_by_its_name_or_number(port: Object, found: list[str]) -> None:
    assert broken("kube-linter:dangling-service", LISTENING, service(ports=[port])) == found


@pytest.mark.parametrize(
    ("made", "found"),
    [
        (service(), []),
        (service(selector={}), ["Service web"]),
        (declared("Service"), ["Service web"]),
        (declared("Service", {"type": "ExternalName", "externalName": "www.example.com"}), []),
    ],
    ids=["without-ports", "empty-selector", "no-selector", "external-name"],
)
def test_a_service_selects_pods_unless_it_is_a_name_for_others(made: Object, found: list[str]) -> None:
    assert broken("kube-linter:dangling-service", LISTENING, made) == found


def test_a_service_is_inside_the_cluster() -> None:
    assert broken("kube-linter:exposed-services", service()) == []
    assert broken("kube-score:service-type", service()) == []


@pytest.mark.parametrize(
    ("spec", "found"),
    [
        ({"maxUnavailable": 1}, []),
        ({"maxUnavailable": "25%"}, []),
        ({"maxUnavailable": 0}, ["PodDisruptionBudget web"]),
        ({"maxUnavailable": "0%"}, ["PodDisruptionBudget web"]),
        ({}, ["PodDisruptionBudget web"]),
        ({"minAvailable": 1, "maxUnavailable": 1}, ["PodDisruptionBudget web"]),
    ],
    ids=str,
)
def test_a_budget_allows_disruptions_by_number_or_share(spec: Object, found: list[str]) -> None:
    assert broken("kube-linter:pdb-max-unavailable", declared("PodDisruptionBudget", spec)) == found


@pytest.mark.parametrize(
    ("selector", "found"),
    [({"selector": {}}, []), ({"selector": {"matchLabels": APP}}, []), ({}, ["Deployment web"])],
    ids=["all", "its-own", "none"],
)
def test_a_budget_is_for_the_pods_that_it_selects(selector: Object, found: list[str]) -> None:
    budget = declared("PodDisruptionBudget", selector)

    assert broken("polaris:missingPodDisruptionBudget", workload(), budget) == found


@pytest.mark.parametrize(("least", "two", "scaled"), [({}, False, False), ({"minReplicas": 2}, True, True)])
def test_an_autoscaler_goes_down_to_one_pod(least: dict[str, int], *, two: bool, scaled: bool) -> None:
    scaler = declared("HorizontalPodAutoscaler", {"maxReplicas": 3, "scaleTargetRef": {"name": "web"}, **least})

    assert (broken("polaris:deploymentMissingReplicas", workload(replicas=3), scaler) == []) is two
    assert (broken("polaris:hpaMinAvailability", scaler) == []) is scaled


@pytest.mark.parametrize(
    ("held", "found"),
    [
        ({}, []),
        ({"binaryData": {"logo.png": "aVZCT1I="}}, []),
        ({"binaryData": {"private.key": "LS0t"}}, ["ConfigMap web"]),
        ({"data": {"password": "open"}}, ["ConfigMap web"]),
        ({"data": {"tls": "-----BEGIN PRIVATE KEY-----"}, "binaryData": {"logo.png": "aVZCT1I="}}, ["ConfigMap web"]),
    ],
    ids=["nothing", "picture", "key", "password", "both"],
)
def test_a_config_map_holds_no_secrets_in_text_or_binary(held: dict[str, Any], found: list[str]) -> None:
    assert broken("polaris:sensitiveConfigmapContent", declared("ConfigMap", **held)) == found
