"""What staging and production refuse, in the preview, with the remedy."""

from collections.abc import Mapping
from typing import Any

import pytest

import settings
from tests.unit.test_settings import IMAGE, MINIMAL, as_raw

DIGEST = f"sha256:{'0' * 64}"
PROBE = {"image": f"registry.example/curl:8.22.0@{DIGEST}"}
STAGING = {
    **MINIMAL,
    "pulumi:disable-default-providers": ["kubernetes"],
    "environment": "staging",
    "image": f"{IMAGE}@{DIGEST}",
    "probe": PROBE,
}
PRODUCTION = {**STAGING, "environment": "production", "pinnedContext": "test", "certificate": {"protectCa": True}}
BALANCER = {
    "type": "LoadBalancer",
    "sourceRanges": ["192.0.2.0/24"],
    "allocateNodePorts": False,
    "annotations": {"example.com/owner": "shop"},
}
LISTED = {"networks": ["192.0.2.0/24"]}
POLICY = "externalTrafficPolicy"
CONFIGURATION = (
    "daemon off; http { server { listen 8443 ssl; include /etc/secure-nginx/tls/*.conf; location /livez {} "
    "location /readyz {} location /a { proxy_pass http://backend; } } }"
)


def complaints(values: Mapping[str, Any], variables: Mapping[str, str] | None = None) -> list[str]:
    try:
        settings.load(as_raw(values), variables=variables)
    except ValueError as error:
        return [line.removeprefix("  - ").removeprefix("secure-nginx:") for line in str(error).splitlines()[1:]]
    return []


@pytest.mark.parametrize(
    "values",
    [
        STAGING,
        PRODUCTION,
        {**PRODUCTION, "service": BALANCER},
        {**PRODUCTION, "service": {**BALANCER, "annotations": {"lb.example.com/backend-protocol": "HTTPS"}}},
        {**PRODUCTION, "service": {**BALANCER, "annotations": {"example.com/team": "http"}}},
        {**PRODUCTION, "service": {**BALANCER, "allocateNodePorts": True, POLICY: "Local"}, "access": LISTED},
        {**PRODUCTION, "service": {"type": "NodePort", POLICY: "Local"}, "access": LISTED},
        {**PRODUCTION, "service": {"externalIps": ["192.0.2.9"]}, "access": LISTED},
        # Only half of everyone, and everyone inside of the cluster alone.
        {**PRODUCTION, "service": {**BALANCER, "sourceRanges": ["0.0.0.0/1", "192.0.0.0/2", "fd00::/8"]}},
        {**PRODUCTION, "access": {"networks": ["0.0.0.0/0"]}},
        {**PRODUCTION, "service": {"type": "Headless"}},
        {**PRODUCTION, "pulumi:disable-default-providers": ["tls", " * "]},
    ],
    ids=str,
)
def test_what_keeps_the_rules_is_accepted(values: Mapping[str, Any]) -> None:
    assert complaints(values, {"PULUMI_BACKEND_URL": "s3://states?region=x&endpoint=https://s3.example"}) == []


def test_development_has_no_rules() -> None:
    assert complaints({**MINIMAL, "replicas": 1, "nginx": {"http": "serve"}}) == []


SHARED: list[tuple[dict[str, Any], str]] = [
    ({"probe": {**PROBE, "job": False, "cronJob": {}}}, "probe"),
    ({"image": IMAGE}, "image"),
    ({"probe": {"image": "registry.example/curl:8.22.0"}}, "probe.image"),
    ({"nginx": {"http": "serve"}}, "nginx.http"),
    ({"nginx": {"serverSnippet": "location /a { proxy_pass http://backend:80; }"}}, "nginx.serverSnippet"),
    ({"nginx": {"serverSnippet": "location /a { grpc_pass grpc://backend; }"}}, "nginx.serverSnippet"),
    ({"nginx": {"httpSnippet": "server { location /a { proxy_pass http://backend; } }"}}, "nginx.httpSnippet"),
    ({"nginx": {"serverSnippet": "location /a { proxy_pass https://backend; }"}}, "nginx.serverSnippet"),
    ({"nginx": {"serverSnippet": "error_page 497 =200 /index.html;"}}, "nginx.serverSnippet"),
    ({"nginx": {"configuration": CONFIGURATION}}, "nginx.configuration"),
    ({"service": {**BALANCER, "annotations": {"lb.example.com/backend-protocol": "HTTP"}}}, "service.annotations"),
    ({"pulumi:disable-default-providers": []}, "pulumi:disable-default-providers"),
    ({"pulumi:disable-default-providers": ""}, "pulumi:disable-default-providers"),
    ({"pulumi:disable-default-providers": ["kubernetes-operator"]}, "pulumi:disable-default-providers"),
    ({"pinnedContext": "other"}, "context"),
]
ALONE: list[tuple[dict[str, Any], str]] = [
    ({"replicas": 1}, "replicas"),
    ({"replicas": 0}, "replicas"),
    ({"access": {"restricted": False}}, "access.restricted"),
    *(
        ({"service": {**BALANCER, "sourceRanges": ranges}}, "service.sourceRanges")
        for ranges in (
            [],
            ["10.0.0.0/8", "0.0.0.0/0"],
            ["::/0"],
            ["0.0.0.0/1", "10.0.0.0/8", "128.0.0.0/1"],
            ["::/1", "8000::/1"],
            ["::ffff:0:0/96"],
            ["::ffff:0:0/97", "128.0.0.0/1"],
            ["2000::/3"],
            ["2000::/4"],
            ["0.0.0.0/1", "128.0.0.0/2", "192.0.0.0/3"],
        )
    ),
    ({"service": {**BALANCER, "allocateNodePorts": True}}, "service.allocateNodePorts"),
    (
        {"service": {**BALANCER, "allocateNodePorts": True}, "access": {"networks": ["0.0.0.0/1", "128.0.0.0/1"]}},
        "service.allocateNodePorts",
    ),
    ({"service": {**BALANCER, "allocateNodePorts": True}, "access": LISTED}, "service.externalTrafficPolicy"),
    ({"service": {**BALANCER, "externalIps": ["192.0.2.9"]}}, "access.networks"),
    ({"service": {"type": "NodePort"}}, "access.networks"),
    ({"service": {"type": "NodePort"}, "access": {"networks": ["::/0"]}}, "access.networks"),
    ({"service": {"type": "NodePort"}, "access": LISTED}, "service.externalTrafficPolicy"),
    ({"service": {"externalIps": ["192.0.2.9"]}}, "access.networks"),
    ({"certificate": {"protectCa": False}}, "certificate.protectCa"),
    ({"pinnedContext": ""}, "pinnedContext"),
]


@pytest.mark.parametrize(("change", "key"), [*SHARED, *ALONE], ids=str)
def test_production_refuses(change: Mapping[str, Any], key: str) -> None:
    (complaint,) = complaints({**PRODUCTION, **change})

    assert complaint.startswith(f"{key}: ")
    assert "is not allowed in this environment; " in complaint


@pytest.mark.parametrize(("change", "key"), SHARED, ids=str)
def test_staging_refuses(change: Mapping[str, Any], key: str) -> None:
    (complaint,) = complaints({**STAGING, **change})

    assert complaint.startswith(f"{key}: ")


@pytest.mark.parametrize(("change", "key"), ALONE, ids=str)
def test_staging_lets_pass(change: Mapping[str, Any], key: str) -> None:
    assert complaints({**STAGING, **change}) == [], key


def test_a_pinned_context_holds_in_development_too() -> None:
    assert complaints({**MINIMAL, "pinnedContext": "lab"}) == [
        "context: 'test' is not allowed in this environment; use the pinned one, 'lab'"
    ]


def test_a_pinned_context_is_named_as_it_is_written() -> None:
    (complaint,) = complaints({**MINIMAL, "pinnedContext": "prod_eu"})

    assert complaint.endswith("use the pinned one, 'prod_eu'")


@pytest.mark.parametrize(
    "change",
    [
        {"certificate": {"source": "cert-manager", "caConfigMap": "company-ca"}},
        {"certificate": {"source": "cert-manger"}},
        {"service": {**BALANCER, "sourceRanges": "10.0.0.0/8"}},
    ],
)
def test_what_could_not_be_read_breaks_no_rule_besides(change: Mapping[str, Any]) -> None:
    found = complaints({**PRODUCTION, **change, "replicas": 1})

    assert [complaint for complaint in found if "not allowed" in complaint] == [
        "replicas: 1 is not allowed in this environment; use at least 2"
    ]
    assert len(found) == 2


@pytest.mark.parametrize("key", ["image", "certificate"])
def test_what_stands_for_a_wrong_value_breaks_no_rule(key: str) -> None:
    (complaint,) = complaints({**PRODUCTION, key: [5]})

    assert complaint.startswith(f"{key}: [5] must be ")


def test_a_missing_digest_comes_with_the_command_that_finds_it() -> None:
    (complaint,) = complaints({**PRODUCTION, "image": "nginx:1.30.6"})

    assert complaint.endswith("docker buildx imagetools inspect nginx:1.30.6 --format '{{.Manifest.Digest}}'")


def test_an_image_in_a_command_keeps_its_name() -> None:
    (complaint,) = complaints({**PRODUCTION, "image": "our_registry/web_shop/our_nginx:1.30.6"})

    assert " inspect our_registry/web_shop/our_nginx:1.30.6 --format" in complaint


def test_a_wrong_network_is_named_once() -> None:
    service = {**BALANCER, "sourceRanges": ["10.0.0.0/33"]}

    (complaint,) = complaints({**PRODUCTION, "service": service})

    assert "not allowed in this environment" not in complaint
