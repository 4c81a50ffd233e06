"""Every link inside the repository, in every document, leads somewhere: files, folders and headings."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from reference import markdown

ROOT = Path(__file__).parents[3]
# Not documents of this repository: what was built or installed, and what tests compare with.
OUTSIDE = {".git", ".pytest_cache", ".venv", ".lab", ".site", "dist", "tests", "node_modules"}
PARSER = MarkdownIt("commonmark").enable("table")


def documents(folder: Path) -> Iterator[Path]:
    """Every document below a folder; what is outside is not even looked at, since the lab's files come and go."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name not in OUTSIDE:
            yield from documents(path)
        elif path.suffix == ".md":
            yield path


DOCUMENTS = list(documents(ROOT))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def links(text: str) -> Iterator[str]:
    """The targets of all links and pictures."""
    for block in PARSER.parse(text):
        for token in block.children or ():
            target = token.attrGet("href") or token.attrGet("src")
            if target is not None:
                yield str(target)


def anchors(text: str) -> set[str]:
    """What a link may have behind `#`; a heading that is there again gets a number."""
    tokens = PARSER.parse(text)
    found: dict[str, int] = {}
    for heading, inline in itertools.pairwise(tokens):
        if heading.type == "heading_open":
            plain = "".join(child.content for child in inline.children or ())
            base = markdown.anchor(plain)
            found[base] = found.get(base, -1) + 1
    return {f"{base}-{count}" if count else base for base, last in found.items() for count in range(last + 1)}


def broken(path: Path) -> list[str]:
    """The links of a document that lead nowhere."""
    text = path.read_text()
    return [link for link in links(text) if not re.match(r"[a-z]+:", link) and not leads_somewhere(path, link)]


def leads_somewhere(path: Path, link: str) -> bool:
    target, _, anchor = link.partition("#")
    place = (path.parent / target).resolve() if target else path
    if not place.exists() or ROOT not in (place, *place.parents):
        return False
    return not anchor or (place.suffix == ".md" and anchor in anchors(place.read_text()))


def test_there_are_documents() -> None:
    assert {"README.md", "docs/security.md", "docs/decisions/README.md"} <= set(map(name, DOCUMENTS))


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_links_lead_somewhere(path: Path) -> None:
    assert broken(path) == []


@pytest.mark.parametrize(
    "link",
    ["gone.md", "other.md#gone", "#gone", "../outside.md", "other.md#here-2"],
)
def test_a_link_to_nowhere_is_noticed(link: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    (tmp_path / "other.md").write_text("# Here\n\n## Here\n")
    page = tmp_path / "page.md"
    page.write_text(f"[there]({link}), [well](other.md#here-1), [too](other.md#here)\n\n```\n[code](gone.md)\n```\n")

    assert broken(page) == [link]
