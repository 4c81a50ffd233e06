"""Ports behind which there is TLS, or nothing but the way to it."""

from collections.abc import Iterator

from policy import nginx
from policy.resource import Resource, at, items
from policy.rule import Rule

_REDIRECTS = ("301", "302", "303", "307", "308")
_CONFIGURATION = "nginx.conf"


def _check(resource: Resource) -> Iterator[str]:
    if not resource.is_kubernetes:
        return
    if resource.kind == "Service":
        yield from _service(resource)
    if resource.kind == "ConfigMap":
        text = at(resource.inputs, "data", _CONFIGURATION)
        if isinstance(text, str):
            yield from _configuration(text)


def _service(resource: Resource) -> Iterator[str]:
    for port in items(at(resource.inputs, "spec", "ports")):
        name = at(port, "name")
        # By these names the pods' ports are found; what is behind `http` is checked in nginx.conf.
        if name is None or (isinstance(name, str) and name not in ("https", "http")):
            number = at(port, "port")
            shown = f"{number:g}" if isinstance(number, int | float) else number
            yield f"port {shown} of the Service is neither https nor http, but {name!r}"


def _configuration(text: str) -> Iterator[str]:
    for http in nginx.parse(text).each("http"):
        for server in http.each("server"):
            plain = [listen for listen in server.each("listen") if "ssl" not in listen.words[2:]]
            if (plain or not any(server.each("listen"))) and not _only_redirects(server):
                address = plain[0].words[1] if plain else "80"
                yield f"data.{_CONFIGURATION} has a server that answers without TLS on {address}"


def _only_redirects(server: nginx.Directive) -> bool:
    # A `return` of the server itself comes before all of its locations.
    return any(
        len(each.words) == 3 and each.words[1] in _REDIRECTS and each.words[2].startswith("https://")
        for each in server.each("return")
    )


TLS_ONLY_PORTS = Rule(
    name="tls-only-ports",
    description="Every port of a site speaks TLS, or does nothing but send clients to the one that does.",
    check=_check,
    remedy="Set secure-nginx:nginx http to redirect or off.",
)
