"""Updates that something happens to: when the clock starts, and that no failure gets lost."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench.engine import api_server, disk, inventory, trials, updates
from bench.engine.updates import Interruption, Lengths
from bench.errors import BenchError
from lab import lock, turns


class _Stack:
    """A stack whose updates are shell scripts."""

    def __init__(self, folder: Path, *scripts: str) -> None:
        self.folder = folder
        self.environment: dict[str, str] = {}
        self.did: list[str] = []
        self._scripts = list(scripts)

    def command(self, *_: str) -> list[str]:
        return ["bash", "-c", self._scripts.pop(0)]

    def configure(self, _: object) -> None:
        self.did.append("configure")

    def up(self, _: object) -> None:
        self.did.append("up")

    def must_be_settled(self) -> None:
        self.did.append("preview")


def _stack(folder: Path, *scripts: str) -> Any:
    return _Stack(folder, *scripts)


def _places(stack: Any) -> Any:
    return SimpleNamespace(fresh=lambda: stack, deployed=lambda: stack, leave=lambda: None)


LOST = "Secret a is in the cluster alone"
LENGTHS = (Lengths(update=0.2, plugin=0.2), Lengths(update=0.2, plugin=0.2))
PLUGIN = "exec -a /x/pulumi-resource-kubernetes sleep"
REFUSED = "echo error: the stack is currently locked by 1 lock; exit 255"
LONG = "sleep 0.6"


@pytest.fixture(autouse=True)
def _little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    def alone(stack: _Stack, purpose: str) -> AbstractContextManager[None]:
        return lock.held(stack.folder / "lock", "the stack", purpose)

    monkeypatch.setattr(turns, "alone", alone)
    monkeypatch.setattr(lock, "PATIENCE", 0.3)


@pytest.mark.parametrize(
    ("scripts", "succeeded", "refused", "wrong"),
    [
        ((LONG, "true"), 1, 1, ""),
        (("true", "sleep 0.1"), 2, 0, ""),
        (("true", "echo broken; exit 1"), 1, 0, "two updates at once ended with [0, 1]:\nbroken\n"),
        ((f"{LONG}; exit 7", "true"), 0, 1, "two updates at once ended with [-1, 7]:"),
        ((REFUSED, REFUSED), 0, 0, "two updates at once ended with [255, 255]:"),
    ],
)
def test_a_pair_that_ends_in_another_way_is_a_failed_one(
    scripts: tuple[str, str], succeeded: int, refused: int, wrong: str, tmp_path: Path
) -> None:
    found = updates.both_at_once(_stack(tmp_path, *scripts))

    assert found[:2] == (succeeded, refused)
    assert found[2].startswith(wrong)
    assert bool(found[2]) is bool(wrong)


def test_a_pair_that_fails_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inventory, "differences", lambda _: [LOST])

    found = trials.pair(_places(_stack(tmp_path, "true", "echo broken; exit 1")), 1)

    assert (found.succeeded, found.refused) == (1, 0)
    assert found.wrong == ("two updates at once ended with [0, 1]:\nbroken\n", LOST)


def test_an_update_without_end_is_a_failed_trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates, "_LONGEST", 0.2)
    monkeypatch.setitem(updates._KILL, "engine", lambda _: True)
    stack = _stack(tmp_path, "sleep 60", "sleep 60", "sleep 60")

    trial = trials.killed(_places(stack), "engine", 1, 0.5, LENGTHS)
    pair = trials.pair(_places(stack), 1)

    assert (trial.outcome, trial.failure) == ("broken", "the update has not ended after 0 s")
    assert pair.wrong == ("the update has not ended after 0 s",)


def test_the_time_to_recover_begins_with_the_kill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stack = _stack(tmp_path, "sleep 60")

    def adopt(_: object) -> None:
        stack.did.append("adopt")
        time.sleep(0.2)

    monkeypatch.setattr(inventory, "differences", lambda _: [])
    monkeypatch.setattr(updates, "adopt_unanswered", adopt)

    trial = trials.killed(_places(stack), "engine", 1, 0.5, LENGTHS)

    assert (trial.outcome, trial.failure) == ("broken", "")
    assert trial.seconds is not None
    assert 0.2 <= trial.seconds < 5
    assert stack.did == ["configure", "adopt", "up", "preview"]


def test_the_rest_of_the_broken_update_is_part_of_recovery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(updates._KILL, "engine", lambda _: True)
    began = time.monotonic()

    found = updates.interrupted(_stack(tmp_path, "sleep 0.6; exit 1"), "engine", 0.1)

    assert found.outcome == "broken"
    assert 0.1 <= found.since - began < 0.5


def test_recovery_from_an_absent_api_server_begins_when_the_cluster_acts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def acts() -> float:
        time.sleep(0.3)
        return 0.3

    monkeypatch.setitem(updates._KILL, "API server", lambda _: True)
    monkeypatch.setattr(api_server, "until_the_cluster_acts", acts)
    began = time.monotonic()

    found = updates.interrupted(_stack(tmp_path, "sleep 0.2"), "API server", 0.1)

    assert (found.outcome, found.asleep) == ("unharmed", 0.3)
    assert found.since - began >= 0.4


def test_a_cluster_that_never_acts_again_is_a_failed_trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never() -> float:
        raise BenchError("the cluster does not act")

    monkeypatch.setitem(updates._KILL, "API server", lambda _: True)
    monkeypatch.setattr(api_server, "until_the_cluster_acts", never)

    trial = trials.killed(_places(_stack(tmp_path, "sleep 60")), "API server", 1, 0.5, LENGTHS)

    assert (trial.outcome, trial.failure) == ("broken", "the cluster does not act")


def test_a_plugin_is_waited_for_and_its_points_are_in_its_life(tmp_path: Path) -> None:
    script = f"sleep 0.5; ({PLUGIN} 60); exit 1"
    began = time.monotonic()

    found = updates.interrupted(_stack(tmp_path, script), "plugin", 0.2)

    assert found.outcome == "broken"
    assert found.since - began >= 0.7


def test_the_length_of_a_plugins_life_is_not_that_of_the_update(tmp_path: Path) -> None:
    found = updates.lengths(_stack(tmp_path, f"sleep 1; ({PLUGIN} 0.5); sleep 0.5"))

    assert 0.2 < found.plugin < 0.9
    assert found.update >= 2


def test_an_update_that_fails_unbroken_is_no_measure(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"nobody breaks has failed:\n  reason"):
        updates.lengths(_stack(tmp_path, "echo reason; exit 1"))


def test_a_point_that_missed_is_tried_again_a_little_earlier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[float] = []

    def missed(_: object, __: object, after: float) -> Interruption:
        tried.append(round(after, 3))
        return Interruption(outcome="missed", since=0)

    monkeypatch.setattr(updates, "interrupted", missed)

    trial = trials.killed(_places(_stack(tmp_path)), "engine", 1, 0.5, LENGTHS)

    assert tried == [0.1, 0.09, 0.08]
    assert (trial.outcome, trial.failure) == ("missed", "")


def test_an_update_that_failed_before_anything_was_killed_is_a_failed_trial(tmp_path: Path) -> None:
    trial = trials.killed(_places(_stack(tmp_path, "echo reason; exit 1")), "plugin", 1, 0.5, LENGTHS)

    assert trial.outcome == "missed"
    assert trial.failure == "it failed before anything was killed:\n  reason"


def test_a_full_disk_counts_from_when_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def small(_: object) -> Iterator[Any]:
        yield SimpleNamespace(grow=lambda: time.sleep(0.5))

    monkeypatch.setattr(disk, "small", small)
    monkeypatch.setattr(inventory, "differences", lambda _: [LOST])

    began = time.monotonic()
    trial = trials.disk_full(_places(_stack(tmp_path, "sleep 0.5; exit 1")), 0)
    spent = time.monotonic() - began

    assert (trial.outcome, trial.differences, trial.failure) == ("broken", (LOST,), "")
    assert trial.seconds is not None
    assert trial.seconds <= spent - 1.0, "neither the update nor making room is part of the recovery"


def test_a_disk_that_holds_not_even_the_state_is_a_failed_trial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object) -> Any:
        raise OSError("no space left on device")

    monkeypatch.setattr(disk, "small", full)

    assert trials.disk_full(_places(_stack(tmp_path)), 0).failure == "no space left on device"
