"""Turn a certificate source into what nginx mounts and what clients trust."""

import hashlib
from typing import assert_never

import pulumi
from pulumi_kubernetes import apiextensions

from . import _generated_certificate
from ._issued import Issued, TlsFiles, ca_config_map, tls_secret
from ._names import SubjectNames
from ._problems import nested, raise_all
from ._site import Site
from .certificate import (
    CertManagerCertificate,
    ExistingSecret,
    GeneratedCertificate,
    ProvidedCertificate,
)


def issue(site: Site) -> Issued:
    """Create what the site's certificate source asks for."""
    source = site.args.certificate
    match source:
        case GeneratedCertificate():
            return _generated_certificate.generate(site, source)
        case ProvidedCertificate():
            return _provided(site, source)
        case ExistingSecret():
            return _existing(site, source)
        case CertManagerCertificate():
            return _cert_manager(site, source)
        case _:
            assert_never(source)


def _provided(site: Site, source: ProvidedCertificate) -> Issued:
    # A key that is text has been checked with all other arguments, which for a long one takes a third of a second.
    private_key = source.private_key if isinstance(source.private_key, str) else _checked_key(site, source)
    return Issued(
        files=tls_secret(site, source.secret_layout, source.certificate, private_key),
        certificate_pem=pulumi.Output.from_input(source.certificate),
        ca_pem=pulumi.Output.from_input(source.ca),
        ca_config_map=_trust(site, source),
    )


def _checked_key(site: Site, source: ProvidedCertificate) -> pulumi.Output[str]:
    """The key, checked once it is known."""

    def checked(key: str | None) -> str:
        raise_all(site.subject, nested("certificate", source.key_problems(key)))
        return str(key)

    return pulumi.Output.secret(source.private_key).apply(checked)


def _existing(site: Site, source: ExistingSecret) -> Issued:
    return Issued(
        files=TlsFiles(
            secret=source.secret_name,
            certificate_key=source.certificate_key,
            private_key_key=source.private_key_key,
            renewed_in_place=True,
        ),
        certificate_pem=pulumi.Output.from_input(None),
        ca_pem=pulumi.Output.from_input(source.ca),
        ca_config_map=_trust(site, source),
    )


def _cert_manager(site: Site, source: CertManagerCertificate) -> Issued:
    name = f"{site.name}-tls"
    certificate = apiextensions.CustomResource(
        f"{site.name}-certificate",
        api_version="cert-manager.io/v1",
        kind="Certificate",
        metadata=site.metadata(name, {"pulumi.com/waitFor": "condition=Ready"}),
        spec=site.subjects.apply(lambda subjects: certificate_spec(name, source, subjects)),
        opts=site.child,
    )
    return Issued(
        files=TlsFiles(
            # The Secret bears the Certificate's name, and so exists once that is ready.
            secret=pulumi.get(certificate, "metadata")["name"],
            certificate_key="tls.crt",
            private_key_key="tls.key",
            renewed_in_place=True,
            request=site.subjects.apply(lambda subjects: _request_digest(source, subjects)),
        ),
        certificate_pem=pulumi.Output.from_input(None),
        ca_pem=pulumi.Output.from_input(source.ca),
        ca_config_map=_trust(site, source),
    )


def _request_digest(source: CertManagerCertificate, subjects: SubjectNames) -> str:
    """Changes when cert-manager issues another certificate at once, so that no pod is left with the one of before."""
    issuer = (source.issuer, source.issuer_kind, source.issuer_group)
    text = repr((issuer, source.key_algorithm, source.validity_hours, sorted(subjects.dns), sorted(subjects.ip)))
    return hashlib.sha256(text.encode()).hexdigest()


def certificate_spec(secret_name: str, source: CertManagerCertificate, subjects: SubjectNames) -> dict[str, object]:
    """Spec of cert-manager's Certificate."""
    algorithm, _, size = source.key_algorithm.partition("-")
    return {
        "secretName": secret_name,
        "issuerRef": {
            "name": source.issuer,
            "kind": source.issuer_kind,
            "group": source.issuer_group,
        },
        "duration": f"{source.validity_hours}h",
        "renewBefore": f"{source.renew_before_hours}h",
        "privateKey": {
            "algorithm": algorithm,
            "size": int(size.removeprefix("P")),
            "rotationPolicy": "Always",
        },
        "usages": ["digital signature", "server auth"],
        "dnsNames": list(subjects.dns),
        "ipAddresses": list(subjects.ip),
    }


def _trust(
    site: Site, source: ProvidedCertificate | ExistingSecret | CertManagerCertificate
) -> pulumi.Output[str | None]:
    if source.ca is not None:
        return ca_config_map(site, source.ca)
    return pulumi.Output.from_input(source.ca_config_map)
