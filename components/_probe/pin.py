"""The issued certificate in the two forms that the probe needs."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from .._checks import Problem, raise_all

_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Pin:
    """One certificate.

    The probe compares whole certificates, as curl prints them, and so needs no tool for hashes.

    Attributes:
        base64: The DER form in base64, on one line.
        sha256: Its fingerprint, in lower-case hexadecimal digits.
    """

    base64: str
    sha256: str


def pin_of(pem: str) -> Pin:
    """The pin of the first certificate in `pem`, which is the leaf of a chain.

    Raises:
        ValueError: There is no readable certificate in `pem`.
    """
    der = _der(pem)
    if not der:
        raise_all("a pinned certificate", problems("certificate_pem", pem))
    return Pin(base64=base64.b64encode(der).decode("ascii"), sha256=hashlib.sha256(der).hexdigest())


def problems(field: str, pem: str) -> Iterator[Problem]:
    """`pem` must hold a certificate."""
    if not _der(pem):
        yield Problem(field=field, value="(PEM)", remedy="must be a certificate in PEM, the leaf first")


def _der(pem: str) -> bytes:
    """The first certificate in `pem`; empty if there is none that can be read."""
    block = _BLOCK.search(pem)
    try:
        return base64.b64decode("".join(block[1].split()), validate=True) if block else b""
    except binascii.Error:
        return b""
