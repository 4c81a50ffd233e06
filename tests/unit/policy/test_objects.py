"""Rules about everything but pods: ports, load balancers, certificates and where keys are."""

import base64
import datetime
from typing import Any

import pytest

from policy.resource import UNKNOWN, Resource
from tests.unit import certificates
from tests.unit.policy import objects
from tests.unit.policy.objects import broken, config_map, messages, service

LEAF = "tls:index/locallySignedCert:LocallySignedCert"
SELF_SIGNED = "tls:index/selfSignedCert:SelfSignedCert"
REQUEST = "tls:index/certRequest:CertRequest"
CERT_MANAGER = "kubernetes:cert-manager.io/v1:Certificate"
REDIRECT = "http { server { listen 8080; return 308 https://$host$request_uri; } }"


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def tls_secret(field: str, certificate: str) -> Resource:
    values = {"tls.crt": certificate, "tls.key": certificates.key_pem("leaf")}
    encoded = {name: b64(text) for name, text in values.items()}
    return Resource(type=objects.SECRET, inputs={field: encoded if field == "data" else values})


def leaf(days: float, *names: str) -> str:
    return certificates.certificate_pem(
        "leaf", dns_names=names, not_after=certificates.NOT_BEFORE + datetime.timedelta(days=days)
    )


def test_a_port_is_for_tls_or_leads_there() -> None:
    ports: list[dict[str, Any]] = [{"name": "https", "port": 443}, {"name": "http", "port": 80.0}]

    assert messages(service(ports=ports), "tls-only-ports") == []
    assert messages(service(ports=[{"name": UNKNOWN, "port": 1}]), "tls-only-ports") == []
    assert messages(service(ports=[*ports, {"name": "metrics", "port": 9090.0}]), "tls-only-ports") == [
        "port 9090 of the Service is neither https nor http, but 'metrics'"
    ]
    assert messages(service(ports=[{"port": UNKNOWN}]), "tls-only-ports") == [
        "port (known after the update) of the Service is neither https nor http, but None"
    ]


@pytest.mark.parametrize(
    "configuration",
    [
        "http { server { listen 8443 ssl; location / { root /srv; } } }",
        "http { server { listen 8443 default_server ssl; } }",
        REDIRECT,
        'http { server { listen 8080; return 301 "https://shop.example/"; location / { root /srv; } } }',
        "stream { server { listen 53; } }",
        "# http { server { listen 8080; } }",
    ],
)
def test_a_server_speaks_tls_or_only_redirects(configuration: str) -> None:
    assert messages(config_map(**{"nginx.conf": configuration}), "tls-only-ports") == []


@pytest.mark.parametrize(
    ("configuration", "address"),
    [
        ("http { server { listen 8080; location / { root /srv; } } }", "8080"),
        ("http { server { listen 8443 ssl; listen [::]:8081; root /srv; } }", "[::]:8081"),
        ("http { server { root /srv; } }", "80"),
        ("http { server { listen 8080; return 308 http://$host/; } }", "8080"),
        ("http { server { listen 8080; return 200 https://$host/; } }", "8080"),
        ("http { server { listen 8080; location /a { return 308 https://$host/; } } }", "8080"),
        ("http { server { listen 8080; add_header X '; return 308 https://a;'; } }", "8080"),
        ('http { include a; server { listen 8080; # return 308 https://a;\n set $a "b}"; } }', "8080"),
    ],
)
def test_a_server_without_tls_serves_nothing(configuration: str, address: str) -> None:
    assert messages(config_map(**{"nginx.conf": configuration}), "tls-only-ports") == [
        f"data.nginx.conf has a server that answers without TLS on {address}"
    ]


@pytest.mark.parametrize(
    ("ranges", "problem"),
    [
        (["10.0.0.0/8", "2001:db8::/32"], None),
        (UNKNOWN, None),
        (["not a network"], None),
        (None, "is empty, which admits everyone"),
        ([], "is empty, which admits everyone"),
        (["10.0.0.0/8", "0.0.0.0/0"], "has '0.0.0.0/0', which admits everyone"),
        (["::/0"], "has '::/0', which admits everyone"),
    ],
)
def test_a_load_balancer_admits_only_listed_networks(ranges: Any, problem: str | None) -> None:
    found = messages(service(type="LoadBalancer", loadBalancerSourceRanges=ranges), "closed-load-balancer")

    assert found == ([f"spec.loadBalancerSourceRanges {problem}"] if problem else [])
    assert messages(service(type="NodePort", loadBalancerSourceRanges=ranges), "closed-load-balancer") == []


@pytest.mark.parametrize("kind", [LEAF, SELF_SIGNED])
def test_an_issued_certificate_ends_soon(kind: str) -> None:
    def certificate(**inputs: Any) -> list[str]:
        return messages(Resource(type=kind, inputs=inputs), "certificate-lifetime")

    assert certificate(validityPeriodHours=90 * 24.0) == []
    assert certificate(validityPeriodHours=UNKNOWN) == []
    assert certificate(validityPeriodHours=87600.0, isCaCertificate=True) == []
    assert certificate(validityPeriodHours=90 * 24 + 12) == ["validityPeriodHours amounts to 90.5 days"]


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ({}, None),
        ({"duration": "2160h0m0s"}, None),
        ({"duration": UNKNOWN}, None),
        ({"duration": "87600h", "isCA": True}, None),
        ({"duration": "8760h"}, "spec.duration amounts to 365 days"),
        ({"duration": "2160h30m3600s"}, "spec.duration amounts to 90.0625 days"),
    ],
)
def test_cert_manager_is_asked_for_one_that_ends_soon(spec: dict[str, Any], problem: str | None) -> None:
    found = messages(Resource(type=CERT_MANAGER, inputs={"spec": spec}), "certificate-lifetime")

    assert found == ([problem] if problem else [])


def test_a_certificate_is_asked_for_with_names() -> None:
    unnamed = Resource(type=REQUEST, inputs={"subject": {"commonName": "shop"}})

    assert messages(unnamed, "certificate-names") == ["neither dnsNames nor ipAddresses names anything"]
    assert messages(Resource(type=REQUEST, inputs={"dnsNames": ["shop"]}), "certificate-names") == []
    assert messages(Resource(type=REQUEST, inputs={"ipAddresses": UNKNOWN}), "certificate-names") == []
    assert messages(Resource(type=CERT_MANAGER, inputs={"spec": {"commonName": "a"}}), "certificate-names") == [
        "neither spec.dnsNames nor spec.ipAddresses names anything"
    ]
    assert messages(Resource(type=CERT_MANAGER, inputs={"spec": {"dnsNames": ["a"]}}), "certificate-names") == []


@pytest.mark.parametrize("field", ["data", "stringData"])
def test_a_certificate_of_unknown_origin_is_read(field: str) -> None:
    assert broken(tls_secret(field, leaf(90, "shop"))) == set()
    assert messages(tls_secret(field, leaf(366, "shop")), "certificate-lifetime") == [
        f"{field}.tls.crt amounts to 366 days"
    ]
    assert messages(tls_secret(field, leaf(1)), "certificate-names") == [
        f"the certificate in {field}.tls.crt has no subject alternative name"
    ]


def test_only_certificates_beside_a_key_are_a_servers() -> None:
    authority = Resource(type=objects.SECRET, inputs={"stringData": {"ca.crt": leaf(3650)}})
    damaged = tls_secret("stringData", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n")

    assert broken(authority) == set()
    assert broken(damaged) == set()


@pytest.mark.parametrize("kind", ["PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY"])
def test_keys_are_in_secrets_alone(kind: str) -> None:
    key = f"-----BEGIN {kind}-----\nsecret\n-----END {kind}-----\n"
    encoded = Resource(type=objects.CONFIG_MAP, inputs={"binaryData": {"tls.key": b64(key)}})
    inline = objects.deployment(objects.pod(container={"env": [{"name": "KEY", "value": key}]}))

    assert messages(config_map(a=key), "keys-in-secrets") == ["data.a holds a private key"]
    assert messages(encoded, "keys-in-secrets") == ["binaryData.tls.key holds a private key"]
    assert messages(inline, "keys-in-secrets") == ["spec.template.spec.containers[0].env[0].value holds a private key"]
    assert messages(Resource(type=objects.SECRET, inputs={"stringData": {"a": key}}), "keys-in-secrets") == []
    assert messages(config_map(a="-----BEGIN PUBLIC KEY-----"), "keys-in-secrets") == []


def test_what_is_no_text_hides_no_key() -> None:
    binary = {"picture": base64.b64encode(b"\xff\xfe").decode(), "broken": "%", "late": UNKNOWN}

    assert broken(Resource(type=objects.CONFIG_MAP, inputs={"binaryData": binary})) == set()


def test_a_script_verifies_as_well_and_a_page_may_say_what_it_likes() -> None:
    careless = "#!/bin/sh\ncurl -s \\\n  -k https://shop/\n"

    assert messages(config_map(**{"check.sh": careless}), "verified-tls") == [
        "data.check.sh turns the verification of certificates off"
    ]
    assert messages(config_map(**{"index.html": careless}), "verified-tls") == []
    assert messages(config_map(**{"check.sh": "tar -k"}), "verified-tls") == []


def test_the_rules_are_about_clusters_and_certificates_alone() -> None:
    bucket = Resource(type="aws:s3/bucket:Bucket", inputs={"kind": "Service", "spec": {"type": "LoadBalancer"}})
    service = Resource(type="other:index:Service", inputs={"spec": {"type": "LoadBalancer", "ports": [{"port": 1}]}})

    assert broken(bucket) == set()
    assert broken(service) == set()
