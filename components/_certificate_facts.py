"""Read the public facts of a certificate from its PEM text."""

import datetime
from typing import TypedDict

from cryptography import x509
from cryptography.hazmat.primitives import hashes


class CertificateFacts(TypedDict):
    """Facts about the certificate in use; times are in UTC, as RFC 3339."""

    fingerprintSha256: str
    serial: str
    notAfter: str
    renewAfter: str | None


def facts(pem: str | None, renew_before_hours: int | None) -> CertificateFacts | None:
    """The facts of the first certificate in `pem`, or None without one.

    `renewAfter` is the time from which `pulumi up` renews, or None if others renew.
    """
    if pem is None:
        return None
    certificate = x509.load_pem_x509_certificate(pem.encode())
    end = certificate.not_valid_after_utc
    renew = None
    if renew_before_hours is not None:
        renew = _rfc3339(end - datetime.timedelta(hours=renew_before_hours))
    return CertificateFacts(
        fingerprintSha256=certificate.fingerprint(hashes.SHA256()).hex(),
        serial=f"{certificate.serial_number:x}",
        notAfter=_rfc3339(end),
        renewAfter=renew,
    )


def _rfc3339(moment: datetime.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
