"""The whole comment: an overview of all stacks, then each of them, within what a forge takes."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from previews import certificates, section
from previews.blocks import Block, arranged, length
from previews.digest import ODDITIES, Preview, unreadable
from previews.markdown import code, row, table

LIMIT = 65_536
"""Most characters of a comment on GitHub."""
MARKER = "<!-- secure-nginx: preview -->"
"""First line of the comment, by which it is found again."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where previews come from.

    Attributes:
        commit: The commit that they show; empty if unknown.
        base: What it was compared with where no state was at hand: the commit of the base branch. Empty where the
            stacks' own state was, or where it is not known.
        foreign: Whether another job made them, without credentials and by the code of the change itself: nothing that
            it left says otherwise.
        now: When they were made, with a time zone.
        link: Address of the log of the run; empty if there is none.
    """

    now: datetime.datetime
    commit: str = ""
    base: str = ""
    foreign: bool = False
    link: str = ""


def render(previews: Sequence[Preview], origin: Origin, limit: int = LIMIT) -> str:
    """The comment.

    Args:
        previews: One for each stack.
        origin: Where they come from.
        limit: Most characters of the comment.
    """
    parts = [_part(preview, origin.now) for preview in previews]
    ordered = sorted(parts, key=lambda part: (not part.preview.failed, not part.preview.changes))
    head = f"{MARKER}\n## {_title([part.preview for part in parts])}\n\n{_origin(origin)}\n\n"
    blocks = [_overview(ordered)] if len(ordered) > 1 else []
    for part in ordered:
        blocks.extend(part.blocks)
    return head + arranged(blocks, limit - length(head))


@dataclass(frozen=True, kw_only=True)
class _Part:
    """One stack: its line in the overview, and its section."""

    preview: Preview
    row: str
    blocks: Sequence[Block]


def _part(preview: Preview, now: datetime.datetime) -> _Part:
    """What is said of a stack; if it cannot be shown that it is unreadable, so that others are shown all the same."""
    try:
        return _Part(preview=preview, row=row(list(_cells(preview, now))), blocks=list(section.blocks(preview, now)))
    except ODDITIES:
        return _part(unreadable(preview.stack), now)


def _title(previews: Sequence[Preview]) -> str:
    failed = sum(preview.failed for preview in previews)
    changed = sum(preview.changes and not preview.failed for preview in previews)
    if failed:
        return f"Preview failed for {failed} of {_stacks(len(previews))}"
    return f"Preview: {_stacks(changed)} would change" if changed else "Preview: nothing would change"


def _origin(origin: Origin) -> str:
    commit = f"Commit {code(origin.commit)}. " if origin.commit else ""
    log = f" [Log]({origin.link})" if origin.link else ""
    when = origin.now.astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    if not (origin.base or origin.foreign):
        return f"{commit}Made {when} with the stacks' own state.{log}"
    base = f"the base branch at {code(origin.base)}" if origin.base else "**no known commit** of the base branch"
    return (
        f"{commit}Made {when} **without credentials** by the code of the change itself: compared with {base} on a "
        f"throw-away state, without a cluster. What differs between the base branch and what is deployed is not "
        f"in it, nor what the cluster itself would object to.{log}"
    )


def _overview(parts: Sequence[_Part]) -> Block:
    return Block(
        rank=0,
        before=table(["stack", "delete", "replace", "update", "create", "same", "certificate"]),
        lines=[part.row for part in parts],
        after=("",),
        note=lambda left: f"({left} more stacks are left out.)\n",
    )


def _cells(preview: Preview, now: datetime.datetime) -> Iterator[str]:
    yield f"{'❌ ' if preview.failed else ''}{code(preview.stack)}"
    for operation, number in section.counts(preview).items():
        text = str(number) if number and not preview.failed else ""
        yield f"**{text}**" if text and operation in ("delete", "replace") else text
    yield "" if preview.failed else str(preview.counts.get("same", 0))
    soonest = min(certificates.in_use(preview), key=lambda each: each.not_after, default=None)
    yield section.lasts(soonest, now) if soonest else ""


def _stacks(number: int) -> str:
    return f"{number} stack{'' if number == 1 else 's'}"
