"""Certificates at the edges of what is allowed, and what of somebody else's ones reaches clients."""

import datetime
import ipaddress
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from components import CertManagerCertificate, FolderContent, GeneratedCertificate, ProvidedCertificate, _pem
from tests.unit import certificates, sites
from tests.unit.harness import Deployed

CA = certificates.certificate_pem("ca", ca=True)
WWW = certificates.certificate_pem("www", dns_names=("www.example.com",))
Deploy = Callable[..., Deployed]


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
        {"validity_hours": 1, "renew_before_hours": 0, "ca_validity_hours": 2, "ca_renew_before_hours": 1},
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
        return [problem.remedy for problem in _pem.validity_problems("certificate", leaf, now)]

    assert said_at(end - datetime.timedelta(seconds=1)) == []
    assert said_at(end) == ["has ended; give a certificate that is still valid"]
    assert said_at(certificates.NOT_BEFORE) == []
    assert said_at(certificates.NOT_BEFORE - datetime.timedelta(seconds=1)) == ["has not begun; wait, or set the clock"]
