"""How much a preview changes, in numbers: for the headline of a stack, and for its line in the overview."""

from collections.abc import Iterator

from previews import diff
from previews.digest import Preview
from previews.step import UNTOUCHED

NAMED = ("delete", "replace", "update", "create")
"""The operations that have a column of their own."""
EXPOSED = "no longer protected"


def only_outputs(preview: Preview) -> bool:
    """Whether outputs of the stack change, and no resource does."""
    if preview.failed or preview.changes or preview.new_outputs is None:
        return False
    return any(diff.outputs(preview.old_outputs, preview.new_outputs))


def headline(preview: Preview) -> str:
    """What an update would do, in a sentence."""
    stay = "stays as it is" if _untouched(preview) == 1 else "stay as they are"
    if preview.failed:
        return "❌ **The preview failed.** What an update would do is not known."
    if not preview.changes:
        told = "Only outputs change" if only_outputs(preview) else "No changes"
        return f"{told}: {_untouched(preview)} resource{'' if _untouched(preview) == 1 else 's'} {stay}."
    parts = [f"{number} to {operation}" for operation, number in _counts(preview).items() if number]
    parts += [f"{other} otherwise"] if (other := _other(preview)) else []
    parts += [f"{exposed} {EXPOSED}"] if (exposed := _exposed(preview)) else []
    # The engine does not count everything that it does, such as the end of a replacement that was broken off.
    told = f"**{', '.join(parts)}**" if parts else "Changes that the engine does not count"
    return f"{told}; {_untouched(preview)} {stay}."


def cells(preview: Preview) -> Iterator[str]:
    """Yield a cell for each of `NAMED`, one for all that has none, and one for what stays as it is."""
    if preview.failed:
        yield from [""] * (len(NAMED) + 2)
        return
    for operation, number in _counts(preview).items():
        text = str(number) if number else ""
        yield f"**{text}**" if text and operation in ("delete", "replace") else text
    yield ", ".join(_rest(preview))
    yield str(_untouched(preview))


def _counts(preview: Preview) -> dict[str, int]:
    return {operation: preview.counts.get(operation, 0) for operation in NAMED}


def _untouched(preview: Preview) -> int:
    """Number of resources that stay as they are; the engine counts among them what only loses its protection."""
    return preview.counts.get("same", 0) - sum(step.operation == "same" for step in preview.steps)


def _rest(preview: Preview) -> Iterator[str]:
    other, exposed = _other(preview), _exposed(preview)
    if other:
        yield str(other)
    if exposed:
        yield f"⚠️ **{exposed} {EXPOSED}**"
    if preview.changes and not (other or exposed or any(_counts(preview).values())):
        yield "not counted"
    if only_outputs(preview):
        yield "only outputs"


def _other(preview: Preview) -> int:
    known = UNTOUCHED.union(NAMED)
    return sum(number for operation, number in preview.counts.items() if operation not in known)


def _exposed(preview: Preview) -> int:
    return sum(step.unprotected for step in preview.steps)
