"""The backends that nginx speaks TLS to without verifying them."""

import re
from collections.abc import Iterator, Mapping, Sequence

from policy import nginx

# How nginx is told to pass requests on by TLS: by the address, or in a stream by a switch. It verifies nobody unless
# it is told to.
_SCHEMES = ("https://", "grpcs://", "suwsgi://")
_PASSING = ("proxy", "grpc", "uwsgi")
_FIRST_VARIABLE = re.compile(r"\$\{?(\w+)\}?")
Variables = Mapping[str, Sequence[str]]
"""Values by the name of a variable of nginx, with its dollar sign."""
_NGINX_SWITCHES = ("proxy_ssl", *(f"{kind}_ssl_verify" for kind in _PASSING))


def unverified(text: str) -> Iterator[str]:
    """The address of each backend in a configuration that nginx may speak TLS to and does not verify."""
    # Most files are no such configuration, and some are long.
    if "_pass" not in text:
        return
    configuration = nginx.parse(text)
    variables = _variables(configuration)
    # Blocks, each with the switches that are on around it, and whether it is part of `stream`. Not by a call for each
    # level: a script that is taken for a configuration is deeper than Python's calls go.
    waiting = [(configuration, frozenset[str](), False)]
    while waiting:
        block, around, stream = waiting.pop()
        on = _switched_on(block, around)
        yield from _unverified(block, variables, on, stream=stream)
        waiting.extend((inner, on, stream or inner.name == "stream") for inner in reversed(block.block))


def _switched_on(block: nginx.Directive, around: frozenset[str]) -> frozenset[str]:
    """The switches that are on in a block, of those around it and its own."""
    on = around
    for name in _NGINX_SWITCHES:
        for directive in block.each(name):
            is_on = [word.lower() for word in directive.words[1:]] == ["on"]
            on = on | {name} if is_on else on - {name}
    return on


def _unverified(block: nginx.Directive, variables: Variables, on: frozenset[str], *, stream: bool) -> Iterator[str]:
    """The backends of a block itself that nginx may speak TLS to and does not verify.

    Args:
        block: The block.
        variables: What the configuration says of its variables.
        on: The switches that are on in it.
        stream: Whether it is part of `stream`, where an address is host and port.
    """
    for kind in _PASSING:
        for directive in block.each(f"{kind}_pass"):
            address = "".join(directive.words[1:2])
            by_tls = f"{kind}_ssl" in on or (not stream and any(map(_may_name_tls, _addresses(address, variables))))
            if by_tls and f"{kind}_ssl_verify" not in on:
                yield address


def _variables(configuration: nginx.Directive) -> Variables:
    found: dict[str, list[str]] = {}
    for each in configuration.within("set"):
        found.setdefault("".join(each.words[1:2]), []).extend(each.words[2:3])
    for each in configuration.within("map"):
        found.setdefault("".join(each.words[2:3]), []).extend(value for line in each.block for value in line.words[1:2])
    return found


def _addresses(address: str, variables: Variables) -> Sequence[str]:
    """What an address may be, if it begins with a variable of which the configuration says what it holds."""
    first = _FIRST_VARIABLE.match(address)
    values = variables.get(f"${first[1]}", ()) if first else ()
    return [f"{value}{address[first.end() :]}" for value in values] if first and values else [address]


def _may_name_tls(address: str) -> bool:
    """Whether an address begins as one of TLS does, or may do so when nginx knows what a variable holds."""
    known, variable, _ = address.lower().partition("$")
    return any(known.startswith(scheme) or (variable and scheme.startswith(known)) for scheme in _SCHEMES)
