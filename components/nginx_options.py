"""What nginx does for a site: TLS profile, plain HTTP, headers and limits."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from . import _checks, _nginx_taken
from ._nginx_syntax import structural_error
from ._pod_contract import LIVE_PATH, POD_HTTPS_PORT, READY_PATH, TLS_DIRECTORY
from ._problems import Problem

TWO_YEARS = 63072000
_VERSION = re.compile(r"\d{1,4}(\.\d{1,4}){2}")
# Has `http2 on`.
_OLDEST = (1, 25, 1)
_SNIPPETS = ("main_snippet", "http_snippet", "server_snippet")


@dataclass(frozen=True, kw_only=True)
class NginxOptions:
    """Options of the nginx configuration.

    Attributes:
        version: Version of the image's nginx, 1.25.1 at least. What it lacks is left out: before
            1.27.4 that is the shortest keep-alive, and the cache without which a certificate
            that others renew is read at every handshake. Default 1.27.4, or any newer one.
        tls_profile: Mozilla's server side TLS profile, version 6.0: `modern` speaks TLS 1.3
            only, `intermediate` also TLS 1.2. Default `intermediate`.
        ecdh_curves: Groups for the key exchange, in order. Default: the TLS library's own list.
        http: What the plain HTTP port does: `off` closes it, `redirect` sends clients to
            HTTPS with status 308, `serve` answers like HTTPS, without Strict-Transport-Security
            and without what `server_snippet` adds. Default `redirect`.
        ipv6: Whether nginx listens on IPv6, too. Switch it off where nodes have none (the kernel's
            `ipv6.disable=1`): nginx does not start there otherwise. Default True.
        hsts_seconds: Lifetime of the Strict-Transport-Security header; 0 leaves it out.
            Default 63072000, two years.
        shutdown_seconds: How long a stopping worker finishes its requests. Default 20.
        main_snippet: Directives for the top level, before all others, so that modules can be loaded.
            Default none.
        http_snippet: Directives for the `http` block. Default none.
        server_snippet: Directives for the HTTPS `server` block. A `location /` in it replaces
            the one that serves the content. Default none.
        configuration: The whole nginx.conf instead of the rendered one. It must keep to the
            pods' contract: TLS on port 8443 with /livez and /readyz, /etc/secure-nginx/tls for
            certificate and key, /srv/www for the content, nothing written outside /tmp,
            `daemon off`; with a volume claim also what docs/security.md says of links, or whoever
            fills the volume can publish the key by one. What only a rendered one can heed must not
            be set beside it: `tls_profile`, `ecdh_curves`, `ipv6`, `hsts_seconds` and snippets.
            Default: rendered.
    """

    version: str = "1.27.4"
    tls_profile: Literal["modern", "intermediate"] = "intermediate"
    ecdh_curves: tuple[str, ...] = ()
    http: Literal["off", "redirect", "serve"] = "redirect"
    ipv6: bool = True
    hsts_seconds: int = TWO_YEARS
    shutdown_seconds: int = 20
    main_snippet: str = ""
    http_snippet: str = ""
    server_snippet: str = ""
    configuration: str | None = None

    @property
    def release(self) -> tuple[int, ...]:
        """The version as numbers, to be compared."""
        return _release(self.version)

    @property
    def has_http_port(self) -> bool:
        """Whether nginx listens for plain HTTP, be it only to redirect it."""
        return self.http != "off"

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        yield from _version_problems("version", self.version)
        for curve in self.ecdh_curves:
            if not curve.isalnum() or not curve.isascii():
                yield Problem(
                    field="ecdh_curves",
                    value=curve,
                    remedy="must be a group name of the TLS library such as X25519",
                )
        yield from _checks.distinct("ecdh_curves", self.ecdh_curves)
        yield from _checks.between("hsts_seconds", self.hsts_seconds, 0, 10 * TWO_YEARS)
        yield from _checks.between("shutdown_seconds", self.shutdown_seconds, 1, 600)
        for name in _SNIPPETS:
            yield from _structure_problems(name, getattr(self, name))
        if self.configuration is not None:
            yield from self._ineffective()
            yield from _structure_problems("configuration", self.configuration)
            for needed in (str(POD_HTTPS_PORT), LIVE_PATH, READY_PATH, "daemon off;", TLS_DIRECTORY):
                if needed not in self.configuration:
                    yield Problem(
                        field="configuration",
                        value="(text)",
                        remedy=f"must contain {needed!r}, which the pods rely on",
                    )
        else:
            yield from self._repeated()

    def _ineffective(self) -> Iterator[Problem]:
        for name in ("tls_profile", "ecdh_curves", "ipv6", "hsts_seconds", *_SNIPPETS):
            value = getattr(self, name)
            if value != getattr(NginxOptions, name):
                yield Problem(
                    field=name,
                    value="(text)" if name in _SNIPPETS else value,
                    remedy="has no effect beside configuration; remove one of them",
                    idle=True,
                )

    def _repeated(self) -> Iterator[Problem]:
        absent: set[tuple[str, ...]] = set()
        if self.tls_profile == "modern":
            absent.add(("ssl_ciphers",))
        if not self.ecdh_curves:
            absent.add(("ssl_ecdh_curve",))
        if self.http == "redirect":
            # The server that redirects has no header of its own.
            absent.add(("add_header",))
        if not self.ipv6:
            absent.add(("listen", f"[::]:{POD_HTTPS_PORT}"))
        for name in _nginx_taken.BY_SNIPPET:
            yield from _nginx_taken.problems(name, getattr(self, name), absent)


def _version_problems(name: str, version: str) -> Iterator[Problem]:
    if not _VERSION.fullmatch(version) or _release(version) < _OLDEST:
        yield Problem(field=name, value=version, remedy="must be a version such as 1.30.6, not older than 1.25.1")


def _release(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _structure_problems(name: str, text: str) -> Iterator[Problem]:
    error = structural_error(text)
    if error is not None:
        yield Problem(field=name, value="(text)", remedy=f"{error}; correct it")
