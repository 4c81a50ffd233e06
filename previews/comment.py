"""The whole comment: an overview of all stacks, then each of them, within what a forge takes."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from previews import certificates, section
from previews.blocks import Block, arranged, length
from previews.digest import Preview
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
            stacks' own state was.
        now: When they were made, with a time zone.
        link: Address of the log of the run; empty if there is none.
    """

    now: datetime.datetime
    commit: str = ""
    base: str = ""
    link: str = ""


def render(previews: Sequence[Preview], origin: Origin, limit: int = LIMIT) -> str:
    """The comment.

    Args:
        previews: One for each stack.
        origin: Where they come from.
        limit: Most characters of the comment.
    """
    ordered = sorted(previews, key=lambda preview: (not preview.failed, not preview.changes))
    head = f"{MARKER}\n## {_title(previews)}\n\n{_origin(origin)}\n\n"
    blocks = [_overview(ordered, origin.now)] if len(previews) > 1 else []
    for preview in ordered:
        blocks.extend(section.blocks(preview, origin.now))
    return head + arranged(blocks, limit - length(head))


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
    if not origin.base:
        return f"{commit}Made {when} with the stacks' own state.{log}"
    return (
        f"{commit}Made {when} **without credentials**: compared with the base branch at {code(origin.base)} on a "
        f"throw-away state, without a cluster. What differs between the base branch and what is deployed is not "
        f"in it, nor what the cluster itself would object to.{log}"
    )


def _overview(previews: Sequence[Preview], now: datetime.datetime) -> Block:
    return Block(
        rank=0,
        before=table(["stack", "delete", "replace", "update", "create", "same", "certificate"]),
        lines=[row(list(_cells(preview, now))) for preview in previews],
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
    yield f"{soonest.left(now)} left" if soonest else ""


def _stacks(number: int) -> str:
    return f"{number} stack{'' if number == 1 else 's'}"
