"""What travels or rests in the clear: between nginx and its backends, and between Pulumi and the state."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

# As nginx reads its configuration: inside a word `}`, `#` and quotes are text, and so is `${`.
_TOKEN = re.compile(
    r"""[ \t\r\n]+|\#[^\n]*|"(?P<double>(?:\\.|[^"\\])*)"|'(?P<single>(?:\\.|[^'\\])*)'"""
    r"""|(?P<sign>[{};])|(?P<word>(?:\\.|\$\{|[^ \t\r\n;{\\])+)|.""",
    re.DOTALL,
)
# How the address of a backend begins that is spoken to by TLS, or is a socket of the pod itself.
_SAFE = re.compile(r"(https|grpcs|suwsgi)://|((http|grpc|uwsgi)://)?unix:", re.IGNORECASE)

_YES = "(1|t|true)$"
_PLAIN = "http://"
_WEAK = "(disable|allow|prefer)$"
# Options in the URL of a backend, of S3, Azure and PostgreSQL, and how their values begin that do without TLS.
_OPTIONS: Mapping[str, str] = {
    "disable_https": _YES,
    "disablessl": _YES,
    "endpoint": _PLAIN,
    "localemu": _YES,
    "protocol": "http$",
    "sslmode": _WEAK,
}
# The same for the variables that the clients of a kind of backend look at.
_VARIABLES: Mapping[str, Mapping[str, str]] = {
    "azblob": {
        "AZURE_STORAGE_CONNECTION_STRING": "DefaultEndpointsProtocol=http(?=;|$)|BlobEndpoint=http://",
        "AZURE_STORAGE_IS_LOCAL_EMULATOR": f"^{_YES}",
        "AZURE_STORAGE_PROTOCOL": "^http$",
    },
    "gs": {"STORAGE_EMULATOR_HOST": "^(?!https://).+"},
    "postgres": {"PGSSLMODE": f"^{_WEAK}"},
    "s3": {"AWS_ENDPOINT_URL": f"^{_PLAIN}", "AWS_ENDPOINT_URL_S3": f"^{_PLAIN}"},
}


def backends(configuration: str) -> Iterator[str]:
    """Yield what passes requests on in the clear, or to where it does not say, such as `proxy_pass http://backend`."""
    for name, *arguments in _directives(configuration):
        for address in arguments[:1]:
            if name.endswith("_pass") and not _SAFE.match(address):
                yield f"{name} {address}"


def _directives(configuration: str) -> Iterator[list[str]]:
    """The words of each directive, without quotes; what nginx would refuse is passed over."""
    words: list[str] = []
    for token in _TOKEN.finditer(configuration):
        if token["sign"]:
            if words:
                yield words
            words = []
        elif token.lastgroup:
            words.append(token[token.lastgroup])


def travels(variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the name of each variable by which the state travels in the clear, and the part that says so.

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
        # The URL's own mode comes before that of the variable.
        if said and not (variable == "PGSSLMODE" and "sslmode" in dict(options)):
            yield variable, said[0]


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
