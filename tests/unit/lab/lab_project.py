"""A project, a lab that runs, and an engine that does what it is asked."""

from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from lab import cluster, explained, lock, paths, preparing, stack_commands
from lab.stacks import Stack


def make(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a project with the stacks dev and shop, a lab that runs, and a state of its own, in which nothing is."""
    monkeypatch.setattr(paths, "REPOSITORY", folder)
    monkeypatch.setattr(paths, "ROOT", folder)
    monkeypatch.setattr(paths, "LOCK", folder / "lock")
    monkeypatch.setattr(paths, "STACK_LOCKS", folder / "locks")
    monkeypatch.setattr(paths, "STACKS_ON_LAB", folder / "cluster" / "stacks")
    monkeypatch.setattr(paths, "STACKS_ELSEWHERE", folder / "stacks")
    monkeypatch.setattr(cluster, "is_running", lambda: True)
    monkeypatch.setattr(cluster, "can_be_revived", lambda: False)
    monkeypatch.setattr(lock, "PATIENCE", 0.05)
    monkeypatch.setattr(lock, "FOR_A_BACKEND", 0.05)
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    (folder / "Pulumi.yaml").write_text("name: secure-nginx\n")
    for name in ("dev", "shop"):
        (folder / f"Pulumi.{name}.yaml").write_text("config: {context: lab}\n")


def deployed(folder: Path, context: str = "lab") -> None:
    """Make the copy of the dev stack's configuration, as a deployment leaves it."""
    folder.mkdir(parents=True)
    (folder / "Pulumi.dev.yaml").write_text(f"config: {{secure-nginx:context: {context}}}\n")


def with_state(folder: Path, name: str = "dev") -> None:
    """Make the state of a stack in a folder, in which nothing is yet."""
    (states := folder / ".pulumi" / "stacks").mkdir(parents=True, exist_ok=True)
    (states / f"{name}.json").write_text('{"checkpoint": {"latest": null}}')


def recorded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of the engine from now on: each command with its options, and what becomes of the stack."""
    done: list[str] = []

    def run(_: Stack, *words: str) -> int:
        done.append(" ".join(words))
        return 0

    monkeypatch.setattr(preparing, "prepare", lambda stack, may_be_new=True: None)
    monkeypatch.setattr(Stack, "export", lambda stack: {"deployment": {}})
    monkeypatch.setattr(Stack, "remove", lambda stack: done.append(f"remove {stack.name}"))
    monkeypatch.setattr(stack_commands, "recover", lambda stack: done.append(f"recover {stack.name}"))
    monkeypatch.setattr(explained, "run", run)
    return done


def run(command: str, *arguments: str, stack: str = "dev", context: str | None = None, **more: Any) -> int:
    """Run a command about one stack, as the command line gives it."""
    return stack_commands.run(Namespace(command=command, stack=stack, context=context, arguments=[*arguments], **more))
