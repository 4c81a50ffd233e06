"""The page: one HTML file that needs no other file, no script and no network."""

import base64
import datetime
import functools
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from previews import redaction
from report import checks, graph, picture, timeline, words
from report.attention import Matter
from report.checks import Check
from report.environments import Comparison
from report.graph import Graph
from report.objects import Run
from report.picture import Picture
from report.survey import Site, Survey
from report.timeline import Line

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, kw_only=True)
class Report:
    """All that the page tells.

    Attributes:
        survey: The stack.
        matters: What needs attention.
        comparison: The settings of all stacks.
        policies: What the policy pack says.
        scanners: What the rules of scanners say.
        now: When it was found out.
    """

    survey: Survey
    matters: Sequence[Matter]
    comparison: Comparison
    policies: Sequence[Check]
    scanners: Sequence[Check]
    now: datetime.datetime

    @property
    def verdict(self) -> str:
        """The worst verdict of all sites; none that is good where it may be of something else.

        That is where the last update failed or was killed, and where the cluster is silent.
        """
        if not self.survey.succeeded:
            return "failed"
        found = {site.verdict for site in self.survey.sites}
        if not found:
            return "none"
        killed = self.survey.interrupted and not self.survey.running
        best = "not known" if self.survey.silence or killed else "verified"
        return next((each for each in ("failed", "pending", "not run") if each in found), best)


@dataclass(frozen=True, kw_only=True)
class View:
    """What is drawn of a site.

    Attributes:
        site: The site.
        graph: How it hangs together.
        wide: The same drawn for a wide screen.
        narrow: And for a narrow one.
        lines: The lives of its certificates, where they are known.
        proof: The newest run whose log is there; None if there is none.
        slowest: The longest time of that run, in seconds; more than 0.
        spoken: What was spoken by every way; empty if they differ.
    """

    site: Site
    graph: Graph
    wide: Picture
    narrow: Picture
    lines: tuple[Line, ...]
    proof: Run | None
    slowest: float
    spoken: str


def render(report: Report) -> str:
    """The page of a report."""
    style = (_TEMPLATES / "style.css").read_text()
    template = _environment().get_template("page.html.j2")
    return template.render(
        report=report,
        survey=report.survey,
        views=[view(site, report.now) for site in report.survey.sites],
        rows=list(checks.by_scanner(report.scanners)),
        not_run=checks.NOT_RUN,
        style=style,
        # The browser refuses all that the page does not bring along, were it ever to ask for it.
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        finalize=_hidden,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "stamp": words.stamp,
        "relative": _relative,
        "milliseconds": lambda seconds: f"{seconds * 1000:.0f} ms",
        "counted": words.counted,
    }
    return environment


def _hidden(value: object) -> object:
    """The second lock: a value without anything of a secret's form, wherever it came from.

    It is hidden before it is escaped: a quote that was has no longer the form of one. Our own markup is as it is.
    """
    return redaction.hide(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@pass_context
def _relative(context: Context, moment: datetime.datetime) -> str:
    report: Report = context["report"]
    return words.relative(moment, report.now)


def view(site: Site, now: datetime.datetime) -> View:
    """What is drawn of a site."""
    drawn = graph.of(site)
    known = [site.certificate, *site.authorities]
    told = (run for run in site.runs if run.said.targets or run.said.failures)
    proof = next((run for run in told if not site.is_overtaken(run)), None)
    targets = proof.said.targets if proof else ()
    spoken = {f"HTTP/{target.protocol} over {target.tls}" for target in targets}
    return View(
        site=site,
        graph=drawn,
        wide=picture.wide(drawn),
        narrow=picture.narrow(drawn),
        lines=tuple(line for each in known if each is not None and (line := timeline.of(each, now)) is not None),
        proof=proof,
        slowest=max((target.total for target in targets), default=0) or 1,
        spoken=spoken.pop() if len(spoken) == 1 else "",
    )
