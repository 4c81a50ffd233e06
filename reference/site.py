"""What MkDocs does not do by itself: pages from the repository's root, links, the order of pages, and diagrams."""

import posixpath
import re
from collections.abc import Mapping
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from reference import diagrams

ROOT = Path(__file__).parents[1]
# Files of the root that are part of the site, by what they are called there.
PAGES: Mapping[str, str] = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "reporting.md",
    "CHANGELOG.md": "changes.md",
}
# The order of pages. Those that are not named follow below "More", so that none is ever lost.
ORDER: Mapping[str, tuple[str, ...]] = {
    "Begin": ("index.md", "tutorial.md", "lab.md"),
    "Run": (
        "configuration.md",
        "environments.md",
        "operations.md",
        "previews.md",
        "policies.md",
        "outputs.md",
        "probe.md",
    ),
    "Build on": ("components.md", "package.md"),
    "Understand": ("architecture.md", "security.md", "questions.md", "measurements.md", "decisions/README.md"),
    "Take part": ("contributing.md", "reporting.md", "changes.md"),
}
# Files that are no pages, as far as pages link to them, are beside the pages in this folder.
SOURCES = "sources"
_LINK = re.compile(r"\[(?P<text>[^]\n]+)\]\((?P<target>[^)#\s:]+)(?P<anchor>#[^)\s]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the root, and put all pages in order."""
    for source, name in PAGES.items():
        files.append(File.generated(config, name, content=(ROOT / source).read_text()))
    config.nav = navigation([file.src_uri for file in files.documentation_pages()])
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead links to where their targets are on the site, and draw the diagrams."""
    name = page.file.src_uri
    text = relinked(markdown, name)
    for path in linked(markdown, name):
        # A page is there from the beginning or not at all: MkDocs calls a link to one that is not an error.
        if not path.endswith(".md") and (ROOT / path).is_file() and files.get_file_from_path(_on_site(path)) is None:
            files.append(File.generated(config, _on_site(path), content=(ROOT / path).read_text()))
    for index, source in enumerate(diagrams.sources(text)):
        picture = f"diagrams/{Path(name).stem}-{index}.svg"
        files.append(File.generated(config, picture, content=diagrams.drawn(source)))
        where = posixpath.relpath(picture, posixpath.dirname(name) or ".")
        text = text.replace(
            diagrams.fence(source), f"![{diagrams.title(source)}]({where}){{ style='background: white' }}"
        )
    return text


def navigation(pages: list[str]) -> list[dict[str, list[str]]]:
    """The pages in their order, without those that are not there."""
    ordered = {heading: [page for page in names if page in pages] for heading, names in ORDER.items()}
    placed = {page for names in ordered.values() for page in names}
    below = {posixpath.dirname(page) for page in placed if posixpath.basename(page) == "README.md"}
    ordered["Understand"] += sorted(page for page in pages if posixpath.dirname(page) in below and page not in placed)
    placed.update(ordered["Understand"])
    ordered["More"] = [page for page in pages if page not in placed]
    return [{heading: names} for heading, names in ordered.items() if names]


def relinked(markdown: str, name: str) -> str:
    """The text of the page `name`, its links into the repository turned into links of the site.

    A folder has no page: of a link to one, the text stays.
    """

    def moved(match: re.Match[str]) -> str:
        path = _path(match, name)
        if (ROOT / path).is_dir():
            return match["text"]
        where = posixpath.relpath(_on_site(path), posixpath.dirname(name) or ".")
        return f"[{match['text']}]({where}{match['anchor'] or ''})"

    return _LINK.sub(moved, markdown)


def linked(markdown: str, name: str) -> list[str]:
    """What the page `name` links to in the repository, as paths from its root."""
    return [_path(match, name) for match in _LINK.finditer(markdown)]


def _path(match: re.Match[str], name: str) -> str:
    source = {page: source for source, page in PAGES.items()}.get(name, f"docs/{name}")
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), match["target"]))


def _on_site(path: str) -> str:
    if path in PAGES:
        return PAGES[path]
    return path.removeprefix("docs/") if path.startswith("docs/") else f"{SOURCES}/{path}"
