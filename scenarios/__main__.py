"""The command: `python -m scenarios [NAME ...]` runs scenarios on the lab, all of them by default."""

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from lab import cluster, lock
from lab.errors import LabError
from lab.progress import say

from . import board, model
from .commands import INTERRUPTED, Commands, Stopped, interruptible
from .course import Course
from .model import Scenario

DESCRIPTION = "Deploy every case of the tutorials on the lab, check that what it shows holds, and remove it."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 all hold, 1 one does not, 2 wrong call, 130 interrupted."""
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except (LabError, ValueError) as error:
        sys.stderr.write(f"scenarios: {error}\n")
        return 2


def _run(options: argparse.Namespace) -> int:
    scenarios = model.chosen(model.load(), options.names)
    if options.list:
        width = max(len(scenario.name) for scenario in scenarios)
        for scenario in scenarios:
            say(f"{scenario.name:<{width}}  {scenario.title}")
        return 0
    if not cluster.is_running():
        raise LabError(cluster.IS_DOWN)
    commands = Commands()
    purpose = "scenarios --remove" if options.remove else "scenarios"
    # Each run begins with the removal of what it finds, also of what another one is just deploying.
    with interruptible(commands), lock.no_scenarios(purpose):
        if options.remove:
            return _remove(scenarios, commands, options.jobs)
        return board.run_all(
            scenarios,
            commands,
            jobs=options.jobs,
            run=lambda scenario: Course(scenario, commands).run(keep=options.keep),
        )


def _remove(scenarios: Sequence[Scenario], commands: Commands, jobs: int) -> int:
    left: list[str] = []
    with ThreadPoolExecutor(jobs) as pool:
        outcomes = pool.map(lambda each: Course(each, commands).remove(), scenarios)
        try:
            for number, (scenario, found) in enumerate(zip(scenarios, outcomes, strict=True), 1):
                say(f"[{number}/{len(scenarios)}] {'left' if found else 'gone'}: {scenario.name}")
                left += found
        except Stopped:
            return INTERRUPTED
    say("\n".join(left) or "Nothing of these scenarios is left.")
    return 1 if left else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scenarios", description=DESCRIPTION)
    parser.add_argument("names", nargs="*", metavar="NAME", help="a scenario (default: all)")
    parser.add_argument(
        "--jobs",
        type=int,
        choices=range(1, 17),
        metavar="1-16",
        default=4,
        help="how many run at once (default: %(default)s)",
    )
    doing = parser.add_mutually_exclusive_group()
    doing.add_argument("--list", action="store_true", help="list the scenarios and what they show")
    doing.add_argument("--keep", action="store_true", help="leave what was deployed there, to look at it")
    doing.add_argument("--remove", action="store_true", help="remove what was left there")
    return parser


if __name__ == "__main__":
    sys.exit(main())
