"""Certificates at the edges of what is allowed, and what of somebody else's ones reaches clients."""

import datetime
import ipaddress
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from components import (
    CertManagerCertificate,
    ClusterIP,
    ExistingSecret,
    FolderContent,
    GeneratedCertificate,
    NodePort,
    ProvidedCertificate,
    _pem,
)
from tests.unit import certificates, sites
from tests.unit.harness import Deploy

CA = certificates.certificate_pem("ca", ca=True)
WWW = certificates.certificate_pem("www", dns_names=("www.example.com",))


def for_address(address: str) -> str:
    """A certificate that names an address and nothing else."""
    (plain,) = x509.load_pem_x509_certificates(certificates.certificate_pem("www").encode())
    signed = (
        x509.CertificateBuilder(
            issuer_name=plain.issuer, subject_name=plain.subject, public_key=plain.public_key(),
            serial_number=plain.serial_number, not_valid_before=plain.not_valid_before_utc,
            not_valid_after=plain.not_valid_after_utc,
        )
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .sign(certificates.key("ca"), hashes.SHA256())
    )  # fmt: skip
    return signed.public_bytes(serialization.Encoding.PEM).decode()


def provided(certificate: str = WWW) -> ProvidedCertificate:
    return ProvidedCertificate(certificate=certificate, private_key=certificates.key_pem("www"), ca=CA)


@pytest.mark.parametrize(
    ("named", "asked", "fits"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:0db8:0::1", True),
        ("192.0.2.1", "www.example.com", False),
    ],
)
def test_an_address_is_covered_however_it_is_written(named: str, asked: str, fits: bool) -> None:
    problems = list(sites.args(certificate=provided(for_address(named)), host_names=(asked,)).problems())

    assert [problem.field for problem in problems] == ([] if fits else ["certificate.certificate"])


@pytest.mark.parametrize(("valid", "renewed"), [(398 * 24, 720), (2, 1)])
def test_cert_manager_is_asked_for_any_time_within_the_limits(valid: int, renewed: int) -> None:
    certificate = CertManagerCertificate(
        issuer="company", public_trust=True, validity_hours=valid, renew_before_hours=renewed
    )

    assert list(sites.args(certificate=certificate, host_names=("www.example.com",)).problems()) == []


@pytest.mark.parametrize(
    "limits",
    [
        {"validity_hours": 2, "renew_before_hours": 1, "ca_validity_hours": 3, "ca_renew_before_hours": 2},
        {"validity_hours": 398 * 24, "ca_validity_hours": 30 * 365 * 24, "ca_renew_before_hours": 398 * 24},
    ],
)
def test_a_generated_certificate_may_last_as_short_and_as_long_as_the_limits(limits: dict[str, Any]) -> None:
    assert list(sites.args(certificate=GeneratedCertificate(**limits)).problems()) == []


def test_a_folder_with_a_file_that_cannot_be_served_is_named(tmp_path: Path) -> None:
    (tmp_path / "no good name").write_text("")

    problems = list(sites.args(content=FolderContent(path=str(tmp_path))).problems())

    assert [problem.field for problem in problems] == ["content.path"]


def test_what_is_given_arrives_where_it_belongs(deploy: Deploy) -> None:
    deployed = deploy(sites.program(certificate=provided(), host_names=("www.example.com",)))

    assert deployed.registered["web"]["ca_certificate"] == CA
    assert deployed.one("ConfigMap", "-ca").inputs["data"] == {"ca.crt": CA}
    assert deployed.one("Secret").inputs["stringData"] == {"tls.crt": WWW, "tls.key": certificates.key_pem("www")}


def test_a_certificate_is_wanted_on_its_last_second_and_not_after() -> None:
    end = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
    certificate = certificates.certificate_pem("www", dns_names=("www.example.com",), not_after=end)
    leaf = x509.load_pem_x509_certificate(certificate.encode())

    def said_at(now: datetime.datetime) -> list[str]:
        return [problem.remedy for problem in _pem.validity_problems("certificate", [leaf], now)]

    assert said_at(end - datetime.timedelta(seconds=1)) == []
    assert said_at(end) == ["has ended; give a certificate that is still valid"]
    assert said_at(certificates.NOT_BEFORE) == []
    assert said_at(certificates.NOT_BEFORE - datetime.timedelta(seconds=1)) == ["has not begun; wait, or set the clock"]


HOSTS = ("www.example.com", "shop.example.com")


def asked_for(**fields: Any) -> CertManagerCertificate:
    return CertManagerCertificate(**{"issuer": "company", "ca": CA, **fields})


def rolling(deploy: Deploy, **changes: Any) -> tuple[Any, Any]:
    """What makes the pods roll, and the output that says so."""
    deployed = deploy(sites.program("web", **{"certificate": asked_for(), "host_names": HOSTS, **changes}))
    return deployed.one("Deployment").inputs["spec"]["template"], deployed.registered["web"]["revision"]


@pytest.mark.parametrize(
    "changes",
    [
        {"host_names": HOSTS[:1]},
        {"host_names": (*HOSTS, "192.0.2.1")},
        {"cluster_domain": "example.internal"},
        {"certificate": asked_for(issuer="other")},
        {"certificate": asked_for(issuer_kind="ClusterIssuer")},
        {"certificate": asked_for(issuer_group="example.com")},
        {"certificate": asked_for(key_algorithm="RSA-2048")},
        {"certificate": asked_for(validity_hours=48, renew_before_hours=12)},
        {"certificate": asked_for(validity_hours=30 * 24 + 1)},
    ],
)
def test_pods_roll_to_what_cert_manager_was_newly_asked_for(deploy: Deploy, changes: dict[str, Any]) -> None:
    template, revision = rolling(deploy)
    new_template, new_revision = rolling(deploy, **changes)

    assert new_template != template
    assert new_revision != revision
    # The Secret keeps its name: only the annotation tells.
    assert new_template["spec"] == template["spec"]
    assert new_template["metadata"]["labels"] == template["metadata"]["labels"]


@pytest.mark.parametrize(
    "changes",
    [
        {"host_names": HOSTS[::-1]},
        {"certificate": asked_for(renew_before_hours=12)},
        {"service": ClusterIP(https_port=8443)},
        {"replicas": 3},
    ],
)
def test_pods_stay_where_the_certificate_in_use_still_serves(deploy: Deploy, changes: dict[str, Any]) -> None:
    assert rolling(deploy, **changes) == rolling(deploy)


@pytest.mark.parametrize("source", [GeneratedCertificate(), provided(), ExistingSecret(secret_name="theirs", ca=CA)])
def test_a_certificate_of_another_source_needs_no_mark_on_the_pods(deploy: Deploy, source: Any) -> None:
    template, revision = rolling(deploy, certificate=source, host_names=HOSTS[:1])

    assert "annotations" not in template["metadata"]
    (tls,) = [each for each in template["spec"]["volumes"] if each["name"] == "tls"]
    assert revision == f"{tls['secret']['secretName']} web-config-0a1b2c3d web-content-0a1b2c3d"


def test_a_public_authority_is_asked_for_the_given_hosts_alone(deploy: Deploy) -> None:
    public = CertManagerCertificate(issuer="public", public_trust=True)
    exposed = NodePort(node_addresses=("10.0.0.7", HOSTS[1]), cluster_ip="10.96.0.7", https_node_port=30443)

    deployed = deploy(sites.program("web", certificate=public, host_names=(*HOSTS, "192.0.2.1"), service=exposed))

    # No public authority may sign a name or an address that means something inside of the cluster alone.
    spec = deployed.one("Certificate").inputs["spec"]
    assert (spec["dnsNames"], spec["ipAddresses"]) == (list(HOSTS), ["192.0.2.1"])
    assert deployed.registered["web"]["urls"] == [
        "https://www.example.com/",
        "https://shop.example.com/",
        "https://192.0.2.1/",
        "https://shop.example.com:30443/",
    ]


def test_a_public_certificate_must_be_for_a_host() -> None:
    public = CertManagerCertificate(issuer="public", public_trust=True)

    for hosts in ((), ("*.example.com",)):
        problems = list(sites.args(certificate=public, host_names=hosts).problems())
        assert [problem.field for problem in problems] == ["host_names"]
    assert not list(sites.args(certificate=asked_for()).problems())
