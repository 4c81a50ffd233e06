"""Previews kept in files, and what the terminal gets of them."""

import sys
from pathlib import Path

import pytest

from lab import recording


def test_what_pulumi_says_is_kept_and_shown_without_passwords(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = "error: cannot open postgres://admin:hunter2@db/pulumi"

    code = recording.keep("dev", tmp_path, [sys.executable, "-c", f"import sys; sys.exit({told!r})"], {})

    assert code == 1
    assert capsys.readouterr().err == "error: cannot open postgres://[secret]@db/pulumi\n"
    assert recording.read("dev", tmp_path).failed
