"""Where secrets stand in a configuration of nginx, which has no sign between a name and its value."""

import re
from collections.abc import Iterator

from .names import is_header_or_variable
from .values import ASSIGNED_STRUCTURE, PLAIN, QUOTED, SPACE, SWITCH, VARIABLE, WHOLE_QUOTED, Span, span

# Within JSON a line may begin with the letter of the line feed before it.
_BEGINS = r"(?:(?<!\w)|(?<=\\[nt]))"
DIRECTIVE = re.compile(
    r"(?:(?:(?:proxy|grpc)_set_header|(?:fastcgi|uwsgi|scgi)_param|add_header|auth_http_header"
    rf"|{_BEGINS}set(?={SPACE}+\$)){SPACE}++(?:\\*+[\"'])?+(?P<name>\$?[\w.-]++)(?:\\*+[\"'])?+"
    rf"|{_BEGINS}secure_link_(?:secret|md5)){SPACE}++"
)
"""A directive that gives a header, a parameter or a variable its value, or is given a secret itself."""
COMPARISON = re.compile(
    rf"\$\{{?(?P<name>\w++)\}}?+(?:\\*+[\"'])?+{SPACE}++(?:!={{1,2}}|={{1,3}}|!?~\*?){SPACE}++(?=\S)"
)
"""A variable and the sign by which a condition compares it."""
MAP = re.compile(
    rf"{_BEGINS}(?:map|geo|split_clients){SPACE}++(?:(?P<source>\\*+[\"'][^;\"'\n]{{0,500}}+[\"']"
    rf"|[^\s;]{{1,500}}+){SPACE}++)??\$(?P<target>\w++){SPACE}*+\{{"
)
"""The head of a block that gives a variable its value by that of another."""
# Nor is a yes or no a secret there, or a variable alone.
_HANDED_ON = rf"(?!(?P<mark>\\*+[\"']?+)(?:[01]|{SWITCH}|{VARIABLE})(?P=mark)(?:[\s;)]|$))"
# Without quotes it ends where an argument does; a sentence has no semicolon behind it.
_ARGUMENT = r"(?P<argument>(?:[^\s;\\]|\\.)++)(?=\s*+(?:(?:always|if_not_empty)\s*+)?;)"
_GIVEN = re.compile(rf"{PLAIN}{_HANDED_ON}(?:{QUOTED}(?!{ASSIGNED_STRUCTURE}){_ARGUMENT})")
# The bracket behind it ends the condition.
_OPERAND = r"(?P<operand>[^\s\"'\\](?:[^\s\\]|\\(?![\"']))*?)(?=\)?(?:\s|$|\\+[\"'])|\)\{)"
_COMPARED = re.compile(rf"{PLAIN}{_HANDED_ON}(?:{QUOTED}(?!{ASSIGNED_STRUCTURE}){_OPERAND})")
_TOKEN = re.compile(
    rf"{SPACE}*+(?:{WHOLE_QUOTED}|(?P<comment>\#[^\n]*+)|(?P<bare>(?:[^\s;{{}}\\\"']|\\+[^\s\\\"'])++)|(?P<end>;))"
)
_VARIABLES = re.compile(r"\$\{?(\w+)")
# What a line of such a block begins with that is no value to compare, and what is no secret on either side.
_SETTINGS = frozenset({"include", "delete", "proxy"})
_NO_SECRET = re.compile(rf"(?:[01]|default|hostnames|{SWITCH}|(?i:null|none)|{VARIABLE}|\[secret\])?")


def given(text: str, found: re.Match[str]) -> Iterator[Span]:
    """Yield where begins and ends what a directive gives to a secret's name."""
    if found["name"] is None or is_header_or_variable(found["name"]):
        yield span(_GIVEN.match(text, found.end()))


def compared(text: str, found: re.Match[str]) -> Iterator[Span]:
    """Yield where begins and ends what a condition compares a secret with: who knows it has the secret."""
    if is_header_or_variable(found["name"]):
        yield span(_COMPARED.match(text, found.end()))


def mapped(text: str, found: re.Match[str]) -> Iterator[Span]:
    """Yield where the values of a block begin and end that are secrets: on the left, on the right or on both sides."""
    sides = (
        any(map(is_header_or_variable, _VARIABLES.findall(found["source"] or ""))),
        is_header_or_variable(found["target"]),
    )
    if not any(sides):
        return
    place, line = found.end(), list[Span]()
    while token := _TOKEN.match(text, place):
        place = token.end()
        if token["end"]:
            yield from _of_line(text, line, sides)
            line = []
        elif token["comment"] is None:
            line.append(span(token))
    # All of it has been read, whatever was found.
    yield place, place


def _of_line(text: str, line: list[Span], sides: tuple[bool, bool]) -> Iterator[Span]:
    if len(line) != len(sides) or text[slice(*line[0])] in _SETTINGS:
        return
    for side, is_secret in zip(line, sides, strict=True):
        if is_secret and not _NO_SECRET.fullmatch(text, *side):
            yield side
