"""Render the probe's plan, the files that probe.sh reads: pure text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .. import _checks
from .._names import bracketed
from .._problems import Problem, raise_all
from .._types import type_problems
from .options import Timing
from .pin import Pin
from .targets import Expectations, Target

_NO_ADDRESS = "-"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A target's values that only exist once the Service does.

    Attributes:
        host: See `Target`, as of the others.
        port: Port of the URL.
        address: Where to connect, None or empty if that is not known.
        address_port: Port to connect to.
        http_address_port: Port to connect to for plain HTTP.
    """

    host: str
    port: int
    address: str | None = None
    address_port: int | None = None
    http_address_port: int | None = None


def place_of(target: Target, known: Mapping[str, Any]) -> Place:
    """Where a target turns out to be.

    Args:
        target: The target.
        known: The values of the fields by name, as the cluster or whoever else made them up.

    Raises:
        ValueError: A value is not a host, an address or a port.
    """
    subject = f"probe target {target.name!r}"
    place = Place(**{name: _whole(value) for name, value in known.items()})
    raise_all(subject, type_problems("", place, Place))
    raise_all(subject, _place_problems(place))
    return place


def settings_text(timing: Timing, *, negative_checks: bool, pin: Pin | None = None) -> str:
    """The file `settings`; `pin` is the certificate that pinned targets must serve."""
    return _text(
        ("connect-seconds", timing.connect_seconds),
        ("request-seconds", timing.request_seconds),
        ("wait-seconds", timing.wait_seconds),
        ("settle-seconds", timing.settle_seconds),
        ("run-seconds", timing.run_seconds),
        ("negative", "on" if negative_checks else "off"),
        ("certificate", pin.base64 if pin else None),
        ("fingerprint", pin.sha256 if pin else None),
    )


def target_text(target: Target, expect: Expectations, place: Place) -> str:
    """The file of one target.

    Args:
        target: The target.
        expect: What to expect of it.
        place: Its host, address and ports, as `place_of` has checked them.
    """
    moved = target.address is not None
    return _text(
        ("name", target.name),
        ("host", bracketed(place.host)),
        ("port", place.port),
        ("path", target.path),
        ("address", bracketed(place.address or _NO_ADDRESS) if moved else None),
        ("address-port", place.address_port if moved else None),
        ("http-address-port", place.http_address_port if moved else None),
        ("every-address", target.every_address or None),
        ("trust", target.trust),
        ("pinned", "yes" if target.pinned else "no"),
        *_expected(expect),
    )


def description(target: Target, place: Place) -> str:
    """One line for people: the target's name, its URL and where it connects to."""
    url = f"{target.name}: https://{bracketed(place.host)}:{place.port}{target.path}"
    if target.address is None:
        return url
    where = bracketed(place.address) if place.address else "an address not yet known"
    return f"{url} via {where}:{place.address_port or place.port}"


def _expected(expect: Expectations) -> Iterator[tuple[str, object]]:
    yield "statuses", " ".join(str(status) for status in expect.statuses)
    yield "tls-minimum", expect.tls_minimum
    yield "http-version", expect.http_version
    yield "body-text", expect.body_text
    yield "body-regex", expect.body_regex
    for name, text in sorted(expect.headers.items()):
        yield "header", f"{name.lower()} {text}"
    yield "days-left", expect.min_days_left
    yield "latency-ms", expect.max_latency_ms
    yield "http", expect.http
    yield "http-port", expect.http_port


def _place_problems(place: Place) -> Iterator[Problem]:
    yield from _checks.ip_or_dns_name("host", place.host)
    yield from _checks.port("port", place.port)
    if place.address:
        yield from _checks.ip_or_dns_name("address", place.address)
    for name in ("address_port", "http_address_port"):
        number = getattr(place, name)
        if number is not None:
            yield from _checks.port(name, number)


def _whole(value: Any) -> Any:
    """Anything as it is, but for whole numbers that went through the engine, which come back as floats."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _text(*lines: tuple[str, object]) -> str:
    return "".join(f"{key} {value}\n" for key, value in lines if value is not None)
