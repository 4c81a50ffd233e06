"""Real keys and certificates for the mocks, made once: no test depends on their bytes."""

import base64
import datetime
import functools
import textwrap
from collections.abc import Mapping
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import NameOID
from pulumi.runtime import rpc

NOT_BEFORE = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
NOT_AFTER = datetime.datetime(2126, 1, 1, tzinfo=datetime.UTC)


@functools.cache
def key(name: str) -> ec.EllipticCurvePrivateKey:
    """A private key; the same name gives the same key."""
    del name
    return ec.generate_private_key(ec.SECP256R1())


def key_pem(name: str) -> str:
    """PKCS #8 text of a private key."""
    return _key_text(key(name))


@functools.cache
def certificate_pem(
    name: str,
    *,
    dns_names: tuple[str, ...] = (),
    not_before: datetime.datetime = NOT_BEFORE,
    not_after: datetime.datetime = NOT_AFTER,
    ca: bool = False,
    issuer: str = "ca",
    uses: tuple[x509.ObjectIdentifier, ...] = (),
) -> str:
    """A certificate for `key(name)`, signed by `key(issuer)`."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(key(name).public_key())
        .serial_number(0x1F2E3D)
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if dns_names:
        alternatives = x509.SubjectAlternativeName([x509.DNSName(each) for each in dns_names])
        builder = builder.add_extension(alternatives, critical=False)
    if uses:
        builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
    signed = builder.sign(key(issuer), hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM).decode()


@functools.cache
def _rsa_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def rsa_key_pem(bits: int) -> str:
    """PKCS #8 text of an RSA key."""
    return _key_text(_rsa_key(bits))


def rsa_certificate_pem(bits: int) -> str:
    """A certificate for that key, with the name www.example.com."""
    return certificate_for("rsa", _rsa_key(bits).public_key())


def certificate_for(name: str, public_key: CertificatePublicKeyTypes) -> str:
    """A certificate for a key of somebody's, with the name www.example.com."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name("ca"))
        .public_key(public_key)
        .serial_number(1)
        .not_valid_before(NOT_BEFORE)
        .not_valid_after(NOT_AFTER)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("www.example.com")]), critical=False)
    )
    signed = builder.sign(key("ca"), hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM).decode()


def of_unknown_curve(pem: str) -> str:
    """A key or certificate as it would be for a curve that the library does not know, in the place of P-256."""
    begin, *lines, end = pem.splitlines()
    p256, prime239v3 = (bytes.fromhex(f"06082a8648ce3d0301{number}") for number in ("07", "06"))
    data = base64.b64decode("".join(lines)).replace(p256, prime239v3)
    return "\n".join((begin, *textwrap.wrap(base64.b64encode(data).decode(), 64), end, ""))


def computed(token: str, name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """What the tls and random providers compute for a resource."""
    del inputs
    if token.startswith("random:"):
        return {"hex": "0a1b2c3d"}
    kind = token.rpartition(":")[2]
    if kind == "PrivateKey":
        pem = rpc.wrap_rpc_secret(key_pem(name))
        return {"privateKeyPem": pem, "privateKeyPemPkcs8": pem, "publicKeyPem": "PUBLIC"}
    if kind == "CertRequest":
        return {"certRequestPem": "REQUEST"}
    return {"certPem": certificate_pem(name, ca=kind == "SelfSignedCert")}


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])] if common_name else [])


def _key_text(private_key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return private_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
