"""The servers that are compared: equal pods, unequal configurations."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components import NginxOptions, Resources
from components._nginx_conf import NginxConf, render
from components.content import WELCOME_PAGE
from lab.images import NGINX

from ..servers import MAIN_BY_HAND, SITE_BY_HAND, SITE_OF_DISTRIBUTION, room_for_nginx

CPU_LIMIT = "250m"
SIZES = {"0 KB": 0, "1 KB": 1 << 10, "10 KB": 10 << 10, "100 KB": 100 << 10}
"""Bytes of the pages that are fetched, by their name in tables."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One server.

    Attributes:
        name: Name of its pod and objects.
        title: Its name in tables.
        files: Configuration files by name.
        folder: Where the pod sees them.
        certificate: Path of its certificate, and key, in the pod.
        command: What its container runs.
        pages: Where it expects what it serves.
        port: Its port for HTTPS.
        key: Kind of its key, as openssl's `-newkey` has it.
        http2: Whether it speaks HTTP/2.
    """

    name: str
    title: str
    files: Mapping[str, str]
    folder: str
    certificate: tuple[str, str]
    command: tuple[str, ...]
    pages: str
    port: int
    key: tuple[str, ...]
    http2: bool


_RSA = ("rsa:2048",)
_ECDSA = ("ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")
_BESIDE_NGINX = ("/etc/nginx/ssl/nginx.crt", "/etc/nginx/ssl/nginx.key")
OURS = "this project"
TUTORIAL = "tutorials"
DISTRIBUTION = "Debian's default"


def ours(workers: int = Resources(cpu_limit=CPU_LIMIT).workers, name: str = "ours", title: str = OURS) -> Candidate:
    """The server as this project configures it by default.

    Args:
        workers: Number of worker processes. Default: as many as the CPU limit can feed.
        name: Name of its pod and objects.
        title: Its name in tables.
    """
    conf = NginxConf(
        options=NginxOptions(),
        workers=workers,
        certificate_renewed_in_place=False,
        public_https_port=443,
    )
    return Candidate(
        name=name,
        title=title,
        files={"nginx.conf": render(conf)},
        folder="/etc/secure-nginx/conf",
        certificate=("/etc/secure-nginx/tls/tls.crt", "/etc/secure-nginx/tls/tls.key"),
        command=("/usr/sbin/nginx", "-e", "stderr", "-c", "/etc/secure-nginx/conf/nginx.conf"),
        pages="/srv/www",
        port=8443,
        key=_ECDSA,
        http2=True,
    )


def tutorial() -> Candidate:
    """The server as the tutorials configure it."""
    return Candidate(
        name="tutorial",
        title=TUTORIAL,
        files={"default.conf": SITE_BY_HAND, "main": MAIN_BY_HAND},
        folder="/etc/nginx/conf.d",
        certificate=_BESIDE_NGINX,
        command=("/usr/sbin/nginx", "-c", "/etc/nginx/conf.d/main", "-g", "daemon off;"),
        pages="/usr/share/nginx/html",
        port=443,
        key=_RSA,
        http2=False,
    )


def distribution() -> Candidate:
    """The server as Debian's package configures it, its default site with TLS switched on."""
    return Candidate(
        name="distribution",
        title=DISTRIBUTION,
        files={"default": SITE_OF_DISTRIBUTION},
        folder="/etc/nginx/sites-enabled",
        certificate=_BESIDE_NGINX,
        command=("/usr/sbin/nginx", "-g", "daemon off;"),
        pages="/usr/share/nginx/html",
        port=443,
        key=_RSA,
        http2=False,
    )


def everyone() -> list[Candidate]:
    """All that are compared, this project's first; with two workers it shows what their number alone does."""
    return [ours(), ours(2, "ours-two", f"{OURS}, two workers"), tutorial(), distribution()]


def objects(candidate: Candidate, node: str, certificate: str, key: str) -> list[dict[str, Any]]:
    """The candidate's pod and what it mounts.

    Args:
        candidate: The server.
        node: Name of the node on which it runs.
        certificate: PEM text.
        key: PEM text.
    """
    name = candidate.name
    folder = candidate.certificate[0].rpartition("/")[0]
    names = [path.rpartition("/")[2] for path in candidate.certificate]
    room, volumes = room_for_nginx()
    mounts = {"conf": candidate.folder, "tls": folder, "pages": candidate.pages, "tmp": "/tmp"}  # noqa: S108
    pod = {
        "nodeName": node,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {"sysctls": [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}]},
        "containers": [
            {
                "name": "nginx",
                "image": NGINX.reference,
                "command": list(candidate.command),
                "resources": {
                    "requests": {"cpu": "50m", "memory": "64Mi"},
                    "limits": {"cpu": CPU_LIMIT, "memory": "128Mi"},
                },
                "readinessProbe": {"tcpSocket": {"port": candidate.port}, "periodSeconds": 1},
                "volumeMounts": [*({"name": each, "mountPath": path} for each, path in mounts.items()), *room],
            }
        ],
        "volumes": [
            {"name": "conf", "configMap": {"name": f"{name}-conf"}},
            {"name": "tls", "secret": {"secretName": f"{name}-tls"}},
            {"name": "pages", "configMap": {"name": "pages"}},
            {"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": "16Mi"}},
            *volumes,
        ],
    }
    return [
        _object("ConfigMap", f"{name}-conf", data=dict(candidate.files)),
        _object("Secret", f"{name}-tls", stringData=dict(zip(names, (certificate, key), strict=True))),
        _object("Pod", name, spec=pod),
    ]


def pages() -> dict[str, Any]:
    """The ConfigMap with the pages that all serve."""
    texts = {page(size): base64.b64encode(b"x" * size).decode() for size in SIZES.values()}
    return _object("ConfigMap", "pages", data={"index.html": WELCOME_PAGE}, binaryData=texts)


def page(size: int) -> str:
    """The file name of the page with so many bytes."""
    return f"{size}.txt"


def _object(kind: str, name: str, **content: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **content}
