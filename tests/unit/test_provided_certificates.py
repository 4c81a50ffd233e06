"""Certificates given as text: what of a chain, of its authorities and of its end is known before pods roll to it."""

import datetime
import json
from typing import Any

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from components import ProvidedCertificate
from site_settings import ProbeSettings, SiteExpectations, SiteSettings
from tests.unit import certificates, sites
from tests.unit.certificates import certificate_pem
from tests.unit.test_settings import IMAGE, MINIMAL, complaints

HOST = ("www.example.com",)
PAST = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
FUTURE = datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC)
KEY = certificates.key_pem("www")
LEAF = certificate_pem("www", dns_names=HOST, issuer="middle")
MIDDLE = certificate_pem("middle", ca=True)
MIDDLE_ENDED = certificate_pem("middle", ca=True, not_after=PAST)
MIDDLE_TO_COME = certificate_pem("middle", ca=True, not_before=FUTURE)
CA = certificate_pem("ca", ca=True)
CA_ENDED = certificate_pem("ca", ca=True, not_after=PAST)
CA_TO_COME = certificate_pem("ca", ca=True, not_before=FUTURE)
STRANGER = certificate_pem("stranger", ca=True, issuer="stranger")
STRANGER_ENDED = certificate_pem("stranger", ca=True, issuer="stranger", not_after=PAST)
ENDED = "valid to 2026-01-02 00:00:00+00:00' has ended; give a certificate that is still valid"
TO_COME = "valid from 2100-01-01 00:00:00+00:00' has not begun; wait, or set the clock"


def provided(**changes: Any) -> ProvidedCertificate:
    return ProvidedCertificate(**{"certificate": LEAF + MIDDLE, "private_key": KEY, "ca": CA, **changes})


def said_of(**changes: Any) -> list[str]:
    found = sites.args(certificate=provided(**changes), host_names=HOST).problems()
    return [str(problem).removeprefix("certificate.") for problem in found]


@pytest.mark.parametrize(
    ("chain", "complaint"),
    [
        (LEAF + MIDDLE_ENDED, f"certificate: 'CN=middle, number 2 of 2, {ENDED}"),
        (LEAF + MIDDLE_TO_COME, f"certificate: 'CN=middle, number 2 of 2, {TO_COME}"),
        (LEAF + MIDDLE_ENDED + CA, f"certificate: 'CN=middle, number 2 of 3, {ENDED}"),
        # Clients take the root that they have; this one is sent for nothing.
        (LEAF + MIDDLE + CA_ENDED, None),
    ],
    ids=["ended", "to come", "ended below a root", "root ended"],
)
@pytest.mark.parametrize(
    "trust", [{}, {"ca": None, "public_trust": True}, {"ca": None, "ca_config_map": "ca"}], ids=["ca", "public", "name"]
)
def test_every_intermediate_is_valid_now(chain: str, complaint: str | None, trust: dict[str, Any]) -> None:
    assert said_of(certificate=chain, **trust) == ([complaint] if complaint else [])


def test_a_certificate_that_signed_itself_is_no_root_of_others() -> None:
    own = certificate_pem("www", dns_names=HOST, issuer="www", ca=True, not_after=PAST)

    assert said_of(certificate=own, ca=own) == [
        f"{field}: 'CN=www, number 1 of 1, {ENDED}" for field in ("certificate", "ca")
    ]


def test_a_certificate_without_a_subject_is_told_by_its_place() -> None:
    nameless = certificate_pem("", dns_names=HOST, not_after=PAST)

    found = said_of(certificate=nameless, private_key=certificates.key_pem(""))

    assert found == [f"certificate: 'number 1 of 1, {ENDED}"]


@pytest.mark.parametrize(
    ("authorities", "complaint"),
    [
        (CA_ENDED, f"ca: 'CN=ca, number 1 of 1, {ENDED}"),
        (CA_TO_COME, f"ca: 'CN=ca, number 1 of 1, {TO_COME}"),
        # Of one that signed nothing here it does not matter how long it is valid.
        (STRANGER + CA_ENDED, f"ca: 'CN=ca, number 2 of 2, {ENDED}"),
        (STRANGER_ENDED + CA, None),
        # The old one and the new one, of the same name and key.
        (CA_ENDED + CA, None),
        (CA + CA_TO_COME, None),
        # Clients stop at the first that they trust.
        (MIDDLE + CA_ENDED, None),
    ],
    ids=["ended", "to come", "another valid", "another ended", "old and new", "now and next", "further down"],
)
def test_one_authority_that_signed_the_chain_is_valid_now(authorities: str, complaint: str | None) -> None:
    assert said_of(ca=authorities) == ([complaint] if complaint else [])


def test_every_authority_that_could_have_been_trusted_is_named() -> None:
    assert said_of(ca=CA_ENDED + CA_TO_COME) == [
        f"ca: 'CN=ca, number 1 of 2, {ENDED}",
        f"ca: 'CN=ca, number 2 of 2, {TO_COME}",
    ]


@pytest.mark.parametrize(
    ("uses", "fits"),
    [
        ((), True),
        ((ExtendedKeyUsageOID.SERVER_AUTH,), True),
        ((ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH), True),
        ((ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,), False),
        ((ExtendedKeyUsageOID.CLIENT_AUTH,), False),
        ((ExtendedKeyUsageOID.CODE_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION), False),
    ],
    ids=["nothing said", "servers", "clients and servers", "anything", "clients", "neither"],
)
def test_a_certificate_is_for_servers(uses: tuple[Any, ...], fits: bool) -> None:
    leaf = certificate_pem("www", dns_names=HOST, issuer="middle", uses=uses)

    assert said_of(certificate=leaf + MIDDLE) == (
        []
        if fits
        else [
            "certificate: 'CN=www, number 1 of 2' has an extended key usage without serverAuth, so clients refuse it; "
            "issue it for servers, or without that extension"
        ]
    )


def lasting(**time: int) -> str:
    """A certificate that ends so long from now."""
    end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(**time)
    return certificate_pem("www", dns_names=HOST, not_after=end.replace(microsecond=0))


def days_asked_of(certificate: str, days: int | None, **changes: Any) -> list[str]:
    """What is said of the days that the probe of a site asks for."""
    probe = {"image": IMAGE, "expect": SiteExpectations(min_days_left=days), **changes.pop("probe", {})}
    source = provided(certificate=certificate)
    values = {"namespace": "shop", "image": IMAGE, "host_names": HOST, "certificate": source, **changes}
    found = SiteSettings(**values, probe=ProbeSettings(**probe)).problems()
    return [str(problem) for problem in found if problem.field == "probe.expect.min_days_left"]


@pytest.mark.parametrize(
    ("days", "most"),
    [(None, None), (29, None), (30, None), (31, 30)],
    ids=["none asked for", "more", "as many", "fewer"],
)
def test_a_given_certificate_has_the_days_left_that_the_probe_asks_for(days: int | None, most: int | None) -> None:
    said = f"{days} must be at most {most}, the days that the certificate has left; or give one that ends later"

    assert days_asked_of(lasting(days=30, hours=1), days) == ([f"probe.expect.min_days_left: {said}"] if most else [])


@pytest.mark.parametrize(
    ("certificate", "asked"),
    [("PEM", 1), (LEAF, 1), (certificate_pem("www", dns_names=HOST, not_after=PAST), 1), (lasting(hours=1), 0)],
    ids=["unreadable", "long", "ended", "last day"],
)
def test_days_are_counted_of_a_certificate_that_still_has_some(certificate: str, asked: int) -> None:
    assert days_asked_of(certificate, asked) == []


@pytest.mark.parametrize(
    "changes", [{"replicas": 0}, {"probe": {"job": False}}], ids=["site rests", "nothing waits for the probe"]
)
def test_days_that_no_update_waits_for_refuse_none(changes: dict[str, Any]) -> None:
    assert days_asked_of(lasting(days=2), 31, **changes) == []


def test_days_left_are_named_by_their_key() -> None:
    certificate = {"source": "provided", "certificate": lasting(days=5, hours=1), "privateKey": KEY, "ca": CA}
    values = {**MINIMAL, "hostNames": list(HOST), "certificate": json.dumps(certificate)}

    (complaint,) = complaints(
        {**values, "probe": {"image": IMAGE, "expect": {"minDaysLeft": 6}}}, "secure-nginx:certificate"
    )

    assert complaint.startswith("secure-nginx:probe.expect.minDaysLeft: 6 must be at most 5, ")
