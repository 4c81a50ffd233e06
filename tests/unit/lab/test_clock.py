"""What a schedule finds, as exit codes: a difference, a certificate that is due, or that nobody can tell."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from lab import clock, recording
from lab.errors import LabError
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
        (folder / "dev.errors").touch()
        return self.code


class Past:
    """A history as the engine gives it, page by page, and what git says of the working tree."""

    def __init__(self) -> None:
        self.updates: list[dict[str, Any]] = []
        self.commit = "c0ffee"
        self.changes = ""

    def add(self, result: str = "succeeded", *, kind: str = "update", **environment: str) -> None:
        """Let something have happened after all else."""
        self.updates.insert(0, {"kind": kind, "result": result, "environment": environment})

    def pulumi(self, *arguments: str) -> str:
        options = dict(each.removeprefix("--").split("=") for each in arguments if "=" in each)
        size, page = int(options["page-size"]), int(options["page"])
        assert (arguments[:2], options["stack"]) == (("stack", "history"), "dev")
        return json.dumps(self.updates[size * (page - 1) : size * page])

    def git(self, command: Sequence[str], *, folder: Path) -> str:
        if not self.commit:
            raise LabError("not a git repository")
        return {"rev-parse": self.commit, "status": self.changes}[command[1]] + "\n"


@pytest.fixture(autouse=True)
def past(monkeypatch: pytest.MonkeyPatch) -> Past:
    made = Past()
    monkeypatch.setattr(Stack, "pulumi", made.pulumi)
    monkeypatch.setattr(clock, "run", made.git)
    return made


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


@pytest.mark.parametrize(
    ("last", "here", "code"),
    [
        (("failed", "c0ffee"), "c0ffee", 5),
        (("failed", "another"), "c0ffee", 7),
        (("succeeded", "c0ffee"), "c0ffee", 7),
        (("failed", ""), "", 7),
    ],
)
def test_a_renewal_that_was_broken_off_is_gone_on_with(
    engine: Engine, past: Past, last: tuple[str, str], here: str, code: int
) -> None:
    engine.found, past.commit = "change-type", here
    past.add()
    past.add(last[0], **{"git.head": last[1]})
    past.add(kind="refresh")

    assert clock.renew(Stack("dev"), lambda: 5) == code


@pytest.mark.parametrize(
    ("dirty", "changes", "code"), [("true", "", 7), ("true", " M settings.py", 5), ("false", "", 5)]
)
def test_a_renewal_takes_back_nothing_that_no_commit_has(
    engine: Engine, past: Past, dirty: str, changes: str, code: int
) -> None:
    engine.found, past.changes = "renewal", changes
    past.add(**{"git.dirty": dirty})
    past.add("failed", **{"git.dirty": "false"})

    assert clock.renew(Stack("dev"), lambda: 5) == code


@pytest.mark.parametrize("failures", [0, 10, 500])
def test_what_is_deployed_is_found_however_often_updates_failed_since(past: Past, failures: int) -> None:
    past.add(**{"git.head": "0ld"})
    past.add(**{"git.head": "deployed"})
    for _ in range(failures):
        past.add("failed", **{"git.head": "new"})

    assert clock.deployed_commit(Stack("dev")) == "deployed"


@pytest.mark.parametrize("environment", [None, {}])
def test_without_a_commit_it_is_said_what_makes_one_known(past: Past, environment: dict[str, str] | None) -> None:
    if environment is not None:
        past.add(**environment)

    with pytest.raises(LabError, match="no update whose commit is known; deploy it once from a git repository"):
        clock.deployed_commit(Stack("dev"))


@pytest.mark.usefixtures("engine")
def test_no_password_of_a_backend_is_in_what_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = Preview(stack="dev", errors=("cannot open postgres://admin:hunter2@db/pulumi",))
    monkeypatch.setattr(recording, "read", lambda *_: failed)

    assert clock.drifted(Stack("dev"), tmp_path) == 1
    assert clock.renew(Stack("dev"), lambda: 0) == 1

    assert capsys.readouterr().err == "dev: cannot open postgres://[secret]@db/pulumi\n" * 2
