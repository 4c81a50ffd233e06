"""Pages of made-up stacks, and what a reader of their markup finds."""

from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import yaml

from report import attention, checks, environments, page, survey
from report.facts import Facts
from tests.unit.report import made, stacks
from tests.unit.report.made import NOW
from tests.unit.stacks import ROOT

DEFAULTS = environments.project_defaults(yaml.safe_load((ROOT / "Pulumi.yaml").read_text()))
FILES = {name: stacks.file(name) for name in stacks.NAMES}
LOG = {f"{made.NAMESPACE}/first": made.log("service", "node-0")}


def report(facts: Facts, *, hours: float = 0, files: dict[str, Any] | None = None) -> page.Report:
    now = NOW + timedelta(hours=hours)
    found = survey.make(facts)
    resources = found.state.resources if found.state else ()
    return page.Report(
        survey=found,
        matters=attention.matters(found, now),
        comparison=environments.compare(FILES if files is None else files, DEFAULTS, {}),
        policies=checks.policies(resources),
        scanners=checks.scanners(facts.stack, resources),
        now=now,
    )


def matters(
    state: dict[str, Any] | None, *, hours: float = 0, context: str | None = None, shared: bool = False, **more: Any
) -> list[str]:
    found = survey.make(made.facts(state, **more))
    now = NOW + timedelta(hours=hours)
    return [str(each) for each in attention.matters(found, now, context=context, shared=shared)]


class Reader(HTMLParser):
    """Checks that tags are closed in order, and collects texts and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    return reader


def read_of(facts: Facts, **more: Any) -> Reader:
    return read(page.render(report(facts, **more)))
