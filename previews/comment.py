"""The whole comment: an overview of all stacks, then each of them, within what a forge takes."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress

from previews import certificates, section, totals
from previews.blocks import Block, arranged, length
from previews.certificates import Certificate
from previews.digest import ODDITIES, Preview, unreadable
from previews.markdown import code, row, table

LIMIT = 65_536
"""Most characters of a comment on GitHub."""
MARKER = "<!-- secure-nginx: preview -->"
"""First line of the comment, by which it is found again."""

_COLUMNS = ("stack", *totals.NAMED, "other", "same", "certificate")
_RARE = ("other", "certificate")


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

    @property
    def own(self) -> bool:
        """Whether the previews were made with the stacks' own state, rather than a throw-away one."""
        return not (self.base or self.foreign)


def render(previews: Sequence[Preview], origin: Origin, limit: int = LIMIT) -> str:
    """The comment.

    Args:
        previews: One for each stack.
        origin: Where they come from.
        limit: Most characters of the comment.
    """
    parts = [_part(preview, origin) for preview in previews]
    ordered = sorted(parts, key=lambda part: (not part.preview.failed, not part.preview.changes, not part.only_outputs))
    head = f"{MARKER}\n## {_title(parts)}\n\n{_origin(origin)}\n\n"
    blocks = [_overview(ordered)] if len(ordered) > 1 else []
    for part in ordered:
        blocks.extend(part.blocks)
    return head + arranged(blocks, limit - length(head))


@dataclass(frozen=True, kw_only=True)
class _Part:
    """One stack: its cells in the overview, its section, and whether only outputs change."""

    preview: Preview
    cells: Sequence[str]
    blocks: Sequence[Block]
    only_outputs: bool


def _part(preview: Preview, origin: Origin) -> _Part:
    """What is said of a stack; if it cannot be shown that it is unreadable, so that others are shown all the same."""
    try:
        # What was issued for a throw-away state a minute ago is in use nowhere.
        aging = list(certificates.in_use(preview)) if origin.own else []
        return _Part(
            preview=preview,
            cells=list(_cells(preview, aging, origin.now)),
            blocks=list(section.blocks(preview, aging, origin.now)),
            only_outputs=totals.only_outputs(preview),
        )
    except ODDITIES:
        return _part(unreadable(preview.stack), origin)


def _title(parts: Sequence[_Part]) -> str:
    failed = sum(part.preview.failed for part in parts)
    changed = sum(part.preview.changes and not part.preview.failed for part in parts)
    if failed:
        return f"Preview failed for {failed} of {_stacks(len(parts))}"
    if changed:
        return f"Preview: {_stacks(changed)} would change"
    return f"Preview: {'only outputs change' if any(part.only_outputs for part in parts) else 'nothing would change'}"


def _origin(origin: Origin) -> str:
    commit = f"Commit {code(origin.commit)}. " if origin.commit else ""
    log = f" [Log]({origin.link})" if origin.link else ""
    when = origin.now.astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    if origin.own:
        return f"{commit}Made {when} with the stacks' own state.{log}"
    base = f"the base branch at {code(origin.base)}" if origin.base else "**no known commit** of the base branch"
    return (
        f"{commit}Made {when} **without credentials** by the code of the change itself: compared with {base} on a "
        f"throw-away state, without a cluster. What differs between the base branch and what is deployed is not "
        f"in it, nor what the cluster itself would object to.{log}"
    )


def _overview(parts: Sequence[_Part]) -> Block:
    """The table of all stacks; the columns of `_RARE` are there only where a stack has something to say in them."""
    kept = [name not in _RARE or any(part.cells[place] for part in parts) for place, name in enumerate(_COLUMNS)]
    return Block(
        rank=0,
        before=table(list(compress(_COLUMNS, kept))),
        lines=[row(list(compress(part.cells, kept))) for part in parts],
        after=("",),
        note=lambda left: f"({left} more stacks are left out.)\n",
    )


def _cells(preview: Preview, aging: Sequence[Certificate], now: datetime.datetime) -> Iterator[str]:
    """Yield a stack's text in each of `_COLUMNS`."""
    yield f"{'❌ ' if preview.failed else ''}{code(preview.stack)}"
    yield from totals.cells(preview)
    soonest = min(aging, key=lambda each: each.not_after, default=None)
    yield section.lasts(soonest, now) if soonest else ""


def _stacks(number: int) -> str:
    return f"{number} stack{'' if number == 1 else 's'}"
