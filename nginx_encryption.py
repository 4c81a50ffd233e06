"""What nginx's configuration lets travel in the clear, or to a backend that may be anyone's."""

import re
from collections import ChainMap
from collections.abc import Iterator

from components import nginx_directives

# How the address of a backend begins that is spoken to by TLS, or is a socket of the pod itself.
_TLS = re.compile(r"(https|grpcs|suwsgi)://", re.IGNORECASE)
_SOCKET = re.compile(r"((http|grpc|uwsgi)://)?unix:", re.IGNORECASE)
# nginx's own code for a request in plain HTTP on a port for TLS, and how an address begins that leads to TLS.
_PLAIN_ON_TLS = "497"
_SECURE = "https://"


def plain_backends(configuration: str) -> Iterator[str]:
    """Yield what passes requests on in the clear, or to where it does not say, such as `proxy_pass http://backend`."""
    for _, (name, *arguments) in nginx_directives(configuration):
        for address in arguments[:1]:
            if name.endswith("_pass") and not (_TLS.match(address) or _SOCKET.match(address)):
                yield f"{name} {address}"


def plain_answers(configuration: str) -> Iterator[str]:
    """Yield what answers requests in plain HTTP on a port for TLS, such as `error_page 497 =200 /index.html`."""
    for _, (name, *arguments) in nginx_directives(configuration):
        *codes, target = arguments or [""]
        is_about_it = name == "error_page" and _PLAIN_ON_TLS in (code.lstrip("0") for code in codes)
        # To an address, the client is sent with whatever code; all else is an answer.
        if is_about_it and not target.startswith(_SECURE):
            yield " ".join((name, *arguments))


def unverified_backends(configuration: str, surrounding: str) -> Iterator[str]:
    """Yield what passes requests on by TLS to a backend that nginx does not verify, such as `proxy_pass https://backend`.

    Args:
        configuration: The directives.
        surrounding: Those of the block around them, by which nginx may be told to verify, too.
    """
    outermost = {name: words for depth, (name, *words) in nginx_directives(surrounding) if depth == 0}
    blocks: list[dict[str, list[str]]] = [{}]
    passing: list[tuple[str, str, ChainMap[str, list[str]]]] = []
    for depth, (name, *words) in nginx_directives(configuration):
        # A directive that is deeper than the last one is the first of its block.
        blocks = [*blocks[: depth + 1], *([{}] if depth == len(blocks) else [])]
        blocks[-1][name] = words
        for address in words[:1]:
            if name.endswith("_pass") and _TLS.match(address):
                passing.append((name, address, ChainMap(*reversed(blocks), outermost)))
    for name, address, settings in passing:
        if [word.lower() for word in settings.get(f"{name.removesuffix('_pass')}_ssl_verify", ())] != ["on"]:
            yield f"{name} {address}"
