"""What a contributor's tools are told is what the project does."""

import json
import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[3]


def test_a_commit_is_checked_by_make_check_and_by_nothing_from_elsewhere() -> None:
    repositories = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]

    assert [repository["repo"] for repository in repositories] == ["local"]
    (hook,) = repositories[0]["hooks"]
    assert (hook["entry"], hook["language"], hook["pass_filenames"]) == ("make --silent check", "system", False)


def test_the_container_has_the_go_that_the_readme_asks_for() -> None:
    settings = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
    image = (ROOT / ".devcontainer" / settings["build"]["dockerfile"]).read_text()

    asked = re.search(r"Go (1\.\d+)", (ROOT / "README.md").read_text())
    given = re.search(r"^FROM golang:(1\.\d+)-", image, re.MULTILINE)
    assert asked is not None
    assert given is not None
    assert asked[1] == given[1]


def test_what_the_container_runs_first_is_a_target() -> None:
    settings = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())

    program, target = settings["postCreateCommand"].split()
    assert program == "make"
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
