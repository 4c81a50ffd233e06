"""Where records are kept, and the documents that are made of them."""

import json
from collections.abc import Sequence
from pathlib import Path

from . import charts, tables
from .figures import Record, from_data, to_data

ROOT = Path(__file__).resolve().parent.parent
RECORDS = ROOT / "bench" / "records"
"""One file for each part of the bench: its last run."""
TABLES = ROOT / "docs" / "measurements.md"
RESULTS = ROOT / "docs" / "measurements.json"


def save(record: Record, folder: Path = RECORDS) -> None:
    """Keep a record in the place of the part's last one."""
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
    results.write_text(json.dumps(tables.results(records), indent=1) + "\n")
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(charts.page(records))
