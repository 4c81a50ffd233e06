"""Pods that keep to the Pod Security Standard `restricted`, on any cluster and before it is asked."""

from collections.abc import Iterator, Mapping
from typing import Any

from policy.pods import containers, pod_specs
from policy.resource import UNKNOWN, Resource, at, items, mapping
from policy.rule import Rule

_VOLUMES = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)
_PROFILES = ("RuntimeDefault", "Localhost")
_SELINUX_TYPES = ("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")
_SYSCTLS = frozenset(
    {
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.tcp_wmem",
    }
)
_ENFORCED = "pod-security.kubernetes.io/enforce"
_HANDLERS = (
    ("livenessProbe",), ("readinessProbe",), ("startupProbe",), ("lifecycle", "postStart"), ("lifecycle", "preStop"),
)  # fmt: skip


def _check(resource: Resource) -> Iterator[str]:
    if resource.is_kubernetes and resource.kind == "Namespace":
        yield from _namespace(resource)
    for spec in pod_specs(resource):
        yield from _pod(spec)
        for name, container in containers(spec):
            for problem in (*_isolation(container), *_identity(spec, container), *_reach(container)):
                yield f"{name}: {problem}"


def _namespace(resource: Resource) -> Iterator[str]:
    level = at(resource.inputs, "metadata", "labels", _ENFORCED)
    if level not in ("restricted", UNKNOWN):
        yield f"the namespace's label {_ENFORCED} is {level!r}"


def _pod(spec: Mapping[str, Any]) -> Iterator[str]:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(field) is True:
            yield f"{field} is true"
    for volume in items(spec.get("volumes")):
        for source in mapping(volume).keys() - {"name"} - _VOLUMES:
            yield f"volume {mapping(volume).get('name')!r} is a {source}"
    for sysctl in items(at(spec, "securityContext", "sysctls")):
        name = mapping(sysctl).get("name")
        if isinstance(name, str) and name not in _SYSCTLS:
            yield f"the sysctl {name} is set"
    yield from _profiles(spec.get("securityContext"))


def _isolation(container: Mapping[str, Any]) -> Iterator[str]:
    """What keeps the processes of a container inside it."""
    context = container.get("securityContext")
    if at(context, "privileged") is True:
        yield "privileged is true"
    if at(context, "allowPrivilegeEscalation") not in (False, UNKNOWN):
        yield "allowPrivilegeEscalation is not false"
    dropped = at(context, "capabilities", "drop")
    if dropped is not UNKNOWN and not {"ALL", UNKNOWN} & set(items(dropped)):
        yield "capabilities.drop lacks ALL"
    for capability in items(at(context, "capabilities", "add")):
        if capability not in ("NET_BIND_SERVICE", UNKNOWN):
            yield f"capabilities.add has {capability}"
    procfs = at(context, "procMount")
    if procfs not in (None, "Default", UNKNOWN):
        yield f"procMount is {procfs}"
    yield from _profiles(context)


def _identity(spec: Mapping[str, Any], container: Mapping[str, Any]) -> Iterator[str]:
    """As whom a container runs and what the kernel lets it do; the pod decides where the container does not."""

    def effective(*field: str) -> Any:
        own = at(container, "securityContext", *field)
        return at(spec, "securityContext", *field) if own is None else own

    if effective("runAsNonRoot") not in (True, UNKNOWN):
        yield "runAsNonRoot is not true"
    if effective("runAsUser") == 0:
        yield "runAsUser is 0"
    profile = effective("seccompProfile", "type")
    if profile not in (*_PROFILES, UNKNOWN):
        yield f"seccompProfile.type is {profile}"


def _reach(container: Mapping[str, Any]) -> Iterator[str]:
    """What of its node a container touches."""
    for port in items(container.get("ports")):
        if mapping(port).get("hostPort") not in (None, 0, UNKNOWN):
            yield f"hostPort is {int(port['hostPort'])}"
    for place in _HANDLERS:
        for action in ("httpGet", "tcpSocket"):
            host = at(container, *place, action, "host")
            if isinstance(host, str) and host:
                yield f"{'.'.join(place)} asks the host {host}"


def _profiles(context: object) -> Iterator[str]:
    apparmor = at(context, "appArmorProfile", "type")
    if apparmor not in (None, *_PROFILES, UNKNOWN):
        yield f"appArmorProfile.type is {apparmor}"
    selinux = mapping(at(context, "seLinuxOptions"))
    if selinux.get("type", "") not in (*_SELINUX_TYPES, UNKNOWN) or selinux.get("user") or selinux.get("role"):
        yield "seLinuxOptions name another type, user or role than containers have"
    if at(context, "windowsOptions", "hostProcess") is True:
        yield "windowsOptions.hostProcess is true"


RESTRICTED_PODS = Rule(
    name="restricted-pods",
    description="Pods, and the namespaces that are made for them, keep to the Pod Security Standard 'restricted'.",
    check=_check,
    remedy="Give the pod and its containers the security context of components/_pod_security.py, "
    "and a namespace podSecurity: restricted.",
)
