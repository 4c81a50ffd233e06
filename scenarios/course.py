"""The course of one scenario: from nothing, through its steps, to nothing."""

import json
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lab import paths
from lab.errors import LabError
from lab.recovery import recover

from . import balancer, checks
from .checks import Identity, Site
from .commands import Answer, Commands, Stopped
from .model import Scenario, Step
from .site import LabSite, kubectl
from .stack import ScenarioStack
from .values import filled

_SHARED = "shared"
_LINES = 12
"""How much of a failed update's reasons is shown."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a scenario.

    Attributes:
        scenario: The scenario's name.
        failures: What did not hold; nothing if all did.
        seconds: From the first command to the last.
    """

    scenario: str
    failures: tuple[str, ...]
    seconds: float


class Course:
    """Takes one scenario through its steps.

    Args:
        scenario: The scenario.
        commands: Runs what has to be run.
    """

    def __init__(self, scenario: Scenario, commands: Commands) -> None:
        self._scenario = scenario
        self._commands = commands
        self._stack = ScenarioStack(scenario.name, commands=commands)
        self._log = paths.LOGS / f"scenario-{scenario.name}.log"

    def run(self, *, keep: bool) -> Outcome:
        """Deploy, check and remove it.

        Args:
            keep: Whether what was deployed stays there.

        Raises:
            Stopped: It was interrupted; what it had begun is removed.
        """
        self._commands.check()
        started = time.monotonic()
        failures: list[str] = []
        try:
            failures += self._explained(self._from_nothing)
        finally:
            if not keep or self._commands.interrupted:
                failures += self.remove()
        return Outcome(scenario=self._scenario.name, failures=tuple(failures), seconds=time.monotonic() - started)

    def remove(self) -> list[str]:
        """Remove all that there is of it, and return what could not be removed, and why.

        Raises:
            Stopped: It was interrupted twice; what is left stays there.
        """
        return self._explained(self._remove, tidying=True)

    def _remove(self) -> list[str]:
        problems: list[str] = []
        if self._stack.exists():
            recover(self._stack)
            answer = self._logged("destroy", self._stack.pulumi_quietly("destroy", tidying=True))
            if answer.code:
                return [self._reason("destroy", answer)]
            self._stack.remove()
        if given := [each for step in self._scenario.steps for each in step.given]:
            manifest = self._manifest(given)
            answer = self._kubectl("delete", "--ignore-not-found", "--filename=-", text=manifest, tidying=True)
            # Not all of it need be in the namespace that is looked for below.
            if answer.code:
                problems.append(f"what was given could not be removed: {answer.shown}")
        shutil.rmtree(self._stack.folder, ignore_errors=True)
        left = self._kubectl("get", "namespace", self._scenario.namespace, "--ignore-not-found", tidying=True)
        return [*problems, f"something is left behind: {left.shown}"] if left.text.strip() else problems

    def _from_nothing(self) -> list[str]:
        self._log.unlink(missing_ok=True)
        if left := self._remove():
            return left
        before, site = Identity(), None
        for number, step in enumerate(self._scenario.steps, start=1):
            failures = self._update(step, site)
            if not failures:
                site = LabSite(self._commands, self._scenario.namespace, self._stack.outputs(), self._stack.folder)
                failures = checks.failures(step.expect, site, before)
                before = checks.identity(site)
            if failures:
                which = f"step {number}: " if len(self._scenario.steps) > 1 else ""
                return [which + failure for failure in failures]
        return []

    def _update(self, step: Step, site: Site | None) -> list[str]:
        """Take the stack to a step; what prevented it."""
        facts = {**(checks.facts(site) if site else {}), **self._places}
        for name, text in step.files.items():
            (self._stack.folder / _SHARED).mkdir(parents=True, exist_ok=True)
            (self._stack.folder / _SHARED / name).write_text(text)
        if step.given:
            answer = self._kubectl("apply", "--server-side", "--filename=-", text=self._manifest(step.given))
            if answer.code:
                return [f"what is given could not be made: {answer.shown}"]
        self._stack.configure(filled(step.config, facts))
        if step.again:
            answer = self._logged("destroy", self._stack.pulumi_quietly("destroy"))
            if answer.code:
                return [self._reason("destroy", answer)]
        with balancer.standing_in(self._commands, self._scenario.namespace, filled(step.balancer, facts)):
            answer = self._logged("up", self._stack.pulumi_quietly("up", "--suppress-outputs"))
        return [self._reason("up", answer)] if answer.code else []

    @property
    def _places(self) -> dict[str, Any]:
        shared = paths.inside(self._stack.folder / _SHARED)
        return {"namespace": self._scenario.namespace, "folder": shared}

    def _manifest(self, objects: Sequence[Mapping[str, Any]]) -> str:
        return json.dumps({"apiVersion": "v1", "kind": "List", "items": filled(objects, self._places)})

    def _kubectl(self, *arguments: str, text: str | None = None, tidying: bool = False) -> Answer:
        return self._logged(" ".join(arguments), kubectl(self._commands, *arguments, text=text, tidying=tidying))

    def _logged(self, command: str, answer: Answer) -> Answer:
        with self._log.open("a") as log:
            log.write(f"--- {command}: exit code {answer.code}\n{answer.text}\n")
        return answer

    def _reason(self, command: str, answer: Answer) -> str:
        return f"`pulumi {command}` failed; all that it said is in {self._log}:\n{diagnosis(answer.text)}"

    def _explained(self, action: Callable[[], list[str]], *, tidying: bool = False) -> list[str]:
        try:
            return action()
        except Stopped:
            raise
        except Exception as error:
            # A terminal's Ctrl-C also ends what is not run by `commands`.
            self._commands.check(tidying=tidying)
            return [told(error)]


def told(error: Exception) -> str:
    """What an error says; if nobody foresaw it, after its type, for many say no more than a key or a name."""
    return str(error) if isinstance(error, LabError) else f"{type(error).__name__}: {error}"


def diagnosis(said: str) -> str:
    """The reasons in what a failed update said, or else its end."""
    closing = said.rpartition("\nDiagnostics:\n")[2].partition("\nResources:\n")[0].strip("\n")
    lines = closing.splitlines()
    return "\n".join(lines[:_LINES] if "\nDiagnostics:\n" in said else lines[-_LINES:])
