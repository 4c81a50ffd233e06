"""Certificates given as text: what of a chain and of its authorities is known before pods roll to it."""

import datetime
from typing import Any

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from components import ProvidedCertificate
from tests.unit import certificates, sites
from tests.unit.certificates import certificate_pem

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
def test_what_issued_the_leaf_is_valid_now(chain: str, complaint: str | None, trust: dict[str, Any]) -> None:
    assert said_of(certificate=chain, **trust) == ([complaint] if complaint else [])


def test_a_root_that_an_older_one_signed_stands_for_the_one_that_clients_have() -> None:
    cross_signed = certificate_pem("ca", ca=True, issuer="old", not_after=PAST)

    assert said_of(certificate=LEAF + MIDDLE + cross_signed, ca=None, public_trust=True) == []


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


def test_a_key_that_becomes_known_late_is_that_of_the_first_certificate_alone() -> None:
    assert list(provided().key_problems(KEY)) == []
    assert [problem.field for problem in provided().key_problems(certificates.key_pem("middle"))] == ["private_key"]
