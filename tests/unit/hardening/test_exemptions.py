"""A reason is about particular objects, and excuses no others."""

from typing import Any

import pytest

from hardening.catalogue import reason
from hardening.views import Stack
from tests.unit.hardening.judged import Object, container, declared, pod_spec, rule, service, workload

PINNED = f"nginx@sha256:{'0' * 64}"


def _reasons(name: str, *manifests: Object, stack: str = "shop") -> list[str | None]:
    """Why what breaks a rule may do so; None for what may not."""
    found = rule(name).check(Stack(manifests=list(manifests)))
    return [reason(stack, rule(name), each) for each in found]


def _called(made: Object, app: str) -> Object:
    return {**made, "metadata": {**made["metadata"], "labels": {"app.kubernetes.io/name": app}}}


@pytest.mark.parametrize("kind", ["CronJob", "Job"])
def test_only_the_probes_pods_go_without_an_account(kind: str) -> None:
    probe, other = _called(workload(kind), "curl-probe"), _called(workload(kind), "web")

    why, nothing = _reasons("kube-linter:default-service-account", probe, other)

    assert why == "the probe's pods mount no token, so the account gives them nothing"
    assert nothing is None


def test_only_the_probes_jobs_stay() -> None:
    probe, other = _called(workload("Job"), "curl-probe"), workload("Job")

    why, nothing = _reasons("kube-linter:job-ttl-seconds-after-finished", probe, other)

    assert why is not None
    assert nothing is None


@pytest.mark.parametrize("kind", ["CronJob", "Job", "Deployment"])
def test_only_runs_of_the_probe_are_not_named_as_their_label_says(kind: str) -> None:
    why, nothing = _reasons(
        "polaris:metadataAndInstanceMismatched", _called(workload(kind), "curl-probe"), _called(workload(kind), "web")
    )

    assert (why is not None) is (kind != "Deployment")
    assert nothing is None


@pytest.mark.parametrize(
    ("app", "spec", "excused"),
    [
        ("secure-nginx", {"type": "NodePort"}, True),
        ("web", {"type": "NodePort"}, False),
        ("secure-nginx", {"type": "LoadBalancer"}, False),
        ("secure-nginx", {"type": "LoadBalancer", "loadBalancerSourceRanges": []}, False),
        ("secure-nginx", {"type": "LoadBalancer", "loadBalancerSourceRanges": ["10.0.0.0/8"]}, True),
    ],
    ids=["node-ports", "anothers-node-ports", "open-balancer", "empty-list", "listed-networks"],
)
def test_a_service_is_exposed_to_those_for_whom_it_is(app: str, spec: dict[str, Any], *, excused: bool) -> None:
    (why,) = _reasons("kube-linter:exposed-services", _called(service(**spec), app))

    assert (why is not None) is excused


@pytest.mark.parametrize(
    ("stack", "app", "excused"), [("dev", "secure-nginx", True), ("dev", "web", False), ("shop", "nginx", False)]
)
def test_on_the_lab_a_site_has_node_ports(stack: str, app: str, *, excused: bool) -> None:
    (why,) = _reasons("kube-score:service-type", _called(service(type="NodePort"), app), stack=stack)

    assert (why is not None) is excused


@pytest.mark.parametrize(
    ("name", "image", "excused"),
    [
        ("checkov:CKV_K8S_43", "localhost/nginx:1.30.6", True),
        ("checkov:CKV_K8S_43", "nginx:1.30.6", False),
        ("checkov:CKV_K8S_15", "localhost/nginx:1.30.6", True),
        ("checkov:CKV_K8S_15", "nginx:1.30.6", False),
        ("polaris:pullPolicyNotAlways", "localhost/nginx:1.30.6", True),
        ("polaris:pullPolicyNotAlways", "nginx:1.30.6", False),
        ("polaris:pullPolicyNotAlways", PINNED, True),
    ],
)
@pytest.mark.parametrize("stack", ["dev", "shop"])
def test_an_image_without_digest_is_one_of_the_lab(name: str, image: str, stack: str, *, excused: bool) -> None:
    made = workload(pod=pod_spec(container(image=image), container(image="localhost/nginx:1.30.6")))

    why, of_labs = _reasons(name, made, stack=stack)

    assert (why is not None) is excused
    assert of_labs is not None


def test_a_pulled_image_is_excused_by_what_is_true_of_it() -> None:
    made = workload(pod=pod_spec(container(image=PINNED), container(image="localhost/nginx:1.30.6")))

    by_digest, by_lab = _reasons("polaris:pullPolicyNotAlways", made)

    assert by_digest is not None
    assert by_lab is not None
    assert by_digest.startswith("a digest names the content")
    assert by_lab.startswith("the lab's images")


@pytest.mark.parametrize("others", [[], [{"kind": "Namespace", "metadata": {"name": "other"}}]], ids=["none", "other"])
def test_a_guest_answers_for_no_namespace_of_others(others: list[Object]) -> None:
    (why,) = _reasons("pss:restricted", workload(), *others)

    assert why is not None
    assert "guest" in why


def test_a_host_answers_for_its_namespace() -> None:
    namespace = {"kind": "Namespace", "metadata": {"name": "shop", "labels": {}}}

    assert _reasons("pss:restricted", workload(), namespace, declared("ConfigMap")) == [None]
