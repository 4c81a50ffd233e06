"""Runs of scenarios take turns: each begins with the removal of what it finds."""

from pathlib import Path

import pytest

from lab import cluster, lock, paths
from scenarios import __main__ as program
from scenarios import board
from scenarios.course import Course


@pytest.fixture(autouse=True)
def _lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lab that runs, with locks of its own."""
    monkeypatch.setattr(paths, "STACK_LOCKS", tmp_path / "locks")
    monkeypatch.setattr(paths, "LOCK", tmp_path / "lock")
    monkeypatch.setattr(lock, "PATIENCE", 0.05)
    monkeypatch.setattr(lock, "FOR_A_BACKEND", 0.05)
    monkeypatch.setattr(cluster, "is_running", lambda: True)


@pytest.mark.parametrize("first", [[], ["--remove"]], ids=["run", "remove"])
@pytest.mark.parametrize("second", [[], ["--remove"]], ids=["run", "remove"])
def test_one_that_others_would_disturb_refuses_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], first: list[str], second: list[str]
) -> None:
    codes: list[int] = []

    def meanwhile(*_: object, **__: object) -> int:
        with monkeypatch.context() as other:
            other.setattr(board, "run_all", lambda *_, **__: pytest.fail("it ran"))
            other.setattr(program, "_remove", lambda *_: pytest.fail("it removed"))
            codes.append(program.main(second))
        return 0

    monkeypatch.setattr(board, "run_all", meanwhile)
    monkeypatch.setattr(program, "_remove", meanwhile)

    assert program.main(first) == 0

    assert codes == [2]
    holder = " ".join(["scenarios", *first])
    assert "every scenario is locked by process " in (said := capsys.readouterr().err)
    assert f"(lab {holder}, since " in said
    assert "; wait until it has ended, then run this again\n" in said


def test_the_list_is_there_at_any_time(capsys: pytest.CaptureFixture[str]) -> None:
    with lock.no_scenarios("scenarios"):
        assert program.main(["--list"]) == 0

    assert "headless" in capsys.readouterr().out


def test_the_next_run_need_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Course, "remove", lambda _: [])

    assert [program.main(["--remove", "headless"]) for _ in range(2)] == [0, 0]


def test_a_removal_counts_what_is_gone_and_tells_what_is_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = {"headless": ["something is left behind: a namespace"]}
    monkeypatch.setattr(Course, "remove", lambda self: found.get(self._scenario.name, []))

    assert program.main(["--remove", "dns-lookup", "headless"]) == 1

    assert capsys.readouterr().out.splitlines() == [
        "[1/2] gone: dns-lookup",
        "[2/2] left: headless",
        "something is left behind: a namespace",
    ]
