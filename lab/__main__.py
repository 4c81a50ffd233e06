"""The command: `python -m lab COMMAND ...`; `python -m lab --help` lists the commands."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lab import endings, errors
from lab.errors import LabError

DESCRIPTION = "A Pulumi engine and a Kubernetes cluster on this machine, from package registries alone."

_SHOWING = {"status", "logs", "kubectl", "deployed"}
"""Commands that do nothing but show: what nobody wanted to read any more is no failure of theirs."""
_READER_GONE = 141
"""The exit code of a program that SIGPIPE has ended, in every shell: 128 and the signal's number."""
_PASSING_ON = {"deploy", "preview", "refresh", "destroy", "renew", "pulumi"}
"""Commands whose further arguments are pulumi's."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    0 is well, 1 failed, 2 a wrong call or machine, 130 interrupted, 141 cut off by the end of who read what it said.
    """
    endings.handle()
    options = _options(arguments)
    try:
        code = _run(options)
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return error.code
    except BrokenPipeError:
        # Whoever was reading (`| head`) has seen enough. Python would complain once more while it shuts down.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0 if options.command in _SHOWING else _READER_GONE
    except OSError as error:
        # A full disk, a folder of somebody else's: nothing that a traceback would explain better.
        print(f"lab: {errors.of_the_system(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nlab: interrupted; the same command goes on from here", file=sys.stderr)
        return 130
    # A program that a signal has ended gives a negative number here; every shell has another.
    code = code if code >= 0 else 128 - code
    return 0 if code == _READER_GONE and options.command in _SHOWING else code


def _run(options: argparse.Namespace) -> int:
    if options.command == "check":
        return _check(only_python=options.python, only_engine=options.engine, tests=options.tests)
    from lab import commands  # noqa: PLC0415 (needs packages that are not there before the check)

    return commands.run(options)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = _parser()
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        rest = " ".join(unknown)
        hint = f"; options for pulumi go after --: ARGS='-- {rest}'" if options.command in _PASSING_ON else ""
        parser.error(f"unrecognized arguments: {rest}{hint}")
    return options


def _check(*, only_python: bool, only_engine: bool, tests: str) -> int:
    from lab import check  # noqa: PLC0415

    anything = not (only_python or only_engine)
    own_cluster = anything and bool(os.environ.get("KUBE_CONTEXT"))
    root = Path(os.environ.get("LAB_DIR") or ".lab").absolute()
    pulumi = own_cluster and not check.is_about_lab(root / "kubeconfig") and os.environ.get("LAB_ENGINE") != "source"
    engine = not (only_python or pulumi) and check.pulumi_on_path() is None
    try:
        check.ensure(root, cluster=anything and not own_cluster, engine=engine, tests=tests, pulumi=pulumi)
    except check.UnfitError as unfit:
        print(unfit, file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lab", description=DESCRIPTION)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, text: str, **more: Any) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text, **more)

    def add_context(command: argparse.ArgumentParser) -> None:
        command.add_argument(
            "--context", default=os.environ.get("KUBE_CONTEXT") or None,
            help="a context of your own kubeconfig, instead of the lab (default: KUBE_CONTEXT)",
        )  # fmt: skip

    check = add(
        "check",
        "look for all that the lab needs; install missing Debian packages (LAB_INSTALL=0 only lists them)",
    )
    check.add_argument("--python", action="store_true", help="look at Python alone")
    check.add_argument("--engine", action="store_true", help="look at what the engine needs, not at the cluster")
    check.add_argument("--tests", choices=("unit", "e2e"), default="", help="look also for what these tests need")
    add("build", "build engine, plugins, cluster and images, without starting anything")
    up = add("up", "build what is missing and start the cluster; nothing to do is fine")
    up.add_argument("--stack", help="a stack that is to be deployed then: refuse one that is not for the lab")
    down = add("down", "stop the cluster and remove all of it but what was built; twice is fine")
    down.add_argument("--stack", help="a stack that is to be destroyed before, if the lab has it")
    status = add("status", "show nodes, memory and how to reach the cluster; with --stack, the sites of a stack")
    report = add("report", "write a page about a stack: what is deployed, what proves it, what is due")
    for command in (status, report):
        command.add_argument(
            "--stack", action="append", required=command is report, help="a stack; give it again for several"
        )
        add_context(command)
    # All options after it are kubectl's own, also those before its command: `lab kubectl -n default get pods`.
    kubectl = add("kubectl", "run kubectl on the lab, or on KUBE_CONTEXT of STACK", prefix_chars="\0", add_help=False)
    kubectl.set_defaults(context=os.environ.get("KUBE_CONTEXT") or None, stack=os.environ.get("STACK") or "dev")
    kubectl.add_argument("arguments", nargs=argparse.REMAINDER)
    logs = add("logs", "show the log of a daemon; without a name, list the names")
    logs.add_argument("component", nargs="?")
    logs.add_argument("-f", "--follow", action="store_true", help="go on showing what comes")
    for name, text in (
        ("deploy", "pulumi up: deploy a stack and show its outputs and the probe's verdict"),
        ("preview", "pulumi preview: show what deploying would change"),
        ("drift", "show what others have changed in the cluster; exit code 7 if anything"),
        (
            "renew",
            "deploy again if a certificate is due or the last update of this commit failed; exit code 7 if something "
            "else waits",
        ),
        ("deployed", "print the commit of the last update"),
        ("backup", "copy a stack's state to a file, secrets encrypted"),
        ("restore", "put such a copy in the place of a stack's state"),
        ("rotate-passphrase", "encrypt a stack's secrets with the passphrase in NEW_PASSPHRASE"),
        ("refresh", "pulumi refresh: bring the state in line with the cluster"),
        ("destroy", "pulumi destroy: remove all that a stack deployed"),
        ("pulumi", "any other pulumi command on the stacks' state, after --: stack output, stack export, ..."),
    ):
        command = add(name, text)
        command.add_argument("--stack", default="dev", help="as in Pulumi.<stack>.yaml (default: dev)")
        add_context(command)
        if name in ("preview", "drift"):
            command.add_argument(
                "--record",
                type=Path,
                metavar="FOLDER",
                required=name == "drift",
                help="write the outcome to files there, for `python -m previews`",
            )
        if name in ("backup", "restore"):
            command.add_argument("--file", type=Path, required=True, help="the copy")
        if name in _PASSING_ON:
            command.add_argument("arguments", nargs="*", help="further options for pulumi, after --")
    compare = add("compare", "show what the working tree changes compared with a commit: no cluster, state or secret")
    compare.add_argument("--base", required=True, metavar="COMMIT", help="what to compare with, as main")
    compare.add_argument("--stack", action="append", required=True, help="a stack; give it again for several")
    compare.add_argument("--record", type=Path, required=True, metavar="FOLDER", help="where to write the previews")
    return parser


if __name__ == "__main__":
    sys.exit(main())
