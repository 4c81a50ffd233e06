"""Labels of the probe's objects; none of them can match a site's selector."""

import hashlib

from .. import _names
from .options import NetworkAccess, ShellMode


def probe_pod_labels(name: str) -> dict[str, str]:
    """The labels that every pod of the probe `name` has, for example to admit them to a site."""
    return {
        "app.kubernetes.io/name": "curl-probe",
        "app.kubernetes.io/instance": name,
        "app.kubernetes.io/component": "probe",
    }


def shell_labels(name: str, mode: ShellMode) -> dict[str, str]:
    """The labels that select the pod of the shell, which so no other label may override."""
    return {**mode.labels, **probe_pod_labels(name)}


def access_labels(access: NetworkAccess | None) -> dict[str, str]:
    """The labels by which a NetworkPolicy finds its pods; none without a policy.

    They differ for every access: Pulumi deletes last, so that the policy of an access that is
    no longer wanted would else still bind the new pods, and could keep them from ever passing.
    """
    if access is None:
        return {}
    text = repr((access.ports, access.node_ports, sorted(access.pod_labels.items()), access.cidrs))
    return {"securenginx/access": hashlib.sha256(text.encode()).hexdigest()[:8]}


def object_labels(name: str) -> dict[str, str]:
    """The own labels of the probe `name`, of every object."""
    return {
        **probe_pod_labels(name),
        "app.kubernetes.io/managed-by": _names.MANAGED_BY,
    }
