"""Certificates that end soon enough, and say for which names they are."""

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping

from policy.files import files
from policy.resource import UNKNOWN, Resource, at, items
from policy.rule import Rule

MAX_DAYS = 90
"""What Mozilla recommends for each of its TLS profiles, and the most that `modern` allows."""

# Go's units. It takes both signs for micro: that of Latin-1 and the Greek letter.
_NANOSECONDS: Mapping[str, int] = {
    "ns": 1,
    **dict.fromkeys(("us", "\u00b5s", "\u03bcs"), 1_000),
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_DURATION = re.compile(rf"(\d+\.?\d*|\.\d+)({'|'.join(_NANOSECONDS)})")
_CERT_MANAGER_DEFAULT = "2160h"
_ISSUERS = ("LocallySignedCert", "SelfSignedCert")
_NAMED = ("CertRequest", "SelfSignedCert")
_SUBJECTS = ("dnsNames", "ipAddresses", "uris")
_CERT_MANAGER_SUBJECTS = (*_SUBJECTS, "emailAddresses", "otherNames")
# Each use as the TLS provider calls it, as cert-manager does, and as a certificate does.
_FOR_CLIENTS = ("client_auth", "client auth", "1.3.6.1.5.5.7.3.2")
_FOR_SERVERS = ("server_auth", "server auth", "1.3.6.1.5.5.7.3.1", "any_extended", "any", "2.5.29.37.0")


def _lifetime(resource: Resource) -> Iterator[str]:
    if resource.kind in _ISSUERS and _is_requested_for_server(resource):
        yield from _too_long("validityPeriodHours", resource.inputs.get("validityPeriodHours"))
    if _is_from_cert_manager(resource):
        yield from _too_long("spec.duration", _hours(at(resource.inputs, "spec", "duration")))
    for place, facts in _served(resource):
        yield from _too_long(place, facts.hours)


def _names(resource: Resource) -> Iterator[str]:
    subjects = (resource.inputs.get(field) for field in _SUBJECTS)
    if resource.kind in _NAMED and _is_requested_for_server(resource) and not any(subjects):
        yield "neither dnsNames nor ipAddresses names anything"
    subjects = (at(resource.inputs, "spec", field) for field in _CERT_MANAGER_SUBJECTS)
    if _is_from_cert_manager(resource) and not resource.is_patch and not any(subjects):
        yield "neither spec.dnsNames nor spec.ipAddresses names anything"
    for place, facts in _served(resource):
        if not facts.names_something:
            yield f"the certificate in {place} has no subject alternative name"


def _too_long(place: str, hours: object) -> Iterator[str]:
    if isinstance(hours, int | float) and hours > MAX_DAYS * 24:
        yield f"{place} amounts to {hours / 24:g} days"


def _hours(duration: object) -> float | None:
    """A duration as Go writes it, in hours; None if it is not known or not one."""
    text = duration or _CERT_MANAGER_DEFAULT
    if not isinstance(text, str):
        return None
    # In the smallest unit first: a sum of fractions of an hour would be off.
    return sum(float(number) * _NANOSECONDS[unit] for number, unit in _DURATION.findall(text)) / _NANOSECONDS["h"]


def _is_requested_for_server(resource: Resource) -> bool:
    authority = resource.inputs.get("isCaCertificate") and not _names_something(resource.inputs, _SUBJECTS)
    return _is_for_server(authority, resource.inputs.get("allowedUses"))


def _is_from_cert_manager(resource: Resource) -> bool:
    spec = resource.inputs.get("spec")
    authority = at(spec, "isCA") and not _names_something(spec, _CERT_MANAGER_SUBJECTS)
    return (
        resource.type.startswith("kubernetes:cert-manager.io/")
        and resource.kind == "Certificate"
        and _is_for_server(authority, at(spec, "usages"))
    )


def _names_something(content: object, subjects: Iterable[str]) -> bool:
    """Whether one of the fields with subject alternative names is known to have some."""
    return any(names for field in subjects if (names := at(content, field)) is not UNKNOWN)


def _is_for_server(authority: object, uses: object) -> bool:
    """Whether a certificate may be a server's: not that of an authority without names, and not for clients alone."""
    named = items(uses)
    for_clients = any(use in _FOR_CLIENTS for use in named) and not any(use in _FOR_SERVERS for use in named)
    return not authority and not for_clients and UNKNOWN not in (uses, *named)


class _Facts:
    """What a certificate says of itself."""

    def __init__(self, pem: str) -> None:
        # Most runs see no certificate in the clear, and loading the library would take longer than all rules.
        from cryptography import x509  # noqa: PLC0415

        leaf = x509.load_pem_x509_certificate(pem.encode())
        # Both ends belong to the time of validity.
        self.hours = (leaf.not_valid_after_utc - leaf.not_valid_before_utc) / datetime.timedelta(hours=1)
        try:
            extensions = [each.value for each in leaf.extensions]
        except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
            # Clients may take it all the same. How long it is valid is known, and of the rest nothing is said.
            self.names_something = self.is_for_server = True
            return
        self.names_something = any(isinstance(each, x509.SubjectAlternativeName) for each in extensions)
        # What names something is a server's, though it may say of itself that it is an authority's, as those that
        # `openssl req -x509` makes.
        authority = any(isinstance(each, x509.BasicConstraints) and each.ca for each in extensions)
        uses = [use.dotted_string for each in extensions if isinstance(each, x509.ExtendedKeyUsage) for use in each]
        self.is_for_server = _is_for_server(authority and not self.names_something, uses)


def _served(resource: Resource) -> Iterator[tuple[str, _Facts]]:
    """Every server's certificate that a Secret holds beside a key, with the place where it is."""
    if resource.kind != "Secret":
        return
    # The API server merges both of a Secret's fields.
    found = list(files(resource))
    if not any("PRIVATE KEY" in text for _, text in found):
        return
    for place, text in found:
        facts = _read(text) if "BEGIN CERTIFICATE" in text else None
        if facts is not None and facts.is_for_server:
            yield place, facts


def _read(pem: str) -> _Facts | None:
    # As late as there.
    from cryptography import x509  # noqa: PLC0415

    try:
        return _Facts(pem)
    except (ValueError, x509.InvalidVersion):
        return None


CERTIFICATE_LIFETIME = Rule(
    name="certificate-lifetime",
    description=f"Servers' certificates are valid for at most {MAX_DAYS} days.",
    check=_lifetime,
    remedy="Issue shorter ones and renew them by schedule: secure-nginx:certificate validityHours.",
)

CERTIFICATE_NAMES = Rule(
    name="certificate-names",
    description="Servers' certificates say in their subject alternative names for whom they are.",
    check=_names,
    remedy="Name the server: strict clients do not look at the common name.",
)
