"""Where a site's certificate comes from: one closed set of sources."""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import pulumi

from . import _checks, _pem
from ._problems import Problem

DAY = 24
YEAR = 365 * DAY
_CERT_MANAGER = "cert-manager.io"
_ISSUERS = ("Issuer", "ClusterIssuer")
_KIND = re.compile(r"[A-Z][A-Za-z0-9]{0,62}")
KeyAlgorithm = Literal["ECDSA-P256", "ECDSA-P384", "RSA-2048", "RSA-3072", "RSA-4096"]


@dataclass(frozen=True, kw_only=True)
class GeneratedCertificate:
    """A CA of the site's own and a leaf signed by it, both made and renewed by Pulumi.

    Renewal happens when `pulumi up` runs inside the renewal window, so run it on a schedule.

    Attributes:
        key_algorithm: Kind of the CA's and the leaf's key; of every CA, so that another one is a
            new CA at once, without an overlap. Default ECDSA P-256.
        validity_hours: How long a leaf is valid. Default 2160, 90 days.
        renew_before_hours: Length of the renewal window before a leaf ends. Default 720, 30 days.
        ca_validity_hours: How long the CA is valid. Default 43800, five years.
        ca_renew_before_hours: Length of the CA's renewal window. Default 4380, half a year.
        protect_ca: Whether Pulumi refuses to delete the CA's key. Default False.
        ca_generations: Numbers of the CAs that clients shall trust; the first of them signs.
            Two updates change the CA without one failed handshake: [1, 2], after which clients
            fetch the CA certificates, then [2]. To try the new CA while the old one is still
            trusted, put [2, 1] between them. Default [1].
        key_revision: Any other text here makes a new key and certificate. Default empty.
        certificate_revision: Any other text here makes a new certificate for the same key.
            Default empty.
        secret_layout: `tls` for the type kubernetes.io/tls with tls.crt and tls.key, `opaque`
            for the type Opaque with nginx.crt and nginx.key. Default `tls`.
    """

    tag: ClassVar[str] = "source"
    kind: ClassVar[str] = "generated"
    covers_service: ClassVar[bool] = True
    public_trust: ClassVar[bool] = False

    key_algorithm: KeyAlgorithm = "ECDSA-P256"
    validity_hours: int = 90 * DAY
    renew_before_hours: int = 30 * DAY
    ca_validity_hours: int = 5 * YEAR
    ca_renew_before_hours: int = YEAR // 2
    protect_ca: bool = False
    ca_generations: tuple[int, ...] = (1,)
    key_revision: str = ""
    certificate_revision: str = ""
    secret_layout: Literal["tls", "opaque"] = "tls"

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        yield from _checks.between("validity_hours", self.validity_hours, 2, 398 * DAY)
        yield from _checks.between("ca_validity_hours", self.ca_validity_hours, 3, 30 * YEAR)
        for name, early, whole in (
            ("renew_before_hours", self.renew_before_hours, self.validity_hours),
            ("ca_renew_before_hours", self.ca_renew_before_hours, self.ca_validity_hours),
        ):
            if not 1 <= early < whole:
                yield Problem(
                    field=name,
                    value=early,
                    remedy="must be at least 1, or a certificate could end before the next is there, and less than the "
                    f"validity of {whole} hours, or every update would issue a new one",
                )
        if self.validity_hours > self.ca_renew_before_hours:
            yield Problem(
                field="validity_hours",
                value=self.validity_hours,
                remedy="must not exceed ca_renew_before_hours "
                f"({self.ca_renew_before_hours}), or a leaf could outlive its CA",
            )
        if not 1 <= len(self.ca_generations) <= 2:
            yield Problem(
                field="ca_generations",
                value=list(self.ca_generations),
                remedy="must hold one number, or two while the CA changes",
            )
        for generation in self.ca_generations:
            yield from _checks.between("ca_generations", generation, 1, 9999)
        yield from _checks.distinct("ca_generations", self.ca_generations)


@dataclass(frozen=True, kw_only=True)
class _Trust:
    """How clients can trust a certificate that Pulumi did not issue: one of these, and no other with it.

    Attributes:
        ca: The CA certificate as PEM text; several during a change of the CA. Either this, or `ca_config_map`, or
            `public_trust` has to be set. Default none.
        ca_config_map: Name of a ConfigMap with the CA under the key ca.crt, in the site's namespace. Default: one that
            is made of `ca`.
        public_trust: Whether a public authority issues the certificate. Default False.
    """

    tag: ClassVar[str] = "source"

    ca: str | None = None
    ca_config_map: str | None = None
    public_trust: bool = False

    @property
    def covers_service(self) -> bool:
        """Whether the certificate is sure to cover the Service's own names."""
        return False

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        ways = [self.ca is not None, self.ca_config_map is not None, self.public_trust]
        if sum(ways) != 1:
            yield Problem(
                field="ca",
                value=f"{sum(ways)} ways to trust",
                remedy="set exactly one of ca, ca_config_map and public_trust",
            )
        if self.ca_config_map is not None:
            yield from _checks.dns_name("ca_config_map", self.ca_config_map)
        if self.ca is not None:
            found: list[Problem] = []
            authorities = _pem.certificates("ca", self.ca, found)
            yield from (*found, *_pem.authority_problems("ca", authorities))


@dataclass(frozen=True, kw_only=True)
class ProvidedCertificate(_Trust):
    """A certificate and key given as PEM text.

    Attributes:
        certificate: The leaf, which is for servers, followed by its intermediates. It is valid now, and so are
            what issued it and at least one of the CAs in `ca` that signed any of them.
        private_key: Its private key, unencrypted, as PEM text; a secret. It is checked as soon as it is known.
        secret_layout: As for a generated certificate. Default `tls`.
    """

    kind: ClassVar[str] = "provided"

    certificate: str
    private_key: pulumi.Input[str] = field(repr=False)
    secret_layout: Literal["tls", "opaque"] = "tls"

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        yield from super().problems()
        found: list[Problem] = []
        chain = _pem.certificates("certificate", self.certificate, found)
        yield from found
        if not chain:
            return
        now = datetime.datetime.now(datetime.UTC)
        yield from _pem.validity_problems("certificate", chain, now)
        yield from _pem.use_problems("certificate", chain)
        authorities = _pem.certificates("ca", self.ca, []) if self.ca is not None else []
        yield from _pem.leaf_key_problems("certificate", chain[0])
        yield from _pem.authority_problems("certificate", chain[1:])
        yield from _pem.chain_problems("certificate", chain, authorities)
        yield from _pem.trust_problems("ca", chain, authorities, now)
        if isinstance(self.private_key, str):
            yield from _pem.key_problems("private_key", self.private_key, chain[0])

    def key_problems(self, key: str | None) -> Iterator[Problem]:
        """Yield every problem with a key that `private_key` has turned out to be."""
        for leaf in _pem.certificates("certificate", self.certificate, [])[:1]:
            yield from _pem.key_problems("private_key", key or "", leaf)

    def name_problems(self, hosts: tuple[str, ...]) -> Iterator[Problem]:
        """Yield a problem for each of `hosts` that the certificate does not cover."""
        for leaf in _pem.certificates("certificate", self.certificate, [])[:1]:
            yield from _pem.name_problems("certificate", leaf, hosts)


@dataclass(frozen=True, kw_only=True)
class ExistingSecret(_Trust):
    """A Secret that someone else owns and renews; nginx picks up changes by itself.

    Attributes:
        secret_name: Name of the Secret, in the site's namespace.
        certificate_key: Key of the certificate in it. Default tls.crt.
        private_key_key: Key of the private key in it. Default tls.key.
    """

    kind: ClassVar[str] = "existing"

    secret_name: str
    certificate_key: str = "tls.crt"
    private_key_key: str = "tls.key"

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        yield from super().problems()
        yield from _checks.dns_name("secret_name", self.secret_name)
        yield from _checks.data_key("certificate_key", self.certificate_key)
        yield from _checks.data_key("private_key_key", self.private_key_key)
        yield from _checks.distinct("private_key_key", (self.certificate_key, self.private_key_key))


@dataclass(frozen=True, kw_only=True)
class CertManagerCertificate(_Trust):
    """A certificate that cert-manager issues and renews; nginx picks up changes by itself.

    It is for every name of the Service and for the site's `host_names`; with `public_trust` for
    these alone, as no public authority signs names that mean something inside of a cluster only.

    Attributes:
        issuer: Name of the issuer.
        issuer_kind: `Issuer`, of the same namespace, or `ClusterIssuer`; of another group, whatever that calls them.
            Default `Issuer`.
        issuer_group: API group of the issuer. Default cert-manager.io.
        key_algorithm: Kind of the key. Default ECDSA P-256.
        validity_hours: How long a certificate is valid. Default 2160, 90 days.
        renew_before_hours: How long before its end it is renewed. Default 720, 30 days.
    """

    kind: ClassVar[str] = "cert-manager"

    issuer: str
    issuer_kind: str = "Issuer"
    issuer_group: str = _CERT_MANAGER
    key_algorithm: KeyAlgorithm = "ECDSA-P256"
    validity_hours: int = 90 * DAY
    renew_before_hours: int = 30 * DAY

    @property
    def covers_service(self) -> bool:
        """Whether the certificate is sure to cover the Service's own names."""
        return not self.public_trust

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        yield from super().problems()
        yield from _checks.dns_name("issuer", self.issuer)
        yield from _checks.dns_name("issuer_group", self.issuer_group)
        yield from self._kind_problems()
        yield from _checks.between("validity_hours", self.validity_hours, 2, 398 * DAY)
        if not 0 < self.renew_before_hours < self.validity_hours:
            yield Problem(
                field="renew_before_hours",
                value=self.renew_before_hours,
                remedy=f"must be at least 1 and less than the validity of {self.validity_hours} hours",
            )

    def _kind_problems(self) -> Iterator[Problem]:
        if self.issuer_group == _CERT_MANAGER:
            known, remedy = self.issuer_kind in _ISSUERS, f"must be one of: {', '.join(_ISSUERS)}"
        else:
            known, remedy = bool(_KIND.fullmatch(self.issuer_kind)), "must be a kind such as AWSPCAClusterIssuer"
        if not known:
            yield Problem(field="issuer_kind", value=self.issuer_kind, remedy=remedy)


Certificate = GeneratedCertificate | ProvidedCertificate | ExistingSecret | CertManagerCertificate
