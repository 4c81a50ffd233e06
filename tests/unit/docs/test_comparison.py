"""The times in the README's comparison are those of the measurements, as far as machines are alike."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ROW = re.search(r"^\| to the first verified answer \|(.+)$", (ROOT / "README.md").read_text(), re.MULTILINE)
MEASURED = {
    each["name"]: each["value"] for each in json.loads((ROOT / "docs" / "measurements.json").read_text())["results"]
}


@pytest.mark.parametrize(
    ("column", "way"), [(0, "this project"), (1, "openssl and kubectl (tutorials)"), (2, "Helm 4")]
)
def test_a_time_is_the_measured_one(column: int, way: str) -> None:
    assert ROW is not None
    said = re.match(r" (\d+) s", ROW[1].split("|")[column])
    assert said is not None

    measured = MEASURED[f"1 site: from nothing to the first verified HTTPS answer: {way}, wall time"]
    assert int(said[1]) == pytest.approx(measured, rel=0.5)
