"""Programs that the lab builds."""

import pytest

from lab import builds


def test_who_needs_nothing_built_needs_no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    assert builds.missing([]) == []
