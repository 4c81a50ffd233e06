"""The cluster's own certificates and kubeconfigs: two authorities, one key a program, nothing that outlives the lab."""

import base64
import contextlib
import datetime
import ipaddress
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lab import paths, topology

LIFETIME = datetime.timedelta(days=30)
"""A lab is made anew rather than renewed."""

BACKDATED = datetime.timedelta(minutes=5)
"""Clocks of namespaces are one clock; this is for a host that sets its own back."""

MASTERS = "system:masters"
"""The group that Kubernetes' authoriser lets do everything."""


def write_secret(path: Path, content: str | bytes, *, lasting: bool = False) -> None:
    """Write a file that only its owner may read, at no moment otherwise.

    It replaces an older one when it is whole: neither a full disk nor Ctrl-C leaves less than there was.

    Args:
        path: The file.
        content: What will be in it.
        lasting: Whether it is on the disk at the end, as what nobody could make again. Default: soon after.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode() if isinstance(content, str) else content
    # Made for its owner alone.
    handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        replace(Path(unfinished), path, lasting=lasting)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise


def replace(source: Path, target: Path, *, lasting: bool = True) -> None:
    """Put a file in the place of another one of the same folder, `lasting` as of `write_secret`. Default: for good."""
    source.replace(target)
    # A file system that keeps no folders by order, as of a share, has the file; and it is in its place by now.
    if lasting:
        with contextlib.suppress(OSError):
            folder = os.open(target.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


class Authority:
    """A certificate authority whose key stays in this process."""

    def __init__(self, name: str, file: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        subject = _subject(name)
        self._certificate = (
            _builder(subject, subject, self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        self.pem = self._certificate.public_bytes(serialization.Encoding.PEM).decode()
        write_secret(paths.PKI / f"{file}.crt", self.pem)

    def issue(self, file: str, name: str, *, group: str | None = None, hosts: Sequence[str] = ()) -> tuple[str, str]:
        """Write and return a key pair as PEM: certificate, key.

        Args:
            file: name of the two files in the PKI folder.
            name: the common name, for Kubernetes the user.
            group: the organisation, for Kubernetes the group.
            hosts: names and addresses of a server; none makes a client's certificate.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        usages = [ExtendedKeyUsageOID.CLIENT_AUTH]
        builder = _builder(_subject(name, group), self._certificate.subject, key.public_key())
        if hosts:
            usages.append(ExtendedKeyUsageOID.SERVER_AUTH)
            builder = builder.add_extension(x509.SubjectAlternativeName(map(_host, hosts)), critical=False)
        certificate = (
            builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
            .sign(self._key, hashes.SHA256())
        )
        pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
        key_pem = _key_pem(key)
        write_secret(paths.PKI / f"{file}.crt", pem)
        write_secret(paths.PKI / f"{file}.key", key_pem)
        return pem, key_pem


def create() -> None:
    """Make all certificates, the keys of service account tokens, and a kubeconfig for each program and the user."""
    cluster = Authority("lab-ca", "ca")
    etcd = Authority("lab-etcd-ca", "etcd-ca")
    control_plane = topology.CONTROL_PLANE
    cluster.issue(
        "kube-apiserver",
        "kube-apiserver",
        hosts=[
            "kubernetes",
            "kubernetes.default",
            "kubernetes.default.svc",
            f"kubernetes.default.svc.{topology.CLUSTER_DOMAIN}",
            "localhost",
            "127.0.0.1",
            topology.API_SERVICE,
            control_plane.address,
            topology.on_loopback(control_plane.address),
        ],
    )
    cluster.issue("kube-apiserver-kubelet-client", "kube-apiserver-kubelet-client", group=MASTERS)
    etcd.issue("etcd", "etcd", hosts=["localhost", "127.0.0.1"])
    etcd.issue("etcd-client", "kube-apiserver")
    _service_account_keys()

    inside = f"https://{control_plane.address}:{topology.API_PORT}"
    for user in ("kube-controller-manager", "kube-scheduler", "kube-proxy"):
        write_kubeconfig(paths.CONFIG / f"{user}.kubeconfig", cluster, f"system:{user}", server=inside)
    write_kubeconfig(paths.CONFIG / "networkpolicy.kubeconfig", cluster, "lab:networkpolicy", server=inside)
    for node in topology.NODES:
        user = f"system:node:{node.name}"
        file = paths.CONFIG / f"{node.name}.kubeconfig"
        write_kubeconfig(file, cluster, user, group="system:nodes", server=inside)
        cluster.issue(f"{node.name}-server", user, group="system:nodes", hosts=[node.name, node.address])
    outside = f"https://{topology.on_loopback(control_plane.address)}:{topology.API_PORT}"
    write_kubeconfig(paths.KUBECONFIG, cluster, "lab:admin", group=MASTERS, server=outside)


def has_ended() -> bool:
    """Tell whether the certificates of a lab that was once started are valid no more: all of them end together."""
    authority = paths.PKI / "ca.crt"
    if not authority.exists():
        return False
    return x509.load_pem_x509_certificate(authority.read_bytes()).not_valid_after_utc < datetime.datetime.now(
        datetime.UTC
    )


def write_kubeconfig(path: Path, authority: Authority, user: str, *, group: str | None = None, server: str) -> None:
    """Write a kubeconfig with a client certificate of its own; one cluster, one user, one context."""
    certificate, key = authority.issue(path.stem, user, group=group)
    name = topology.CONTEXT
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": name,
                "cluster": {"server": server, "certificate-authority-data": _base64(authority.pem)},
            }
        ],
        "users": [
            {
                "name": name,
                "user": {
                    "client-certificate-data": _base64(certificate),
                    "client-key-data": _base64(key),
                },
            }
        ],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
    write_secret(path, yaml.safe_dump(content, sort_keys=False))


def _service_account_keys() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    write_secret(paths.PKI / "service-accounts.key", _key_pem(key))
    write_secret(paths.PKI / "service-accounts.pub", public)


def _builder(subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + LIFETIME)
    )


def _subject(name: str, group: str | None = None) -> x509.Name:
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    if group:
        attributes.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, group))
    return x509.Name(attributes)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
