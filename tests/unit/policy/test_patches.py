"""Patches are judged by what they set, and by nothing that they leave alone."""

from typing import Any

import pytest

from policy.resource import Resource
from tests.unit import certificates
from tests.unit.policy.objects import broken, messages


def patch(kind: str, **inputs: Any) -> Resource:
    return Resource(type=f"kubernetes:{kind}Patch", inputs=inputs)


def deployment(**container: Any) -> Resource:
    return patch("apps/v1:Deployment", spec={"template": {"spec": {"containers": [{"name": "curl", **container}]}}})


@pytest.mark.parametrize(
    ("resource", "rule"),
    [
        (deployment(securityContext={"privileged": True}), "restricted-pods"),
        (deployment(securityContext={"capabilities": {"drop": []}}), "restricted-pods"),
        (deployment(securityContext={"runAsNonRoot": False}), "restricted-pods"),
        (deployment(image="nginx:1"), "image-digest"),
        (deployment(command=["wget", "--no-check-certificate", "https://shop/"]), "verified-tls"),
        (deployment(env=[{"name": "KEY", "value": certificates.key_pem("leaf")}]), "keys-in-secrets"),
        (patch("core/v1:Pod", spec={"hostNetwork": True}), "restricted-pods"),
        (
            patch("core/v1:Namespace", metadata={"labels": {"pod-security.kubernetes.io/enforce": "privileged"}}),
            "restricted-pods",
        ),
        (patch("core/v1:ConfigMap", data={"nginx.conf": "http { server { listen 80; } }"}), "tls-only-ports"),
        (patch("core/v1:Service", spec={"ports": [{"name": "metrics", "port": 9090}]}), "tls-only-ports"),
        (patch("core/v1:Service", spec={"ports": [{"name": "https", "targetPort": 8080}]}), "tls-only-ports"),
        (patch("core/v1:Service", spec={"loadBalancerSourceRanges": ["0.0.0.0/0"]}), "closed-load-balancer"),
        (
            patch("core/v1:Service", spec={"type": "LoadBalancer", "loadBalancerSourceRanges": []}),
            "closed-load-balancer",
        ),
        (patch("cert-manager.io/v1:Certificate", spec={"duration": "8760h"}), "certificate-lifetime"),
        (
            patch(
                "core/v1:Secret",
                stringData={
                    "tls.crt": certificates.certificate_pem("leaf", dns_names=("shop",)),
                    "tls.key": certificates.key_pem("leaf"),
                },
            ),
            "certificate-lifetime",
        ),
    ],
)
def test_what_a_patch_sets_is_judged(resource: Resource, rule: str) -> None:
    assert broken(resource) == {rule}


@pytest.mark.parametrize(
    "resource",
    [
        deployment(),
        deployment(securityContext={"capabilities": {"drop": ["ALL"]}}),
        patch("core/v1:Namespace", metadata={"labels": {"team": "shop"}}),
        patch("core/v1:Service", metadata={"labels": {"team": "shop"}}),
        patch("core/v1:Service", spec={"type": "LoadBalancer"}),
        patch("core/v1:Service", spec={"ports": [{"name": "https", "port": 8080}, {"port": 80, "nodePort": 30080}]}),
        patch("core/v1:Secret", stringData={"tls.key": certificates.key_pem("leaf")}),
        patch("cert-manager.io/v1:Certificate", spec={"renewBefore": "360h"}),
    ],
)
def test_what_a_patch_leaves_alone_is_not(resource: Resource) -> None:
    assert broken(resource) == set()


def test_what_only_ends_like_a_patch_is_none() -> None:
    bucket = Resource(type="aws:s3/bucket:BucketPatch", inputs={})

    assert (bucket.kind, bucket.is_patch) == ("BucketPatch", False)
    assert messages(patch("core/v1:Pod", spec={"hostPID": True}), "restricted-pods") == ["hostPID is true"]
