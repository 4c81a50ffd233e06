"""What a change of the program would change, without a cluster, a state or a secret.

The base is deployed on a throw-away state by a plugin that takes everything for done. Then the working tree is
previewed on that state by the real plugin, with no cluster in reach. It shows what the change itself does; it cannot
show how the deployed stack differs from the base, nor what a cluster would object to.
"""

import secrets
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from lab import engine, paths, policies, recording, stack_config, stand_in
from lab.errors import LabError
from lab.progress import say
from lab.run import run, succeeds
from previews.redaction import hide


def compare(names: Sequence[str], base: str, folder: Path) -> bool:
    """Record, for each stack, what the working tree changes compared with a commit; tell whether all went well.

    Args:
        names: The stacks.
        base: The commit, as git understands it.
        folder: Gets what `recording.record` writes for each stack, and the commit in the file `base`.

    Raises:
        LabError: There is no such commit, or no such stack.
    """
    commit = require(names, base)
    with tempfile.TemporaryDirectory(prefix="comparison-") as scratch:
        trial = Trial(Path(scratch))
        trial.check_out(commit)
        outcomes = []
        for name in names:
            say(f"Comparing {name} with {base} ...")
            outcomes.append(trial.compare(name, commit, folder))
        return all(outcomes)


def require(names: Sequence[str], base: str) -> str:
    """Return the commit that a base is, before anything is built or made.

    Args:
        names: The stacks. A stack that only the commit has is one: that it is taken away is part of the change.
        base: The commit, as git understands it.

    Raises:
        LabError: Git refuses the repository; or there is no such commit; or no such stack, neither here nor there.
    """
    commit = _commit(base)
    for name in names:
        committed = ["git", "cat-file", "-e", f"{commit}:./{_file(name)}"]
        if not (paths.REPOSITORY / _file(name)).exists() and not succeeds(committed, folder=paths.REPOSITORY):
            known = ", ".join(stack_config.names(paths.REPOSITORY))
            raise LabError(f"there is no stack {name!r}, neither here nor in {base}; here are: {known}", code=2)
    return commit


def _commit(base: str) -> str:
    # Where git refuses the repository, as one of another user, it says why, and the base is not to blame.
    run(["git", "rev-parse", "--git-dir"], folder=paths.REPOSITORY)
    try:
        return run(["git", "rev-parse", "--verify", "--quiet", f"{base}^{{commit}}"], folder=paths.REPOSITORY).strip()
    except LabError as error:
        raise LabError(
            f"BASE: {base!r} is no commit of this repository; name one, or fetch it before (`git fetch origin main`)",
            code=2,
        ) from error


class Trial:
    """One throw-away state, and the two versions of the program that are compared on it."""

    def __init__(self, scratch: Path) -> None:
        self._base = scratch / "base"
        self._state = scratch / "state"
        self._state.mkdir(mode=0o700)
        self._environment = {
            # Whatever state, passphrase or cluster the user has: none of it is touched.
            **engine.environment(self._state, self._state / "no-kubeconfig"),
            "PULUMI_BACKEND_URL": engine.state_in(self._state),
            "PULUMI_CONFIG_PASSPHRASE": secrets.token_urlsafe(24),
        }

    def check_out(self, commit: str) -> None:
        """Put the base version of the program beside the working tree."""
        archive = self._state.parent / "base.tar"
        run(["git", "archive", f"--output={archive}", commit], folder=paths.REPOSITORY)
        self._base.mkdir()
        run(["tar", "--extract", f"--file={archive}", f"--directory={self._base}"])
        (self._base / ".venv").symlink_to(paths.REPOSITORY / ".venv")

    def compare(self, name: str, commit: str, folder: Path) -> bool:
        """Compare one stack with the commit that is checked out, and record the outcome; tell whether it went well."""
        try:
            self._prepare(name)
            if (self._base / _file(name)).exists():
                self._deploy_base(name)
            settings = self._configure(name, paths.REPOSITORY)
        except LabError as error:
            recording.record_failure(name, folder, str(error), base=commit)
            sys.stderr.write(f"{name}: {hide(str(error))}\n")
            return False
        command = [*self._command("preview", name), *policies.options(settings)]
        code = recording.keep(name, folder, command, self._environment, base=commit)
        if code != 0:
            recording.explain(name, folder)
        return code == 0

    def _prepare(self, name: str) -> None:
        if not (paths.REPOSITORY / _file(name)).exists():
            raise LabError(f"there is no {_file(name)}: a stack that is taken away has to be destroyed by hand")
        shutil.copyfile(paths.REPOSITORY / stack_config.PROJECT_FILE, self._state / stack_config.PROJECT_FILE)
        run(["pulumi", "stack", "init", name, "--non-interactive"], folder=self._state, environment=self._environment)

    def _configure(self, name: str, tree: Path) -> Mapping[str, Any]:
        """Give the stack the configuration of one version, with the salt of the throw-away passphrase; return it."""
        file = self._state / _file(name)
        salt = stack_config.load(file)["encryptionsalt"]
        configuration = stack_config.load(tree / _file(name))
        file.write_text(yaml.safe_dump({**configuration, "encryptionsalt": salt}))
        settings: Mapping[str, Any] = configuration.get("config") or {}
        return settings

    def _deploy_base(self, name: str) -> None:
        self._configure(name, self._base)
        with stand_in.serving() as variables:
            command = [*self._command("up", name), "--yes", "--skip-preview", "--non-interactive"]
            try:
                run(command, folder=self._base, environment={**self._environment, **variables})
            except LabError as error:
                raise LabError(f"the base branch cannot be deployed on an empty state: {error}") from error

    def _command(self, command: str, name: str) -> list[str]:
        return ["pulumi", command, f"--stack={name}", f"--config-file={self._state / _file(name)}"]


def _file(name: str) -> str:
    return f"Pulumi.{name}.yaml"
