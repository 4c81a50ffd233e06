"""What a text has below the name of a secret: further to the right on the lines below, or in brackets."""

import re
from collections.abc import Iterator

from .names import is_about_one, is_section, words
from .values import BELOW, ELSEWHERE, HEADER, REST, SPACE, SWITCH, WHOLE_QUOTED, Span, indented, span

_Held = tuple[int, int, str]
"""Where a value begins and ends, and the key that it stands behind, if any."""

# Two braces are a template's, and brackets around the word stand for what is hidden already.
_OPENING = r"[\[{](?!\{|secret\])"
_OPENS = re.compile(_OPENING)
_ASSIGNED_OPENS = re.compile(rf"{_OPENING}(?=[\s\"'\[{{\\]|$)")
_PIECE = re.compile(
    rf"{SPACE}*+(?:(?P<hidden>\[secret\]|\{{\{{[^{{}}\n]*+\}}\}})|(?P<opening>[\[{{])|(?P<closing>[\]}}])|(?P<comma>,)"
    rf"|(?P<sign>:|=>?(?=[\s\"'\[{{\\]))|{WHOLE_QUOTED}"
    r"|(?P<bare>(?![\"'])(?:[^\s,\[\]{}:=\\]|:(?=[^\s,\[\]{}\"'\\])|=(?![\"'\\])|\\(?![\"'])"
    r"|[ \t]++(?!=>?[ \t]|[\],}\r\n]|$))++))"
)
# Whoever writes a text could open brackets at each word, and have all that follows read from each of them.
_DEEPEST = 12
_KEY = r"(?P<key>\"[^\"\n]*+\"|'[^'\n]*+'|[^\s\"'#\[{:][^\s:]*+(?: [^\s:]++)*+)"
_LINE = re.compile(
    r"(?P<indent>[ \t]*+)(?P<dashes>(?:-(?:[ \t]++|(?=\r?\n|\Z)))*+)"
    rf"(?:{_KEY}[ \t]*+(?:(?<=[\"']):|:(?=\s|\Z))[ \t]*+)?"
)
_NOTHING = re.compile(r"[ \t]*+(?:#[^\n]*+)?(?:\r?\n|\Z)")
_NO_SECRET = re.compile(rf"(?:{SWITCH}|(?i:null|none)|\[[a-z0-9 ]*\]|\{{\{{[^{{}}]*\}}\}}|{ELSEWHERE})?")
# How a volume takes what is in a Secret, or a token that is made for it: neither is there.
_MOUNTED = frozenset({"secret", "service_account_token"})
_MOUNTS = frozenset(
    {
        "secret_name",
        "name",
        "default_mode",
        "mode",
        "optional",
        "items",
        "key",
        "path",
        "audience",
        "expiration_seconds",
    }
)
_MARKS_OF_MOUNTS = frozenset({"secret_name", "path"})


def in_brackets(text: str, place: int, name: str, *, assigned: bool) -> Iterator[Span]:
    """Yield where the secrets begin and end that are in brackets behind a name, and where the brackets end.

    Args:
        text: The text.
        place: Where the value of the name begins.
        name: The name.
        assigned: Whether an equals sign stands before it. Then a secret may begin with a bracket itself.
    """
    if (_ASSIGNED_OPENS if assigned else _OPENS).match(text, place):
        held, end = _bracketed(text, place)
        if not _is_settings(name, held):
            yield from _secrets(text, name, held)
            yield end, end


def below(text: str, place: int, name: str, depth: int) -> Iterator[Span]:
    """Yield where the secrets begin and end that are on the lines below a name, and where the last line ends.

    Args:
        text: The text.
        place: Where the value of the name would begin.
        name: The name.
        depth: How far to the right the name is.
    """
    if not (rest := BELOW.match(text, place)):
        return
    held, place = list[_Held](), rest.end()
    while place < len(text) and (line := _LINE.match(text, place)) and _is_below(text, line, depth):
        values, place = _of_line(text, line)
        held += values
        place = text.find("\n", place) + 1 or len(text)
    if not _is_settings(name, held):
        yield from _secrets(text, name, held)
        yield place, place


def _is_settings(name: str, held: list[_Held]) -> bool:
    """Whether what a name holds has names of its own to be judged by."""
    return is_section(name) and any(key for *_, key in held)


def _is_below(text: str, line: re.Match[str], depth: int) -> bool:
    """Whether a line belongs to the name above: further right, an item of its list, empty or a comment."""
    right = len(line["indent"]) - depth
    return right > 0 or (right == 0 and bool(line["dashes"])) or bool(_NOTHING.match(text, line.start()))


def _of_line(text: str, line: re.Match[str]) -> tuple[list[_Held], int]:
    """The values that begin on a line, and where the last one ends."""
    place, key = line.end(), (line["key"] or "").strip("\"'")
    if header := HEADER.match(text, place):
        column = len(line["indent"]) + (len(line["dashes"]) if key else 0)
        start, end = indented(text, header.end(), column)
        return [(start, end, key)], max(place, end)
    if _OPENS.match(text, place):
        held, end = _bracketed(text, place)
        return [(first, last, inner or key) for first, last, inner in held], end
    if _NOTHING.match(text, place):
        return [], place
    return [(*span(REST.match(text, place)), key)], place


def _bracketed(text: str, start: int) -> tuple[list[_Held], int]:
    """The values in brackets, and where these end; none if they do not."""
    held, key, place, depth = list[_Held](), "", start, 0
    while depth <= _DEEPEST and (piece := _PIECE.match(text, place)):
        place = piece.end()
        match piece.lastgroup:
            case "opening":
                depth += 1
            case "closing":
                depth, key = depth - 1, ""
                if not depth:
                    return held, place
            case "sign":
                key = _taken_for_key(text, held)
            case "comma":
                pass
            case _:
                held.append((*span(piece), key))
                key = ""
    return [], start


def _taken_for_key(text: str, held: list[_Held]) -> str:
    """What was the last value until a sign came behind it."""
    if not held:
        return ""
    start, end, _ = held.pop()
    return text[start:end]


def _secrets(text: str, name: str, held: list[_Held]) -> Iterator[Span]:
    keys = {words(key) for *_, key in held}
    if words(name) in _MOUNTED and keys <= _MOUNTS and keys & _MARKS_OF_MOUNTS:
        return
    for start, end, key in held:
        if not is_about_one(key) and not _NO_SECRET.fullmatch(text, start, end):
            yield start, end
