"""The command: `python -m previews show|post|drift`, on what `python -m lab preview --record` wrote."""

import argparse
import datetime
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from previews import comment, drift, folders, sticky, surroundings
from previews.api import ForgeError
from previews.comment import Origin
from previews.digest import Preview
from previews.redaction import hide
from previews.surroundings import Surroundings

DESCRIPTION = "What previews say, as a comment for a pull request."


def main(arguments: Sequence[str] | None = None, variables: Mapping[str, str] = os.environ) -> int:
    """Run one command and return its exit code: 0 well, 1 if the forge or a file refused what it was asked."""
    options = _parser().parse_args(arguments)
    try:
        return _COMMANDS[options.command](options, variables)
    except (ForgeError, OSError) as error:
        sys.stderr.write(f"previews: {hide(str(error))}\n")
        return 1


def _show(options: argparse.Namespace, variables: Mapping[str, str]) -> int:
    now, base = datetime.datetime.now(datetime.UTC), folders.base(options.folder)
    origin = Origin(now=now, commit=surroundings.commit(variables), base=base, link=surroundings.link(variables))
    sys.stdout.write(_comment(options, origin))
    return 0


def _post(options: argparse.Namespace, variables: Mapping[str, str]) -> int:
    place = surroundings.read(variables)
    if place.request is None:
        sys.stdout.write("No open pull request is at this commit, or several are: nothing to comment on.\n")
        return 0
    now, base = datetime.datetime.now(datetime.UTC), _base(options, place)
    body = _comment(options, Origin(now=now, commit=place.commit, base=base, foreign=place.foreign, link=place.link))
    done = sticky.comment(place.forge, place.request, comment.MARKER, body)
    sys.stdout.write(f"The comment on {place.request} is {done}.\n")
    return 0


def _drift(options: argparse.Namespace, variables: Mapping[str, str]) -> int:
    place = surroundings.read(variables)
    failed = 0
    for preview in folders.read(options.folder, options.stack, of_a_job=bool(place.link)):
        failed |= _report_drift(place, preview)
    return failed


def _report_drift(place: Surroundings, preview: Preview) -> int:
    """Have an issue or none about a stack; where nothing was found out, leave it as it is and fail."""
    stack = preview.stack
    if preview.failed:
        sys.stderr.write(f"previews: whether {stack} has drifted is not known: {hide(preview.errors[0])}\n")
        return 1
    body = drift.issue(preview, place.link)
    done = sticky.issue(place.forge, drift.marker(stack), drift.title(stack), body, gone=drift.gone(stack, place.link))
    sys.stdout.write(f"The issue about {stack} is {done}.\n")
    return 0


def _base(options: argparse.Namespace, place: Surroundings) -> str:
    """The commit that was compared with; of another job's word only what the forge confirms."""
    base = folders.base(options.folder)
    return base if base and (not place.foreign or place.forge.has(place.branch, base)) else ""


def _comment(options: argparse.Namespace, origin: Origin) -> str:
    previews = folders.read(options.folder, options.stack, of_a_job=bool(origin.link))
    if not origin.own:
        previews = [folders.without_expected(preview) for preview in previews]
    return comment.render(previews, origin)


_COMMANDS = {"show": _show, "post": _post, "drift": _drift}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="previews", description=DESCRIPTION)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, text in (
        ("show", "print the comment on the previews of some stacks"),
        ("post", "write that comment on the pull request of this job, or change the one that is there"),
        ("drift", "open, change or close the issue about each stack's drift (`python -m lab drift`)"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("folder", type=Path, help="what the lab recorded")
        command.add_argument("--stack", action="append", required=True, help="a stack; give it again for several")
    return parser


if __name__ == "__main__":
    sys.exit(main())
