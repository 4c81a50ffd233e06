"""Read nginx configuration: quotes, braces and semicolons, and the words between them.

nginx itself says whether directives exist; this finds what would change the meaning of the
text around a snippet.
"""

import re
from collections.abc import Iterator

# Quoted text, a comment, one of the three marks, or a run of anything else.
_TOKENS = re.compile(
    r"""(?P<quoted>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<comment>\#[^\n]*)"""
    r"""|(?P<mark>[{};])|(?P<space>\s+)|(?P<word>(?:\\.|\$\{\w+\}|[^\s{};"'\\])+)""",
    re.DOTALL,
)

_DEPTHS = {"{": 1, "}": -1, ";": 0}
# Between the sign and the path of a location, nginx needs no space.
_SIGN = re.compile(r"=|\^~")


def structural_error(text: str) -> str | None:
    """What is wrong with the structure of `text`, or None."""
    depth = 0
    pending = False
    position = 0
    while position < len(text):
        token = _TOKENS.match(text, position)
        if token is None:
            return f"has a quote that does not end in line {_line(text, position)}"
        mark = token["mark"]
        if mark:
            depth += _DEPTHS[mark]
            error = _mark_error(mark, depth, pending=pending)
            if error:
                return f"{error} in line {_line(text, position)}"
            pending = False
        elif token["word"] or token["quoted"]:
            pending = True
        position = token.end()
    if depth:
        return "does not close a block that it opens"
    return "does not end with ';' or '}'" if pending else None


def directives(text: str) -> Iterator[tuple[str, ...]]:
    """The words of each directive that is in no block of `text`, without quotes; none of what is broken."""
    words: list[str] = []
    depth = 0
    for token in _TOKENS.finditer(text if structural_error(text) is None else ""):
        if token["mark"]:
            if words and not depth:
                yield _apart(words)
            depth += (token["mark"] == "{") - (token["mark"] == "}")
            words = []
        elif token["quoted"]:
            words.append(token["quoted"][1:-1])
        elif token["word"]:
            words.append(token["word"])


def _mark_error(mark: str, depth: int, *, pending: bool) -> str | None:
    if depth < 0:
        return "closes a block that it did not open"
    if pending and mark == "}":
        return "lacks a ';' before the '}'"
    if not pending and mark != "}":
        return f"has a stray {mark!r}"
    return None


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _apart(words: list[str]) -> tuple[str, ...]:
    sign = _SIGN.match(words[1]) if words[0] == "location" and len(words) == 2 else None
    return (words[0], sign[0], words[1][sign.end() :]) if sign else tuple(words)
