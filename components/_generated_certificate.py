"""Create a CA and a leaf signed by it."""

from dataclasses import dataclass

import pulumi
import pulumi_random as random
import pulumi_tls as tls

from ._issued import Issued, ca_config_map, tls_secret
from ._site import Site
from .certificate import GeneratedCertificate

# X.509 allows 64 characters in a common name; " CA " and the eight random ones take the rest.
_NAME_IN_AUTHORITY = 52


@dataclass(frozen=True, kw_only=True)
class _Authority:
    key: tls.PrivateKey
    certificate: tls.SelfSignedCert


def generate(site: Site, source: GeneratedCertificate) -> Issued:
    """Create every trusted CA, and a leaf signed by the first one.

    A CA's key goes to the leaf's signature and nowhere else; the leaf's key goes to the
    request and the Secret.
    """
    authorities = [_authority(site, source, generation) for generation in source.ca_generations]
    # The order of the list says who signs; clients do not care, and their bundle stays the
    # same when only the signer changes.
    trusted = sorted(zip(source.ca_generations, authorities, strict=True), key=lambda each: each[0])
    ca_pem = pulumi.Output.concat(*[authority.certificate.cert_pem for _, authority in trusted])
    leaf_key = _private_key(
        f"{site.name}-key",
        source,
        site.renewed(_trigger(source.key_revision)),
    )
    leaf = _leaf(site, source, leaf_key, authorities[0])
    return Issued(
        files=tls_secret(site, source.secret_layout, leaf.cert_pem, leaf_key.private_key_pem_pkcs8),
        certificate_pem=leaf.cert_pem,
        ca_pem=ca_pem,
        ca_config_map=ca_config_map(site, ca_pem),
        renew_before_hours=source.renew_before_hours,
    )


def _authority(site: Site, source: GeneratedCertificate, generation: int) -> _Authority:
    name = f"{site.name}-ca-{generation}"
    key = _private_key(
        f"{name}-key",
        source,
        pulumi.ResourceOptions(parent=site.parent, protect=source.protect_ca or None),
    )
    # Clients that keep several authorities tell them apart by name: each key gets a name of its own.
    identity = random.RandomId(
        f"{name}-id",
        byte_length=4,
        keepers={"key": key.public_key_pem},
        opts=site.renewed(),
    )
    certificate = tls.SelfSignedCert(
        name,
        private_key_pem=key.private_key_pem,
        is_ca_certificate=True,
        set_subject_key_id=True,
        allowed_uses=["cert_signing", "crl_signing"],
        validity_period_hours=source.ca_validity_hours,
        early_renewal_hours=source.ca_renew_before_hours,
        # Must differ from the leaf's: equal names would make the leaf look self-signed.
        subject=tls.SelfSignedCertSubjectArgs(
            common_name=pulumi.Output.concat(site.name[:_NAME_IN_AUTHORITY], " CA ", identity.hex)
        ),
        opts=site.renewed(),
    )
    return _Authority(key=key, certificate=certificate)


def _leaf(
    site: Site, source: GeneratedCertificate, key: tls.PrivateKey, authority: _Authority
) -> tls.LocallySignedCert:
    request = tls.CertRequest(
        f"{site.name}-request",
        private_key_pem=key.private_key_pem,
        subject=tls.CertRequestSubjectArgs(common_name=site.name),
        dns_names=site.subjects.apply(lambda names: list(names.dns)),
        ip_addresses=site.subjects.apply(lambda names: list(names.ip)),
        opts=site.renewed(),
    )
    return tls.LocallySignedCert(
        f"{site.name}-certificate",
        cert_request_pem=request.cert_request_pem,
        ca_cert_pem=authority.certificate.cert_pem,
        ca_private_key_pem=authority.key.private_key_pem,
        set_subject_key_id=True,
        allowed_uses=_leaf_uses(source.key_algorithm),
        validity_period_hours=source.validity_hours,
        early_renewal_hours=source.renew_before_hours,
        opts=site.renewed(_trigger(source.certificate_revision)),
    )


def _private_key(name: str, source: GeneratedCertificate, opts: pulumi.ResourceOptions) -> tls.PrivateKey:
    kind, _, size = source.key_algorithm.partition("-")
    return tls.PrivateKey(
        name,
        algorithm=kind,
        ecdsa_curve=size if kind == "ECDSA" else None,
        rsa_bits=int(size) if kind == "RSA" else None,
        opts=opts,
    )


def _trigger(revision: str) -> str:
    # Never empty: Pulumi replaces when a trigger changes, not when the first one comes.
    return f"revision {revision}"


def _leaf_uses(algorithm: str) -> list[str]:
    # Only RSA can encrypt a key for its owner; TLS 1.2 clients may still ask for that usage.
    encipherment = ["key_encipherment"] if algorithm.startswith("RSA") else []
    return ["digital_signature", *encipherment, "server_auth"]
