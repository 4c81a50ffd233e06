"""The little Markdown that the reference is made of."""

from collections.abc import Iterable, Sequence


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; nothing at all without rows."""
    lines = [_row(row) for row in rows]
    if not lines:
        return ""
    return "\n".join([_row(heads), _row(["---"] * len(heads)), *lines])


def code(text: str) -> str:
    """`text` set as code."""
    return f"`{text}`"


def link(text: str, heading: str) -> str:
    """A link to a heading of the same page."""
    return f"[{text}](#{anchor(heading)})"


def anchor(heading: str) -> str:
    """The anchor that GitHub and MkDocs agree on: lower case, blanks as hyphens, no other punctuation."""
    kept = "".join(letter for letter in heading.lower() if letter.isalnum() or letter in "-_ ")
    return kept.strip().replace(" ", "-")


def page(*blocks: str) -> str:
    """Blocks with an empty line between each two; empty ones are left out."""
    return "\n\n".join(block.strip("\n") for block in blocks if block.strip()) + "\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_escaped(cell) for cell in cells) + " |"


def _escaped(cell: str) -> str:
    return " ".join(cell.split()).replace("|", "\\|")
