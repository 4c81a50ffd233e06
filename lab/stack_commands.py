"""What each command about one stack does."""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from lab import (
    clock,
    cluster,
    engine,
    explained,
    keeping,
    meant_cluster,
    preparing,
    presence,
    pulumi_arguments,
    recording,
    report,
    rotation,
    turns,
)
from lab.building import build_missing
from lab.errors import LabError
from lab.lock import exclusive
from lab.progress import duration, say
from lab.recovery import recover, require_no_engine
from lab.run import attend
from lab.stacks import Stack
from report import state

# A new passphrase may be for several stacks: `rotation` takes the turn of each.
_CHANGING = {"deploy", "renew", "restore", "refresh", "destroy"}
NO_CLUSTER = f"{cluster.IS_DOWN}, or name a context of your own: KUBE_CONTEXT=..."
_NOT_WHOLE = "the lab runs in part, and the stack {} with it: `make up` starts again what has died, then run this again"


def run(options: argparse.Namespace) -> int:
    """Run the command that the options name and return its exit code."""
    commands: dict[str, Callable[[argparse.Namespace], int]] = {
        "deploy": _deploy,
        "preview": _preview,
        "drift": _drift,
        "renew": _renew,
        "deployed": _deployed,
        "backup": _backup,
        "restore": _restore,
        "rotate-passphrase": _rotate_passphrase,
        "refresh": _refresh,
        "destroy": _destroy,
        "pulumi": _pulumi,
    }
    command = commands[options.command]
    if options.command not in _CHANGING:
        return command(options)
    with turns.alone(Stack(options.stack, options.context), options.command):
        return command(options)


def destroy_with_lab(stack: Stack) -> None:
    """Destroy a stack before its lab goes, if it is there.

    What cannot be destroyed of it goes down with the lab, and so does its state; but not a state that others share.

    Args:
        stack: A stack on the lab.

    Raises:
        LabError: A stack of a shared state could not be destroyed, and the lab has to stay for that.
    """
    engine.require_state()
    # Whatever was deployed to this lab has a copy of its configuration here, also where others share the state.
    if not stack.exists():
        return
    if not cluster.is_running():
        if stack.has_shared_state and cluster.can_be_revived():
            raise LabError(_NOT_WHOLE.format(stack.name))
        return
    why = ""
    with turns.alone(stack, "down"):
        try:
            if _destroy_here(stack) == 0:
                return
        except (LabError, OSError, ValueError) as error:
            why = f"{error}\n"
    if stack.has_shared_state:
        raise LabError(
            f"{why}The lab stays up, for the shared state may still have the stack {stack.name}. Mend that and run "
            "this again; without BACKEND and PULUMI_BACKEND_URL, `make down` stops the lab and leaves that state alone"
        )
    say(f"{why}What is left of the stack goes down with the lab.")


def _deploy(options: argparse.Namespace) -> int:
    # `make up` has refused a stack of another cluster before it built the lab, but for what is a secret on it.
    stack = Stack(options.stack, options.context)
    if stack.context is None:
        meant_cluster.require_kubeconfig_of_lab(stack, stack.configuration)
    return _deploy_prepared(_stack(options, on_any_cluster=True), options)


def _deploy_prepared(stack: Stack, options: argparse.Namespace) -> int:
    _recover_own(stack)
    started = time.monotonic()
    # A preview finds what breaks a rule before anything is created, and takes a while.
    preview = [] if stack.must_keep_to_rules else ["--skip-preview"]
    code = explained.run(stack, "up", "--yes", *preview, "--suppress-outputs", *options.arguments)
    spent = duration(time.monotonic() - started)
    if code == 0:
        known = state.read(stack.export())
        presence.require(stack, known)
        report.show(known.outputs, stack=stack.name, folder=stack.folder, kubectl=stack.kubectl)
        say(f"pulumi up took {spent}")
    return code


def _preview(options: argparse.Namespace) -> int:
    with _failure_recorded(options):
        stack = _stack(options)
        started = time.monotonic()
        if options.record is None:
            code = explained.run(stack, "preview", *options.arguments)
        else:
            code = recording.record(stack, options.record, *options.arguments)
            if code != 0:
                recording.explain(stack.name, options.record)
    say(f"pulumi preview took {duration(time.monotonic() - started)}")
    return code


def _drift(options: argparse.Namespace) -> int:
    with _failure_recorded(options):
        return clock.drifted(_stack(options, may_be_new=False), options.record)


@contextmanager
def _failure_recorded(options: argparse.Namespace) -> Iterator[None]:
    """Keep why it could not even begin, if the outcome is to be kept: whoever reads it would find an older one."""
    try:
        yield
    except LabError as error:
        if options.record is not None:
            recording.record_failure(options.stack, options.record, str(error))
        raise


def _renew(options: argparse.Namespace) -> int:
    stack = _stack(options, may_be_new=False)
    return clock.renew(stack, lambda: _deploy_prepared(stack, options))


def _deployed(options: argparse.Namespace) -> int:
    say(clock.deployed_commit(_stack(options, may_be_new=False, on_any_cluster=True)))
    return 0


def _backup(options: argparse.Namespace) -> int:
    keeping.backup(_stack(options, may_be_new=False, on_any_cluster=True), options.file)
    return 0


def _restore(options: argparse.Namespace) -> int:
    keeping.restore(_stack(options), options.file)
    return 0


def _rotate_passphrase(options: argparse.Namespace) -> int:
    rotation.rotate_passphrase(_stack(options))
    return 0


def _refresh(options: argparse.Namespace) -> int:
    stack = _stack(options)
    approval = _approval(options.arguments)
    if approval:
        _recover_own(stack)
    return explained.run(stack, "refresh", *approval, *options.arguments)


def _destroy(options: argparse.Namespace) -> int:
    stack = Stack(options.stack, options.context)
    engine.require_state()
    meant_cluster.require_meant(stack)
    if _is_here(stack):
        return _destroy_here(stack, *options.arguments)
    if not stack.exists():
        meant_cluster.require_not_elsewhere(stack)
    say(f"There is nothing of the stack {stack.name} to destroy.")
    return 0


def _is_here(stack: Stack) -> bool:
    """Whether there may be something of a stack to destroy.

    A state that several machines share may hold what was deployed from another one, and outlives the lab.

    Raises:
        LabError: There is, and it cannot be removed while a part of the lab has died.
    """
    if stack.has_shared_state or not stack.exists():
        return stack.has_shared_state
    if stack.context is not None or cluster.is_running():
        return True
    if cluster.can_be_revived():
        raise LabError(_NOT_WHOLE.format(stack.name))
    return False


def _destroy_here(stack: Stack, *arguments: str) -> int:
    _make_ready(stack)
    approval = _approval(arguments)
    if approval:
        _recover_own(stack)
        if _has_protected(stack):
            # Pulumi comes to what is protected when all that depends on it is gone. A preview comes there at once.
            approval.remove("--skip-preview")
    code = explained.run(stack, "destroy", *approval, *arguments)
    # With options of the user's, it may have removed a part, or nothing.
    if code == 0 and not arguments:
        stack.remove()
    return code


def _has_protected(stack: Stack) -> bool:
    return any(resource.get("protect") for resource in stack.export()["deployment"].get("resources", []))


def _pulumi(options: argparse.Namespace) -> int:
    pulumi_arguments.require_useful(options.stack, options.context, options.arguments)
    if pulumi_arguments.writes_configuration(options.arguments):
        return _configure(options)
    stack = _stack(options, on_any_cluster=True)
    if pulumi_arguments.command(options.arguments) != "cancel":
        return _attend(stack, options.arguments)
    with turns.alone(stack, "cancel"):
        require_no_engine(stack)
        code = _attend(stack, options.arguments)
        if code == 0:
            # Somebody has made sure that the update is gone.
            recover(stack)
        return code


def _configure(options: argparse.Namespace) -> int:
    # Whoever writes the copy meanwhile, for a preview or with another passphrase, would write what it was before.
    with turns.alone(Stack(options.stack, options.context), "config"):
        stack = _stack(options, on_any_cluster=True)
        with turns.steady(stack, "config"):
            return _attend(stack, options.arguments)


def _attend(stack: Stack, arguments: Sequence[str]) -> int:
    # Not every command takes --stack; this one is meant, whatever is selected or exported here.
    environment = {**stack.environment, "PULUMI_STACK": stack.name}
    return attend(["pulumi", *arguments], folder=stack.folder, environment=environment)


def _approval(arguments: Sequence[str]) -> list[str]:
    """What has Pulumi go on without asking; nothing for what only shows."""
    only_shows = {"--preview-only", "--preview-only=true"}.intersection(arguments)
    return [] if only_shows else ["--yes", "--skip-preview"]


def _recover_own(stack: Stack) -> None:
    """Recover a state that is this machine's own: an update of a shared one may run elsewhere at this moment."""
    if not stack.has_shared_state:
        recover(stack)


def _stack(options: argparse.Namespace, *, may_be_new: bool = True, on_any_cluster: bool = False) -> Stack:
    """Return the stack that the options name, ready for a command.

    Args:
        options: Those of the command.
        may_be_new: Whether it is made if it is not there. Nothing that only looks may leave an empty one behind.
        on_any_cluster: Whether it does not matter which cluster it is on, as to what asks the state alone.
    """
    stack = Stack(options.stack, options.context)
    _make_ready(stack, may_be_new=may_be_new, on_any_cluster=on_any_cluster)
    return stack


def _make_ready(stack: Stack, *, may_be_new: bool = True, on_any_cluster: bool = False) -> None:
    # A mistyped name is told before anything is built.
    stack.require()
    if not on_any_cluster:
        meant_cluster.require_meant(stack)
    if stack.context is None and not cluster.is_running():
        raise LabError(NO_CLUSTER)
    if stack.context is not None:
        engine.require_official()
        with exclusive("build"):
            build_missing(more_steps=0, with_cluster=False)
    preparing.prepare(stack, may_be_new=may_be_new)
