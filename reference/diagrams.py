"""Mermaid diagrams in Markdown: found, and drawn by Mermaid itself, in a JavaScript engine without a browser."""

import re
from collections.abc import Iterator
from functools import cache

import mermaidx

_FENCE = re.compile(r"^```mermaid\n(?P<source>.*?)^```$", re.MULTILINE | re.DOTALL)
_TITLE = re.compile(r"^\s*accTitle:\s*(?P<title>.+)$", re.MULTILINE)


def sources(markdown: str) -> Iterator[str]:
    """Every diagram of a page, in order."""
    return (match["source"] for match in _FENCE.finditer(markdown))


def fence(source: str) -> str:
    """The diagram as it stands in the page."""
    return f"```mermaid\n{source}```"


def title(source: str) -> str:
    """What a diagram is of, for those who cannot see it.

    Raises:
        ValueError: It does not say so.
    """
    match = _TITLE.search(source)
    if match is None:
        raise ValueError(f"a diagram has no accTitle: {source.strip().splitlines()[0]}")
    return match["title"].strip()


@cache
def drawn(source: str) -> str:
    """The diagram as SVG.

    Raises:
        RuntimeError: It is no Mermaid; the text says where.
    """
    return mermaidx.render(source).svg()
