"""What a schedule finds, as exit codes: a difference, a certificate that is due, or that nobody can tell."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from lab import clock, recording
from lab.stacks import Stack
from previews.digest import Preview
from tests.unit.previews import recorded


class Engine:
    """An engine that finds what was once recorded, and ends with a code of its own."""

    def __init__(self) -> None:
        self.found = "no-change"
        self.code = 0
        self.commands: list[Sequence[str]] = []

    def keep(self, name: str, folder: Path, command: Sequence[str], environment: Mapping[str, str]) -> int:
        assert (name, folder.is_dir(), "PULUMI_BACKEND_URL" in environment) == ("dev", True, True)
        self.commands.append(command)
        return self.code


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    made = Engine()
    monkeypatch.setattr(recording, "keep", made.keep)
    monkeypatch.setattr(recording, "read", lambda *_: recorded.preview(made.found))
    monkeypatch.setattr(Stack, "_settings", {})
    return made


@pytest.mark.parametrize(
    ("found", "engines_code", "code"),
    [("no-change", 0, 0), ("change-type", 0, 7), ("failure", 0, 1), ("no-change", 255, 1)],
)
def test_drift_is_told_by_the_exit_code(
    engine: Engine, tmp_path: Path, found: str, engines_code: int, code: int
) -> None:
    engine.found, engine.code = found, engines_code

    assert clock.drifted(Stack("dev"), tmp_path) == code


def test_who_looks_for_drift_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    clock.drifted(Stack("dev"), tmp_path)

    ((_, command, *options),) = engine.commands
    assert command == "refresh"
    assert "--preview-only" in options


@pytest.mark.parametrize(
    ("found", "engines_code", "code", "deployments"),
    [
        ("no-change", 0, 0, 0),
        ("renewal", 0, 5, 1),
        ("change-type", 0, 7, 0),
        ("failure", 0, 1, 0),
        ("renewal", 255, 1, 0),
    ],
)
def test_only_a_certificate_that_is_due_is_deployed(
    engine: Engine, found: str, engines_code: int, code: int, deployments: int
) -> None:
    engine.found, engine.code = found, engines_code
    asked: list[str] = []

    def deploy() -> int:
        asked.append("deploy")
        return 5

    assert clock.renew(Stack("dev"), deploy) == code
    assert len(asked) == deployments


@pytest.mark.usefixtures("engine")
def test_no_password_of_a_backend_is_in_what_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = Preview(stack="dev", errors=("cannot open postgres://admin:hunter2@db/pulumi",))
    monkeypatch.setattr(recording, "read", lambda *_: failed)

    assert clock.drifted(Stack("dev"), tmp_path) == 1
    assert clock.renew(Stack("dev"), lambda: 0) == 1

    assert capsys.readouterr().err == "cannot open postgres://[secret]@db/pulumi\n" * 2
