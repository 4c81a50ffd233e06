"""Certificates that are asked for, issued, or held by a Secret."""

import datetime
import ssl
import textwrap
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from policy.resource import UNKNOWN, Resource
from tests.unit import certificates
from tests.unit.policy import objects
from tests.unit.policy.objects import b64, broken, messages

LEAF = "tls:index/locallySignedCert:LocallySignedCert"
SELF_SIGNED = "tls:index/selfSignedCert:SelfSignedCert"
REQUEST = "tls:index/certRequest:CertRequest"
CERT_MANAGER = "kubernetes:cert-manager.io/v1:Certificate"
# The number of the extension that nobody knows, as a certificate has it, and those of two that everybody does.
UNKNOWN_EXTENSION, SUBJECT_NAMES, USES = b"\x55\x1d\x63", b"\x55\x1d\x11", b"\x55\x1d\x25"
NOTHING: Mapping[bytes, bytes] = MappingProxyType({})
UNNAMED = "neither dnsNames nor ipAddresses names anything"


def leaf(days: float, *names: str, ca: bool = False) -> str:
    return certificates.certificate_pem(
        "leaf", dns_names=names, not_after=certificates.NOT_BEFORE + datetime.timedelta(days=days), ca=ca
    )


def leaf_for(*uses: x509.ObjectIdentifier, more: bytes = b"", changes: Mapping[bytes, bytes] = NOTHING) -> str:
    """A certificate for ten years without names, for some uses alone.

    Args:
        uses: The uses.
        more: The value of one more extension, that nobody knows.
        changes: What of the certificate is replaced by what.
    """
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "leaf")])
    signed = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=certificates.key("leaf").public_key())
        .serial_number(1)
        .not_valid_before(certificates.NOT_BEFORE)
        .not_valid_after(certificates.NOT_BEFORE + datetime.timedelta(days=3650))
        .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        .add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.99"), more), critical=False)
        .sign(certificates.key("ca"), hashes.SHA256())
    )
    der = signed.public_bytes(serialization.Encoding.DER)
    for found, changed in changes.items():
        assert found in der
        der = der.replace(found, changed)
    return ssl.DER_cert_to_PEM_cert(der)


def secret(**inputs: dict[str, str]) -> Resource:
    return Resource(type=objects.SECRET, inputs=inputs)


def tls_secret(field: str, certificate: str, **more: str) -> Resource:
    values = {"tls.crt": certificate, "tls.key": certificates.key_pem("leaf"), **more}
    encoded = {name: b64(text) for name, text in values.items()}
    return secret(**{field: encoded if field == "data" else values})


@pytest.mark.parametrize("kind", [LEAF, SELF_SIGNED])
def test_an_issued_certificate_ends_soon(kind: str) -> None:
    def certificate(**inputs: Any) -> list[str]:
        return messages(Resource(type=kind, inputs=inputs), "certificate-lifetime")

    assert certificate(validityPeriodHours=90 * 24.0) == []
    assert certificate(validityPeriodHours=UNKNOWN) == []
    assert certificate(validityPeriodHours=87600.0, isCaCertificate=True) == []
    assert certificate(validityPeriodHours=90 * 24 + 12) == ["validityPeriodHours amounts to 90.5 days"]


@pytest.mark.parametrize(
    ("subjects", "is_server"),
    [
        ({}, False),
        ({"dnsNames": []}, False),
        ({"dnsNames": UNKNOWN}, False),
        ({"dnsNames": ["shop"]}, True),
        ({"dnsNames": [UNKNOWN]}, True),
        ({"ipAddresses": ["10.0.0.1"]}, True),
        ({"ipAddresses": UNKNOWN, "uris": ["spiffe://shop"]}, True),
    ],
    ids=str,
)
@pytest.mark.parametrize("is_authority", [True, UNKNOWN], ids=str)
def test_what_names_something_is_a_servers_though_it_is_asked_for_as_an_authoritys(
    subjects: dict[str, Any], is_server: bool, is_authority: object
) -> None:
    expected = {"certificate-lifetime"} if is_server else set()
    own = {"isCaCertificate": is_authority, "allowedUses": ["server_auth"], "validityPeriodHours": 87600}
    spec = {"isCA": is_authority, "usages": ["server auth"], "duration": "87600h"}

    assert broken(Resource(type=SELF_SIGNED, inputs={**own, **subjects})) == expected
    assert broken(Resource(type=CERT_MANAGER, inputs={"spec": {**spec, **subjects}})) == expected


@pytest.mark.parametrize(
    ("uses", "is_judged"),
    [
        (["client auth", "digital signature"], False),
        (["client auth", UNKNOWN], False),
        (UNKNOWN, False),
        (["client auth", "server auth"], True),
        (["client auth", "any"], True),
        (["digital signature"], True),
        ([], True),
        pytest.param([["client auth"]], True, id="list"),
        pytest.param([{"client auth": "client auth"}], True, id="mapping"),
    ],
)
def test_cert_managers_certificate_for_clients_alone_is_no_servers(uses: Any, is_judged: bool) -> None:
    asked = Resource(type=CERT_MANAGER, inputs={"spec": {"usages": uses, "duration": "8760h"}})

    assert broken(asked) == ({"certificate-lifetime", "certificate-names"} if is_judged else set())


@pytest.mark.parametrize(
    ("uses", "is_judged"),
    [
        (["client_auth", "digital_signature"], False),
        (UNKNOWN, False),
        (["client_auth", "server_auth"], True),
        (["client_auth", "any_extended"], True),
        (None, True),
        pytest.param([["client_auth"]], True, id="list"),
    ],
)
def test_an_issued_certificate_for_clients_alone_is_no_servers(uses: Any, is_judged: bool) -> None:
    issued = Resource(type=SELF_SIGNED, inputs={"allowedUses": uses, "validityPeriodHours": 8760})

    assert broken(issued) == ({"certificate-lifetime", "certificate-names"} if is_judged else set())


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ({}, None),
        ({"duration": "2160h0m0s"}, None),
        ({"duration": UNKNOWN}, None),
        ({"duration": "87600h", "isCA": True}, None),
        ({"duration": "3600000ms"}, None),
        ({"duration": "7776000000000000ns"}, None),
        ({"duration": "8760h"}, "spec.duration amounts to 365 days"),
        ({"duration": "2160h30m3600s"}, "spec.duration amounts to 90.0625 days"),
        ({"duration": "31536000000000000ns"}, "spec.duration amounts to 365 days"),
        ({"duration": "31536000000000us"}, "spec.duration amounts to 365 days"),
        ({"duration": "31536000000000\u00b5s"}, "spec.duration amounts to 365 days"),
        ({"duration": "31536000000000\u03bcs"}, "spec.duration amounts to 365 days"),
        ({"duration": "31536000000ms"}, "spec.duration amounts to 365 days"),
        ({"duration": "2160.h.5h"}, "spec.duration amounts to 90.0208 days"),
    ],
)
def test_cert_manager_is_asked_for_one_that_ends_soon(spec: dict[str, Any], problem: str | None) -> None:
    found = messages(Resource(type=CERT_MANAGER, inputs={"spec": spec}), "certificate-lifetime")

    assert found == ([problem] if problem else [])


@pytest.mark.parametrize("kind", [REQUEST, SELF_SIGNED])
def test_a_certificate_is_asked_for_with_names(kind: str) -> None:
    def certificate(**inputs: Any) -> list[str]:
        return messages(Resource(type=kind, inputs=inputs), "certificate-names")

    assert certificate(subject={"commonName": "shop"}) == [UNNAMED]
    assert certificate(dnsNames=["shop"]) == []
    assert certificate(ipAddresses=UNKNOWN) == []
    assert certificate(uris=["spiffe://shop"]) == []
    assert certificate(isCaCertificate=True) == []


def test_cert_manager_is_asked_for_one_with_names() -> None:
    def certificate(**spec: Any) -> list[str]:
        return messages(Resource(type=CERT_MANAGER, inputs={"spec": spec}), "certificate-names")

    assert certificate(commonName="a") == ["neither spec.dnsNames nor spec.ipAddresses names anything"]
    assert certificate(dnsNames=["a"]) == []
    assert certificate(commonName="a", isCA=True) == []
    assert certificate(commonName="a", isCA=UNKNOWN) == []


@pytest.mark.parametrize(
    "kind", ["kubernetes:cert-manager.io/v1:Issuer", "kubernetes:example.com/v1:Certificate"], ids=["issuer", "foreign"]
)
def test_only_cert_managers_certificates_are_asked_of_cert_manager(kind: str) -> None:
    spec = {"duration": "87600h", "commonName": "a"}

    assert broken(Resource(type=CERT_MANAGER, inputs={"spec": spec})) == {"certificate-lifetime", "certificate-names"}
    assert broken(Resource(type=kind, inputs={"spec": spec})) == set()


@pytest.mark.parametrize("field", ["data", "stringData"])
def test_a_certificate_of_unknown_origin_is_read(field: str) -> None:
    assert broken(tls_secret(field, leaf(90, "shop"))) == set()
    assert messages(tls_secret(field, leaf(366, "shop")), "certificate-lifetime") == [
        f"{field}.tls.crt amounts to 366 days"
    ]
    assert messages(tls_secret(field, leaf(1)), "certificate-names") == [
        f"the certificate in {field}.tls.crt has no subject alternative name"
    ]


def test_a_certificate_is_read_in_whatever_form_the_api_server_takes_it() -> None:
    certificate, key = leaf(366, "shop"), certificates.key_pem("leaf")
    lines = {"tls.crt": "\n".join(textwrap.wrap(b64(certificate), 76)), "tls.key": f"{b64(key)}\n"}

    for divided in (
        secret(data=lines),
        secret(stringData={"tls.crt": certificate}, data={"tls.key": b64(key)}),
        secret(stringData={"tls.key": key}, data={"tls.crt": b64(certificate)}),
    ):
        assert broken(divided) == {"certificate-lifetime"}


def test_authorities_and_clients_may_be_beside_a_key() -> None:
    authority = leaf(3650, ca=True)

    assert broken(tls_secret("data", authority)) == set()
    assert broken(tls_secret("data", leaf(90, "shop"), **{"ca.crt": authority})) == set()
    assert broken(tls_secret("data", leaf_for(ExtendedKeyUsageOID.CLIENT_AUTH))) == set()


def test_a_server_that_vouches_for_itself_is_a_server() -> None:
    client, server = ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH

    assert broken(tls_secret("data", leaf(3650, "shop", ca=True))) == {"certificate-lifetime"}
    assert broken(tls_secret("data", leaf_for(client, server))) == {"certificate-lifetime", "certificate-names"}


@pytest.mark.parametrize(
    ("more", "changes"),
    [(b"", {UNKNOWN_EXTENSION: USES}), (b"0\x04\xa3\x020\0", {UNKNOWN_EXTENSION: SUBJECT_NAMES})],
    ids=["twice", "name"],
)
def test_of_a_certificate_whose_extensions_nobody_reads_the_lifetime_is_judged(
    more: bytes, changes: Mapping[bytes, bytes]
) -> None:
    certificate = leaf_for(ExtendedKeyUsageOID.CLIENT_AUTH, more=more, changes=changes)

    assert broken(tls_secret("data", certificate)) == {"certificate-lifetime"}


def test_a_certificate_of_a_version_that_nobody_reads_is_not_judged() -> None:
    version = {b"\xa0\x03\x02\x01\x02": b"\xa0\x03\x02\x01\x07"}

    assert broken(tls_secret("data", leaf_for(ExtendedKeyUsageOID.SERVER_AUTH, changes=version))) == set()


def test_only_certificates_beside_a_key_are_a_servers() -> None:
    authority = secret(stringData={"ca.crt": leaf(3650)})
    damaged = tls_secret("stringData", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n")

    assert broken(authority) == set()
    assert broken(damaged) == set()
