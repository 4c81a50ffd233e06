"""Programs that the lab builds."""

from pathlib import Path

import pytest

from lab import builds


def test_who_needs_nothing_built_needs_no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    assert builds.missing([]) == []


@pytest.mark.parametrize(("name", "built_again"), [("main.go", True), ("README.md", False), ("main_test.go", False)])
def test_a_program_is_built_again_for_what_it_is_made_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, built_again: bool
) -> None:
    monkeypatch.setattr(builds, "GO", tmp_path.parent)
    build = builds.Build(module=tmp_path.name, title="a", minutes=0, programs=["a"])
    file = tmp_path / name
    file.write_text("before")
    before = builds._fingerprint(build, "go1")
    file.write_text("after")

    assert (builds._fingerprint(build, "go1") != before) is built_again
