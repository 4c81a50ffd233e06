"""Foreign text in Markdown, so that it stays text: no markup, no HTML, no mention, no end of a fence."""

import re
import unicodedata
from collections.abc import Sequence

_ACTIVE = re.compile(r"[^A-Za-z0-9 ]")
_TICKS = re.compile(r"`+")
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\U0001d159")
"""Letters and signs by their category, of which nothing is to be seen."""
_LABEL = re.compile(r"[^A-Za-z0-9 ._/-]")


def code(text: str) -> str:
    """Foreign text as code within a line or a cell of a table.

    A forge makes neither markup nor mentions nor links of what is in a code span. Only the bar is stronger, where it
    separates cells: a text with a bar is written with a number for every character that could mean anything.
    """
    one_line = visible(text).replace("\n", " ")
    if "|" in one_line:
        return f"<code>{_ACTIVE.sub(lambda match: f'&#{ord(match[0])};', one_line)}</code>"
    ticks = "`" * (_longest_run(one_line) + 1)
    padding = " " if one_line.startswith("`") or one_line.endswith("`") or not one_line.strip() else ""
    return f"{ticks}{padding}{one_line}{padding}{ticks}"


def fence(lines: Sequence[str], language: str = "") -> tuple[str, str]:
    """The first and the last line of a block of code that these lines cannot end.

    Args:
        lines: Foreign lines, to be made `visible` by who writes them.
        language: A word of our own for the colours.
    """
    ticks = "`" * max(3, max(map(_longest_run, lines), default=0) + 1)
    return f"{ticks}{language}", ticks


def label(text: str) -> str:
    """Foreign text within the quotes of a Mermaid label."""
    return _LABEL.sub("_", visible(text))


def visible(text: str) -> str:
    """The text with every invisible or line-breaking character but the newline written out.

    Letters that turn the direction of the text, or join others without being seen, could make it look like another.
    """
    return "".join(char if char == "\n" or _is_seen(char) else _written_out(char) for char in text.expandtabs(4))


def table(header: Sequence[str]) -> list[str]:
    """The first two lines of a table."""
    return [row(header), row(["---"] * len(header))]


def row(cells: Sequence[str]) -> str:
    """A line of a table; the cells are our own words or come from `code`."""
    return f"| {' | '.join(cells)} |"


def _longest_run(text: str) -> int:
    return max(map(len, _TICKS.findall(text)), default=0)


def _is_seen(char: str) -> bool:
    if char.isascii():
        return char.isprintable()
    return unicodedata.category(char)[0] in "LNPS" and char not in _BLANK


def _written_out(char: str) -> str:
    return " " if unicodedata.category(char) == "Zs" else f"\\u{{{ord(char):x}}}"
