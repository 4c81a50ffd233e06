"""How a stack is held to the policy pack."""

from pathlib import Path
from typing import Any

import pytest

from lab import check, paths, policies
from lab.stacks import Stack

PACK = paths.REPOSITORY / "policy"


def options(environment: str | None) -> list[str]:
    return policies.options({"secure-nginx:environment": environment} if environment else {})


@pytest.fixture(autouse=True)
def own_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "pulumi_on_path", lambda: None)


@pytest.mark.parametrize("environment", ["staging", "production", "anything else"])
def test_the_rules_are_binding_outside_of_development(environment: str) -> None:
    assert options(environment) == [f"--policy-pack={PACK / '__main__.py'}"]


@pytest.mark.parametrize("environment", ["development", None])
def test_in_development_the_rules_advise(environment: str | None) -> None:
    assert options(environment) == [
        f"--policy-pack={PACK / '__main__.py'}", f"--policy-pack-config={PACK / 'advisory.json'}",
    ]  # fmt: skip


def test_what_the_project_says_holds_for_a_stack_that_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Pulumi.yaml").write_text("config: {environment: {type: string, default: production}}\n")
    monkeypatch.setattr(paths, "REPOSITORY", tmp_path)

    assert policies.are_binding({})
    assert not policies.are_binding({"secure-nginx:environment": "development"})


@pytest.mark.parametrize(
    ("version", "file"), [("3.254.9", ""), ("3.255.0", "__main__.py"), ("4.0.1-rc", "__main__.py")]
)
def test_an_engine_that_starts_no_programs_is_given_the_folder(
    monkeypatch: pytest.MonkeyPatch, version: str, file: str
) -> None:
    monkeypatch.setattr(check, "pulumi_on_path", lambda: version)

    assert options("production") == [f"--policy-pack={PACK / file}"]


@pytest.mark.parametrize(("command", "held"), [("up", True), ("preview", True), ("refresh", False), ("destroy", False)])
def test_a_stack_is_held_to_them_where_it_may_change(monkeypatch: pytest.MonkeyPatch, command: str, held: bool) -> None:
    settings: dict[str, Any] = {"secure-nginx:environment": "production"}
    monkeypatch.setattr(Stack, "_settings", settings)
    stack = Stack("prod")

    assert stack.must_keep_to_rules
    assert (f"--policy-pack={PACK / '__main__.py'}" in stack.command(command)) is held
