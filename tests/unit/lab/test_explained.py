"""Commands whose failure is explained, with an engine that only says what it is told to."""

import sys
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import pytest

from lab import explained, paths
from lab.stacks import Stack

TOLD = "error: cannot open postgres://admin:hunter2@db/pulumi: incorrect passphrase"


class FailingStack(Stack):
    """A stack on which every command fails."""

    @cached_property
    def environment(self) -> Mapping[str, str]:
        return {}

    def command(self, command: str, *arguments: str) -> list[str]:
        return [sys.executable, "-c", f"import sys; sys.exit({TOLD!r})", command, *arguments]


@pytest.mark.parametrize("command", ["up", "preview", "refresh", "destroy"])
def test_what_pulumi_says_is_shown_without_passwords_and_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.setattr(paths, "REPOSITORY", tmp_path)

    assert explained.run(FailingStack("dev"), command) == 1

    said = capsys.readouterr()
    assert said.err == "error: cannot open postgres://[secret]@db/pulumi: incorrect passphrase\n"
    assert "What to do\n  The state of the stack is encrypted with another passphrase." in said.out
