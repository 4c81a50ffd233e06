"""Stacks for reports to be about: as the project's own are when nobody has changed these."""

from collections.abc import Mapping
from typing import Any

_EXPECT = {"bodyText": "Welcome to nginx!"}
_PUBLIC: Mapping[str, Any] = {
    "image": f"nginx:1.30.1@sha256:842a3f99{'0' * 56}",
    "replicas": 3,
    "service": {"type": "LoadBalancer", "sourceRanges": ["10.0.0.0/8"], "allocateNodePorts": False},
}
_PROBE: Mapping[str, Any] = {
    "image": f"curlimages/curl:8.17.0@sha256:935d9100{'0' * 56}",
    "expect": _EXPECT,
    "negativeChecks": True,
    "cronJob": {},
}
_STACKS: Mapping[str, Mapping[str, Any]] = {
    "dev": {
        "context": "lab",
        "namespace": "secure-nginx-dev",
        "image": "localhost/secure-nginx/nginx:1.30.6",
        "service": {"type": "NodePort"},
        "certificate": {
            "source": "generated",
            "validityHours": 24,
            "renewBeforeHours": 8,
            "caValidityHours": 720,
            "caRenewBeforeHours": 240,
        },
        "probe": {"image": "localhost/secure-nginx/curl:8.22.0", "expect": _EXPECT},
    },
    "staging": {
        **_PUBLIC,
        "environment": "staging",
        "context": "staging",
        "pinnedContext": "staging",
        "namespace": "secure-nginx-staging",
        "certificate": {"source": "generated", "validityHours": 336, "renewBeforeHours": 168},
        "probe": _PROBE,
    },
    "prod": {
        **_PUBLIC,
        "environment": "production",
        "context": "production",
        "pinnedContext": "production",
        "namespace": "secure-nginx",
        "createNamespace": False,
        "autoscaling": {"maxReplicas": 12},
        "hostNames": ["www.example.com"],
        "certificate": {
            "source": "cert-manager",
            "issuer": "company-ca",
            "issuerKind": "ClusterIssuer",
            "caConfigMap": "company-ca",
        },
        "probe": {**_PROBE, "expect": {**_EXPECT, "minDaysLeft": 14}},
    },
}
NAMES = tuple(_STACKS)


def file(stack: str, **more: Any) -> dict[str, Any]:
    """What the file of a stack has as `config`, with other values where a test wants them."""
    own = {f"secure-nginx:{key}": value for key, value in {**_STACKS[stack], **more}.items()}
    return {"pulumi:disable-default-providers": ["kubernetes"], **own}
