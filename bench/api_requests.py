"""How many requests a client sends to the API server, counted by the server itself.

The commands of the bench act as a user of their own, whose requests a FlowSchema gives a counter of their own: what
the cluster and other people do meanwhile is not counted.

Long-running requests such as `kubectl exec` pass by the flow control and are not counted; watches are.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

from lab import cluster

USER = "secure-nginx-bench"
_COUNTER = re.compile(
    rf'^apiserver_flowcontrol_dispatched_requests_total{{flow_schema="{USER}",[^}}]*}} (\S+)$', re.MULTILINE
)


def objects() -> list[Mapping[str, Any]]:
    """What the user and the counter consist of."""
    subject = {"kind": "User", "name": USER, "apiGroup": "rbac.authorization.k8s.io"}
    everything = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"], "namespaces": ["*"], "clusterScope": True}
    return [
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": USER},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
            "subjects": [subject],
        },
        {
            "apiVersion": "flowcontrol.apiserver.k8s.io/v1",
            "kind": "FlowSchema",
            "metadata": {"name": USER},
            "spec": {
                "matchingPrecedence": 10,
                "priorityLevelConfiguration": {"name": "exempt"},
                "rules": [
                    {
                        "subjects": [{"kind": "User", "user": {"name": USER}}],
                        "resourceRules": [everything],
                        "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
                    }
                ],
            },
        },
    ]


def acting_as_user(kubeconfig: str) -> str:
    """A kubeconfig with which clients act as the counted user."""
    content = yaml.safe_load(kubeconfig)
    for user in content["users"]:
        user["user"]["as"] = USER
    return yaml.safe_dump(content)


def total(metrics: str) -> int:
    """The number of requests of the counted user so far, from the API server's metrics."""
    return round(sum(float(match[1]) for match in _COUNTER.finditer(metrics)))


def prepare() -> None:
    """Make the user and the counter on the lab."""
    listing = {"apiVersion": "v1", "kind": "List", "items": objects()}
    cluster.kubectl("apply", "--server-side", "--filename=-", text=json.dumps(listing))


def remove() -> None:
    """Remove the user and the counter from the lab."""
    cluster.kubectl("delete", f"clusterrolebinding/{USER}", f"flowschema/{USER}", "--ignore-not-found")


def count() -> int:
    """The number of requests of the counted user so far, on the lab."""
    return total(cluster.kubectl("get", "--raw=/metrics"))
