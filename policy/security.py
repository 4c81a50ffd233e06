"""Pods that keep to the Pod Security Standard `restricted`, on any cluster and before it is asked."""

from collections.abc import Iterator, Mapping
from typing import Any

from policy.pods import containers, pod_templates
from policy.resource import UNKNOWN, Resource, at, items, mapping, shown
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
_VERSION = f"{_ENFORCED}-version"
# What appArmorProfile was before Kubernetes 1.30; it still counts where the field says nothing.
_APPARMOR = "container.apparmor.security.beta.kubernetes.io/"
_HANDLERS = (
    ("livenessProbe",), ("readinessProbe",), ("startupProbe",), ("lifecycle", "postStart"), ("lifecycle", "preStop"),
)  # fmt: skip


def _check(resource: Resource) -> Iterator[str]:
    if resource.is_kubernetes and resource.kind == "Namespace":
        yield from _namespace(resource)
    for template in pod_templates(resource):
        yield from _annotations(mapping(at(template, "metadata", "annotations")))
        spec = mapping(template.get("spec"))
        yield from _pod(spec)
        for name, container in containers(spec):
            for problem in (*_isolation(container), *_reach(container)):
                yield f"{name}: {problem}"
            # Of what a patch does not set, it does not know what it is.
            if not resource.is_patch:
                yield from (f"{name}: {problem}" for problem in _missing(spec, container))


def _namespace(resource: Resource) -> Iterator[str]:
    level = at(resource.inputs, "metadata", "labels", _ENFORCED)
    if level not in ("restricted", UNKNOWN) and not (resource.is_patch and level is None):
        yield f"the namespace's label {_ENFORCED} is {level!r}"
    # The standard of an older version allows what later ones do not.
    version = at(resource.inputs, "metadata", "labels", _VERSION)
    if version not in ("latest", None, UNKNOWN):
        yield f"the namespace's label {_VERSION} is {version!r}"


def _annotations(annotations: Mapping[str, Any]) -> Iterator[str]:
    for name, profile in annotations.items():
        allowed = profile in ("", "runtime/default", UNKNOWN) or str(profile).startswith("localhost/")
        if name.startswith(_APPARMOR) and not allowed:
            yield f"the annotation {name} is {profile!r}"


def _pod(spec: Mapping[str, Any]) -> Iterator[str]:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(field) is True:
            yield f"{field} is true"
    for volume in items(spec.get("volumes")):
        for source in mapping(volume).keys() - {"name"} - _VOLUMES:
            yield f"volume {mapping(volume).get('name')!r} is a {source}"
    context = spec.get("securityContext")
    for sysctl in items(at(context, "sysctls")):
        name = mapping(sysctl).get("name")
        if isinstance(name, str) and name not in _SYSCTLS:
            yield f"the sysctl {name} is set"
    # The standard asks the pod even where each of its containers says otherwise.
    yield from (f"the pod's {problem}" for problem in _identity(context))


def _isolation(container: Mapping[str, Any]) -> Iterator[str]:
    """What keeps the processes of a container inside it."""
    context = container.get("securityContext")
    if at(context, "privileged") is True:
        yield "privileged is true"
    if at(context, "allowPrivilegeEscalation") not in (False, None, UNKNOWN):
        yield "allowPrivilegeEscalation is not false"
    dropped = at(context, "capabilities", "drop")
    if dropped not in (None, UNKNOWN) and not any(each in ("ALL", UNKNOWN) for each in items(dropped)):
        yield "capabilities.drop lacks ALL"
    for capability in items(at(context, "capabilities", "add")):
        if capability not in ("NET_BIND_SERVICE", UNKNOWN):
            yield f"capabilities.add has {capability}"
    procfs = at(context, "procMount")
    if procfs not in (None, "Default", UNKNOWN):
        yield f"procMount is {procfs}"
    yield from _identity(context)


def _identity(context: object) -> Iterator[str]:
    """As whom processes run and what the kernel lets them do, in the context of a pod or a container."""
    if at(context, "runAsNonRoot") not in (True, None, UNKNOWN):
        yield "runAsNonRoot is not true"
    if at(context, "runAsUser") == 0:
        yield "runAsUser is 0"
    for field in ("seccompProfile", "appArmorProfile"):
        profile = at(context, field, "type")
        if profile not in (None, *_PROFILES, UNKNOWN):
            yield f"{field}.type is {profile}"
    selinux = mapping(at(context, "seLinuxOptions"))
    named = any(selinux.get(field) not in (None, "", UNKNOWN) for field in ("user", "role"))
    if named or selinux.get("type", "") not in (*_SELINUX_TYPES, UNKNOWN):
        yield "seLinuxOptions name another type, user or role than containers have"
    if at(context, "windowsOptions", "hostProcess") is True:
        yield "windowsOptions.hostProcess is true"


def _missing(spec: Mapping[str, Any], container: Mapping[str, Any]) -> Iterator[str]:
    """What must be said, and neither the container says nor its pod, where that may say it."""
    own, shared = container.get("securityContext"), spec.get("securityContext")
    if at(own, "allowPrivilegeEscalation") is None:
        yield "allowPrivilegeEscalation is not false"
    if at(own, "capabilities", "drop") is None:
        yield "capabilities.drop lacks ALL"
    if at(own, "runAsNonRoot") is None and at(shared, "runAsNonRoot") is None:
        yield "runAsNonRoot is not true"
    if at(own, "seccompProfile", "type") is None and at(shared, "seccompProfile", "type") is None:
        yield "seccompProfile.type is None"


def _reach(container: Mapping[str, Any]) -> Iterator[str]:
    """What of its node a container touches."""
    for port in items(container.get("ports")):
        number = at(port, "hostPort")
        if number not in (None, 0, UNKNOWN):
            yield f"hostPort is {shown(number)}"
    for place in _HANDLERS:
        for action in ("httpGet", "tcpSocket"):
            host = at(container, *place, action, "host")
            if isinstance(host, str) and host:
                yield f"{'.'.join(place)} asks the host {host}"


RESTRICTED_PODS = Rule(
    name="restricted-pods",
    description="Pods, and the namespaces that are made for them, keep to the Pod Security Standard 'restricted'.",
    check=_check,
    remedy="Give the pod and its containers the security context of components/_pod_security.py, "
    "and a namespace podSecurity: restricted.",
)
