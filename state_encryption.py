"""How the state, which holds keys, travels to where Pulumi keeps it, and how it rests there."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

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


def careless_transport(variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
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


def empty_passphrase(variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
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
