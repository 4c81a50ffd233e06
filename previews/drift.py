"""What a stranger's hand has changed in the cluster, and the issue about it."""

import re
from collections.abc import Iterator

from previews import diff
from previews.blocks import Block, arranged, length
from previews.comment import LIMIT
from previews.digest import Preview
from previews.markdown import code, fence
from previews.step import Step

_MARKER = "<!-- secure-nginx: drift of {} -->"
_UNFIT = re.compile(r"[^A-Za-z0-9._-]")


def steps(preview: Preview) -> tuple[Step, ...]:
    """The resources that are not as the state says, after a refresh that was only previewed."""
    return tuple(step for step in preview.steps if not step.only_status)


def lines(preview: Preview) -> Iterator[str]:
    """Yield what differs, for a terminal."""
    found = steps(preview)
    yield f"Stack {preview.stack}: {_summary(len(found))}"
    yield from diff.lines(found)


def marker(stack: str) -> str:
    """First line of the issue about a stack, by which it is found again."""
    return _MARKER.format(_UNFIT.sub("_", stack))


def title(stack: str) -> str:
    """Title of the issue about a stack."""
    return f"The cluster is not what the stack {_UNFIT.sub('_', stack)} says"


def issue(preview: Preview, link: str) -> str | None:
    """Text of the issue; None if nothing differs.

    Args:
        preview: A refresh that was only previewed.
        link: Address of the log of the run; empty if there is none.
    """
    found = steps(preview)
    if not found:
        return None
    shown = list(diff.lines(found))
    start, end = fence(shown, "diff")
    head = (
        f"{marker(preview.stack)}\n"
        f"Somebody or something has changed what the stack {code(preview.stack)} deployed: {_summary(len(found))} "
        f"Red is what the state says, green what the cluster has.{_log(link)}\n\n"
    )
    tail = (
        # An update alone trusts the state and would see no change; without the variables both mean the lab.
        f"\n{code(f'make refresh STACK={preview.stack}')} takes note of it, {code(f'make up STACK={preview.stack}')} "
        "then puts it right, both with the stack's own `KUBE_CONTEXT`, `PULUMI_BACKEND_URL` and "
        "`PULUMI_CONFIG_PASSPHRASE`. Where the change is wanted, write it into the program first. "
        "This issue closes itself when nothing differs any more.\n"
    )
    block = Block(
        rank=0,
        before=(start,),
        lines=shown,
        after=(end,),
        note=lambda left: f"({left} more lines are left out; the log has them.)",
    )
    return head + arranged([block], LIMIT - length(head) - length(tail)) + tail


def gone(stack: str, link: str) -> str:
    """Last text of an issue whose matter is gone."""
    return f"{marker(stack)}\nThe cluster is what the stack {code(stack)} says again.{_log(link)}\n"


def _summary(number: int) -> str:
    if number == 0:
        return "nothing differs from the state."
    return f"{number} resource{' differs' if number == 1 else 's differ'} from the state."


def _log(link: str) -> str:
    return f" [Log]({link})" if link else ""
