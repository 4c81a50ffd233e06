"""Clients that verify whom they speak to."""

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from policy import backends
from policy.files import programs
from policy.pods import pod_specs
from policy.resource import Resource, at, items, mapping
from policy.rule import Rule

# Where a program and where a switch may begin, and where both end: in a shell, and in lists of words. What is between
# white space and the program tells make to be silent or to go on; a backslash tells a shell to take no alias.
_PROGRAM = r"""(?:(?:^|(?<=\s))[@+-]*|(?<=["'`,\[(=/;|&\\]))"""
_SWITCH = r"""(?:^|(?<=[\s"'`,\[(=]))"""
_END = r"""(?=$|[\s"'`,\])};|&<>])"""
_QUOTED = r""""(?:\\.|[^"\\\n])*"|'[^'\n]*'"""
# Over several lines as well. Elsewhere than around a whole argument, that would take apostrophes for quotes.
_QUOTED_LINES = r""""(?:\\.|[^"\\])*"|'[^']*'"""
# What follows a program in its own command: to the end of the line, or to a sign that begins another command.
_REST = (
    rf"""((?:(?<=\s)(?:{_QUOTED_LINES})+(?=\s|$)|{_QUOTED}"""
    r"""|\([^()\n]*\)|\\.|[<>]&|&>|[^\\\n;|&)])*)"""
)
# What follows it in a list of words, which may go over several lines.
_ITEMS = rf"""["'`]((?:\s*,[\s\[]*(?:{_QUOTED}|[\w.]+))+)"""
# An argument in quotes is one word: with a blank in it, it is no switch.
_ARGUMENT = re.compile(rf"""(?<=[\s,])((?:{_QUOTED_LINES})+)(?=[\s,]|$)|{_QUOTED_LINES}|\\.""", re.DOTALL)
# Comments do nothing; a `#` in quotes or inside a word begins none.
_COMMENT = re.compile(rf"""({_QUOTED}|\\.)|(?:^|(?<=\s))#[^\n]*""", re.MULTILINE)
_SLASHED_COMMENT = re.compile(
    rf"""({_QUOTED}|`(?:\\.|[^`\\])*`|\\.)|(?:^|(?<=\s))//[^\n]*|/\*.*?\*/""", re.MULTILINE | re.DOTALL
)
_SLASHED = (".cjs", ".go", ".js", ".mjs", ".ts")
# What a shell only says, to people: not what goes into a pipe or a file, nor what it runs to know what to say.
_SAID = re.compile(
    r"""(?:^|(?<=[\s;|&]))(?:echo|printf)"""
    r"""(?:[ \t]+(?:"(?:\\.|[^"\\`$\n]|\$(?!\())*"|'[^'\n]*'|>&2|[^\s"'`\\;|&<>()]+))+"""
    r"""(?=[ \t]*(?:$|;|&&|\|\|))(?!(?:[ \t]*;)?\s*\}[ \t]*(?:\|(?!\|)|>(?!&)))""",
    re.MULTILINE,
)


def _shortened(option: str, shortest: str) -> str:
    """A pattern for a long option and for what it may be shortened to."""
    return "|".join(option[:length] for length in range(len(shortest), len(option) + 1))


_INSECURE = "|".join(
    (_shortened("insecure", "ins"), _shortened("proxy-insecure", "proxy-i"), _shortened("doh-insecure", "doh-i"))
)
# curl's short switches without a value may stand together, as in -sSk; a shell drops quotes within. Others may follow,
# the last with its value, as in -kso/dev/null.
_SHORT = r"""-[#:0-46aBfgGhiIjJlLMnNOpqRsSvVZ"']*k"""
_CURL_OPTION = rf"(?:--(?:{_INSECURE}){_END}|{_SHORT})"
_WGET_OPTION = f"--(?:{_shortened('no-check-certificate', 'no-ch')}){_END}"
_GRPCURL_OPTION = f"--?insecure(?:=(?:true|t|1))?{_END}"
_HTTPIE_OPTION = rf"""--verify[=\s"'`,]+(?i:no|false){_END}"""
_COMMANDS = tuple(
    (re.compile(_PROGRAM + program + arguments, re.MULTILINE | re.DOTALL), re.compile(_SWITCH + option))
    for program, option in (
        ("curl", _CURL_OPTION),
        ("wget", _WGET_OPTION),
        ("grpcurl", _GRPCURL_OPTION),
        ("https?", _HTTPIE_OPTION),
    )
    for arguments in (_END + _REST, _ITEMS)
)
# A name that is given a value, in any language; what a shell reads, as in "$NAME", is given none.
_NAME_BEGINS = r"(?<![\w$])(?<!\$\{)"
_NAMED = rf"{_NAME_BEGINS}\w*"
_GIVEN = r"[\"'\]]*\s*(?:=>|[:=])\s*[\"']?"
# In a file of settings, a blank may be enough.
_SET = rf"(?:{_GIVEN}|[\"']?[ \t]\s*[\"']?)"
_ON = r"(?:true|1|yes|on)(?![\w-])"
_OFF = r"(?:false|0|no|off)(?![\w-])"
# Written out, these say the same wherever they are.
_ANYWHERE = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        rf"{_SWITCH}--(?:(?:proxy-|doh-)?insecure(?:=true)?|no-check-certificate|no-verify-ssl){_END}",
        # kubectl's, helm's, Traefik's and Vault's.
        rf"(?i:{_SWITCH}--?(?:[\w.-]*[.-])?(?:insecure-?skip-?(?:tls-?)?verify|tls-skip-verify)(?:-backend)?"
        rf"(?:=(?:true|t|1))?{_END})",
        rf"(?i:{_SWITCH}--(?:src-|dest-)?tls-?verify=(?:false|f|0){_END})",
        # `insecureSkipVerify`, `INSECURE_SKIP_VERIFY`, `tls_insecure_skip_verify` and the like; Grafana's.
        rf"(?i:{_NAMED}(?:insecure[-_]?skip[-_]?(?:tls[-_]?)?|VAULT_SKIP_)verify{_GIVEN}{_ON})",
        rf"(?i:{_NAMED}tls[-_]?skip[-_]?verify(?:[-_]?insecure)?{_GIVEN}{_ON})",
        r"^[ \t]*tls_insecure_skip_verify[ \t\r]*$",
        # git heeds the variable whatever it holds.
        rf"{_NAMED}GIT_SSL_NO_VERIFY[\"'\]]*\s*[:=](?!=)",
        rf"(?i:\bsslVerify{_SET}{_OFF})",
        # Fluentd's and conda's; Fluent Bit's.
        rf"(?i:{_NAME_BEGINS}(?:ssl_verify|tls\.verify){_SET}{_OFF})",
        # Those of Beats, Logstash and Kibana, and the LDAP clients'.
        rf"(?i:{_NAME_BEGINS}(?:\w*ssl_)?verification_?mode{_GIVEN}none(?![\w-]))",
        rf"(?i:{_NAME_BEGINS}(?:ldap_?)?tls_reqcert{_SET}(?:never|allow)\b)",
        # HAProxy's, for the servers that it asks: what `bind` verifies are clients.
        r"^[ \t]*(?:default-)?server(?:-template)?[ \t][^\n]*[ \t]verify[ \t]+none\b",
        r"\bssl-server-verify[ \t]+none\b",
        rf"(?i:{_NAME_BEGINS}(?<!-)(?:--)?(?:check[-_]?certificate|verify_?ssl){_GIVEN}{_OFF})",
        rf"(?i:{_NAME_BEGINS}(?:npm_config_)?strict[-_]ssl{_SET}false\b)",
        rf"{_NAME_BEGINS}(?:NODE_TLS_REJECT_UNAUTHORIZED|PYTHONHTTPSVERIFY){_GIVEN}0",
        rf"\brejectUnauthorized{_GIVEN}false\b",
        r"\b(?:(?:proxy|grpc|uwsgi)_ssl|js_fetch)_verify\s+off\b",
        r"\bverify(?:[\"'\]]*\s*=|[\"']\s*:)\s*False\b",
        r"\b_create_unverified_context\b",
        r"(?:(?<![=!<>])=>?|:)\s*[\"']?(?:(?:ssl\.)?CERT_NONE|OpenSSL::SSL::VERIFY_NONE)\b",
        rf"\bCURLOPT_(?:PROXY_)?SSL_VERIFY(?:PEER|HOST)(?:{_GIVEN}|\s*,\s*)(?i:false|0l?)\b",
    )
)
# A user, and perhaps a password, before the host of an address.
_USER = re.compile(r"(?:^|(?<=://))[^/]*@")
# The name of curl's own configuration ends so; its options are a line each, and need no dashes.
_CONFIGURATION = "curlrc"
_CONFIGURED = re.compile(rf"^\s*(?:{_CURL_OPTION}|(?:{_INSECURE}){_END})", re.MULTILINE)
_COMMAND_LINE = ("command", "args")
# As a program may be called. curl's image starts such a one in place of curl.
_NAME = re.compile(r"[\w./][\w./+-]*")


def _check(resource: Resource) -> Iterator[str]:
    files = tuple(programs(resource))
    for place in _careless(resource, files):
        yield f"{place} turns the verification of certificates off"
    for place, text in files:
        for address in backends.unverified(text):
            # What a Secret says stays in it.
            backend = _USER.sub("[not shown]@", address) if resource.kind == "ConfigMap" else "a backend"
            yield f"{place} passes requests to {backend}, whose certificate nginx does not verify"


def _careless(resource: Resource, files: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Where a resource turns the verification of certificates off, in its `files` as well."""
    # As a client, the API server speaks to the APIs that others serve.
    is_api = resource.is_kubernetes and resource.kind == "APIService"
    if is_api and at(resource.inputs, "spec", "insecureSkipTLSVerify") is True:
        yield "spec.insecureSkipTLSVerify"
    for place, text in files:
        name = place.partition(".")[2]
        configured = name.endswith(_CONFIGURATION) and _CONFIGURED.search(text)
        if configured or _is_careless(_variable(name, _code(text, name))):
            yield place
    for spec in pod_specs(resource):
        yield from dict.fromkeys(place for place, text in _scripts(spec, "pod") if _is_careless(text))


def _scripts(value: object, place: str) -> Iterator[tuple[str, str]]:
    """What every text of a pod may run, with its place."""
    if isinstance(value, str):
        yield place, _code(value)
    for index, each in enumerate(items(value)):
        yield from _scripts(each, f"{place}[{index}]")
    fields = mapping(value)
    yield from _command_line(fields, place)
    for key, each in fields.items():
        if key == "value" and isinstance(each, str):
            yield f"{place}.value", _variable(fields.get("name"), _code(each))
        elif key not in _COMMAND_LINE:
            yield from _scripts(each, f"{place}.{key}")


def _command_line(fields: Mapping[str, Any], place: str) -> Iterator[tuple[str, str]]:
    """The words of a command line with its place: all as one text, and each alone."""
    line = [word for field in _COMMAND_LINE for word in items(fields.get(field)) if isinstance(word, str)]
    if not line:
        return
    key = "command" if fields.get("command") else "args"
    started = () if key == "command" else _started(fields.get("image"), line[0])
    words = tuple(map(_code, (*started, *line)))
    # The program may be in one word, and its switch in another. A script is in one, and its quotes are its own.
    yield from ((f"{place}.{key}", text) for text in (shlex.join(words), *words))


def _started(image: object, first: str) -> Iterator[str]:
    """The program that an image starts by itself, as its name tells; none where `first` is a program in its place."""
    if isinstance(image, str) and not _NAME.fullmatch(first):
        yield image.partition("@")[0].rpartition("/")[2].partition(":")[0]


def _code(text: str, name: str = "") -> str:
    """What a text does, of what it says; `name` is that of its file."""
    comment = _SLASHED_COMMENT if name.endswith(_SLASHED) else _COMMENT
    return _SAID.sub("", comment.sub(lambda match: match[1] or "", text))


def _variable(name: object, value: str) -> str:
    # Files may be variables as well, by `envFrom`. On a line of its own, what is no variable reads as before.
    return f"{name}=\n{value}"


def _is_careless(code: str) -> bool:
    return any(pattern.search(code) for pattern in _ANYWHERE) or _has_careless_command(code)


def _has_careless_command(code: str) -> bool:
    return any(
        option.search(_ARGUMENT.sub(_switch, command[1])) or any(map(_has_careless_command, _texts(command[1])))
        for program, option in _COMMANDS
        for command in program.finditer(code)
    )


def _is_text(argument: re.Match[str]) -> bool:
    """Whether an argument is in quotes and has a blank in it."""
    return argument[1] is not None and any(map(str.isspace, argument[1]))


def _switch(argument: re.Match[str]) -> str:
    """An argument as it is, where it may be a switch."""
    return "" if _is_text(argument) else argument[0]


def _texts(arguments: str) -> Iterator[str]:
    """What is in quotes, which may have a command of its own in it."""
    return (argument[1][1:-1] for argument in _ARGUMENT.finditer(arguments) if _is_text(argument))


VERIFIED_TLS = Rule(
    name="verified-tls",
    description="No client in the cluster leaves a server's certificate unverified.",
    check=_check,
    remedy="Give the client the authority instead, as in curl --cacert, or to nginx, with proxy_ssl_verify on.",
)
