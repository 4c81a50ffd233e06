"""Read nginx configuration as nginx does: quotes, braces and semicolons, and the words between them.

nginx itself says whether directives exist; this finds what would change the meaning of the
text around a snippet.
"""

import re
from collections.abc import Iterator

# As ngx_conf_read_token() has it: white space is that of ASCII; inside a word `}`, `#` and quotes are text, and so is
# what a backslash is before, and `{` after `$`. Only a quote that does not end is none of these.
_TOKENS = re.compile(
    r"""(?P<space>[ \t\r\n]+)|(?P<comment>\#[^\n]*)|(?P<mark>[{};])"""
    r"""|(?P<quoted>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<word>(?!["'])(?:\\.?|\$\{*|[^ \t\r\n;{\\$])+)""",
    re.DOTALL,
)
# What nginx takes right after a quoted word.
_AFTER_QUOTES = " \t\r\n;{)"

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
        if token["quoted"] and text[position : position + 1] not in _AFTER_QUOTES:
            return f"lacks a space or ';' after a quoted word in line {_line(text, position)}"
    if depth:
        return "does not close a block that it opens"
    return "does not end with ';' or '}'" if pending else None


def nginx_directives(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """In how many blocks of `text` each directive is, and its words without quotes; none of what is broken."""
    words: list[str] = []
    depth = 0
    for token in _TOKENS.finditer(text if structural_error(text) is None else ""):
        if token["mark"]:
            if words:
                yield depth, _apart(words)
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
