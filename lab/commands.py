"""What each command does."""

import argparse
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from lab import (
    builds,
    clock,
    cluster,
    daemons,
    engine,
    explained,
    images,
    keeping,
    kubectl,
    nodes,
    paths,
    pki,
    recording,
    report,
    status,
    topology,
)
from lab.errors import LabError
from lab.lock import exclusive
from lab.paths import disk_usage
from lab.processes import Daemon
from lab.progress import Steps, duration, mebibytes, say
from lab.recovery import recover
from lab.run import attend
from lab.stacks import Stack

_CHANGING = {"deploy", "renew", "restore", "rotate-passphrase", "refresh", "destroy"}
NO_CLUSTER = f"{cluster.IS_DOWN}, or name a context of your own: KUBE_CONTEXT=..."


def run(options: argparse.Namespace) -> int:
    """Run the command that the options name and return its exit code."""
    commands: dict[str, Callable[[argparse.Namespace], int]] = {
        "build": _build,
        "up": _up,
        "down": _down,
        "status": _status,
        "report": _report,
        "kubectl": _kubectl,
        "logs": _logs,
        "deploy": _deploy,
        "preview": _preview,
        "compare": _compare,
        "drift": _drift,
        "renew": _renew,
        "deployed": _deployed,
        "backup": lambda options: _keep(options, keeping.backup),
        "restore": lambda options: _keep(options, keeping.restore),
        "rotate-passphrase": _rotate_passphrase,
        "refresh": _refresh,
        "destroy": _destroy,
        "pulumi": _pulumi,
    }
    command = commands[options.command]
    if options.command not in _CHANGING:
        return command(options)
    with Stack(options.stack, options.context).alone(options.command):
        return command(options)


def _build(_: argparse.Namespace) -> int:
    with exclusive("build"):
        _build_missing(more_steps=0)
    return 0


def _up(_: argparse.Namespace) -> int:
    with exclusive("up"):
        _up_locked()
    return 0


def _up_locked() -> None:
    started = time.monotonic()
    if cluster.is_running():
        _build_missing(more_steps=0)
        return
    for daemon in cluster.dead_daemons():
        say(str(daemon.death()))
    if pki.has_ended():
        say(f"The lab is more than {pki.LIFETIME.days} days old and its certificates have ended: it is made anew.")
    elif cluster.can_be_revived():
        cluster.revive(_build_missing(more_steps=1))
        return
    steps = _build_missing(more_steps=cluster.STEPS)
    cluster.start(steps)
    figures = f"{mebibytes(cluster.memory())} of memory, {mebibytes(disk_usage(paths.ROOT))} of disk"
    say(f"The lab is up after {duration(time.monotonic() - started)}: {figures}.")


def _build_missing(more_steps: int, *, with_cluster: bool = True) -> Steps:
    """Build what is not there; say beforehand how long it will take."""
    wanted = [*engine.wanted(), *(builds.cluster() if with_cluster else [])]
    programs = builds.missing(wanted)
    # An image of the lab's own programs is made anew whenever those are.
    fresh = {program for build in programs for program in build.programs}
    stale = images.missing() if with_cluster else []
    pictures = [image for image in images.ALL if image in stale or fresh & set(image.programs)]
    steps = Steps(len(programs) + len(pictures) + more_steps)
    if minutes := sum(build.minutes for build in programs):
        say(f"Building from source, once: about {minutes + 1:.0f} minutes on two cores.")
        say("Interrupt it whenever you like: the next run goes on from there.")
    for build in programs:
        builds.build(build, steps)
    for image in pictures:
        images.build(image, steps)
    engine.install()
    return steps


def _down(_: argparse.Namespace) -> int:
    with exclusive("down"):
        cluster.stop()
        if left := nodes.leftovers():
            raise LabError(f"something of the lab is still there: {', '.join(left)}; run this again")
    say("The lab is down; what was built stays in " + str(paths.ROOT))
    return 0


def _status(options: argparse.Namespace) -> int:
    if options.stack:
        return status.show([Stack(name, options.context) for name in options.stack])
    if not cluster.is_running():
        return status.say_down()
    say(cluster.kubectl("get", "nodes", "--output=wide").rstrip())
    say(f"Memory: {mebibytes(cluster.memory())}")
    say(f"Kubeconfig: {paths.KUBECONFIG}")
    for node in topology.NODES:
        say(f"Node ports of {node.name} ({node.address}): {topology.on_loopback(node.address)} on this machine")
    say(f"Load balancers ({topology.LOAD_BALANCERS[0]} ...): {topology.on_loopback(topology.LOAD_BALANCERS[0])} ...")
    return 0


def _report(options: argparse.Namespace) -> int:
    # It takes the program's packages along, which no other command needs.
    from lab import pages  # noqa: PLC0415

    if options.context is None and not cluster.is_running():
        raise LabError(NO_CLUSTER)
    for name in options.stack:
        say(f"{name}: {pages.write(Stack(name, options.context))}")
    return 0


def _kubectl(options: argparse.Namespace) -> int:
    program, *chosen = kubectl.command(options.context)
    if options.context is None and not (paths.KUBECONFIG.exists() and Path(program).exists()):
        raise LabError(cluster.IS_DOWN)
    return attend([program, *chosen, *options.arguments])


def _logs(options: argparse.Namespace) -> int:
    names = [*daemons.all_names(), "gateway"]
    if options.component is None:
        say("\n".join(names))
        return 0
    matching = [name for name in names if name == options.component or name.startswith(f"{options.component}@")]
    if not matching:
        raise LabError(f"there is no component {options.component!r}; these are: {', '.join(names)}", code=2)
    files = [Daemon(name).log for name in matching if Daemon(name).log.exists()]
    if not files:
        raise LabError("the lab is down, and its logs went with it")
    follow = ["--follow"] if options.follow else []
    return subprocess.call(["tail", "--lines=200", *follow, *files])


def _deploy(options: argparse.Namespace) -> int:
    return _deploy_prepared(_stack(options), options)


def _deploy_prepared(stack: Stack, options: argparse.Namespace) -> int:
    _recover_own(stack)
    started = time.monotonic()
    # A preview finds what breaks a rule before anything is created, and takes a while.
    preview = [] if stack.must_keep_to_rules else ["--skip-preview"]
    code = explained.run(stack, "up", "--yes", *preview, "--suppress-outputs", *options.arguments)
    spent = duration(time.monotonic() - started)
    if code == 0:
        report.show(stack.outputs(), stack=stack.name, folder=stack.folder, kubectl=stack.kubectl)
        say(f"pulumi up took {spent}")
    return code


def _preview(options: argparse.Namespace) -> int:
    try:
        stack = _stack(options)
        started = time.monotonic()
        if options.record is None:
            code = explained.run(stack, "preview", *options.arguments)
        else:
            code = recording.record(stack, options.record, *options.arguments)
    except LabError as error:
        if options.record is not None:
            recording.record_failure(options.stack, options.record, str(error))
        raise
    say(f"pulumi preview took {duration(time.monotonic() - started)}")
    return code


def _compare(options: argparse.Namespace) -> int:
    # It takes Pulumi's and gRPC's packages along, which no other command needs.
    from lab import comparison  # noqa: PLC0415

    with exclusive("build"):
        _build_missing(more_steps=0, with_cluster=False)
    started = time.monotonic()
    well = comparison.compare(options.stack, options.base, options.record)
    say(f"Comparing took {duration(time.monotonic() - started)}. It is in {options.record}.")
    return 0 if well else 1


def _drift(options: argparse.Namespace) -> int:
    return clock.drifted(_stack(options), options.record)


def _renew(options: argparse.Namespace) -> int:
    stack = _stack(options)
    return clock.renew(stack, lambda: _deploy_prepared(stack, options))


def _deployed(options: argparse.Namespace) -> int:
    say(clock.deployed_commit(_stack(options)))
    return 0


def _keep(options: argparse.Namespace, act: Callable[[Stack, Path], None]) -> int:
    act(_stack(options), options.file)
    return 0


def _rotate_passphrase(options: argparse.Namespace) -> int:
    keeping.rotate_passphrase(_stack(options))
    return 0


def _refresh(options: argparse.Namespace) -> int:
    stack = _stack(options)
    approval = [] if "--preview-only" in options.arguments else ["--yes", "--skip-preview"]
    if approval:
        _recover_own(stack)
    return explained.run(stack, "refresh", *approval, *options.arguments)


def _destroy(options: argparse.Namespace) -> int:
    stack = Stack(options.stack, options.context)
    # A state that several machines share may hold what was deployed from another one, and outlives the lab.
    if not stack.has_shared_state and not (stack.exists() and (stack.context or cluster.is_running())):
        say(f"There is nothing of the stack {stack.name} to destroy.")
        return 0
    stack = _stack(options)
    _recover_own(stack)
    code = explained.run(stack, "destroy", "--yes", "--skip-preview", *options.arguments)
    if code == 0:
        stack.remove()
    return code


def _pulumi(options: argparse.Namespace) -> int:
    stack = _stack(options)
    # Not every command takes --stack, and another stack may have been selected since.
    stack.pulumi("stack", "select", stack.name)
    command = ["pulumi", *options.arguments]
    code = attend(command, folder=stack.folder, environment=stack.environment)
    if code == 0 and options.arguments[:1] == ["cancel"]:
        # Somebody has made sure that the update is gone.
        recover(stack)
    return code


def _recover_own(stack: Stack) -> None:
    """Recover a state that is this machine's own: an update of a shared one may run elsewhere at this moment."""
    if not stack.has_shared_state:
        recover(stack)


def _stack(options: argparse.Namespace) -> Stack:
    """Return the stack that the options name, ready for a command."""
    stack = Stack(options.stack, options.context)
    if stack.context is None and not cluster.is_running():
        raise LabError(NO_CLUSTER)
    if stack.context is not None:
        engine.require_official()
        with exclusive("build"):
            _build_missing(more_steps=0, with_cluster=False)
    stack.prepare()
    return stack
