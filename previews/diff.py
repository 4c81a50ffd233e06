"""A change as lines that a person reads: one resource after the other, red what goes, green what comes."""

import difflib
import re
from collections.abc import Iterator, Sequence

from previews.markdown import visible
from previews.properties import MISSING, covers, differences, leaves, lines_of, shown
from previews.step import Properties, Step

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
        yield path, _output(path, before), _output(path, after)


def _output(path: str, value: object) -> str:
    # What a site is called makes no secret of its outputs.
    return "" if value is MISSING else shown("", _OF_A_SITE.sub("", path), value)


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
    if before and after:
        yield f"# {path}, line by line"
        # The first two lines of a unified diff name files, and these are none.
        for line in list(difflib.unified_diff(before, after, lineterm="", n=1))[2:]:
            yield f"# {line}" if line.startswith("@@") else f"{line[0]}   {line[1:]}"
        return
    yield from _side("-", kind, path, old, whole=new is not MISSING)
    yield from _side("+", kind, path, new, whole=old is not MISSING)


def _side(sign: str, kind: str, path: str, value: object, *, whole: bool) -> Iterator[str]:
    """One side of a change: in one line if the other side has something too, leaf by leaf if not."""
    if value is MISSING:
        return
    for place, held in [(path, value)] if whole else leaves(value, path):
        yield f"{sign} {place}: {shown(kind, place, held)}"
