"""Stacks: where their state is, and the pulumi commands on them.

Pulumi likes to write an encryption salt into `Pulumi.<stack>.yaml`. So each stack's configuration
is copied to the folder of its state, where the salt is added, and every command is pointed at the
copy: the repository stays clean.
"""

import json
import os
import secrets
import shlex
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from lab import (
    checkpoint,
    copies,
    engine,
    kubectl,
    lock,
    namespaces,
    paths,
    policies,
    right_cluster,
    stack_config,
    topology,
)
from lab.errors import LabError
from lab.pki import write_secret
from lab.run import run


@dataclass(frozen=True)
class Stack:
    """One stack of the project, on the lab or on a cluster of the user's."""

    name: str
    """As in `Pulumi.<name>.yaml`."""

    context: str | None = None
    """A context of the user's own kubeconfig; None means the lab."""

    @property
    def folder(self) -> Path:
        """Where the copy of the stack's configuration is, and its state if that is on this machine alone.

        A shared state is encrypted by itself, and so is what is secret in the copy that goes with it.
        """
        own = paths.STACKS_ELSEWHERE if self.context else paths.STACKS_ON_LAB
        return own / "shared" if self.has_shared_state else own

    @property
    def source(self) -> Path:
        """The stack's own configuration."""
        return paths.REPOSITORY / f"Pulumi.{self.name}.yaml"

    @property
    def configuration(self) -> Path:
        """The copy of the configuration, which Pulumi reads and writes."""
        return self.folder / f"Pulumi.{self.name}.yaml"

    @cached_property
    def environment(self) -> Mapping[str, str]:
        """The variables with which Pulumi runs on this stack."""
        return engine.environment(self.folder, None if self.context else paths.KUBECONFIG)

    @property
    def has_shared_state(self) -> bool:
        """Whether the state is where the user says, and other machines may use it, too."""
        return bool(os.environ.get("PULUMI_BACKEND_URL"))

    def exists(self) -> bool:
        """Tell whether the stack was deployed, or tried to be."""
        return self.configuration.exists()

    def require(self) -> None:
        """Raise an error if its state is not where somebody means it to be, or if there is no stack of this name."""
        engine.require_state()
        if not self.source.exists():
            known = ", ".join(stack_config.names(paths.REPOSITORY))
            raise LabError(f"there is no stack {self.name!r}; these are: {known}", code=2)

    def require_for_lab(self, *, starting: bool = False) -> None:
        """Raise an error if there is no such stack, or if its settings say that it is for another cluster.

        Args:
            starting: Whether the lab is still to be started, without which no secret can be taken out. Default: no.
        """
        self.require()
        settings = stack_config.settings_in(self.source)
        for key in ("secure-nginx:context", "secure-nginx:pinnedContext"):
            context = settings.get(key)
            if context not in (None, topology.CONTEXT):
                raise LabError(
                    f"{self.source.name}: {key} is {context!r}, and the lab's is {topology.CONTEXT!r}; for a cluster "
                    f"of your own set KUBE_CONTEXT={shlex.quote(str(context))}",
                    code=2,
                )
        self.require_kubeconfig_of_lab(self.source if starting else self.configuration)

    def require_kubeconfig_of_lab(self, written: Path) -> None:
        """Raise an error if the stack has a kubeconfig in which the context of the lab's name may lead elsewhere.

        Args:
            written: The copy of its configuration, in which a secret one is.
        """
        kubeconfig = kubectl.configured(self.source, written)
        if kubeconfig and not kubectl.leads_to_lab(kubeconfig):
            command = self.make("config rm secure-nginx:kubeconfig")
            raise LabError(
                f"{self.source.name}: secure-nginx:kubeconfig is set, and may lead elsewhere than to the lab; for a "
                "cluster of your own set KUBE_CONTEXT=<its context>, for the lab take the key out (one that was set as "
                f"a secret by `{command}`)",
                code=2,
            )

    def require_pinned(self) -> None:
        """Raise an error if there is no such stack, or if its file pins it to another context than the user's."""
        self.require()
        settings = stack_config.settings_in(self.source)
        right_cluster.require_pinned({**settings, "secure-nginx:context": self.context})

    def require_not_elsewhere(self) -> None:
        """Raise an error if the stack, of which nothing is here, is on another cluster, or if there is none at all."""
        copy = (paths.STACKS_ON_LAB if self.context else paths.STACKS_ELSEWHERE) / self.configuration.name
        if not copy.exists():
            self.require()
            return
        context = str(_context_in(copy))
        remedy = "unset KUBE_CONTEXT" if self.context else f"set KUBE_CONTEXT={shlex.quote(context)}"
        raise LabError(f"the stack {self.name} is not here, but known for the context {context!r}: {remedy}", code=2)

    @contextmanager
    def alone(self, purpose: str) -> Iterator[None]:
        """Keep other commands on this machine from changing the stack, or taking it for broken, until the context ends.

        The engine's own lock does so from the moment when an update begins, and two that begin in the same one may both
        give way to each other. Of a shared state this machine knows too little; there it is the engine's alone.

        Args:
            purpose: The command that changes it.

        Raises:
            LabError: Another one does.
        """
        if self.has_shared_state or not self.source.exists():
            yield
            return
        with lock.held(self._lock, f"the stack {self.name}", purpose):
            yield

    @contextmanager
    def steady(self, purpose: str) -> Iterator[None]:
        """Keep other commands on this machine from writing the copy of the configuration, until the context ends.

        Between reading and writing it, nobody may give it another passphrase. It is for as long as the backend needs
        for a few answers, within `alone` or without: a preview need not wait for an update.

        Raises:
            LabError: Another one writes it.
        """
        path = self._lock.with_name(f"{self._lock.name}.configuration")
        with lock.held(path, f"the configuration of the stack {self.name}", purpose, lock.FOR_A_BACKEND):
            yield

    @property
    def _lock(self) -> Path:
        return _lock_in(self.folder, self.name)

    def prepare(self, *, may_be_new: bool = True) -> None:
        """Bring the copy of the configuration up to date, and make the stack if it is new.

        Args:
            may_be_new: Whether it is made; if not, one that is not there is an error. Default: it is made.

        Raises:
            LabError: The stack has no file, or is on another cluster, or is not there.
        """
        self.require()
        if not (may_be_new or self.has_shared_state or self.exists()):
            self.require_not_elsewhere()
            raise LabError(f"nothing of the stack {self.name} was deployed from here; `make up` does it", code=2)
        with self.steady("prepare"):
            self._prepare(may_be_new=may_be_new)

    def _prepare(self, *, may_be_new: bool) -> None:
        configuration = stack_config.load(self.source)
        settings = configuration["config"] = configuration.get("config") or {}
        if self.context:
            settings["secure-nginx:context"] = self.context
        right_cluster.require_pinned(settings)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        # Of two first stacks at once, one would encrypt its state with a passphrase that the other replaces.
        with lock.held(self._lock.with_name(".passphrase"), "the passphrase", "prepare", lock.FOR_A_BACKEND):
            self._prepare_passphrase()
        self._prepare_project()
        if not self.has_shared_state:
            # With the salt that the state has not got, every passphrase would be called incorrect. A state that cannot
            # be read says nothing about it; it may be here to be restored, and the next command settles it.
            with suppress(LabError):
                self.settle_rotation()
        if (salt := self._salt(may_be_new=may_be_new)) is not None:
            configuration["encryptionsalt"] = salt
        stack_config.keep_secrets(copies.of_state(self.configuration, self.before_rotation, salt), settings)
        if not self.context:
            stack_config.point_at_lab(settings)
        self._stay_on_the_cluster(settings)
        write_secret(self.configuration, yaml.safe_dump(configuration, sort_keys=False))

    def _prepare_project(self) -> None:
        """Bring the project's file, which all stacks of the folder share: another one's command may be reading it."""
        project, copy = (each / stack_config.PROJECT_FILE for each in (paths.REPOSITORY, self.folder))
        if not copy.exists() or copy.read_bytes() != project.read_bytes():
            write_secret(copy, project.read_text())

    def _stay_on_the_cluster(self, settings: Mapping[str, Any]) -> None:
        """Refuse a context that the stack is not deployed to, unless the settings say which cluster it is.

        Without such a setting the context is the cluster's name, and to another one all moves: made anew there, and
        deleted here. The lab's own states go with their cluster.
        """
        if any(settings.get(f"secure-nginx:{key}") for key in ("clusterIdentifier", "pinnedContext")):
            return
        context = settings.get("secure-nginx:context")
        is_here = self.context is None or (self.exists() and context == _context_in(self.configuration))
        if is_here and not self.has_shared_state:
            return
        deployed = self._clusters()
        if not deployed or context in deployed:
            return
        before = ", ".join(sorted(deployed))
        raise LabError(
            f"the stack {self.name} is deployed to the context {before!r}, and this is {context!r}: all would be made "
            f"anew here and deleted there. Set KUBE_CONTEXT={before}, or use another stack here. If both are one "
            f"cluster, say so in {self.source.name}: `secure-nginx:clusterIdentifier: {before}`",
            code=2,
        )

    def _clusters(self) -> set[str]:
        """The clusters that the state has objects on, by the name that the provider has for each."""
        providers = [
            each["inputs"]
            for each in self._first_export["deployment"].get("resources", [])
            if each["type"] == "pulumi:providers:kubernetes"
        ]
        return {inputs.get("clusterIdentifier") or inputs.get("context", "") for inputs in providers}

    def _salt(self, *, may_be_new: bool) -> str | None:
        """Return the salt of the stack's passphrase, and make the stack if it may be new; None without salts.

        Where several machines share a state, what a copy of the configuration says here may have been overtaken; and so
        it may in a state of this machine's own, by one that was restored. Pulumi would take the copy's all the same.
        """
        known = stack_config.load(self.configuration).get("encryptionsalt") if self.exists() else None
        # A copy can outlive its state, as where its removal was interrupted: then the stack is made anew.
        if known and not self.has_shared_state and checkpoint.exists(self.folder, self.name):
            here = checkpoint.read(self.folder, self.name)
            return str((_salt_in(here) if here else None) or known)
        self.select(may_be_new=may_be_new)
        salt = _salt_in(self._first_export) or known
        return str(salt) if salt else None

    def select(self, *, may_be_new: bool) -> None:
        """Have the backend find the stack, and make it if it may be new.

        Raises:
            LabError: It is not there, or the passphrase is none for the copy of the configuration.
        """
        try:
            self.pulumi("stack", "select", *(["--create"] if may_be_new else []), self.name)
        except LabError as error:
            if self.exists() and "incorrect passphrase" in str(error):
                remedy = f"{self.configuration} is of another state. Move it away if the stack is new on this backend"
                raise LabError(f"{error}\n{remedy}") from error
            raise

    @property
    def before_rotation(self) -> Path:
        """Where the configuration is kept while a rotation of the passphrase runs, and after one that was killed."""
        return self.configuration.with_name(f"{self.configuration.name}.before-rotation")

    def settle_rotation(self) -> None:
        """Bring the configuration in line with the state after a rotation that was killed; only within `steady`."""
        if self.before_rotation.exists():
            copies.settle(self.configuration, self.before_rotation, self.state_salt())

    def state_salt(self) -> str | None:
        """Return the salt of the passphrase that the state is encrypted with; None if the backend has no salts."""
        return _salt_in(self._export_by_engine())

    def _prepare_passphrase(self) -> None:
        """Make the passphrase that the stacks of this folder share, once: no other one opens their states."""
        passphrase = self.folder / "passphrase"
        if passphrase.exists() or str(passphrase) != self.environment.get("PULUMI_CONFIG_PASSPHRASE_FILE"):
            return
        if stack_config.names(self.folder):
            raise LabError(
                f"the passphrase is missing: {passphrase} is gone, and the states beside it are encrypted with it. "
                "Put the file back, or set PULUMI_CONFIG_PASSPHRASE to what was in it; "
                "on the lab, `make down` and `make up` start anew"
            )
        write_secret(passphrase, secrets.token_urlsafe(24), lasting=True)

    def command(self, command: str, *arguments: str) -> list[str]:
        """The command line of a command that runs the program, in the project's folder."""
        rules = []
        if command in {"preview", "up"}:
            # Not earlier: what takes a secret out again is a command of pulumi's as well, after `prepare`.
            stack_config.require_secrets_in_place(self._settings, self.make)
            namespaces.require_kept(self.source.name, self._settings, lambda: self._first_export)
            rules = policies.options(self._settings)
        else:
            right_cluster.require_same(self._settings, lambda: self._first_export)
            right_cluster.require_recognised(self._settings, self.kubectl)
        return ["pulumi", command, f"--stack={self.name}", f"--config-file={self.configuration}", *rules, *arguments]

    def make(self, arguments: str) -> str:
        """The command with which a user has Pulumi do something with the stack."""
        return f"{self.target('pulumi')} ARGS={shlex.quote(arguments)}"

    def target(self, name: str) -> str:
        """The command with which a user has make do something with the stack."""
        cluster = f" KUBE_CONTEXT={shlex.quote(self.context)}" if self.context else ""
        # The address may have a password in it. Without, a state of this name on this machine would be meant.
        state = " BACKEND=..." if self.has_shared_state else ""
        return f"make {name} STACK={self.name}{cluster}{state}"

    def lab(self, command: str) -> str:
        """The same without make, for arguments that make would change: a `$` is one of its own."""
        state = "PULUMI_BACKEND_URL=... " if self.has_shared_state else ""
        cluster = f" --context={shlex.quote(self.context)}" if self.context else ""
        return f"{state}.venv/bin/python -m lab {command} --stack={self.name}{cluster}"

    @property
    def must_keep_to_rules(self) -> bool:
        """Whether breaking a rule of the policy pack stops the stack."""
        return policies.are_binding(self._settings)

    @cached_property
    def _settings(self) -> Mapping[str, Any]:
        settings: Mapping[str, Any] = stack_config.load(self.configuration)["config"]
        return settings

    @cached_property
    def _first_export(self) -> Mapping[str, Any]:
        """The state as this command found it. A backend may be far away: it is asked once."""
        return self.export()

    def export(self) -> Mapping[str, Any]:
        """Return the state as it is now, as `pulumi stack export` prints it."""
        here = None if self.has_shared_state else checkpoint.read(self.folder, self.name)
        return self._export_by_engine() if here is None else here

    def _export_by_engine(self) -> Mapping[str, Any]:
        state: Mapping[str, Any] = json.loads(self.pulumi("stack", "export", f"--stack={self.name}"))
        return state

    def outputs(self) -> Mapping[str, Any]:
        """Return the stack's outputs."""
        outputs: Mapping[str, Any] = json.loads(self.pulumi("stack", "output", "--json", f"--stack={self.name}"))
        return outputs

    def remove(self) -> None:
        """Forget a stack that has no resources any more."""
        self.pulumi("stack", "rm", "--yes", f"--stack={self.name}")
        for file in (self.configuration, *copies.all_aside(self.configuration)):
            file.unlink(missing_ok=True)

    @property
    def kubectl(self) -> list[str | Path]:
        """The beginning of a kubectl command on the stack's cluster; empty where that is not to be asked."""
        if self.context is None:
            return kubectl.command(None)
        return kubectl.command(self.context, kubectl.configured(self.source, self.configuration))

    def pulumi(self, *arguments: str, text: str | None = None) -> str:
        """Run a pulumi command that does not run the program, quietly, and return what it printed."""
        command = ["pulumi", *arguments, "--non-interactive"]
        return run(command, environment=self.environment, folder=self.folder, text=text)


class MadeStack(Stack):
    """A stack whose configuration is made at run time. Its folder has to be its own."""

    @property
    def source(self) -> Path:
        """The configuration before it is pointed at the lab."""
        return self.folder / "stack.yaml"

    def configure(self, config: Mapping[str, Any]) -> None:
        """Give the stack a configuration, by key with the project's prefix, and make the stack if it is new."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_secret(self.source, yaml.safe_dump({"config": config}, sort_keys=False))
        self.prepare()


@contextmanager
def all_on_lab_alone(purpose: str) -> Iterator[None]:
    """Keep other commands on this machine from changing any stack whose state goes with the lab; see `Stack.alone`.

    In the order of the names, so that no two of these wait for each other.
    """
    with ExitStack() as turns:
        for name in stack_config.names(paths.STACKS_ON_LAB):
            turns.enter_context(lock.held(_lock_in(paths.STACKS_ON_LAB, name), f"the stack {name}", purpose))
        yield


def _lock_in(folder: Path, name: str) -> Path:
    return paths.STACK_LOCKS / folder.relative_to(paths.ROOT) / name


def _context_in(file: Path) -> object:
    """The context in a configuration; None if it says nothing about it."""
    return stack_config.settings_in(file).get("secure-nginx:context")


def _salt_in(state: Mapping[str, Any]) -> str | None:
    provider: Mapping[str, str] = state["deployment"].get("secrets_providers", {}).get("state") or {}
    return provider.get("salt")
