"""What travels or rests in the clear: between nginx, its backends and its clients, and between Pulumi and the state."""

import re
from collections import ChainMap
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from components import nginx_directives

# How the address of a backend begins that is spoken to by TLS, or is a socket of the pod itself.
_TLS = re.compile(r"(https|grpcs|suwsgi)://", re.IGNORECASE)
_SOCKET = re.compile(r"((http|grpc|uwsgi)://)?unix:", re.IGNORECASE)
# nginx's own code for a request in plain HTTP on a port for TLS, and how an address begins that leads to TLS.
_PLAIN_ON_TLS = "497"
_SECURE = "https://"

_YES = "(1|t|true)$"
_PLAIN = "http://"
# The modes of PostgreSQL's client in which it knows whom it speaks to. By itself it asks for TLS, and takes any answer.
_VERIFIED = ("verify-ca", "verify-full")
# Options in the URL of a backend, of S3 and Azure, and how their values begin that do without TLS.
_OPTIONS: Mapping[str, str] = {
    "disable_https": _YES,
    "disablessl": _YES,
    "endpoint": _PLAIN,
    "localemu": _YES,
    "protocol": "http$",
}
# The same for the variables that the clients of a kind of backend look at.
_VARIABLES: Mapping[str, Mapping[str, str]] = {
    "azblob": {
        "AZURE_STORAGE_CONNECTION_STRING": "DefaultEndpointsProtocol=http(?=;|$)|BlobEndpoint=http://",
        "AZURE_STORAGE_IS_LOCAL_EMULATOR": f"^{_YES}",
        "AZURE_STORAGE_PROTOCOL": "^http$",
    },
    "gs": {"STORAGE_EMULATOR_HOST": "^(?!https://).+"},
    "s3": {"AWS_ENDPOINT_URL": f"^{_PLAIN}", "AWS_ENDPOINT_URL_S3": f"^{_PLAIN}"},
}


def backends(configuration: str) -> Iterator[str]:
    """Yield what passes requests on in the clear, or to where it does not say, such as `proxy_pass http://backend`."""
    for _, (name, *arguments) in nginx_directives(configuration):
        for address in arguments[:1]:
            if name.endswith("_pass") and not (_TLS.match(address) or _SOCKET.match(address)):
                yield f"{name} {address}"


def answers(configuration: str) -> Iterator[str]:
    """Yield what answers requests in plain HTTP on a port for TLS, such as `error_page 497 =200 /index.html`."""
    for _, (name, *arguments) in nginx_directives(configuration):
        *codes, target = arguments or [""]
        is_about_it = name == "error_page" and _PLAIN_ON_TLS in (code.lstrip("0") for code in codes)
        # To an address, the client is sent with whatever code; all else is an answer.
        if is_about_it and not target.startswith(_SECURE):
            yield " ".join((name, *arguments))


def unverified(configuration: str, surrounding: str = "") -> Iterator[str]:
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


def travels(variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the name of each variable by which the state travels in the clear or to anyone, and the part that says so.

    Nothing else of it is shown: there may be a password in it.
    """
    name = "PULUMI_BACKEND_URL"
    url = urlsplit(variables.get(name, ""))
    options = parse_qsl(url.query)
    if url.scheme == "http":
        yield name, _PLAIN
    for option, value in options:
        pattern = _OPTIONS.get(option.lower())
        said = pattern and re.match(pattern, value, re.IGNORECASE)
        if said:
            yield name, f"{option}={said[0]}"
    for variable, pattern in _VARIABLES.get(url.scheme, {}).items():
        said = re.search(pattern, variables.get(variable, ""), re.IGNORECASE)
        if said:
            yield variable, said[0]
    if url.scheme == "postgres":
        # Of several, its client takes the first.
        yield from _unverified_database(variables, dict(reversed(options)).get("sslmode"))


def _unverified_database(variables: Mapping[str, str], mode: str | None) -> Iterator[tuple[str, str]]:
    """The URL's own mode comes before that of the variable."""
    general = variables.get("PGSSLMODE")
    if (mode or general) in _VERIFIED:
        return
    if general and not mode:
        yield "PGSSLMODE", general
    else:
        yield "PULUMI_BACKEND_URL", f"sslmode={mode}" if mode else "postgres:// without sslmode"


def rests(variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the name and value of the variable by which the keys in the state rest behind an empty passphrase."""
    name, file = "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"
    if variables.get(name) == "":
        yield name, ""
    elif name not in variables and file in variables and _is_empty(Path(variables[file])):
        yield file, variables[file]


def _is_empty(file: Path) -> bool:
    """Whether a file says nothing, as Pulumi reads it; one that cannot be read is Pulumi's to refuse."""
    try:
        # /dev/null. From a pipe nothing is taken away that others want to read.
        return file.is_char_device() or (file.is_file() and not file.read_bytes().strip())
    except OSError:
        return False
