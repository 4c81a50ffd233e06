"""A change as lines that a person reads: one resource after the other, red what goes, green what comes."""

import difflib
import re
from collections.abc import Iterator, Sequence
from itertools import chain

from previews.markdown import visible
from previews.properties import (
    LONGEST,
    MISSING,
    covers,
    differences,
    hidden_of,
    leaves,
    lines_of,
    shown,
    shown_line,
    split_lines,
)
from previews.step import Properties, Step

Compared = difflib.SequenceMatcher[str]

_OF_A_SITE = re.compile(r"^sites\.[^.\[]+\.")


def lines(steps: Sequence[Step]) -> Iterator[str]:
    """Yield the lines for a block of code in the language `diff`."""
    for step in steps:
        if step.custom:
            yield visible(f"@@ {step.operation} {step.short_kind} {step.name} @@").replace("\n", " ")
            yield from (visible(line).replace("\n", " ") for line in _body(step))


def outputs(old: Properties, new: Properties) -> Iterator[tuple[str, str, str]]:
    """Yield path, old and new value of each output that changes; a value is empty where there is none."""
    for path, before, after in differences(old, new):
        yield path, _output(path, before, after), _output(path, after, before)


def _output(path: str, value: object, other: object) -> str:
    # What a site is called makes no secret of its outputs.
    return "" if value is MISSING else shown("", _OF_A_SITE.sub("", path), value, other)


def _body(step: Step) -> Iterator[str]:
    if step.operation == "delete":
        return
    if step.unprotected:
        yield "- protect: true"
    seen = []
    for path, old, new in differences(step.old, step.new):
        seen.append(path)
        yield from _change(step.kind, path, old, new)
    for path in step.changed:
        # Both sides of a secret look alike, and some providers know more than the inputs say.
        if not any(covers(path, each) or covers(each, path) for each in seen):
            yield f"! {path} changes"
    if step.operation == "replace" and not seen and not step.changed:
        yield f"# because of {', '.join(step.reasons) or 'what it depends on'}"


def _change(kind: str, path: str, old: object, new: object) -> Iterator[str]:
    before, after = lines_of(kind, path, old), lines_of(kind, path, new)
    if before and before == after:
        only_line_ends = split_lines(str(old)) == split_lines(str(new))
        yield f"! {path}: {'only line ends change' if only_line_ends else 'something hidden changes'}"
        return
    compared = difflib.SequenceMatcher(None, before, after)
    # Before the lines, for their hunks cut off what `compared` has found.
    also_hidden = _hidden_differs(compared, hidden_of(old, before), hidden_of(new, after))
    if before and after and len(before) + len(after) > 2:
        yield f"# {path}, line by line"
        yield from _line_by_line(compared, before, after)
    else:
        yield from _side("-", kind, path, old, new)
        yield from _side("+", kind, path, new, old)
    if also_hidden:
        yield f"! {path}: something hidden changes as well"


def _hidden_differs(compared: Compared, before: Sequence[list[str]], after: Sequence[list[str]]) -> bool:
    """Whether secrets differ where both texts have some: that one comes or goes with its line is seen."""
    for _, start, end, other_start, other_end in compared.get_opcodes():
        gone, come = list(chain(*before[start:end])), list(chain(*after[other_start:other_end]))
        if gone and come and gone != come:
            return True
    return False


def _line_by_line(compared: Compared, before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """Yield what differs between two texts, with one line before and after it."""
    for hunk in compared.get_grouped_opcodes(1):
        (_, old_start, _, new_start, _), (_, _, old_end, _, new_end) = hunk[0], hunk[-1]
        yield f"# @@ -{_range(old_start, old_end)} +{_range(new_start, new_end)} @@"
        for what, start, end, other_start, other_end in hunk:
            old, new = before[start:end], after[other_start:other_end]
            if what == "equal":
                yield from (f"    {shown_line(line)}" for line in old)
            else:
                yield from (f"-   {line}" for line in _beside(old, new))
                yield from (f"+   {line}" for line in _beside(new, old))


def _beside(lines: Sequence[str], others: Sequence[str]) -> list[str]:
    """Lines as they are shown beside others, from which each differs to the eye as well."""
    alike = {other[:LONGEST]: other for other in others}
    return [shown_line(line, alike.get(line[:LONGEST], "")) for line in lines]


def _range(start: int, end: int) -> str:
    """Which lines of a text there are in a hunk, as a unified diff writes it."""
    length = end - start
    first = start + 1 if length else start
    return str(first) if length == 1 else f"{first},{length}"


def _side(sign: str, kind: str, path: str, value: object, other: object) -> Iterator[str]:
    """One side of a change: in one line if the other side has something too, leaf by leaf if not."""
    if value is MISSING:
        return
    for place, held in leaves(value, path) if other is MISSING else [(path, value)]:
        yield f"{sign} {place}: {shown(kind, place, held, other)}"
