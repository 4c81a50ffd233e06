"""Previews kept in files, and what the terminal gets of them."""

import json
import sys
from pathlib import Path

import pytest

from lab import recording
from lab.errors import LabError
from previews import folders

TOLD = "error: cannot open postgres://admin:hunter2@db/pulumi"
SHOWN = "error: cannot open postgres://[secret]@db/pulumi\n"


def test_what_pulumi_says_is_kept_and_shown_without_passwords(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = recording.keep("dev", tmp_path, [sys.executable, "-c", f"import sys; sys.exit({TOLD!r})"], {})

    assert code == 1
    assert capsys.readouterr().err == SHOWN
    assert (tmp_path / "dev.errors").read_text() == SHOWN
    assert recording.read("dev", tmp_path).failed


def test_what_pulumi_writes_into_the_preview_alone_is_said_as_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    preview = {"steps": [], "diagnostics": [{"severity": "error", "message": f"{TOLD}\n"}]}
    said = f"import sys; print({json.dumps(preview)!r}); sys.exit(255)"

    assert recording.keep("dev", tmp_path, [sys.executable, "-c", said], {}) == 255
    assert capsys.readouterr().err == ""
    recording.explain("dev", tmp_path)

    assert capsys.readouterr().err == f"dev: {SHOWN.removeprefix('error: ')}"


def test_what_pulumi_has_said_itself_is_said_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recording.record_failure("dev", tmp_path, TOLD)

    recording.explain("dev", tmp_path)

    assert capsys.readouterr().err == ""


def test_where_nobody_said_why_that_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recording.keep("dev", tmp_path, [sys.executable, "-c", "print('{\"steps\": []}'); raise SystemExit(255)"], {})

    recording.explain("dev", tmp_path)

    assert capsys.readouterr().err == "dev: pulumi failed and did not say why\n"


def test_why_a_preview_could_not_begin_is_kept_without_passwords(tmp_path: Path) -> None:
    (tmp_path / "dev.events").write_text("of an earlier preview")

    recording.record_failure("dev", tmp_path, TOLD)

    assert (tmp_path / "dev.errors").read_text() == SHOWN
    assert not (tmp_path / "dev.events").exists()
    assert recording.read("dev", tmp_path).failed


def test_a_preview_on_the_stacks_own_state_is_taken_for_no_earlier_comparison(tmp_path: Path) -> None:
    commit = "a" * 40
    command = [sys.executable, "-c", "print('{}')"]

    assert recording.keep("dev", tmp_path, command, {}, base=commit) == 0
    assert folders.base(tmp_path) == commit
    assert recording.keep("dev", tmp_path, command, {}) == 0
    assert folders.base(tmp_path) == ""

    recording.record_failure("dev", tmp_path, TOLD, base=commit)
    assert folders.base(tmp_path) == commit
    recording.record_failure("dev", tmp_path, TOLD)
    assert folders.base(tmp_path) == ""


def test_recordings_of_another_kind_go_and_files_of_nobodys_stack_stay(tmp_path: Path) -> None:
    for name in ("staging.json", "mine.json"):
        (tmp_path / name).write_text("{}")

    recording.record_failure("prod", tmp_path, TOLD, base="a" * 40)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["base", "mine.json", "prod.errors", "prod.json"]

    recording.record_failure("dev", tmp_path, TOLD, base="a" * 40)
    assert (tmp_path / "prod.errors").exists()

    recording.record_failure("dev", tmp_path, TOLD)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["dev.errors", "dev.json", "mine.json"]


_WRITES_EVENTS = """
import sys
(log,) = (each.removeprefix("--event-log=") for each in sys.argv if each.startswith("--event-log="))
open(log, "w").write("{}")
print("{}")
"""


@pytest.mark.parametrize("was_there", [False, True])
def test_what_is_kept_is_for_its_owner_alone(tmp_path: Path, was_there: bool) -> None:
    folder = tmp_path / "job" / "previews"
    if was_there:
        folder.mkdir(parents=True)
        for end in ("json", "events", "errors"):
            (folder / f"dev.{end}").touch(0o644)

    assert recording.keep("dev", folder, [sys.executable, "-c", _WRITES_EVENTS], {}) == 0

    modes = {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}
    assert modes == {"dev.json": 0o600, "dev.events": 0o600, "dev.errors": 0o600}
    # What somebody else has made may be for others, too.
    assert was_there or folder.stat().st_mode & 0o777 == 0o700


def test_what_was_said_until_an_interruption_is_kept_and_no_events_where_there_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, errors: Path, **__: object) -> int:
        errors.write_text(TOLD)
        raise KeyboardInterrupt

    monkeypatch.setattr(recording, "attend", interrupted)

    with pytest.raises(KeyboardInterrupt):
        recording.keep("dev", tmp_path, ["pulumi"], {})

    assert (tmp_path / "dev.errors").read_text() == SHOWN.strip()
    assert not (tmp_path / "dev.events").exists()


def test_a_program_that_is_not_there_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="nowhere is not there"):
        recording.keep("dev", tmp_path, ["nowhere"], {})
