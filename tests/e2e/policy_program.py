"""The program of the policies' end-to-end tests: a faultless object, and one that breaks a rule.

The environment says which: VIOLATION is the name of a rule.
"""

import os
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pulumi_tls as tls
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

NAMESPACE = "policy-e2e"
_IMAGE = "registry.example/curl:8@sha256:" + "0" * 64
_CONTEXT: Mapping[str, Any] = {
    "allow_privilege_escalation": False,
    "run_as_non_root": True,
    "capabilities": {"drop": ["ALL"]},
    "seccomp_profile": {"type": "RuntimeDefault"},
}


def main() -> None:
    """Declare both objects, and nothing that would keep them apart."""
    cluster = k8s.Provider("cluster", context="lab", cluster_identifier="lab")
    options = pulumi.ResourceOptions(provider=cluster)
    k8s.core.v1.Namespace(
        "bystander",
        metadata={"name": NAMESPACE, "labels": {"pod-security.kubernetes.io/enforce": "restricted"}},
        opts=options,
    )
    VIOLATIONS[os.environ["VIOLATION"]](options)


def _config_map(data: Mapping[str, str]) -> Callable[[pulumi.ResourceOptions], object]:
    return lambda options: k8s.core.v1.ConfigMap("broken", metadata=_METADATA, data=data, opts=options)


def _pod(**container: Any) -> Callable[[pulumi.ResourceOptions], object]:
    spec: Any = {"containers": [{"name": "curl", "image": _IMAGE, "security_context": _CONTEXT, **container}]}
    return lambda options: k8s.core.v1.Pod("broken", metadata=_METADATA, spec=spec, opts=options)


def _open_load_balancer(options: pulumi.ResourceOptions) -> None:
    ports: Any = [{"name": "https", "port": 443}]
    k8s.core.v1.Service("broken", metadata=_METADATA, spec={"type": "LoadBalancer", "ports": ports}, opts=options)


def _long_lived(_: pulumi.ResourceOptions) -> None:
    key = tls.PrivateKey("key", algorithm="ECDSA")
    tls.SelfSignedCert(
        "broken", private_key_pem=key.private_key_pem, validity_period_hours=8760, allowed_uses=["server_auth"],
        dns_names=["shop"],
    )  # fmt: skip


def _nameless(_: pulumi.ResourceOptions) -> None:
    key = tls.PrivateKey("key", algorithm="ECDSA")
    tls.CertRequest("broken", private_key_pem=key.private_key_pem, subject={"common_name": "shop"})


def _misplaced_key(options: pulumi.ResourceOptions) -> None:
    # Not one of Pulumi's, which is unknown in a preview.
    key = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _config_map({"tls.key": key.decode()})(options)


_METADATA: Any = {"namespace": NAMESPACE}
VIOLATIONS: Mapping[str, Callable[[pulumi.ResourceOptions], object]] = {
    "tls-only-ports": _config_map({"nginx.conf": "http { server { listen 8080; root /srv/www; } }"}),
    "restricted-pods": _pod(security_context={**_CONTEXT, "run_as_user": 0}),
    "image-digest": _pod(image="registry.example/curl:8"),
    "closed-load-balancer": _open_load_balancer,
    "certificate-lifetime": _long_lived,
    "certificate-names": _nameless,
    "verified-tls": _pod(command=["curl", "-k", "https://shop/"]),
    "keys-in-secrets": _misplaced_key,
}
