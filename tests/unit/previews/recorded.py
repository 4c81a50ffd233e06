"""Previews that the lab's engine made (`python -m tests.e2e.preview_recordings` makes them anew)."""

import datetime
from pathlib import Path

from previews import digest
from previews.comment import Origin

HERE = Path(__file__).parent
RECORDINGS = HERE / "recordings"
GOLDEN = HERE / "golden"
NAMES = sorted(file.stem for file in RECORDINGS.glob("*.json"))
ORIGIN = Origin(
    now=datetime.datetime(2026, 11, 25, 12, 0, tzinfo=datetime.UTC),
    commit="0123456789abcdef0123456789abcdef01234567",
    link="https://forge.example/runs/1",
)


def text(name: str) -> str:
    return (RECORDINGS / f"{name}.json").read_text()


def events(name: str) -> str:
    return (RECORDINGS / f"{name}.events").read_text()


def preview(name: str) -> digest.Preview:
    return digest.read(name, text(name), events=events(name))
