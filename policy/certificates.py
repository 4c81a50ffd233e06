"""Certificates that end soon enough, and say for which names they are."""

import datetime
import re
from collections.abc import Iterator, Mapping
from typing import Any

from policy.resource import Resource, at, decoded, mapping
from policy.rule import Rule

MAX_DAYS = 90
"""What Mozilla recommends for each of its TLS profiles, and the most that `modern` allows."""

_HOUR_UNITS: Mapping[str, float] = {"h": 1, "m": 1 / 60, "s": 1 / 3600}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(h|m|s)")
_CERT_MANAGER_DEFAULT = "2160h"
_ISSUERS = ("LocallySignedCert", "SelfSignedCert")
_SUBJECTS = ("dnsNames", "ipAddresses")
_CERT_MANAGER_SUBJECTS = (*_SUBJECTS, "uris", "emailAddresses", "otherNames")


def _lifetime(resource: Resource) -> Iterator[str]:
    if resource.kind in _ISSUERS and not resource.inputs.get("isCaCertificate"):
        yield from _too_long("validityPeriodHours", resource.inputs.get("validityPeriodHours"))
    if _is_from_cert_manager(resource) and not at(resource.inputs, "spec", "isCA"):
        yield from _too_long("spec.duration", _hours(at(resource.inputs, "spec", "duration")))
    for place, facts in _served(resource):
        yield from _too_long(place, facts.hours)


def _names(resource: Resource) -> Iterator[str]:
    if resource.kind == "CertRequest" and not any(resource.inputs.get(field) for field in _SUBJECTS):
        yield "neither dnsNames nor ipAddresses names anything"
    subjects = (at(resource.inputs, "spec", field) for field in _CERT_MANAGER_SUBJECTS)
    if _is_from_cert_manager(resource) and not any(subjects):
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
    return sum(float(number) * _HOUR_UNITS[unit] for number, unit in _DURATION.findall(text))


def _is_from_cert_manager(resource: Resource) -> bool:
    return resource.type.startswith("kubernetes:cert-manager.io/") and resource.kind == "Certificate"


class _Facts:
    """What a served certificate says of itself."""

    def __init__(self, pem: str) -> None:
        # Most runs see no certificate in the clear, and loading the library would take longer than all rules.
        from cryptography import x509  # noqa: PLC0415

        leaf = x509.load_pem_x509_certificate(pem.encode())
        # Both ends belong to the time of validity.
        self.hours = (leaf.not_valid_after_utc - leaf.not_valid_before_utc) / datetime.timedelta(hours=1)
        self.names_something = any(isinstance(each.value, x509.SubjectAlternativeName) for each in leaf.extensions)


def _served(resource: Resource) -> Iterator[tuple[str, _Facts]]:
    """Every certificate that a Secret holds beside its key, with the place where it is."""
    if not resource.is_kubernetes or resource.kind != "Secret":
        return
    clear = mapping(resource.inputs.get("stringData"))
    data = {name: decoded(text) for name, text in mapping(resource.inputs.get("data")).items()}
    for field, values in (("stringData", clear), ("data", data)):
        if not any(_holds(text, "PRIVATE KEY") for text in values.values()):
            continue
        for name, text in values.items():
            if _holds(text, "BEGIN CERTIFICATE"):
                facts = _read(text)
                if facts is not None:
                    yield f"{field}.{name}", facts


def _holds(text: Any, what: str) -> bool:
    return isinstance(text, str) and what in text


def _read(pem: str) -> _Facts | None:
    try:
        return _Facts(pem)
    except ValueError:
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
