"""The rules of kube-linter, Polaris, kubesec, checkov and others, on what the stacks declare.

Those scanners cannot be had from package registries, all but checkov and kube-score. So their rules are here by their
names. A rule that a stack does not follow is listed with the reason; where it is followed after all, that is an error.
"""

import functools
from pathlib import Path
from typing import Any

import pytest
import yaml

from hardening.catalogue import EXEMPTIONS, LOCAL_IMAGES, RULES, Exemption, reason
from hardening.rule import Rule
from hardening.views import Stack
from tests.unit import manifests
from tests.unit.hardening.judged import broken
from tests.unit.stacks import STACKS

BARE = Path(__file__).parent / "hardening" / "bare.yaml"
NAMES = [path.name.split(".")[1] for path in STACKS]
SENSITIVE = (
    "/", "/boot", "/dev", "/lib", "/proc", "/run", "/sys", "/usr", "/var/run",
    "//etc", "/etc/", "/run/docker.sock", "/srv/docker.sock/", "/usr/../etc", "/var//run",
)  # fmt: skip
OF_THE_POD_ALONE = (
    "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ping_group_range", "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem", "net.ipv4.tcp_syncookies", "net.ipv4.tcp_wmem",
)  # fmt: skip


@functools.cache
def _stack(name: str) -> Stack:
    return Stack(manifests=list(manifests.read(name)))


def _is_needed(exemption: Exemption) -> bool:
    """Whether an own stack can need it: what is about the lab or about guests needs such a stack."""
    if exemption.rule == "pss:restricted":
        return any(not _stack(each).of("Namespace") for each in NAMES)
    on_lab = any(each["image"].startswith("localhost/") for _, each in _stack("dev").containers)
    return on_lab or (exemption.stack != "dev" and exemption.why != LOCAL_IMAGES)


@functools.cache
def _bare() -> Stack:
    return Stack(manifests=list(yaml.safe_load_all(BARE.read_text())))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@pytest.mark.parametrize("stack", NAMES)
def test_a_stack_follows_the_rule(stack: str, rule: Rule) -> None:
    found = list(rule.check(_stack(stack)))

    assert [each.text for each in found if reason(stack, rule, each) is None] == [], ", ".join(rule.ids)


@pytest.mark.parametrize("exemption", [each for each in EXEMPTIONS if _is_needed(each)], ids=lambda each: each.rule)
def test_an_exception_is_still_one(exemption: Exemption) -> None:
    (rule,) = (each for each in RULES if each.name == exemption.rule)
    reasons = {reason(stack, rule, each) for stack in NAMES for each in rule.check(_stack(stack))}

    assert exemption.why in reasons, f"every stack follows {rule.name} now: remove the exception"


def _breaks(name: str, spec: dict[str, Any]) -> bool:
    """Whether a Deployment of pods with that spec breaks the rule of a scanner."""
    template = {"metadata": {"labels": {}}, "spec": {"containers": [], **spec}}
    return bool(broken(name, {"kind": "Deployment", "metadata": {"name": "web"}, "spec": {"template": template}}))


@pytest.mark.parametrize(
    ("image", "holds"),
    [
        ("nginx:1.30.1", True),
        ("registry.example:5000/nginx:1.30.1", True),
        (f"nginx@sha256:{'0' * 64}", True),
        (f"registry.example:5000/nginx@sha256:{'0' * 64}", True),
        ("nginx:latest", False),
        ("nginx", False),
        ("registry.example:5000/nginx", False),
    ],
)
def test_an_image_has_a_tag_or_a_digest(image: str, holds: bool) -> None:
    assert _breaks("kube-linter:latest-tag", {"containers": [{"name": "nginx", "image": image}]}) is not holds


@pytest.mark.parametrize(
    ("path", "rules"),
    [
        ("/etc", {"kube-linter:sensitive-host-mounts", "polaris:hostPathSet", "trivy:KSV-0023"}),
        ("/etc/kubernetes", {"polaris:hostPathSet", "trivy:KSV-0023"}),
        ("/srv/docker.sockets", {"polaris:hostPathSet", "trivy:KSV-0023"}),
        *((path, {"kube-linter:sensitive-host-mounts", "polaris:hostPathSet", "trivy:KSV-0023"}) for path in SENSITIVE),
    ],
)
def test_every_host_path_is_one_and_some_are_sensitive(path: str, rules: set[str]) -> None:
    spec = {"volumes": [{"name": "host", "hostPath": {"path": path}}]}
    asked = {"kube-linter:sensitive-host-mounts", "polaris:hostPathSet", "trivy:KSV-0023"}

    assert {name for name in asked if _breaks(name, spec)} == rules


@pytest.mark.parametrize(
    ("sysctl", "rules"),
    [
        *((sysctl, {"kube-linter:unsafe-sysctls"}) for sysctl in OF_THE_POD_ALONE),
        *(
            (sysctl, {"kube-linter:unsafe-sysctls", "trivy:KSV-0026"})
            for sysctl in ("fs.mqueue.msg_max", "kernel.msgmax", "kernel.sem", "kernel.shmall", "net.ipv4.ip_forward")
        ),
        ("vm.overcommit_memory", {"trivy:KSV-0026"}),
    ],
)
def test_scanners_differ_in_what_sysctl_is_safe(sysctl: str, rules: set[str]) -> None:
    spec = {"securityContext": {"sysctls": [{"name": sysctl, "value": "1"}]}}

    assert {name for name in ("kube-linter:unsafe-sysctls", "trivy:KSV-0026") if _breaks(name, spec)} == rules


@pytest.mark.parametrize(("numbers", "broken"), [((443, 8443), True), ((8080, 8443), False)])
def test_every_port_counts_without_a_name_too(numbers: tuple[int, int], *, broken: bool) -> None:
    container = {"name": "nginx", "ports": [{"containerPort": number} for number in numbers]}

    assert _breaks("kube-linter:privileged-ports", {"containers": [container]}) is broken


@pytest.mark.parametrize(("port", "broken"), [("https", False), (8443, False), ("http", True), (8080, True)])
def test_a_probe_asks_a_port_that_is_declared_by_name_or_number(port: str | int, *, broken: bool) -> None:
    ports = [{"name": "https", "containerPort": 8443}, {"containerPort": 9000}]
    container = {"name": "nginx", "ports": ports, "livenessProbe": {"httpGet": {"port": port}}}

    assert _breaks("kube-linter:liveness-port", {"containers": [container]}) is broken


@pytest.mark.parametrize(
    ("added", "rules"),
    [
        ([], set()),
        (["CHOWN"], {"checkov:CKV_K8S_25"}),
        *(
            ([capability], {"checkov:CKV_K8S_25", "polaris:dangerousCapabilities"})
            for capability in ("ALL", "NET_ADMIN", "SYS_ADMIN")
        ),
    ],
    ids=["none", "harmless", "all", "network", "system"],
)
def test_every_added_capability_is_one_and_some_are_dangerous(added: list[str], rules: set[str]) -> None:
    containers = [{"name": "nginx", "securityContext": {"capabilities": {"add": added}}}]
    asked = ("checkov:CKV_K8S_25", "polaris:dangerousCapabilities")

    assert {name for name in asked if _breaks(name, {"containers": containers})} == rules


@pytest.mark.parametrize(
    ("variables", "broken"),
    [
        ({"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "shop", "key": "a"}}}]}, True),
        ({"envFrom": [{"configMapRef": {"name": "shop"}}, {"secretRef": {"name": "shop"}}]}, True),
        ({"env": [{"name": "A", "value": "secretRef"}], "envFrom": [{"configMapRef": {"name": "shop"}}]}, False),
    ],
    ids=["one", "all", "none"],
)
def test_a_secret_is_no_variable_by_itself_nor_as_a_whole(variables: dict[str, Any], *, broken: bool) -> None:
    assert _breaks("checkov:CKV_K8S_35", {"containers": [{"name": "nginx", **variables}]}) is broken


@pytest.mark.parametrize("action", ["httpGet", "tcpSocket"])
@pytest.mark.parametrize(
    "place", ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop"]
)
@pytest.mark.parametrize(
    ("host", "broken"), [({}, False), ({"host": ""}, False), ({"host": "10.0.0.1"}, True)], ids=str
)
def test_a_handler_asks_the_pod_itself(action: str, place: str, host: dict[str, str], *, broken: bool) -> None:
    handler: dict[str, Any] = {action: {"port": 8443, **host}}
    for key in reversed(place.split(".")):
        handler = {key: handler}

    spec = {"containers": [{"name": "nginx", **handler}]}
    assert _breaks("pss:hostProbesAndHostLifecycle", spec) is broken


@pytest.mark.parametrize(
    ("kind", "rules"),
    [
        ("ClusterIP", set()),
        ("LoadBalancer", {"kube-linter:exposed-services"}),
        ("NodePort", {"kube-linter:exposed-services", "kube-score:service-type"}),
    ],
    ids=["inside", "by-balancer", "by-node-ports"],
)
def test_scanners_differ_in_what_exposes_a_service(kind: str, rules: set[str]) -> None:
    service = {"kind": "Service", "metadata": {"name": "web"}, "spec": {"type": kind}}
    asked = {"kube-linter:exposed-services", "kube-score:service-type"}
    stack = Stack(manifests=[service])

    assert {rule.name for rule in RULES if rule.name in asked and list(rule.check(stack))} == rules


def test_the_rules_are_those_that_were_reviewed() -> None:
    assert manifests.rule_names() == manifests.RULES_FILE.read_text(), "If it is meant: make snapshots, and review it."


def test_every_rule_has_names_of_its_own() -> None:
    ids = [each for rule in RULES for each in rule.ids]

    assert len(ids) == len(set(ids))


def test_every_exception_is_about_a_rule_and_a_stack_that_exist() -> None:
    assert {each.rule for each in EXEMPTIONS} <= {rule.name for rule in RULES}
    assert {each.stack for each in EXEMPTIONS} <= {None, *NAMES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_can_be_broken(rule: Rule) -> None:
    assert list(rule.check(_bare()))
