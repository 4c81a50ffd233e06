"""Objects for the rules to look at, and what they say of them."""

import base64
import copy
from collections.abc import Mapping
from typing import Any

from policy.catalogue import RULES
from policy.resource import Resource

SERVICE = "kubernetes:core/v1:Service"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
SECRET = "kubernetes:core/v1:Secret"
NAMESPACE = "kubernetes:core/v1:Namespace"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
CRON_JOB = "kubernetes:batch/v1:CronJob"
DIGEST = "@sha256:" + "0" * 64

_POD: Mapping[str, Any] = {
    "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
    "containers": [
        {
            "name": "curl",
            "image": f"registry.example/curl:8{DIGEST}",
            "command": ["curl", "--cacert", "/ca/ca.crt", "https://shop/"],
            "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        }
    ],
    "volumes": [{"name": "ca", "configMap": {"name": "ca"}}],
}


def pod(*, container: Mapping[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """The spec of a faultless pod, with fields of it or of its container replaced."""
    spec = copy.deepcopy(dict(_POD)) | changes
    spec["containers"][0] |= container or {}
    return spec


def deployment(spec: Mapping[str, Any]) -> Resource:
    """A Deployment of such pods."""
    return Resource(type=DEPLOYMENT, inputs={"spec": {"template": {"spec": spec}}})


def cron_job(spec: Mapping[str, Any]) -> Resource:
    """A CronJob of such pods."""
    return Resource(type=CRON_JOB, inputs={"spec": {"jobTemplate": {"spec": {"template": {"spec": spec}}}}})


def config_map(**data: str) -> Resource:
    """A ConfigMap."""
    return Resource(type=CONFIG_MAP, inputs={"data": data})


def service(**spec: Any) -> Resource:
    """A Service."""
    return Resource(type=SERVICE, inputs={"spec": spec})


def b64(text: str) -> str:
    """A text as `data` of a Secret and `binaryData` of a ConfigMap have it."""
    return base64.b64encode(text.encode()).decode()


def messages(resource: Resource, rule: str) -> list[str]:
    """What one rule says of a resource."""
    (found,) = [each for each in RULES if each.name == rule]
    return list(found.check(resource))


def broken(resource: Resource) -> set[str]:
    """The names of all rules that a resource breaks."""
    return {rule.name for rule in RULES if any(rule.check(resource))}
