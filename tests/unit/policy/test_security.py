"""Each item of what the Pod Security Standard `restricted` lists: nothing more is refused, and nothing less."""

from typing import Any

import pytest

from policy.resource import UNKNOWN
from tests.unit.policy import objects
from tests.unit.policy.objects import broken, messages

RULE = "restricted-pods"
CONTEXT = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


@pytest.mark.parametrize("action", ["httpGet", "tcpSocket"])
@pytest.mark.parametrize(
    "place", ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop"]
)
@pytest.mark.parametrize(
    ("host", "is_asked"),
    [({"host": "10.0.0.1"}, True), ({"host": ""}, False), ({"host": UNKNOWN}, False), ({}, False)],
    ids=["another", "empty", "unknown", "none"],
)
def test_a_handler_asks_the_pod_itself(place: str, action: str, host: dict[str, Any], is_asked: bool) -> None:
    handler: dict[str, Any] = {action: {"port": 8443, **host}}
    for key in reversed(place.split(".")):
        handler = {key: handler}
    found = messages(objects.deployment(objects.pod(container=handler)), RULE)

    assert found == ([f"container 'curl': {place} asks the host 10.0.0.1"] if is_asked else [])


@pytest.mark.parametrize("key", ["initContainers", "containers", "ephemeralContainers"])
def test_every_container_counts(key: str) -> None:
    context = CONTEXT | {"privileged": True}
    another = {"name": "another", "image": "registry.example/setup:1", "securityContext": context}
    pod = objects.pod()
    pod[key] = [*pod.get(key, []), another]

    assert broken(objects.deployment(pod)) == {RULE, "image-digest"}
    assert messages(objects.deployment(pod), RULE) == ["container 'another': privileged is true"]
    assert messages(objects.deployment(pod), "image-digest") == [
        "container 'another' runs the image 'registry.example/setup:1'"
    ]


@pytest.mark.parametrize(
    "source",
    [
        "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected",
        "secret",
    ],
)  # fmt: skip
def test_a_volume_of_what_belongs_to_the_pod_is_allowed(source: str) -> None:
    pod = objects.pod(volumes=[{"name": "pages", source: {}}])

    assert messages(objects.deployment(pod), RULE) == []


@pytest.mark.parametrize(
    "sysctl",
    [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ping_group_range", "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_rmem", "net.ipv4.tcp_syncookies", "net.ipv4.tcp_wmem",
    ],
)  # fmt: skip
def test_a_sysctl_of_the_pod_alone_is_allowed(sysctl: str) -> None:
    pod = objects.pod()
    pod["securityContext"]["sysctls"] = [{"name": sysctl, "value": "1"}]

    assert messages(objects.deployment(pod), RULE) == []


@pytest.mark.parametrize(
    "selinux", ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"], ids=repr
)
def test_a_type_of_selinux_for_containers_is_allowed(selinux: str) -> None:
    pod = objects.pod(container={"securityContext": CONTEXT | {"seLinuxOptions": {"type": selinux}}})
    pod["securityContext"]["seLinuxOptions"] = {"type": selinux}

    assert messages(objects.deployment(pod), RULE) == []


@pytest.mark.parametrize(
    "container",
    [
        {"securityContext": CONTEXT | {"capabilities": {"drop": ["ALL"], "add": [UNKNOWN]}}},
        {"securityContext": CONTEXT | {"capabilities": {"drop": ["ALL"], "add": UNKNOWN}}},
        {"securityContext": CONTEXT | {"capabilities": {"drop": [UNKNOWN]}}},
        {"securityContext": CONTEXT | {"seLinuxOptions": {"type": UNKNOWN}}},
        {"securityContext": CONTEXT | {"seLinuxOptions": {"user": UNKNOWN}}},
        {"securityContext": CONTEXT | {"procMount": UNKNOWN}},
        {"securityContext": CONTEXT | {"seccompProfile": {"type": UNKNOWN}}},
        {"securityContext": CONTEXT | {"runAsNonRoot": UNKNOWN}},
        {"securityContext": CONTEXT | {"allowPrivilegeEscalation": UNKNOWN}},
        {"ports": [{"containerPort": 8443, "hostPort": UNKNOWN}]},
    ],
    ids=[
        "added-capability", "added-capabilities", "dropped-capability", "selinux-type", "selinux-user", "procfs",
        "seccomp", "user", "escalation", "host-port",
    ],
)  # fmt: skip
def test_what_is_not_known_yet_is_refused_by_nobody(container: dict[str, Any]) -> None:
    assert messages(objects.deployment(objects.pod(container=container)), RULE) == []
