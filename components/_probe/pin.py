"""The issued certificate in the two forms that the probe needs."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes, serialization

from .. import _pem
from .._problems import Problem, raise_all


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
        ValueError: There is something else than certificates in `pem`, or none that can be read.
    """
    found: list[Problem] = []
    chain = _pem.certificates("certificate_pem", pem, found)
    raise_all("a pinned certificate", found)
    der = chain[0].public_bytes(serialization.Encoding.DER)
    return Pin(base64=base64.b64encode(der).decode("ascii"), sha256=chain[0].fingerprint(hashes.SHA256()).hex())


def problems(field: str, pem: str) -> Iterator[Problem]:
    """`pem` must hold certificates and nothing else."""
    found: list[Problem] = []
    _pem.certificates(field, pem, found)
    yield from found
