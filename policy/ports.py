"""Ports behind which there is TLS, or nothing but the way to it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policy import nginx
from policy.files import programs
from policy.pods import containers, pod_specs
from policy.resource import Resource, at, items, shown
from policy.rule import Rule

# What may be between `return` and the address. Without a code, nginx redirects by 302.
_CODES: Sequence[Sequence[str]] = ([], ["301"], ["302"], ["303"], ["307"], ["308"])
# What may answer before the way to TLS does, or is in another file.
_DIVERSIONS = ("break", "if", "include", "internal", "limit_except")
# What nobody outside of the pod reaches.
_INSIDE = re.compile(r"unix:.*|(?:127(?:\.\d{1,3}){3}|\[::1\]|localhost)(?::\d+)?")
# Patterns of `rewrite` for every path that there is.
_EVERY_PATH = ("^", "^/", "^/?", ".*", "^.*", "^.*$", "(.*)", "^(.*)", "^(.*)$", "^/(.*)", "^/(.*)$")
_EVERYWHERE = (("location", "/"), ("location", "^~", "/"))
_TLS = {"ssl", "quic"}
# nginx's own code for a request in plain HTTP on a port for TLS.
_PLAIN_ON_TLS = "497"
_ADDRESS = "https://"
# Where plain HTTP is by custom, and in this project's pods.
_PLAIN_PORTS = (80, 8080)


def _check(resource: Resource) -> Iterator[str]:
    if resource.is_kubernetes and resource.kind == "Service":
        for port in items(at(resource.inputs, "spec", "ports")):
            yield from _service_port(port, is_patch=resource.is_patch)
    for spec in pod_specs(resource):
        for name, container in containers(spec):
            yield from (f"{name}: {problem}" for problem in _pod_ports(container))
    for place, text in programs(resource):
        for address in _plain_servers(text):
            # What a Secret says stays in it.
            shown = f" on {address}" if resource.kind == "ConfigMap" else ""
            yield f"{place} has a server that answers without TLS{shown}"


def _service_port(port: object, *, is_patch: bool) -> Iterator[str]:
    name, number, target = (at(port, field) for field in ("name", "port", "targetPort"))
    # By these names the pods' ports are found; what is behind `http` is checked in nginx's configuration.
    unnamed = name is None and not is_patch
    if unnamed or (isinstance(name, str) and name not in ("https", "http")):
        yield f"port {shown(number)} of the Service is neither https nor http, but {name!r}"
    reached = number if target is None and not is_patch else target
    if name == "https" and reached in ("http", *_PLAIN_PORTS):
        yield f"port {shown(number)} of the Service is called https, but leads to {shown(reached)}"


def _pod_ports(container: Mapping[str, Any]) -> Iterator[str]:
    for port in items(container.get("ports")):
        number = at(port, "containerPort")
        if at(port, "name") == "https" and number in _PLAIN_PORTS:
            yield f"port {shown(number)} is called https"


def _plain_servers(text: str) -> Iterator[str]:
    """An address of each server in a configuration of nginx that answers without TLS."""
    # Most files are no such configuration, and some are long.
    servers = _servers(nginx.parse(text)) if "server" in text else ()
    for server, answers_plain_http, passes_on in servers:
        # By itself, nginx listens on port 80.
        listens = [each.words[1:] for each in server.each("listen") if len(each.words) > 1] or [("80",)]
        reached = [each for each in listens if not _INSIDE.fullmatch(each[0])]
        plain = [address for address, *parameters in reached if not _TLS.intersection(parameters)]
        secure = [address for address, *parameters in reached if "ssl" in parameters]
        answering = (
            *(() if passes_on or _only_redirects(server) else plain),
            *(secure if answers_plain_http else ()),
        )
        yield from answering[:1]


def _servers(configuration: nginx.Directive) -> Iterator[tuple[nginx.Directive, bool, bool]]:
    """Every server at any depth, whether it answers plain HTTP on a port for TLS, and whether it passes TLS on."""
    # Blocks, each with what holds around it. Not by a call for each level, as in `nginx.Directive.within`.
    waiting = [(configuration, False, False)]
    while waiting:
        block, around, reads_around = waiting.pop()
        pages = tuple(block.each("error_page"))
        # Of those around it, a block has none if it has its own.
        answers = any(map(_answers_plain_http, pages)) if pages else around
        switches = tuple(block.each("ssl_preread"))
        reads = any(switch.words[1:] == ("on",) for switch in switches) if switches else reads_around
        # In a `stream` only; whoever reads the name that TLS begins with hands on what follows as it is.
        passes_on = reads and any(block.each("proxy_pass"))
        # In an `upstream`, `server` has an address and no block.
        if block.words == ("server",):
            yield block, answers or any(map(_answers_plain_http, _in_server(block, "error_page"))), passes_on
        waiting.extend((inner, answers, reads) for inner in reversed(block.block))


def _in_server(server: nginx.Directive, name: str) -> Iterator[nginx.Directive]:
    # nginx knows no server in another. Were what is in there looked at for each around it, that would take too long.
    return server.within(name, outside="server")


def _answers_plain_http(error_page: nginx.Directive) -> bool:
    """Whether it answers plain HTTP on a port for TLS by more than the way to TLS."""
    *codes, target = error_page.words
    return _PLAIN_ON_TLS in (code.lstrip("0") for code in codes) and not target.startswith(_ADDRESS)


def _only_redirects(server: nginx.Directive) -> bool:
    locations = tuple(_in_server(server, "location"))
    # What the server itself does comes before all of its locations, but for those to which errors lead.
    if any(word.startswith("@") for location in locations for word in location.words):
        return False
    if _first(server) is not None or _is_diverted(server):
        return _leads_to_tls(server)
    # Of a server that does nothing itself, some location must have every request.
    everywhere = any(tuple(location.words) in _EVERYWHERE for location in server.each("location"))
    return everywhere and all(map(_leads_to_tls, locations))


def _leads_to_tls(block: nginx.Directive) -> bool:
    """Whether a block answers every request by the way to TLS, or closes the connection."""
    first = _first(block)
    return first is not None and not _is_diverted(block) and (_returns(first) or _rewrites(first))


def _first(block: nginx.Directive) -> nginx.Directive | None:
    """What in a block answers first, of what may end there."""
    return next((each for each in block.block if each.name in ("return", "rewrite")), None)


def _is_diverted(block: nginx.Directive) -> bool:
    return any(each.name in _DIVERSIONS for each in block.block)


def _returns(directive: nginx.Directive) -> bool:
    name, *arguments = directive.words
    redirects = arguments[:-1] in _CODES and "".join(arguments[-1:]).startswith(_ADDRESS)
    # So nginx closes the connection. Any other refusal is an answer, or leads to one by an `error_page`.
    closes = arguments == ["444"]
    return name == "return" and (redirects or closes)


def _rewrites(directive: nginx.Directive) -> bool:
    """Whether it is a `rewrite` of every path to an address, with which nginx redirects."""
    name, *arguments = directive.words
    wanted = len(arguments) > 1 and arguments[0] in _EVERY_PATH and arguments[1].startswith(_ADDRESS)
    return name == "rewrite" and wanted and arguments[2:] in ([], ["redirect"], ["permanent"])


TLS_ONLY_PORTS = Rule(
    name="tls-only-ports",
    description="Every port of a site speaks TLS, or does nothing but send clients to the one that does.",
    check=_check,
    remedy="Set secure-nginx:nginx http to redirect or off. A server of your own must return https:// addresses "
    "and nothing else, whatever the path.",
)
