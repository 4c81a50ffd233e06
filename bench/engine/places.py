"""The stacks on which updates are broken."""

import shutil
from collections.abc import Mapping
from typing import Any

from lab import cluster
from lab.errors import LabError
from lab.progress import say

from ..stack import BenchStack


def values(revision: str) -> Mapping[str, Any]:
    """A configuration with a certificate of a revision: changing it makes a new key, new objects and new pods."""
    return {"certificate": {"source": "generated", "keyRevision": revision, "certificateRevision": revision}}


class Places:
    """One stack after another, each with a namespace of its own.

    An update from nothing needs a place where nothing is. To destroy what is there takes 12 seconds, so the course
    moves on instead: what is left behind, the cluster removes meanwhile.

    Args:
        name: How the names of all stacks begin.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._used: list[BenchStack] = []
        self._present: BenchStack | None = None

    def fresh(self) -> BenchStack:
        """A stack where nothing is."""
        self.leave()
        stack = BenchStack(f"{self._name}-{len(self._used) + 1}")
        self._used.append(stack)
        # An earlier run that was killed may have been here.
        stack.discard()
        self._present = stack
        return stack

    def deployed(self) -> BenchStack:
        """The stack that is there, or a new one with a site."""
        if (stack := self._present) is None:
            stack = self.fresh()
            stack.up(values(""))
        return stack

    def leave(self) -> None:
        """Give up the present stack, whatever is wrong with it."""
        if (stack := self._present) is not None:
            self._present = None
            shutil.rmtree(stack.folder, ignore_errors=True)
            cluster.kubectl("delete", "namespace", stack.namespace, "--ignore-not-found", "--wait=false")

    def clear(self) -> None:
        """Remove all, and wait until it is gone."""
        for stack in self._used:
            try:
                stack.discard()
            except LabError as error:
                say(f"the namespace {stack.namespace} could not be removed: {error}")
