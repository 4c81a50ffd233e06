"""A certificate as the rest of the site needs it, and the objects that hold it."""

from dataclasses import dataclass
from typing import Literal

import pulumi
from pulumi_kubernetes import core

from ._pod_contract import CA_FILE
from ._site import Site

# The two layouts of the Secret: type, key of the certificate, key of the private key.
_LAYOUTS = {
    "tls": ("kubernetes.io/tls", "tls.crt", "tls.key"),
    "opaque": ("Opaque", "nginx.crt", "nginx.key"),
}


@dataclass(frozen=True, kw_only=True)
class TlsFiles:
    """Where certificate and key are.

    Attributes:
        secret: Name of the Secret.
        certificate_key: Key of the certificate in it.
        private_key_key: Key of the private key in it.
        renewed_in_place: Whether others change the Secret while pods use it.
        request: Digest of what the certificate is asked to be, where the Secret's name stays the
            same whatever that is; None elsewhere.
    """

    secret: pulumi.Input[str]
    certificate_key: str
    private_key_key: str
    renewed_in_place: bool = False
    request: pulumi.Input[str] | None = None

    @property
    def revision(self) -> pulumi.Output[str]:
        """Changes when the pods roll because another Secret holds the certificate, or another one is asked for."""
        parts = [self.secret] if self.request is None else [self.secret, self.request]
        return pulumi.Output.all(*parts).apply(" ".join)


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A certificate: what nginx mounts, what clients trust, what is known about it.

    Attributes:
        files: What nginx mounts.
        certificate_pem: The public leaf, or None if Pulumi does not know it.
        ca_pem: The public CA certificates, or None if Pulumi does not know them.
        ca_config_map: Name of the ConfigMap with them under `CA_FILE`; None if clients trust
            the certificate anyway.
        renew_before_hours: Length of the renewal window, or None if others renew.
    """

    files: TlsFiles
    certificate_pem: pulumi.Output[str | None]
    ca_pem: pulumi.Output[str | None]
    ca_config_map: pulumi.Output[str | None]
    renew_before_hours: int | None = None


def tls_secret(
    site: Site,
    layout: Literal["tls", "opaque"],
    certificate_pem: pulumi.Input[str],
    private_key_pem: pulumi.Input[str],
) -> TlsFiles:
    """Create the only object that holds the private key."""
    secret_type, certificate_key, private_key_key = _LAYOUTS[layout]
    secret = core.v1.Secret(
        f"{site.name}-tls",
        metadata=site.metadata(),
        type=secret_type,
        immutable=True,
        string_data={certificate_key: certificate_pem, private_key_key: private_key_pem},
        opts=site.renewed(),
    )
    return TlsFiles(
        secret=secret.metadata.name,
        certificate_key=certificate_key,
        private_key_key=private_key_key,
    )


def ca_config_map(site: Site, ca_pem: pulumi.Input[str]) -> pulumi.Output[str]:
    """Create the public ConfigMap with the CA and return its name."""
    return site.config_map("ca", {CA_FILE: ca_pem}).metadata.name
