"""Before a command on a stack: its configuration where Pulumi reads it, its passphrase, and the stack itself.

Pulumi likes to write an encryption salt into `Pulumi.<stack>.yaml`. So each stack's configuration
is copied to the folder of its state, where the salt is added, and every command is pointed at the
copy: the repository stays clean.
"""

import secrets
from contextlib import suppress

import yaml

from lab import checkpoint, copies, meant_cluster, paths, right_cluster, stack_config, turns
from lab.errors import LabError
from lab.pki import write_secret
from lab.stacks import Stack, salt_in


def prepare(stack: Stack, *, may_be_new: bool = True) -> None:
    """Bring the copy of the configuration up to date, and make the stack if it is new.

    Args:
        stack: The stack.
        may_be_new: Whether it is made; if not, one that is not there is an error. Default: it is made.

    Raises:
        LabError: The stack has no file, or is on another cluster, or is not there.
    """
    stack.require()
    if not (may_be_new or stack.has_shared_state or stack.exists()):
        meant_cluster.require_not_elsewhere(stack)
        raise LabError(f"nothing of the stack {stack.name} was deployed from here; `make up` does it", code=2)
    with turns.steady(stack, "prepare"):
        _prepare(stack, may_be_new=may_be_new)


def _prepare(stack: Stack, *, may_be_new: bool) -> None:
    configuration = stack_config.load(stack.source)
    settings = configuration["config"] = configuration.get("config") or {}
    if stack.context:
        settings["secure-nginx:context"] = stack.context
    right_cluster.require_pinned(settings)
    stack.folder.mkdir(parents=True, exist_ok=True)
    stack.folder.chmod(0o700)
    # Of two first stacks at once, one would encrypt its state with a passphrase that the other replaces.
    with turns.passphrase(stack):
        _prepare_passphrase(stack)
    _prepare_project(stack)
    if not stack.has_shared_state:
        # With the salt that the state has not got, every passphrase would be called incorrect. A state that cannot
        # be read says nothing about it; it may be here to be restored, and the next command settles it.
        with suppress(LabError):
            stack.settle_rotation()
    if (salt := _salt(stack, may_be_new=may_be_new)) is not None:
        configuration["encryptionsalt"] = salt
    stack_config.keep_secrets(copies.of_state(stack.configuration, stack.before_rotation, salt), settings)
    if not stack.context:
        stack_config.point_at_lab(settings)
    meant_cluster.require_unmoved(stack, settings)
    write_secret(stack.configuration, yaml.safe_dump(configuration, sort_keys=False))


def _prepare_project(stack: Stack) -> None:
    """Bring the project's file, which all stacks of the folder share: another one's command may be reading it."""
    project, copy = (each / stack_config.PROJECT_FILE for each in (paths.REPOSITORY, stack.folder))
    if not copy.exists() or copy.read_bytes() != project.read_bytes():
        write_secret(copy, project.read_text())


def _salt(stack: Stack, *, may_be_new: bool) -> str | None:
    """Return the salt of the stack's passphrase, and make the stack if it may be new; None without salts.

    Where several machines share a state, what a copy of the configuration says here may have been overtaken; and so
    it may in a state of this machine's own, by one that was restored. Pulumi would take the copy's all the same.
    """
    known = stack_config.load(stack.configuration).get("encryptionsalt") if stack.exists() else None
    # A copy can outlive its state, as where its removal was interrupted: then the stack is made anew.
    if known and not stack.has_shared_state and checkpoint.exists(stack.folder, stack.name):
        here = checkpoint.read(stack.folder, stack.name)
        return str((salt_in(here) if here else None) or known)
    stack.select(may_be_new=may_be_new)
    salt = salt_in(stack.first_export) or known
    return str(salt) if salt else None


def _prepare_passphrase(stack: Stack) -> None:
    """Make the passphrase that the stacks of this folder share, once: no other one opens their states."""
    passphrase = stack.folder / "passphrase"
    if passphrase.exists() or str(passphrase) != stack.environment.get("PULUMI_CONFIG_PASSPHRASE_FILE"):
        return
    if stack_config.names(stack.folder):
        raise LabError(
            f"the passphrase is missing: {passphrase} is gone, and the states beside it are encrypted with it. "
            "Put the file back, or set PULUMI_CONFIG_PASSPHRASE to what was in it; "
            "on the lab, `make down` and `make up` start anew"
        )
    write_secret(passphrase, secrets.token_urlsafe(24), lasting=True)
