"""A reader who types what a document says, on a machine where the lab is up and a site is deployed."""

import os
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.documents import blocks, likeness
from tests.documents.shell import Shell
from tests.e2e import driver

SECONDS = 300
"""How long one command may take."""

# What a document leaves there for its reader to look at.
_AFTERWARDS: Mapping[str, str] = {"docs/tutorial.md": "make scenarios ARGS=--remove"}
# What would lead the commands to another cluster, stack, state or plugin than the document means.
_ELSEWHERE = {"BACKEND", "KUBE_CONTEXT", "LAB_ENGINE", "PULUMI_BACKEND_URL", "STACK"}
_AUTHOR = ("-c", "user.name=Reader", "-c", "user.email=reader@example.com")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What became of a step.

    Attributes:
        document: The document's path in the repository.
        step: The step.
        code: The command's exit code.
        printed: All that it printed, with paths as a reader of the document has them.
    """

    document: str
    step: blocks.Step
    code: int
    printed: str

    def complaint(self) -> str:
        """What is otherwise than the document says, with the line; nothing if all is well."""
        if self.code != 0:
            return f"{self.document}:{self.step.line}: exit code {self.code}\n$ {self.step.command}\n{self.printed}"
        if self.step.output and (difference := likeness.difference(self.step.output, self.printed)):
            return f"{self.document}:{self.step.output_line}: not what is shown\n$ {self.step.command}\n{difference}"
        return ""


def runnable() -> list[str]:
    """The documents that have something to type."""
    return [
        document for document in blocks.documents() if any(any(block.steps_here()) for block in blocks.of(document))
    ]


def clone(folder: Path) -> Path:
    """A clone of the project as it is now, on a branch `main`, where the lab is up."""
    copy = driver.copy_project(folder)
    (copy / ".lab").symlink_to(driver.LAB)
    driver.must(driver.run(["git", "init", "--quiet", "--initial-branch=main"], folder=copy))
    (copy / ".git" / "info" / "exclude").write_text("/.lab\n/.venv\n")  # here they are links
    for command in (["add", "."], ["commit", "--quiet", "--message=."]):
        driver.must(driver.run(["git", *_AUTHOR, *command], folder=copy))
    return copy


def read(document: str, folder: Path) -> Generator[Reading]:
    """Type the commands of a document in a clone, one after the other, and then take back what it leaves."""
    environment = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    environment |= {"LAB_DIR": str(driver.LAB), "LC_ALL": "C.UTF-8", "MAKEFLAGS": "--no-print-directory"}
    try:
        with Shell(folder, environment) as shell:
            for block in blocks.of(document):
                for step in block.steps_here():
                    code, printed = shell.run(step.command, seconds=SECONDS)
                    printed = printed.replace(str(driver.LAB), ".lab").replace(f"{folder}/", "")
                    yield Reading(document=document, step=step, code=code, printed=printed)
    finally:
        if document in _AFTERWARDS:
            driver.must(driver.run(["bash", "-c", _AFTERWARDS[document]], environment=environment, folder=folder))
