"""The command: `python -m bench delivery|delivery-many|delivery-hundred|site|loss|engine|input|report`."""

import argparse
import datetime
import signal
import sys
from collections.abc import Callable, Iterator, Sequence

from lab import cluster, paths
from lab.errors import LabError
from lab.progress import say

from . import machine, records, tables
from .errors import BenchError
from .figures import Measured, Record

REPORT = paths.ROOT / "bench" / "report.html"
DESCRIPTION = "Measure the project on the lab; the figures inform, and fail nothing."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 measured, 1 it could not be, 2 wrong call, 130 interrupted."""
    # A shell without job control starts background jobs deaf to SIGINT, and their children with them.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options = _parser().parse_args(arguments)
    try:
        if options.part != "report":
            _measure(options)
        records.publish(records.load(), REPORT)
    except (BenchError, LabError) as error:
        sys.stderr.write(f"bench: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nbench: interrupted; nothing was recorded\n")
        return 130
    say(f"Tables: {records.TABLES}\nCharts: {REPORT}")
    return 0


def _measure(options: argparse.Namespace) -> None:
    if not cluster.is_running():
        raise BenchError(cluster.IS_DOWN)
    title, measure = _PARTS[options.part]
    started, load = datetime.datetime.now(datetime.UTC), machine.load()
    commit = machine.commit()
    measured = measure(options)
    record = Record(
        part=options.part,
        title=title,
        date=started.strftime("%Y-%m-%dT%H:%M:%SZ"),
        command=" ".join(["python -m bench", options.part, *_written(options)]),
        commit=commit,
        machine=machine.here(),
        load=load,
        figures=measured.figures,
        notes=measured.notes,
    )
    say(tables.text(record))
    if measured.broken_off:
        records.save(record, records.UNFINISHED)
        raise BenchError(
            f"it ended before its time ({measured.broken_off}); what it had is in {records.UNFINISHED}, and the last "
            "whole run stays on record"
        )
    records.save(record)


def _written(options: argparse.Namespace) -> Iterator[str]:
    for name, value in sorted(vars(options).items()):
        if name == "part" or value is None or value is False or value == []:
            continue
        flag = f"--{name.replace('_', '-')}"
        text = _joined(value) if isinstance(value, list) else str(value)
        yield flag if value is True else f"{flag}={text}"


def _delivery(options: argparse.Namespace) -> Measured:
    from .delivery import course  # noqa: PLC0415  # each part alone needs what it imports

    return course.measure(options.sites, options.runs, options.ways)


def _site(options: argparse.Namespace) -> Measured:
    from .site import course  # noqa: PLC0415

    return course.measure(options.runs, options.seconds)


def _loss(options: argparse.Namespace) -> Measured:
    from .loss import course  # noqa: PLC0415

    return course.measure(options.requests, whole_lab=not options.alone)


def _engine(options: argparse.Namespace) -> Measured:
    from .engine import course  # noqa: PLC0415

    return course.measure(options.points, options.pairs, options.disks, whole_lab=not options.alone)


def _input(options: argparse.Namespace) -> Measured:
    from .input import course  # noqa: PLC0415

    return course.measure(options.settings, options.messages)


_PARTS: dict[str, tuple[str, Callable[[argparse.Namespace], Measured]]] = {
    "delivery": ("Speed of delivery, side by side", _delivery),
    "delivery-many": ("Speed of delivery with many sites", _delivery),
    "delivery-hundred": ("Speed of delivery with a hundred sites", _delivery),
    "site": ("The site itself", _site),
    "loss": ("Nothing lost", _loss),
    "engine": ("The engine", _engine),
    "input": ("Bad input", _input),
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench", description=DESCRIPTION)
    parts = parser.add_subparsers(dest="part", required=True, metavar="PART")

    def add(name: str, text: str) -> argparse.ArgumentParser:
        return parts.add_parser(name, help=text, description=text)

    for name, text, sites, runs in (
        ("delivery", "deliver, check, renew and remove sites by every way", [1, 10], [5]),
        ("delivery-many", "the same with so many sites that it takes half an hour", [10, 50], [1]),
        ("delivery-hundred", "the same with a hundred sites, beside fifty; it takes hours", [50, 100], [1]),
    ):
        delivery = add(name, text)
        delivery.add_argument(
            "--sites", type=_numbers, default=sites, help=f"numbers of sites (default: {_joined(sites)})"
        )
        delivery.add_argument(
            "--runs", type=_numbers, default=runs, help=f"rounds, or one for each of these (default: {_joined(runs)})"
        )
        delivery.add_argument("--ways", type=_words, default=[], help="ours, tutorial, kustomize, helm (default: all)")
    site = add("site", "load nginx as this project and others configure it")
    site.add_argument("--runs", type=int, default=5, help="rounds of every server (default: %(default)s)")
    site.add_argument("--seconds", type=int, default=3, help="how long each load lasts (default: %(default)s)")
    loss = add("loss", "change and break a site under a verified load, and count what fails")
    loss.add_argument(
        "--requests", type=int, default=100_000, help="in planned changes, at least (default: %(default)s)"
    )
    loss.add_argument("--alone", action="store_true", help="leave out what others who use the lab would notice")
    engine = add("engine", "kill updates, and look whether the documented command makes them whole")
    engine.add_argument("--points", type=int, default=20, help="where each victim is killed (default: %(default)s)")
    engine.add_argument("--pairs", type=int, default=20, help="two updates at once, so often (default: %(default)s)")
    engine.add_argument("--disks", type=int, default=3, help="a full disk, so often (default: %(default)s)")
    engine.add_argument("--alone", action="store_true", help="leave out what others who use the lab would notice")
    bad = add("input", "give wrong settings to the program, and wrong messages to a site")
    bad.add_argument("--settings", type=int, default=5000, help="wrong configurations (default: %(default)s)")
    bad.add_argument("--messages", type=int, default=1000, help="malformed messages (default: %(default)s)")
    add("report", "write the documents and the report anew from the records that there are")
    return parser


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def _joined(values: Sequence[object]) -> str:
    return ",".join(map(str, values))


def _words(text: str) -> list[str]:
    return text.split(",")


if __name__ == "__main__":
    sys.exit(main())
