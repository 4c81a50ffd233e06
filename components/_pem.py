"""Check certificates and keys that are given as PEM text."""

import datetime
import ipaddress
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID

from ._problems import Problem

_SHOWN = "(PEM)"
_LEAST_RSA_BITS = 2048
_CURVES = {"secp256r1", "secp384r1", "secp521r1"}
# What the library cannot read, such as SM2.
_OF_NO_USE = "must have a key that is ECDSA or RSA; issue a new certificate"
# What stands between the dashes of a line that begins or ends a block, be the block whole or not. Names in comments may
# have such words, and no dash before them.
_LABEL = re.compile(r"- ?(?:BEGIN|END) ([A-Z0-9# ]+?) ?-")
_CERTIFICATES = {"CERTIFICATE", "X509 CERTIFICATE"}


def certificates(field: str, pem: str, problems: list[Problem]) -> list[x509.Certificate]:
    """The certificates in `pem`, which is public: whatever else is in it, such as a key, would be published with it.

    A problem is recorded for such a block, for each certificate whose key is of no use, and if there is no certificate.
    """
    if not _CERTIFICATES.issuperset(_LABEL.findall(pem)):
        remedy = "must hold certificates alone; take everything else out, and replace a private key that was in it"
        problems.append(Problem(field=field, value=_SHOWN, remedy=remedy))
    try:
        found = x509.load_pem_x509_certificates(pem.encode())
    except ValueError:
        remedy = "must be one or more certificates as PEM text, beginning with BEGIN CERTIFICATE"
        problems.append(Problem(field=field, value=_SHOWN, remedy=remedy))
        return []
    for each in found:
        problems.extend(_public_key_problems(field, each))
    return found


def key_problems(field: str, pem: str, leaf: x509.Certificate) -> Iterator[Problem]:
    """`pem` must be the unencrypted private key of `leaf`."""
    try:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError):
        remedy = "must be an unencrypted private key as PEM text"
        yield Problem(field=field, value=_SHOWN, remedy=remedy)
        return
    except UnsupportedAlgorithm:
        yield Problem(field=field, value=_SHOWN, remedy=_OF_NO_USE)
        return
    if _public_key(leaf) not in (key.public_key(), None):
        remedy = "must be the key of the first certificate; give the pair that belongs together"
        yield Problem(field=field, value=_SHOWN, remedy=remedy)


def validity_problems(field: str, chain: Sequence[x509.Certificate], now: datetime.datetime) -> Iterator[Problem]:
    """The leaf of `chain` must be valid at `now`, and so must what issued it.

    Not so what is above, which may be a root or stand for one: clients take their own in its place.
    """
    for place, each in itertools.islice(_placed(chain), 2):
        if each is chain[0] or each.subject != each.issuer:
            yield from _time_problems(field, place, each, now)


def use_problems(field: str, chain: Sequence[x509.Certificate]) -> Iterator[Problem]:
    """If the first of `chain` says what its key may be used for, servers must be among it."""
    place, leaf = next(_placed(chain))
    try:
        uses = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return
    # Not even "any" use is enough for OpenSSL.
    if ExtendedKeyUsageOID.SERVER_AUTH not in uses:
        remedy = "has an extended key usage without serverAuth, so clients refuse it; issue it for servers, or without "
        yield Problem(field=field, value=place, remedy=f"{remedy}that extension")


def leaf_key_problems(field: str, leaf: x509.Certificate) -> Iterator[Problem]:
    """The key of `leaf` must be of a kind for which TLS clients and servers have a signature in common."""
    key = _public_key(leaf)
    common = isinstance(key, rsa.RSAPublicKey | ed25519.Ed25519PublicKey) or (
        isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES
    )
    if key is not None and not common:
        remedy = "must have a key that is RSA, Ed25519, or ECDSA on P-256, P-384 or P-521; issue a new certificate"
        yield Problem(field=field, value=_subject(leaf), remedy=remedy)


def name_problems(field: str, leaf: x509.Certificate, hosts: Iterable[str]) -> Iterator[Problem]:
    """The alternative names of `leaf` must cover every one of `hosts`."""
    names, addresses = _alternative_names(leaf)
    for host in hosts:
        if not _covers(names, addresses, host):
            remedy = f"does not cover {host!r}; issue it for that name, or change host_names"
            yield Problem(field=field, value=[*names, *addresses], remedy=remedy)


def chain_problems(field: str, chain: list[x509.Certificate], authorities: list[x509.Certificate]) -> Iterator[Problem]:
    """Each certificate must be issued by the next, the last one by one of `authorities`."""
    for issued, issuer in itertools.pairwise(chain):
        if not _issued_by(issued, issuer):
            remedy = "is not signed by the next one; order the chain from the leaf upwards"
            yield Problem(field=field, value=_subject(issued), remedy=remedy)
    if authorities and not any(_issued_by(chain[-1], each) for each in authorities):
        remedy = "is not signed by the given CA; add the intermediates, or give the right CA"
        yield Problem(field=field, value=_subject(chain[-1]), remedy=remedy)


def trust_problems(
    field: str, chain: Sequence[x509.Certificate], authorities: Sequence[x509.Certificate], now: datetime.datetime
) -> Iterator[Problem]:
    """Of the `authorities` that signed any of `chain`, one must be valid at `now`; old ones may stay beside it."""
    signers = [(place, each) for place, each in _placed(authorities) if any(_issued_by(one, each) for one in chain)]
    found = [list(_time_problems(field, place, each, now)) for place, each in signers]
    if all(found):
        yield from itertools.chain.from_iterable(found)


def authority_problems(field: str, authorities: list[x509.Certificate]) -> Iterator[Problem]:
    """Every one of `authorities` must be a CA's certificate."""
    for each in authorities:
        try:
            authority = each.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        except x509.ExtensionNotFound:
            authority = False
        if not authority:
            remedy = "is not a CA certificate; give the CA that signed the certificate"
            yield Problem(field=field, value=_subject(each), remedy=remedy)


def _time_problems(field: str, place: str, each: x509.Certificate, now: datetime.datetime) -> Iterator[Problem]:
    if now >= each.not_valid_after_utc:
        remedy = "has ended; give a certificate that is still valid"
        yield Problem(field=field, value=f"{place}, valid to {each.not_valid_after_utc}", remedy=remedy)
    if now < each.not_valid_before_utc:
        remedy = "has not begun; wait, or set the clock"
        yield Problem(field=field, value=f"{place}, valid from {each.not_valid_before_utc}", remedy=remedy)


def _placed(found: Sequence[x509.Certificate]) -> Iterator[tuple[str, x509.Certificate]]:
    """Each certificate with its subject, if it has one, and its place."""
    for number, each in enumerate(found, 1):
        yield ", ".join(filter(None, (_subject(each), f"number {number} of {len(found)}"))), each


def _public_key_problems(field: str, certificate: x509.Certificate) -> Iterator[Problem]:
    key = _public_key(certificate)
    if key is None:
        yield Problem(field=field, value=_subject(certificate), remedy=_OF_NO_USE)
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < _LEAST_RSA_BITS:
        remedy = f"must have a key of {_LEAST_RSA_BITS} bits at least; issue a new certificate"
        yield Problem(field=field, value=f"{_subject(certificate)}: RSA of {key.key_size} bits", remedy=remedy)


def _public_key(certificate: x509.Certificate) -> CertificatePublicKeyTypes | None:
    try:
        return certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return None


def _alternative_names(leaf: x509.Certificate) -> tuple[list[str], list[str]]:
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return [], []
    return (
        [name.lower() for name in names.get_values_for_type(x509.DNSName)],
        [str(address) for address in names.get_values_for_type(x509.IPAddress)],
    )


def _covers(names: list[str], addresses: list[str], host: str) -> bool:
    try:
        return str(ipaddress.ip_address(host)) in addresses
    except ValueError:
        _, _, parent = host.partition(".")
        return host in names or f"*.{parent}" in names


def _issued_by(issued: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        issued.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _subject(certificate: x509.Certificate) -> str:
    return certificate.subject.rfc4514_string()
