"""Where records are kept, and the documents that are made of them."""

import json
from collections.abc import Sequence
from pathlib import Path

from lab import paths

from . import charts, tables
from .figures import Record, from_data, to_data
from .results import results as results_of

RECORDS = paths.REPOSITORY / "bench" / "records"
"""One file for each part of the bench: its last whole run."""
UNFINISHED = paths.ROOT / "bench" / "unfinished"
"""The last run of a part that ended before its time."""
TABLES = paths.REPOSITORY / "docs" / "measurements.md"
RESULTS = paths.REPOSITORY / "docs" / "measurements.json"


def save(record: Record, folder: Path | None = None) -> None:
    """Keep a record in the place of the part's last one. Default: among the whole ones."""
    folder = folder or RECORDS
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{record.part}.json").write_text(json.dumps(to_data(record), indent=1) + "\n")


def load(folder: Path = RECORDS) -> list[Record]:
    """All records that there are, by part."""
    return [from_data(json.loads(file.read_text())) for file in sorted(folder.glob("*.json"))]


def publish(records: Sequence[Record], report: Path, *, document: Path = TABLES, results: Path = RESULTS) -> None:
    """Write the tables, the results and the report with charts.

    Args:
        records: What they show.
        report: Where the report goes: one HTML file that needs no other.
        document: Where the tables go.
        results: Where the results go.
    """
    document.write_text(tables.document(records))
    results.write_text(json.dumps(results_of(records), indent=1) + "\n")
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(charts.page(records))
