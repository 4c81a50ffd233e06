"""Many wrong configurations, each of which has to be read or refused with plain words."""

import json
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

import layers
import settings

from ..figures import Figure, Goal
from . import mutations

ROOT = Path(__file__).resolve().parents[2]
SEED = 20260101


@dataclass
class Outcome:
    """What became of the configurations.

    Attributes:
        accepted: How many were read: what was changed was right as well.
        refused: How many were refused with a list of problems.
        crashes: How the others ended, each kind once, with the configuration that did it.
        crashed: How many there were of these.
    """

    accepted: int = 0
    refused: int = 0
    crashed: int = 0
    crashes: dict[str, str] = field(default_factory=dict)


def real() -> list[Mapping[str, Any]]:
    """The configurations that the project ships, whole."""
    stacks = [yaml.safe_load(file.read_text())["config"] for file in sorted(ROOT.glob("Pulumi.*.yaml"))]
    common = _read(ROOT / "scenarios" / "common.yaml")["config"]
    cases = [_read(file) for file in sorted((ROOT / "scenarios" / "cases").glob("*.yaml"))]
    return [*stacks, *(layers.merged(common, case.get("config", {})) for case in cases)]


def _read(file: Path) -> Any:
    """A file of the scenarios, as it is in one of them."""
    return yaml.safe_load(file.read_text().replace("${namespace}", "scenario"))


def tried(count: int, bases: Sequence[Mapping[str, Any]], seed: int = SEED) -> Outcome:
    """Read many wrong configurations.

    Args:
        count: How many.
        bases: What they are made from, in turn.
        seed: The same seed gives the same configurations.
    """
    dice = random.Random(seed)  # noqa: S311  # no secret depends on it
    outcome = Outcome()
    for number in range(count):
        _try(mutations.mutated(bases[number % len(bases)], dice), outcome)
    return outcome


def _try(configuration: Mapping[str, Any], outcome: Outcome) -> None:
    raw = dict(as_pulumi_passes(configuration))
    try:
        settings.load(raw)
    except ValueError as error:
        if "problem" in str(error):
            outcome.refused += 1
            return
        _crash(error, raw, outcome)
    except Exception as error:  # whatever it is, it is what we look for
        _crash(error, raw, outcome)
    else:
        outcome.accepted += 1


def _crash(error: Exception, raw: Mapping[str, str], outcome: Outcome) -> None:
    outcome.crashed += 1
    outcome.crashes.setdefault(f"{type(error).__name__}: {error}"[:200], json.dumps(raw)[:2000])


def as_pulumi_passes(configuration: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Keys and texts: Pulumi passes text as it is, and all else as JSON."""
    for key, value in configuration.items():
        if isinstance(value, float) and not math.isfinite(value):
            yield key, str(value)
        else:
            yield key, value if isinstance(value, str) else json.dumps(value)


def figures(outcome: Outcome) -> Iterator[Figure]:
    """All figures of the trial."""

    def figure(quantity: str, value: float, goal: Goal | None = None, note: str = "") -> Figure:
        return Figure(
            table="Wrong configurations", subject="settings", quantity=quantity, unit="", values=(value,), goal=goal,
            note=note,
        )  # fmt: skip

    total = outcome.accepted + outcome.refused + outcome.crashed
    yield figure("tried", total, Goal(direction="at least", limit=5000))
    yield figure("refused with a list of problems", outcome.refused)
    yield figure("accepted", outcome.accepted)
    crashes = "; ".join(outcome.crashes)
    yield figure("ended in any other way", outcome.crashed, Goal(direction="at most", limit=0), crashes)
