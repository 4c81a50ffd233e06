"""What the lab says of a file that the system refuses: whose it is, and what to do about it."""

import os
import pwd
from argparse import Namespace
from pathlib import Path

import pytest

from lab import __main__ as program
from lab import commands


def _said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: OSError) -> str:
    """What a command says that meets an error of the system."""

    def refused(_: Namespace) -> int:
        raise error

    monkeypatch.setattr(commands, "run", refused)
    assert program.main(["status"]) == 1
    return capsys.readouterr().err


@pytest.mark.parametrize("name", ["root", None])
def test_what_belongs_to_another_user_is_told_with_the_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str | None
) -> None:
    uid = os.geteuid()
    names = {uid: Namespace(pw_name=name)} if name else {}
    monkeypatch.setattr(pwd, "getpwuid", lambda number: names[number])
    monkeypatch.setattr(os, "geteuid", lambda: uid + 1)
    file = tmp_path / "cluster" / "complete"

    said = _said(monkeypatch, capsys, PermissionError(13, "Permission denied", str(file)))

    owner = name or f"the user {uid}"
    assert said == f"lab: [Errno 13] Permission denied: '{file}'; it belongs to {owner}: give the command as {owner}\n"


@pytest.mark.parametrize("filename", ["{folder}/mine", None])
def test_what_is_ones_own_or_no_file_is_told_as_the_system_tells_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], filename: str | None
) -> None:
    error = PermissionError(13, "Permission denied", filename and filename.format(folder=tmp_path))

    assert _said(monkeypatch, capsys, error) == f"lab: {error}\n"


def test_a_full_disk_is_told_as_the_system_tells_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: -1)
    error = OSError(28, "No space left on device", str(tmp_path))

    assert _said(monkeypatch, capsys, error) == f"lab: {error}\n"
