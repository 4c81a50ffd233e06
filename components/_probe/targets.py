"""What a probe asks and what it expects: targets and expectations."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pulumi

from .. import _checks
from .._problems import Problem, nested

# No blank, quote or backslash: a path goes into a URL and into the JSON of the verdict.
_PATH = re.compile(r"/[A-Za-z0-9._~!$&()*+,;=:@%/?-]*")
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]+")
# In a regular expression of POSIX, a letter after a backslash, and a list of letters, whose first may be its bracket.
_CLOSED = re.compile(r"\\.|\[\^?+\]?+(?:\[([:.=]).+?\1\]|(?!\[[:.=])[^\]])*\]")


PlainHttp = Literal["ignored", "closed", "redirect", "served"]


@dataclass(frozen=True, kw_only=True)
class HttpsExpectations:
    """What an answer over HTTPS must be like: `Expectations` without what is said of plain HTTP.

    Attributes:
        statuses: The allowed HTTP statuses. A redirect is never followed. Default 200 only.
        body_text: One line of text that the body must contain. Default: any body.
        body_regex: POSIX extended regular expression that a line of the body must match, byte by
            byte; a line may end with a carriage return. Default: any body.
        headers: Names of response headers, each with a text that its value must contain; an
            empty text asks for the header alone. Of a header that comes several times, the
            first one counts. Default none.
        tls_minimum: The lowest TLS version that the probe accepts. Default 1.2.
        http_version: The HTTP version that the site must agree to. Default: any.
        min_days_left: Days for which the served certificate must still be valid. Default: it
            must be valid now.
        max_latency_ms: Longest time for the whole request, in milliseconds, as the probe sees
            it with its own small share of a CPU. Default: the request timeout.
    """

    statuses: tuple[int, ...] = (200,)
    body_text: str | None = None
    body_regex: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    tls_minimum: Literal["1.2", "1.3"] = "1.2"
    http_version: Literal["1.1", "2"] | None = None
    min_days_left: int | None = None
    max_latency_ms: int | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        if not self.statuses:
            yield Problem(field="statuses", value=self.statuses, remedy="must name a status")
        for status in self.statuses:
            yield from _checks.between("statuses", status, 100, 599)
        if self.body_text is not None:
            yield from _line("body_text", self.body_text)
        if self.body_regex is not None:
            yield from _line("body_regex", self.body_regex)
            yield from _unclosed("body_regex", self.body_regex)
        yield from self._header_problems()
        if self.min_days_left is not None:
            yield from _checks.between("min_days_left", self.min_days_left, 0, 3650)
        if self.max_latency_ms is not None:
            yield from _checks.between("max_latency_ms", self.max_latency_ms, 1, 600_000)

    def _header_problems(self) -> Iterator[Problem]:
        for name, text in self.headers.items():
            if not _HEADER_NAME.fullmatch(name):
                yield Problem(
                    field="headers",
                    value=name,
                    remedy="must be a header name of letters, digits and '-'",
                )
            if text:
                yield from _line(f"headers.{name}", text)


@dataclass(frozen=True, kw_only=True)
class Expectations(HttpsExpectations):
    """What an answer must be like.

    A body may have 1 MiB. All bodies that are looked at may have 15 MiB together, over all targets of a probe.

    Attributes:
        http: What the plain HTTP port must do: be `closed`, `redirect` to HTTPS, wherever that
            is, be `served` with one of `statuses` (or any 2xx where these have one), or be `ignored`.
            Default `ignored`.
        http_port: That port. Default 80.
    """

    http: PlainHttp = "ignored"
    http_port: int = 80

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        yield from super().problems()
        yield from _checks.port("http_port", self.http_port)


@dataclass(frozen=True, kw_only=True)
class Target:
    """One way to a site.

    Attributes:
        name: Short name, unique in its probe, for messages: `cluster-ip`, `node-1`.
        host: The name to verify: it is sent as SNI and Host, and the certificate must cover it.
        port: Port of the URL. Default 443.
        path: Path and query of the URL. Default `/`.
        address: Where to connect instead of where `host` resolves to: an IP address or a name.
            If it turns out to be empty or None, as of a pending load balancer, the probe
            fails and says so. Default: `host`.
        address_port: Port of `address` to connect to, for example a node port. Default: `port`.
        http_address_port: Port of `address` for the plain HTTP check. Default: its port.
        every_address: Connect to every address that `address`, or else `host`, resolves to, and
            fail with fewer than this many of each address family that there is. For headless Services.
            0 connects to any one. Default 0.
        trust: Which certificate authorities count: the `given` one and no other, or the
            `public` ones of the image. Default `given`.
        pinned: Whether the served certificate must be the issued one, if the probe knows
            that. Default True.
        expect: What to expect of this target. Default: what the probe expects of all.
    """

    name: str
    host: pulumi.Input[str]
    port: pulumi.Input[int] = 443
    path: str = "/"
    address: pulumi.Input[str | None] | None = None
    address_port: pulumi.Input[int | None] | None = None
    http_address_port: pulumi.Input[int | None] | None = None
    every_address: int = 0
    trust: Literal["given", "public"] = "given"
    pinned: bool = True
    expect: Expectations | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with the fields that are known before anything exists."""
        yield from _checks.dns_label("name", self.name)
        if not _PATH.fullmatch(self.path):
            yield Problem(
                field="path",
                value=self.path,
                remedy="must begin with '/'; write blanks and quotes as %20, %22 and so on",
            )
        yield from _checks.between("every_address", self.every_address, 0, 1000)
        if self.every_address and isinstance(self.address, str) and _checks.is_ip(self.address):
            yield Problem(
                field="address",
                value=self.address,
                remedy="goes against every_address, which connects to all; remove one of them",
            )
        yield from self._place_problems()
        if self.expect is not None:
            yield from nested("expect", self.expect.problems())

    def _place_problems(self) -> Iterator[Problem]:
        if isinstance(self.host, str):
            yield from _checks.ip_or_dns_name("host", self.host)
        if isinstance(self.port, int):
            yield from _checks.port("port", self.port)
        if isinstance(self.address, str):
            yield from _checks.ip_or_dns_name("address", self.address)
        for name in ("address_port", "http_address_port"):
            number = getattr(self, name)
            if number is not None and self.address is None:
                yield Problem(field="address", value=None, remedy=f"must be set for {name} to mean something")
            if isinstance(number, int):
                yield from _checks.port(name, number)


def _line(name: str, text: str) -> Iterator[Problem]:
    """`text` must be one line that can be printed."""
    if not text or not text.isprintable():
        yield Problem(field=name, value=text, remedy="must be one line of text without control characters")


def _unclosed(name: str, regex: str) -> Iterator[Problem]:
    """`regex` must end all that it begins; only grep knows whether there is more to say against it."""
    rest = _CLOSED.sub("", regex)
    depth = rest.count("(") - rest.count(")")
    for sign, open_ones in (("[", "[" in rest), ("(", depth > 0), ("\\", rest.endswith("\\"))):
        if open_ones:
            yield Problem(
                field=name,
                value=regex,
                remedy=f"is no regular expression: it has a {sign} that nothing ends; end it, or write \\{sign}",
            )
            return
