"""The command: `python -m tests.documents [DOCUMENT ...]` writes what commands print now into the documents.

Only where that is not like what is there. On the lab, with the dev stack deployed.
"""

import argparse
import contextlib
import sys
import tempfile
from pathlib import Path

from tests.documents import blocks, reading
from tests.e2e import driver


def main() -> int:
    """Run the command and return its exit code: 0 well, 1 if a command of a document fails."""
    parser = argparse.ArgumentParser(
        prog="documents", description="Write down anew what the documents' commands print."
    )
    parser.add_argument("--all", action="store_true", help="also where it is alike, unless `...` shortens it")
    parser.add_argument("documents", nargs="*", metavar="DOCUMENT", help="as docs/lab.md (default: all)")
    options = parser.parse_args()
    driver.must(driver.make("up"))
    with tempfile.TemporaryDirectory() as folder:
        clone = reading.clone(Path(folder) / "project")
        for document in options.documents or reading.runnable():
            readings = []
            with contextlib.closing(reading.read(document, clone)) as steps:
                for each in steps:
                    readings.append(each)
                    if each.code:
                        sys.stderr.write(f"{each.complaint()}\n")
                        return 1
            file = blocks.ROOT / document
            file.write_text(rewritten(file.read_text(), readings, everything=options.all))
    return 0


def rewritten(text: str, readings: list[reading.Reading], *, everything: bool) -> str:
    """A document's text with what was printed where that is not what is shown, or everywhere where something is."""
    lines = text.splitlines(keepends=True)
    for each in reversed(readings):
        shown = each.step.output
        if each.complaint() or (everything and shown and "..." not in shown):
            begin = each.step.output_line - 1
            printed = [f"{line.rstrip()}\n" for line in each.printed.rstrip().splitlines()]
            lines[begin : begin + len(shown.splitlines())] = printed
    return "".join(lines)


if __name__ == "__main__":
    sys.exit(main())
