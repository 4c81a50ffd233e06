"""The command: `python -m lab up|down|status|check|kubectl|logs|deploy|preview|destroy|pulumi`."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

DESCRIPTION = "A Pulumi engine and a Kubernetes cluster on this machine, from package registries alone."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 well, 1 failed, 2 wrong call or machine, 130 interrupted."""
    # A shell without job control starts background jobs deaf to SIGINT, and their children with them. Pulumi ends its
    # plugins by that signal: every command would wait five seconds for those that do not hear it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    options = _parser().parse_args(arguments)
    if options.command == "check":
        return _check(only_python=options.python)
    from lab import commands  # noqa: PLC0415 (needs packages that are not there before the check)
    from lab.errors import LabError  # noqa: PLC0415

    try:
        return commands.run(options)
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return error.code
    except BrokenPipeError:
        # Whoever was reading (`| head`) has seen enough. Python would complain once more while it shuts down.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("\nlab: interrupted; the same command goes on from here", file=sys.stderr)
        return 130


def _check(*, only_python: bool) -> int:
    from lab import check  # noqa: PLC0415

    cluster = not only_python and not os.environ.get("KUBE_CONTEXT")
    engine = not only_python and check.pulumi_on_path() is None
    root = Path(os.environ.get("LAB_DIR") or ".lab").absolute()
    try:
        check.ensure(root, cluster=cluster, engine=engine)
    except check.UnfitError as unfit:
        print(unfit, file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lab", description=DESCRIPTION)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text)

    check = add(
        "check",
        "look for all that the lab needs; install missing Debian packages (LAB_INSTALL=0 only lists them)",
    )
    check.add_argument("--python", action="store_true", help="look at Python alone")
    add("build", "build engine, plugins, cluster and images, without starting anything")
    add("up", "build what is missing and start the cluster; nothing to do is fine")
    add("down", "stop the cluster and remove all of it but what was built; twice is fine")
    add("status", "show nodes, daemons, memory and how to reach the cluster")
    kubectl = add("kubectl", "run kubectl on the lab's cluster")
    kubectl.add_argument("arguments", nargs=argparse.REMAINDER)
    logs = add("logs", "show the log of a daemon; without a name, list the names")
    logs.add_argument("component", nargs="?")
    logs.add_argument("-f", "--follow", action="store_true", help="go on showing what comes")
    for name, text in (
        ("deploy", "pulumi up: deploy a stack and show its outputs and the probe's verdict"),
        ("preview", "pulumi preview: show what deploying would change"),
        ("refresh", "pulumi refresh: bring the state in line with the cluster"),
        ("destroy", "pulumi destroy: remove all that a stack deployed"),
        ("pulumi", "any other pulumi command on the stacks' state, after --: stack output, stack export, ..."),
    ):
        command = add(name, text)
        command.add_argument("--stack", default="dev", help="as in Pulumi.<stack>.yaml (default: dev)")
        command.add_argument(
            "--context", default=os.environ.get("KUBE_CONTEXT") or None,
            help="a context of your own kubeconfig, instead of the lab (default: KUBE_CONTEXT)",
        )  # fmt: skip
        command.add_argument("arguments", nargs="*", help="further options for pulumi, after --")
    return parser


if __name__ == "__main__":
    sys.exit(main())
