"""The part of the comment that is about one stack."""

import datetime
from collections.abc import Iterator, Sequence
from itertools import chain

from previews import certificates, diff, graph, totals
from previews.blocks import Block
from previews.certificates import Certificate
from previews.digest import Preview
from previews.markdown import code, fence, row, table, visible
from previews.properties import cut
from previews.redaction import hide
from previews.step import UNTOUCHED, Step

_ORDER = {"delete": 0, "replace": 1, "update": 3, "create": 4}
_UNPROTECTED, _RARE = 2, 5
_MARKS = {"delete": "❗ **delete**", "replace": "⚠️ **replace**"}
_EXPOSED = f"⚠️ **{totals.EXPOSED}**"
_PATHS = 4
"""Most changed paths, and reasons, that a table names of one resource; the diff has all that changes."""

_HEAD, _ALARMING, _FACTS, _OTHERS, _OUTPUTS, _DIFF, _GRAPH = range(1, 8)
_FIRST, _LAST = 40, 20
"""Lines of an error that are shown from its beginning and from its end."""
_WIDEST = 2000
"""Most characters of one such line, of a finding and of a warning: a longer one would take the room of all others."""
_LONGEST, _DOUBTFUL = 1 << 20, 1000
"""Most characters of a foreign text that are looked at, and the last of them, which are not shown: a secret that is cut
in two is not known by its form."""


def blocks(preview: Preview, aging: Sequence[Certificate], now: datetime.datetime) -> Iterator[Block]:
    """Yield the blocks about one stack.

    Args:
        preview: What an update of it would do.
        aging: The certificates whose days are counted.
        now: When that was found out.
    """
    yield _plain(_HEAD, ["", f"### Stack {code(preview.stack)}", "", totals.headline(preview), ""])
    if preview.failed:
        yield _error(preview)
    facts = [*_aging_lines(aging, now), *_certificate_lines(preview)]
    yield _plain(_FACTS, [*facts, *_finding_lines(preview), *_warning_lines(preview)])
    steps = sorted(preview.steps, key=lambda step: (_order(step), not step.custom, step.name))
    yield from _resources(_ALARMING, [step for step in steps if _order(step) <= _UNPROTECTED])
    yield from _resources(_OTHERS, [step for step in steps if _order(step) > _UNPROTECTED])
    yield from _outputs(preview)
    yield from _diff(preview)
    if drawn := graph.lines(preview.steps):
        start, end = fence(drawn, "mermaid")
        before, after = _details("What needs what")
        picture = "\n".join([start, *drawn, end])
        # A part of a graph would be another graph: all of it, or nothing.
        yield Block(rank=_GRAPH, before=before, lines=[picture], after=after, note=lambda _: "(The graph is left out.)")


def lasts(certificate: Certificate, now: datetime.datetime) -> str:
    """How long a certificate lasts: `12 days left`, or that it has expired."""
    left = certificate.left(now)
    return left if left == "expired" else f"{left} left"


def _error(preview: Preview) -> Block:
    lines = list(chain.from_iterable(visible(_told(error)).split("\n") for error in preview.errors))
    missing = len(lines) - _FIRST - _LAST
    if missing > 0:
        # What went wrong stands at the beginning or at the end, seldom between.
        lines = [*lines[:_FIRST], f"({missing} lines are left out; the job's log has them)", *lines[-_LAST:]]
    # Some forges run a line that begins with a command, such as /merge, even within a fence.
    lines = [f"| {cut(line, _WIDEST)}" for line in lines]
    start, end = fence(lines, "text")
    return Block(
        rank=_HEAD,
        before=(start,),
        lines=lines,
        after=(end, ""),
        note=lambda left: f"({left} more lines of the error are left out.)\n",
    )


def _told(text: str) -> str:
    """Foreign words without secrets, cut where nobody would read on."""
    if len(text) <= _LONGEST:
        return hide(text)
    kept = hide(text[:_LONGEST])[:-_DOUBTFUL]
    return f"{kept}\n(cut off here: it has {len(text)} characters; the job's log has them)"


def _sentence(text: str) -> str:
    return code(cut(visible(_told(text)), _WIDEST))


def _aging_lines(aging: Sequence[Certificate], now: datetime.datetime) -> Iterator[str]:
    for certificate in aging:
        name = f"Certificate of {code(certificate.site)}" if certificate.site else "Certificate"
        renewal = (
            f", renewed by the first update after {_moment(certificate.renew_after)}" if certificate.renew_after else ""
        )
        yield f"- {name}: **{lasts(certificate, now)}**, until {_moment(certificate.not_after)}{renewal}."


def _certificate_lines(preview: Preview) -> Iterator[str]:
    for step in certificates.reissued(preview):
        because = f", because of {', '.join(map(code, step.reasons))}" if step.reasons else ""
        yield f"- A new certificate is issued: {code(step.name)}{because}."
    for step in certificates.rolling(preview):
        how = "are replaced at once" if step.deleted_first else "roll"
        yield f"- Pods {how}: {code(step.short_kind)} {code(step.name)}, {certificates.pods(step)}."


def _finding_lines(preview: Preview) -> Iterator[str]:
    for finding in sorted(preview.findings, key=lambda each: (each.level != "mandatory", each.policy, each.resource)):
        mark = "❗" if finding.level == "mandatory" else "⚠️"
        yield (
            f"- {mark} Policy {code(finding.policy)} ({code(finding.level)}) on {code(finding.resource)}: "
            f"{_sentence(finding.message)}"
        )


def _warning_lines(preview: Preview) -> Iterator[str]:
    yield from (f"- Warning: {_sentence(warning)}" for warning in preview.warnings)


def _resources(rank: int, steps: Sequence[Step]) -> Iterator[Block]:
    if steps:
        left_out = "the engine's own preview lists them"
        yield Block(
            rank=rank,
            before=("", *table(["operation", "kind", "name", "changed", "reason of the replacement"])),
            lines=[_row(step) for step in steps],
            note=lambda left: f"({left} more resources of this table are left out; {left_out}.)",
        )


def _order(step: Step) -> int:
    """Its place in the tables: the most alarming has the lowest."""
    found = _ORDER.get(step.operation, _RARE)
    return min(found, _UNPROTECTED) if step.unprotected else found


def _row(step: Step) -> str:
    mark = _MARKS.get(step.operation) or (step.operation if step.operation in _ORDER else code(step.operation))
    if step.unprotected:
        mark = _EXPOSED if step.operation in UNTOUCHED else f"{mark}; {_EXPOSED}"
    reasons = _named(step.reasons)
    if step.deleted_first:
        reasons = f"{reasons}; **deleted first**" if reasons else "**deleted first**"
    return row([mark, code(step.short_kind), code(step.name), _named(step.changed), reasons])


def _named(paths: Sequence[str]) -> str:
    """The first of some paths, and how many more there are."""
    named = ", ".join(map(code, paths[:_PATHS]))
    more = len(paths) - _PATHS
    return f"{named} and {more} more" if more > 0 else named


def _outputs(preview: Preview) -> Iterator[Block]:
    if preview.new_outputs is None:
        return
    changed = list(diff.outputs(preview.old_outputs, preview.new_outputs))
    if changed:
        before, after = _details(f"{len(changed)} output{' changes' if len(changed) == 1 else 's change'}")
        yield Block(
            rank=_OUTPUTS,
            before=(*before, *table(["output", "now", "then"])),
            lines=[row([code(path), *(code(value) if value else "" for value in values)]) for path, *values in changed],
            after=after,
            note=lambda left: f"({left} more outputs are left out.)",
        )


def _diff(preview: Preview) -> Iterator[Block]:
    lines = list(diff.lines(preview.steps))
    if lines:
        start, end = fence(lines, "diff")
        before, after = _details("Diff")
        yield Block(
            rank=_DIFF,
            before=(*before, start),
            lines=lines,
            after=(end, *after),
            note=lambda left: f"({left} more lines of the diff are left out: a comment has a greatest length.)",
        )


def _plain(rank: int, lines: Sequence[str]) -> Block:
    return Block(rank=rank, lines=lines, note=lambda left: f"({left} more lines are left out.)")


def _details(summary: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines around what is shown on a click."""
    return ("", f"<details><summary>{summary}</summary>", ""), ("", "</details>")


def _moment(when: datetime.datetime) -> str:
    return when.astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
