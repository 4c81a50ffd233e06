"""The site: built as `make site` builds it, with all pages, without a request to anyone, and with drawn diagrams."""

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

from reference import diagrams, site

ROOT = Path(__file__).parents[3]
DOCUMENTS = sorted((ROOT / "docs").rglob("*.md"))


class Requests(HTMLParser):
    """Collects what a browser fetches for a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "a":
            self.addresses += [value for key, value in attrs if key in {"src", "href", "srcset"} and value]


def fetched(page: Path) -> list[str]:
    parser = Requests()
    parser.feed(page.read_text())
    return parser.addresses


@pytest.fixture(name="built", scope="module")
def _built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built strictly: a broken link or a page without a place is an error."""
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_MKDOCS_2_WARNING", "1")
        build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder), strict=True))
    return folder


@pytest.mark.filterwarnings("default")
def test_every_document_is_a_page(built: Path) -> None:
    pages = [path.relative_to(ROOT / "docs").as_posix() for path in DOCUMENTS]

    for page in [*pages, *site.PAGES.values()]:
        assert (built / re.sub(r"(README|index)?\.md$", lambda m: "index.html" if m[1] else ".html", page)).is_file()


@pytest.mark.filterwarnings("default")
def test_a_page_asks_nobody_but_its_own_server(built: Path) -> None:
    pages = list(built.rglob("*.html"))
    addresses = {address for page in pages for address in fetched(page)}

    assert len(pages) > len(site.PAGES)
    assert not [address for address in addresses if re.match(r"(?:[a-z]+:)?//", address)]
    # The theme would fetch Mermaid from elsewhere for a diagram that is not yet drawn.
    assert not [page for page in pages if 'class="mermaid"' in page.read_text()]


@pytest.mark.filterwarnings("default")
def test_a_list_is_a_list_here_too_and_not_a_paragraph_with_dashes(built: Path) -> None:
    # Unlike a forge's, this Markdown wants an empty line before a list, and four spaces for one within.
    paragraphs = {
        (page.name, text)
        for page in built.rglob("*.html")
        for text in re.findall(r"<p>(.*?)</p>", page.read_text(), re.DOTALL)
    }

    assert len(paragraphs) > len(site.PAGES)
    assert not [each for each in paragraphs if re.search(r"^ *(?:[-*]|\d+\.) ", each[1], re.MULTILINE)]


@pytest.mark.filterwarnings("default")
def test_the_site_can_be_searched(built: Path) -> None:
    assert "caGenerations" in (built / "search" / "search_index.json").read_text()


@pytest.mark.filterwarnings("default")
def test_diagrams_are_drawn(built: Path) -> None:
    pictures = sorted(path.name for path in (built / "diagrams").iterdir())

    assert pictures == ["architecture-0.svg", "architecture-1.svg"]
    assert "what is deployed" in (built / "architecture.html").read_text().lower()


@pytest.mark.filterwarnings("default")
def test_a_broken_link_stops_the_build(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    with (tmp_path / "docs" / "lab.md").open("a") as page:
        page.write("[gone](gone.md)\n")
    config = load_config(
        str(ROOT / "mkdocs.yml"), docs_dir=str(tmp_path / "docs"), site_dir=str(tmp_path / "site"), strict=True
    )

    with pytest.raises(Abort, match="Aborted with 1 warnings in strict mode"):
        build(config)


@pytest.mark.parametrize(
    "path", [path for path in DOCUMENTS if "```mermaid" in path.read_text()], ids=lambda path: path.name
)
def test_diagrams_are_what_mermaid_understands(path: Path) -> None:
    for source in diagrams.sources(path.read_text()):
        assert diagrams.title(source)
        assert diagrams.drawn(source).startswith("<svg")


def test_a_diagram_that_mermaid_does_not_understand_is_noticed() -> None:
    with pytest.raises(RuntimeError, match="Parse error on line"):
        diagrams.drawn("flowchart LR\n    one[One --> two\n")


def test_a_diagram_says_what_it_is_of() -> None:
    with pytest.raises(ValueError, match="no accTitle: flowchart LR"):
        diagrams.title("flowchart LR\n    one --> two\n")


def test_pages_keep_their_order_and_none_is_lost() -> None:
    pages = ["decisions/0001-names.md", "decisions/README.md", "index.md", "lab.md", "new.md"]

    assert site.navigation(pages) == [
        {"Begin": ["index.md", "lab.md"]},
        {"Understand": ["decisions/README.md", "decisions/0001-names.md"]},
        {"More": ["new.md"]},
    ]


@pytest.mark.parametrize(
    ("page", "before", "after"),
    [
        ("index.md", "[a](docs/lab.md#addresses)", "[a](lab.md#addresses)"),
        ("index.md", "[a](SECURITY.md)", "[a](reporting.md)"),
        ("security.md", "[a](../SECURITY.md)", "[a](reporting.md)"),
        ("security.md", "[a](../scenarios/cases/headless.yaml)", "[a](sources/scenarios/cases/headless.yaml)"),
        ("security.md", "see [the cases](../scenarios/cases).", "see the cases."),
        ("decisions/README.md", "[a](../lab.md)", "[a](../lab.md)"),
        ("decisions/README.md", "[a](../../README.md)", "[a](../index.md)"),
        ("index.md", "[a](https://example.com/b)", "[a](https://example.com/b)"),
        ("index.md", "[a](#here)", "[a](#here)"),
    ],
)
def test_links_lead_to_the_same_place_on_the_site(page: str, before: str, after: str) -> None:
    assert site.relinked(before, page) == after
