"""All scenarios side by side: who runs when, what a person sees meanwhile, and the table at the end."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

from lab.progress import duration, say

from .commands import INTERRUPTED, Commands, Stopped
from .course import Outcome, told
from .model import Scenario

_HEADING = "scenario"

Run = Callable[[Scenario], Outcome]


def run_all(scenarios: Sequence[Scenario], commands: Commands, *, jobs: int, run: Run) -> int:
    """Run scenarios and print the table.

    Args:
        scenarios: The scenarios, in the order of the table.
        commands: What runs the commands; it knows of an interruption.
        jobs: How many run at once.
        run: Takes one scenario from nothing to its outcome.

    Returns:
        The exit code: 0 if all held, 1 if one did not, 130 after an interruption.
    """
    started = time.monotonic()
    say(f"{len(scenarios)} scenarios, {min(jobs, len(scenarios))} at once")
    outcomes = side_by_side(scenarios, jobs, run)
    say()
    for line in table(scenarios, outcomes):
        say(line)
    failed = sum(bool(outcome.failures) for outcome in outcomes)
    say(f"\n{len(outcomes) - failed} of {len(scenarios)} scenarios hold, after {duration(time.monotonic() - started)}")
    if commands.interrupted:
        return INTERRUPTED
    return 1 if failed else 0


def side_by_side(scenarios: Sequence[Scenario], jobs: int, run: Run) -> list[Outcome]:
    """Run scenarios, a few at once, say how each ended, and return those that came to their end."""
    outcomes: list[Outcome] = []
    # The longest first, so that none is left alone at the end.
    order = sorted(scenarios, key=lambda scenario: -len(scenario.steps))
    with ThreadPoolExecutor(jobs) as pool:
        open_ones = {pool.submit(_ended, run, scenario) for scenario in order}
        while open_ones:
            done, _ = wait(open_ones, return_when=FIRST_COMPLETED)
            open_ones -= done
            for outcome in filter(None, (each.result() for each in done)):
                outcomes.append(outcome)
                say(f"[{len(outcomes)}/{len(scenarios)}] {_verdict(outcome)}: {outcome.scenario}")
    return outcomes


def table(scenarios: Sequence[Scenario], outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The lines of the table, and below it why what failed did."""
    by_name = {outcome.scenario: outcome for outcome in outcomes}
    width = max(len(name) for name in (_HEADING, *(scenario.name for scenario in scenarios)))
    yield f"{_HEADING:<{width}}  verdict      seconds"
    for scenario in scenarios:
        outcome = by_name.get(scenario.name)
        seconds = f"{outcome.seconds:7.1f}" if outcome else "      -"
        yield f"{scenario.name:<{width}}  {_verdict(outcome):<11}  {seconds}"
    for outcome in outcomes:
        for failure in outcome.failures:
            yield f"\n{outcome.scenario}: {failure}"


def _ended(run: Run, scenario: Scenario) -> Outcome | None:
    """How a scenario ended; None if it was interrupted. Whatever goes wrong in it stops no other."""
    started = time.monotonic()
    try:
        return run(scenario)
    except Stopped:
        return None
    except Exception as error:
        return Outcome(scenario=scenario.name, failures=(told(error),), seconds=time.monotonic() - started)


def _verdict(outcome: Outcome | None) -> str:
    if outcome is None:
        return "interrupted"
    return "FAILED" if outcome.failures else "verified"
