"""The tutorial leads to every scenario, and nowhere else."""

import re
from pathlib import Path

from scenarios import model

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "tutorial.md").read_text()
NAMES = {scenario.name for scenario in model.load()}


def test_every_scenario_is_a_row_of_the_tutorial() -> None:
    rows = re.findall(r"^\|.+\| (\w[\w-]+) \|$", TEXT.partition("## Which step is where")[2], re.MULTILINE)

    assert set(rows) == NAMES | {"scenario"}


def test_every_link_leads_to_a_file() -> None:
    links = re.findall(r"\]\((\.\./[^)#]+)", TEXT)

    assert len(links) > 20
    assert not [link for link in links if not (ROOT / "docs" / link).exists()]


def test_what_a_command_looks_at_was_kept_before() -> None:
    kept: set[str] = set()
    looked_at = 0
    for line in TEXT.splitlines():
        if found := re.search(r"make scenarios ARGS='--keep ([^']+)'", line):
            kept |= set(found[1].split())
        for name in re.findall(r"-n scenario-([\w-]+)", line):
            looked_at += 1
            assert name in kept, line

    assert looked_at > 20
    assert kept < NAMES


def test_the_table_of_a_whole_run_is_todays() -> None:
    table = TEXT.rpartition("$ make scenarios\n")[2].partition("```")[0]

    assert set(re.findall(r"^(\S+) +verified +[\d.]+$", table, re.MULTILINE)) == NAMES
    assert f"{len(NAMES)} of {len(NAMES)} scenarios hold" in table
