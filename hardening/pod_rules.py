"""Rules about pods and their containers. What a name means is in the documentation of its scanner."""

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from hardening.rule import Rule, containers, pods, served
from hardening.views import Manifest, Workload, has_digest, ports_of

_SENSITIVE = re.compile(r"pass|secret|token|bearer|credential|private|\bkey\b", re.IGNORECASE)
_DANGEROUS = {"ALL", "NET_ADMIN", "SYS_ADMIN"}
# /run, also called /var/run, is where the sockets of container runtimes are.
_SENSITIVE_MOUNTS = ("/", "/boot", "/dev", "/etc", "/lib", "/proc", "/run", "/sys", "/usr", "/var/run")
_UNSAFE_SYSCTLS = ("fs.mqueue.", "kernel.msg", "kernel.sem", "kernel.shm", "net.")
# Those that the Pod Security Standard "baseline" allows, and Trivy with it.
_SAFE_SYSCTLS = {
    "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ping_group_range", "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem", "net.ipv4.tcp_syncookies", "net.ipv4.tcp_wmem",
}  # fmt: skip
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_PROBE_ACTIONS = ("exec", "grpc", "httpGet", "tcpSocket")
# Where kubelet asks a container, or tells it something.
_HANDLERS = (*((each,) for each in _PROBES), ("lifecycle", "postStart"), ("lifecycle", "preStop"))


def _context(container: Manifest) -> Manifest:
    return dict(container.get("securityContext", {}))


def _capabilities(container: Manifest, change: str) -> set[str]:
    return set(_context(container).get("capabilities", {}).get(change, []))


def _amount(container: Manifest, which: str, what: str) -> object:
    return container.get("resources", {}).get(which, {}).get(what)


def _has_high_id(owner: Workload, container: Manifest, field: str) -> bool:
    # Without the field it is the image's, which is not known here.
    return (owner.effective(container, field) or 0) > 10000


def _groups(owner: Workload, container: Manifest) -> list[int]:
    """The groups of a container's processes; 0 is root's, and may be the image's where no group is named."""
    pod = owner.pod.get("securityContext", {})
    beside = [pod["fsGroup"]] if "fsGroup" in pod else []
    return [owner.effective(container, "runAsGroup") or 0, *beside, *pod.get("supplementalGroups", [])]


def _tag(image: str) -> str:
    return image.partition("@")[0].rpartition("/")[2].partition(":")[2]


def _is_always_pulled(container: Manifest) -> bool:
    image = container["image"]
    newest = _tag(image) == "latest" or (_tag(image) == "" and "@" not in image)
    policy = container.get("imagePullPolicy", "Always" if newest else "IfNotPresent")
    return bool(policy == "Always")


def _variables(container: Manifest) -> list[str]:
    return [each["name"] for each in container.get("env", [])]


def _has_secret_variables(container: Manifest) -> bool:
    one_by_one = any("secretKeyRef" in each.get("valueFrom", {}) for each in container.get("env", []))
    return one_by_one or any("secretRef" in each for each in container.get("envFrom", []))


def _asked_hosts(container: Manifest) -> Iterator[str]:
    """The hosts that probes and other handlers name in place of the pod."""
    for place in _HANDLERS:
        handler = container
        for key in place:
            handler = handler.get(key, {})
        yield from filter(None, (handler.get(action, {}).get("host") for action in ("httpGet", "tcpSocket")))


def _probes_declared_ports(container: Manifest) -> bool:
    actions = [container.get(probe, {}).get(action, {}) for probe in _PROBES for action in _PROBE_ACTIONS]
    return {each["port"] for each in actions if "port" in each} <= ports_of(container, "name", "containerPort")


def _probes_differ(container: Manifest) -> bool:
    liveness, readiness = (
        [container.get(probe, {}).get(action) for action in _PROBE_ACTIONS]
        for probe in ("livenessProbe", "readinessProbe")
    )
    return liveness != readiness


def _seccomp(owner: Workload, container: Manifest) -> bool:
    return (owner.effective(container, "seccompProfile") or {}).get("type") == "RuntimeDefault"


def _volumes(pod: Manifest, source: str) -> list[Any]:
    return [volume[source] for volume in pod.get("volumes", []) if source in volume]


def _is_sensitive(mount: Manifest) -> bool:
    # normpath keeps two slashes in front.
    path = posixpath.normpath("/" + mount["path"].lstrip("/"))
    return path in _SENSITIVE_MOUNTS or path.endswith("docker.sock")


def _sysctls(pod: Manifest) -> set[str]:
    return {each["name"] for each in pod.get("securityContext", {}).get("sysctls", [])}


CONTAINER_RULES: tuple[Rule, ...] = (
    containers(
        "kube-linter:run-as-non-root polaris:runAsRootAllowed kubesec:RunAsNonRoot checkov:CKV_K8S_23 trivy:KSV-0012",
        lambda owner, each: owner.effective(each, "runAsNonRoot") is True,
    ),
    containers(
        "kubesec:RunAsUser checkov:CKV_K8S_40 trivy:KSV-0020",
        lambda owner, each: _has_high_id(owner, each, "runAsUser"),
    ),
    containers(
        "kubesec:RunAsGroup trivy:KSV-0021",
        lambda owner, each: _has_high_id(owner, each, "runAsGroup"),
    ),
    containers(
        "kube-score:container-security-context-user-group-id",
        lambda owner, each: all((owner.effective(each, id_) or 0) >= 10000 for id_ in ("runAsUser", "runAsGroup")),
    ),
    containers("trivy:KSV-0116", lambda owner, each: all(_groups(owner, each))),
    containers(
        "kube-linter:no-read-only-root-fs polaris:notReadOnlyRootFilesystem kubesec:ReadOnlyRootFilesystem "
        "checkov:CKV_K8S_22 trivy:KSV-0014",
        lambda _, each: _context(each).get("readOnlyRootFilesystem") is True,
    ),
    containers(
        "kube-linter:privilege-escalation-container polaris:privilegeEscalationAllowed "
        "kubesec:AllowPrivilegeEscalation checkov:CKV_K8S_20 trivy:KSV-0001",
        lambda _, each: _context(each).get("allowPrivilegeEscalation") is False,
    ),
    containers(
        "kube-linter:privileged-container polaris:runAsPrivileged kubesec:Privileged checkov:CKV_K8S_16 trivy:KSV-0017",
        lambda _, each: _context(each).get("privileged") is False,
    ),
    containers(
        "kube-linter:drop-net-raw-capability polaris:insecureCapabilities kubesec:CapDropAny kubesec:CapDropAll "
        "checkov:CKV_K8S_28 checkov:CKV_K8S_37 trivy:KSV-0003",
        lambda _, each: "ALL" in _capabilities(each, "drop"),
    ),
    containers(
        "polaris:dangerousCapabilities kubesec:CapSysAdmin checkov:CKV_K8S_39 trivy:KSV-0005",
        lambda _, each: not _capabilities(each, "add") & _DANGEROUS,
    ),
    containers("checkov:CKV_K8S_25", lambda _, each: not _capabilities(each, "add")),
    containers(
        "polaris:linuxHardening kubesec:SeccompAny kube-score:container-seccomp-profile checkov:CKV_K8S_31 "
        "trivy:KSV-0030",
        _seccomp,
    ),
    containers(
        "polaris:procMount trivy:KSV-0027", lambda _, each: _context(each).get("procMount") in {None, "Default"}
    ),
    containers(
        "kube-linter:unset-cpu-requirements polaris:cpuRequestsMissing polaris:cpuLimitsMissing kubesec:RequestsCPU "
        "kubesec:LimitsCPU checkov:CKV_K8S_10 checkov:CKV_K8S_11",
        lambda _, each: _amount(each, "requests", "cpu") and _amount(each, "limits", "cpu"),
    ),
    containers(
        "kube-linter:unset-memory-requirements polaris:memoryRequestsMissing polaris:memoryLimitsMissing "
        "kubesec:RequestsMemory kubesec:LimitsMemory checkov:CKV_K8S_12 checkov:CKV_K8S_13",
        lambda _, each: _amount(each, "requests", "memory") and _amount(each, "limits", "memory"),
    ),
    containers(
        "kube-score:container-ephemeral-storage-request-and-limit",
        lambda _, each: _amount(each, "requests", "ephemeral-storage") and _amount(each, "limits", "ephemeral-storage"),
    ),
    containers(
        "kube-linter:latest-tag polaris:tagNotSpecified kube-score:container-image-tag checkov:CKV_K8S_14 "
        "trivy:KSV-0013",
        # By a digest an image is the same for ever, with and without a tag.
        lambda _, each: has_digest(each) or _tag(each["image"]) not in {"", "latest"},
    ),
    containers(
        "kubescape:C-0075",
        lambda _, each: _is_always_pulled(each) or _tag(each["image"]) not in {"", "latest"} or has_digest(each),
    ),
    containers("checkov:CKV_K8S_43 kubescape:C-0306", lambda _, each: has_digest(each)),
    containers("checkov:CKV_K8S_15", lambda _, each: _is_always_pulled(each) or has_digest(each)),
    containers(
        "polaris:pullPolicyNotAlways kube-score:container-image-pull-policy",
        lambda _, each: _is_always_pulled(each),
    ),
    containers(
        "kube-linter:duplicate-env-var kube-score:environment-variable-key-duplication",
        lambda _, each: len(set(_variables(each))) == len(_variables(each)),
    ),
    containers(
        "kube-linter:env-var-secret polaris:sensitiveContainerEnvVar kubesec:SecretsAsEnvironmentVariables "
        "checkov:CKV_K8S_35",
        lambda _, each: not _has_secret_variables(each) and not any(map(_SENSITIVE.search, _variables(each))),
    ),
    containers(
        "polaris:hostPortSet checkov:CKV_K8S_26 trivy:KSV-0024",
        lambda _, each: not any(port.get("hostPort") for port in each.get("ports", [])),
    ),
    containers(
        "kube-linter:privileged-ports kube-linter:ssh-port trivy:KSV-0117",
        lambda _, each: all(number >= 1024 for number in ports_of(each, "containerPort")),
    ),
    containers(
        "kube-linter:liveness-port kube-linter:readiness-port kube-linter:startup-port",
        lambda _, each: _probes_declared_ports(each),
    ),
    containers("pss:hostProbesAndHostLifecycle", lambda _, each: not list(_asked_hosts(each))),
    served(
        "kube-linter:no-liveness-probe polaris:livenessProbeMissing checkov:CKV_K8S_8 kubescape:C-0056",
        lambda each: "livenessProbe" in each,
    ),
    served(
        "kube-linter:no-readiness-probe polaris:readinessProbeMissing checkov:CKV_K8S_9 kubescape:C-0018",
        lambda each: "readinessProbe" in each,
    ),
    served("kube-score:pod-probes-identical", _probes_differ),
)
POD_RULES: tuple[Rule, ...] = (
    pods(
        "kube-linter:host-ipc polaris:hostIPCSet kubesec:HostIPC checkov:CKV_K8S_18 trivy:KSV-0008",
        lambda pod: not pod.get("hostIPC"),
    ),
    pods(
        "kube-linter:host-network polaris:hostNetworkSet kubesec:HostNetwork checkov:CKV_K8S_19 trivy:KSV-0009",
        lambda pod: not pod.get("hostNetwork"),
    ),
    pods(
        "kube-linter:host-pid polaris:hostPIDSet kubesec:HostPID checkov:CKV_K8S_17 trivy:KSV-0010",
        lambda pod: not pod.get("hostPID"),
    ),
    pods("kubesec:HostAliases trivy:KSV-0007", lambda pod: not pod.get("hostAliases")),
    pods(
        "kube-linter:docker-sock kube-linter:sensitive-host-mounts checkov:CKV_K8S_27",
        lambda pod: not any(map(_is_sensitive, _volumes(pod, "hostPath"))),
    ),
    pods("polaris:hostPathSet trivy:KSV-0023", lambda pod: not _volumes(pod, "hostPath")),
    pods(
        "kube-linter:unsafe-sysctls",
        lambda pod: not any(name.startswith(_UNSAFE_SYSCTLS) for name in _sysctls(pod)),
    ),
    pods("trivy:KSV-0026", lambda pod: _sysctls(pod) <= _SAFE_SYSCTLS),
    pods(
        "polaris:automountServiceAccountToken kubesec:AutomountServiceAccountToken checkov:CKV_K8S_38 trivy:KSV-0036",
        lambda pod: pod.get("automountServiceAccountToken") is False,
    ),
    pods("kube-linter:deprecated-service-account-field", lambda pod: "serviceAccount" not in pod),
    pods("kube-linter:default-service-account kubesec:ServiceAccountName", lambda pod: pod.get("serviceAccountName")),
    pods("checkov:CKV_K8S_29 trivy:KSV-0118", lambda pod: pod.get("securityContext")),
    pods(
        "project:secret-volumes-are-read-only-to-their-group",
        lambda pod: all(volume.get("defaultMode", 0o644) == 0o440 for volume in _volumes(pod, "secret")),
    ),
    pods("polaris:priorityClassNotSet", lambda pod: pod.get("priorityClassName")),
    pods("kubesec:HostUsers", lambda pod: pod.get("hostUsers") is False),
    pods("kubesec:ApparmorAny", lambda pod: pod.get("securityContext", {}).get("appArmorProfile")),
)
