"""A comment as a forge's reader sees it: the HTML that a Markdown parser makes of it, as pieces of text."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from markdown_it import MarkdownIt

_VOID = {"br", "hr"}


@dataclass
class Page(HTMLParser):
    """What is on the page.

    Attributes:
        plain: The text outside of code, where mentions, links and numbers of issues come alive.
        code: The text of every piece of code.
        tags: Every element that there is.
    """

    plain: str = ""
    code: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str | None]] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in _VOID:
            self._open.append(tag)
        if tag == "code":
            self.code.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "code" in self._open:
            self.code[-1] += data
        else:
            self.plain += data


def page(markdown: str) -> Page:
    """Render Markdown as a forge does: CommonMark, tables, HTML let through."""
    seen = Page()
    seen.feed(MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown))
    seen.close()
    return seen
