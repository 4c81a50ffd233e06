"""The times in the README's comparison are those of the measurements, as far as machines are alike."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text()
MEASURED = {
    each["name"]: each["value"] for each in json.loads((ROOT / "docs" / "measurements.json").read_text())["results"]
}


@pytest.mark.parametrize(
    ("row", "measured"),
    [
        ("to the first verified answer", "from nothing to the first verified HTTPS answer"),
        ("a preview that finds nothing to do", "nothing to do"),
    ],
)
@pytest.mark.parametrize(
    ("column", "way"), [(0, "this project"), (1, "openssl and kubectl (tutorials)"), (2, "Helm 4")]
)
def test_a_time_is_the_measured_one(row: str, measured: str, column: int, way: str) -> None:
    cells = re.search(rf"^\| {row} \|(.+)$", README, re.MULTILINE)
    assert cells is not None
    said = re.match(r" ([\d.]+) s", cells[1].split("|")[column])
    assert said is not None

    assert float(said[1]) == pytest.approx(MEASURED[f"1 site: {measured}: {way}, wall time"], rel=0.5)
