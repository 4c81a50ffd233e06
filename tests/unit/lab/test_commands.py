"""What commands ask of pulumi, and what they say when what they need is not there."""

from argparse import Namespace
from pathlib import Path

import pytest

from lab import commands, explained, paths
from lab.errors import LabError
from lab.stacks import Stack


@pytest.mark.parametrize("missing", ["kubeconfig", "kubectl"])
def test_kubectl_of_a_lab_that_is_not_there_says_how_to_start_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    for name in {"kubeconfig", "kubectl"} - {missing}:
        (tmp_path / name).touch()
    monkeypatch.setattr(paths, "KUBECONFIG", tmp_path / "kubeconfig")
    monkeypatch.setattr(paths, "BIN", tmp_path)

    with pytest.raises(LabError, match="`make up` starts it"):
        commands.run(Namespace(command="kubectl", context=None, arguments=["get", "pods"]))


@pytest.mark.parametrize(
    ("environment", "previewed"), [("development", False), ("staging", True), ("production", True)]
)
def test_rules_that_bind_are_asked_before_anything_is_created(
    monkeypatch: pytest.MonkeyPatch, environment: str, previewed: bool
) -> None:
    asked: list[tuple[str, ...]] = []

    def run(stack: Stack, *words: str) -> int:
        assert stack.name == "shop"
        asked.append(words)
        return 1

    monkeypatch.setattr(Stack, "_settings", {"secure-nginx:environment": environment})
    monkeypatch.setattr(commands, "_stack", lambda options: Stack(options.stack))
    monkeypatch.setattr(commands, "recover", lambda _: None)
    monkeypatch.setattr(explained, "run", run)

    code = commands.run(Namespace(command="deploy", stack="shop", arguments=["--target=x"]))

    assert code == 1
    ((command, *options),) = asked
    assert command == "up"
    assert ("--skip-preview" not in options) == previewed
    assert "--target=x" in options
