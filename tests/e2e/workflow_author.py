"""Somebody who works on a copy of the project, whose stacks can be deployed on the lab."""

from pathlib import Path
from typing import Any

import yaml

from tests.e2e import driver, site_stack

STACKS = ("dev", "staging", "prod")
PULL_REQUEST = 12


def namespace(stack: str) -> str:
    return f"secure-nginx-wf-{stack}"


def configuration(stack: str, **values: Any) -> str:
    """The file of a stack that can be deployed on the lab."""
    keys = {
        "context": "lab",
        "namespace": namespace(stack),
        "image": site_stack.NGINX,
        "preStopSeconds": 1,
        "probe": {"image": site_stack.CURL, "negativeChecks": False},
        **values,
    }
    settings = {f"secure-nginx:{key}": value for key, value in keys.items()}
    return str(yaml.safe_dump({"config": {"pulumi:disable-default-providers": ["kubernetes"], **settings}}))


class Author:
    """Somebody who writes commits and pushes them to the bare repository."""

    def __init__(self, project: Path, repository: Path) -> None:
        self.project = project
        driver.must(driver.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", repository]))
        (project / ".venv").unlink()
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("remote", "add", "origin", str(repository))
        for stack in STACKS:
            (project / f"Pulumi.{stack}.yaml").write_text(configuration(stack))
        self.commit("Begin")
        self.git("push", "--quiet", "origin", "main")

    def git(self, *arguments: str) -> str:
        name = ["-c", "user.name=Author", "-c", "user.email=author@example.com"]
        return driver.must(driver.run(["git", "-C", self.project, *name, *arguments])).output.strip()

    def commit(self, message: str) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", f"--message={message}")
        return self.git("rev-parse", "HEAD")

    def propose(self, **values: Any) -> str:
        """Push a change of dev as a pull request, merged as a forge does to try it; return the newest commit."""
        self.git("checkout", "--quiet", "-B", "topic", "main")
        (self.project / "Pulumi.dev.yaml").write_text(configuration("dev", **values))
        head = self.commit("Change dev")
        self.git("checkout", "--quiet", "-B", "trial", "main")
        self.git("merge", "--quiet", "--no-ff", "--message=Try", "topic")
        self.git("push", "--quiet", "--force", "origin", f"trial:refs/pull/{PULL_REQUEST}/merge")
        return head
