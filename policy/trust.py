"""Clients that verify whom they speak to."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence

from policy import nginx
from policy.files import programs
from policy.pods import pod_specs
from policy.resource import Resource, items, mapping
from policy.rule import Rule

# Where a program and where a switch may begin, and where both end: in a shell, and in lists of words.
_PROGRAM = r"""(?:^|(?<=[\s"'`,\[(=/;|&]))"""
_SWITCH = r"""(?:^|(?<=[\s"'`,\[(=]))"""
_END = r"""(?=$|[\s"'`,\])};|&<>])"""
# What follows a program in its own command: to the end of the line, or to a sign that begins another command.
_REST = r"""((?:"(?:\\.|[^"\\\n])*"|'[^'\n]*'|\([^()\n]*\)|\\.|[<>]&|&>|[^\\\n;|&)])*)"""
# Comments do nothing; a `#` in quotes or inside a word begins none.
_COMMENT = re.compile(r"""("(?:\\.|[^"\\\n])*"|'[^'\n]*'|\\.)|(?:^|(?<=\s))#[^\n]*""", re.MULTILINE)


def _shortened(option: str, shortest: str) -> str:
    """A pattern for a long option and for what it may be shortened to."""
    return "|".join(option[:length] for length in range(len(shortest), len(option) + 1))


_INSECURE = "|".join(
    (_shortened("insecure", "ins"), _shortened("proxy-insecure", "proxy-i"), _shortened("doh-insecure", "doh-i"))
)
# curl's short switches without a value may stand together, as in -sSk.
_SHORT = r"-[#:0-46aBfgGhiIjJlLMnNOpqRsSvVZ]*k[a-zA-Z#:0-9]*"
_CURL_OPTION = rf"(?:--(?:{_INSECURE})|{_SHORT})"
_WGET_OPTION = f"--(?:{_shortened('no-check-certificate', 'no-ch')})"
_COMMANDS = tuple(
    (re.compile(_PROGRAM + program + _END + _REST, re.MULTILINE | re.DOTALL), re.compile(_SWITCH + option + _END))
    for program, option in (("curl", _CURL_OPTION), ("wget", _WGET_OPTION))
)
# Written out, these say the same wherever they are.
_ANYWHERE = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        rf"{_SWITCH}--(?:(?:proxy-|doh-)?insecure(?:=true)?|no-check-certificate){_END}",
        # kubectl's, and helm's.
        rf"{_SWITCH}--(?:kube-)?insecure-skip-tls-verify(?:-backend)?(?:=(?i:true|t|1))?{_END}",
        r"(?i:\b(?:InsecureSkipVerify|insecure[-_]skip[-_](?:tls[-_])?verify)[\"']?\s*[:=]\s*[\"']?true\b)",
        r"\bNODE_TLS_REJECT_UNAUTHORIZED[\"'\]]*\s*[:=]\s*[\"']?0",
        r"\b(?:proxy|grpc|uwsgi)_ssl_verify\s+off\b",
        r"\bverify\s*=\s*False\b",
    )
)
# How nginx is told to pass requests on by TLS: by the address, or in a stream by a switch. It verifies nobody unless
# it is told to.
_SCHEMES = ("https://", "grpcs://", "suwsgi://")
_PASSING = ("proxy", "grpc", "uwsgi")
# A user, and perhaps a password, before the host of an address.
_USER = re.compile(r"(?:^|(?<=://))[^/]*@")
_FIRST_VARIABLE = re.compile(r"\$\{?(\w+)\}?")
Variables = Mapping[str, Sequence[str]]
"""Values by the name of a variable of nginx, with its dollar sign."""
_NGINX_SWITCHES = ("proxy_ssl", *(f"{kind}_ssl_verify" for kind in _PASSING))
# The name of curl's own configuration ends so; its options are a line each, and need no dashes.
_CONFIGURATION = "curlrc"
_CONFIGURED = re.compile(rf"^\s*(?:{_CURL_OPTION}|{_INSECURE}){_END}", re.MULTILINE)
_COMMAND_LINE = ("command", "args")
# As a program may be called. curl's image starts such a one in place of curl.
_NAME = re.compile(r"[\w./][\w./+-]*")


def _check(resource: Resource) -> Iterator[str]:
    for place, text in programs(resource):
        name = place.partition(".")[2]
        configured = name.endswith(_CONFIGURATION) and _CONFIGURED.search(text)
        if configured or _is_careless(_variable(name, _code(text))):
            yield f"{place} turns the verification of certificates off"
        configuration = nginx.parse(text)
        for address in _unverified(configuration, _variables(configuration)):
            # What a Secret says stays in it.
            backend = _USER.sub("[not shown]@", address) if resource.kind == "ConfigMap" else "a backend"
            yield f"{place} passes requests to {backend}, whose certificate nginx does not verify"
    for spec in pod_specs(resource):
        for place, text in _scripts(spec, "pod"):
            if _is_careless(text):
                yield f"{place} turns the verification of certificates off"


def _unverified(
    block: nginx.Directive, variables: Variables, on: frozenset[str] = frozenset(), *, stream: bool = False
) -> Iterator[str]:
    """The backends in a block that nginx may speak TLS to and does not verify.

    Args:
        block: The block.
        variables: What the configuration says of its variables.
        on: The switches that are on around it.
        stream: Whether it is part of `stream`, where an address is host and port.
    """
    for name in _NGINX_SWITCHES:
        for directive in block.each(name):
            is_on = [word.lower() for word in directive.words[1:]] == ["on"]
            on = on | {name} if is_on else on - {name}
    for kind in _PASSING:
        for directive in block.each(f"{kind}_pass"):
            address = "".join(directive.words[1:2])
            by_tls = f"{kind}_ssl" in on or (not stream and any(map(_may_name_tls, _addresses(address, variables))))
            if by_tls and f"{kind}_ssl_verify" not in on:
                yield address
    for inner in block.block:
        yield from _unverified(inner, variables, on, stream=stream or inner.name == "stream")


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


def _scripts(value: object, place: str) -> Iterator[tuple[str, str]]:
    """What every text of a pod may run, with its place."""
    if isinstance(value, str):
        yield place, _code(value)
    for index, each in enumerate(items(value)):
        yield from _scripts(each, f"{place}[{index}]")
    fields = mapping(value)
    # The words of a command line are one text: the program is in one word, its switch in another.
    line = [word for field in _COMMAND_LINE for word in items(fields.get(field)) if isinstance(word, str)]
    if line and fields.get("command"):
        yield f"{place}.command", shlex.join(map(_code, line))
    elif line:
        yield f"{place}.args", shlex.join(map(_code, (*_started(fields.get("image"), line[0]), *line)))
    for key, each in fields.items():
        if key == "value" and isinstance(each, str):
            yield f"{place}.value", _variable(fields.get("name"), _code(each))
        elif key not in _COMMAND_LINE:
            yield from _scripts(each, f"{place}.{key}")


def _started(image: object, first: str) -> Iterator[str]:
    """The program that an image starts by itself, as its name tells; none where `first` is a program in its place."""
    if isinstance(image, str) and not _NAME.fullmatch(first):
        yield image.partition("@")[0].rpartition("/")[2].partition(":")[0]


def _code(text: str) -> str:
    return _COMMENT.sub(lambda match: match[1] or "", text)


def _variable(name: object, value: str) -> str:
    # Files may be variables as well, by `envFrom`. On a line of its own, what is no variable reads as before.
    return f"{name}=\n{value}"


def _is_careless(code: str) -> bool:
    return any(pattern.search(code) for pattern in _ANYWHERE) or any(
        option.search(command[1]) for program, option in _COMMANDS for command in program.finditer(code)
    )


VERIFIED_TLS = Rule(
    name="verified-tls",
    description="No client in the cluster leaves a server's certificate unverified.",
    check=_check,
    remedy="Give the client the authority instead, as in curl --cacert, or to nginx, with proxy_ssl_verify on.",
)
