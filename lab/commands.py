"""What each command does; `stack_commands` has those about one stack."""

import argparse
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from lab import cluster, daemons, kubectl, meant_cluster, nodes, paths, pki, stack_commands, status, topology, turns
from lab.building import build_missing
from lab.errors import LabError
from lab.lock import exclusive, no_scenarios
from lab.paths import disk_usage
from lab.processes import Daemon
from lab.progress import duration, mebibytes, say
from lab.run import attend
from lab.stacks import Stack


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
        "compare": _compare,
    }
    command = commands.get(options.command, stack_commands.run)
    return command(options)


def _build(_: argparse.Namespace) -> int:
    with exclusive("build"):
        build_missing(more_steps=0)
    return 0


def _up(options: argparse.Namespace) -> int:
    if options.stack is not None:
        # Before a quarter of an hour of building, and not after it.
        meant_cluster.require_for_lab(Stack(options.stack), starting=True)
    with exclusive("up"):
        _up_locked()
    return 0


def _up_locked() -> None:
    started = time.monotonic()
    if cluster.is_running():
        build_missing(more_steps=0)
        cluster.load_new_images()
        return
    # Before a quarter of an hour of building, as above.
    nodes.require_ours()
    for daemon in cluster.dead_daemons():
        say(str(daemon.death()))
    if pki.has_ended():
        say(f"The lab is more than {pki.LIFETIME.days} days old and its certificates have ended: it is made anew.")
    elif cluster.can_be_revived():
        cluster.revive(build_missing(more_steps=1))
        cluster.load_new_images()
        return
    steps = build_missing(more_steps=cluster.STEPS)
    cluster.start(steps)
    figures = f"{mebibytes(cluster.memory())} of memory, {mebibytes(disk_usage(paths.ROOT))} of disk"
    say(f"The lab is up after {duration(time.monotonic() - started)}: {figures}.")


def _down(options: argparse.Namespace) -> int:
    if options.stack is not None:
        stack_commands.destroy_with_lab(Stack(options.stack))
    # A stack takes its turn before the lab's, as where an update builds something.
    with turns.all_on_lab_alone("down"), no_scenarios("down"), exclusive("down"):
        cluster.stop()
        if left := nodes.leftovers():
            raise LabError(f"something of the lab is still there: {', '.join(left)}; run this again")
    say("The lab is down; what was built stays in " + str(paths.ROOT))
    return 0


def _status(options: argparse.Namespace) -> int:
    if options.stack:
        return status.show(_stacks(options))
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

    stacks = _stacks(options)
    if options.context is None and not cluster.is_running():
        raise LabError(stack_commands.NO_CLUSTER)
    for each in stacks:
        say(f"{each.name}: {pages.write(each)}")
    return 0


def _stacks(options: argparse.Namespace) -> list[Stack]:
    """The stacks that the options name; the lab is asked about none of another cluster."""
    stacks = [Stack(name, options.context) for name in options.stack]
    for each in stacks:
        meant_cluster.require_meant(each)
    return stacks


def _kubectl(options: argparse.Namespace) -> int:
    stack = Stack(options.stack, options.context)
    if stack.context is not None:
        # A mistyped name has no kubeconfig of its own, and the context may be another cluster's in the usual one.
        stack.require()
    command = stack.kubectl
    if not command:
        raise LabError(
            f"the cluster of the stack {stack.name} is not asked: {kubectl.NOT_ASKED}. Give it to kubectl yourself, by "
            f"--kubeconfig and --context={stack.context}",
            code=2,
        )
    if stack.context is None and not (paths.KUBECONFIG.exists() and Path(command[0]).exists()):
        raise LabError(cluster.IS_DOWN)
    return attend([*command, *options.arguments])


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


def _compare(options: argparse.Namespace) -> int:
    # It takes Pulumi's and gRPC's packages along, which no other command needs.
    from lab import comparison  # noqa: PLC0415

    commit = comparison.require(options.stack, options.base)
    with exclusive("build"):
        build_missing(more_steps=0, with_cluster=False)
    started = time.monotonic()
    well = comparison.compare(options.stack, commit, options.record)
    say(f"Comparing took {duration(time.monotonic() - started)}. It is in {options.record}.")
    return 0 if well else 1
