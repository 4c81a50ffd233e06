"""The text of stacks' files: what is no YAML, or no configuration, is refused with its place."""

import re
from pathlib import Path

import pytest

from lab import stack_config
from lab.errors import LabError


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("config:\n  a: [1\n  b: 2\n", "Pulumi.test.yaml, line 3, column 4: this is no YAML"),
        ("config:\n\ta: 1\n", "Pulumi.test.yaml, line 2, column 1: this is no YAML"),
        ("- config\n", "Pulumi.test.yaml: must be keys and values below `config:`"),
        ("config: text\n", "Pulumi.test.yaml: must be keys and values below `config:`"),
        ("\x00", "Pulumi.test.yaml: this is no YAML"),
    ],
)
def test_a_file_that_is_no_configuration_is_refused_with_the_place(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "Pulumi.test.yaml"
    file.write_text(text)

    with pytest.raises(LabError, match=re.escape(message)) as refused:
        stack_config.load(file)

    assert refused.value.code == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "config:\n  a: 1\n  b: 2\n  a: 3\n",
            "Pulumi.test.yaml, line 4, column 3: this is no YAML (`a` is a key already",
        ),
        (
            'config:\n  sites:\n    - access: {a: 1}\n      "access": {}\n',
            "line 4, column 7: this is no YAML (`access` is a key already, in line 3; take one of them out)",
        ),
        ("config: {}\nconfig:\n  a: 1\n", "line 2, column 1: this is no YAML (`config` is a key already, in line 1;"),
    ],
)
def test_a_key_that_is_written_twice_is_refused_with_both_places(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "Pulumi.test.yaml"
    file.write_text(text)

    with pytest.raises(LabError, match=re.escape(message)) as refused:
        stack_config.load(file)

    assert refused.value.code == 2


def test_a_key_is_no_second_one_for_what_it_stands_beside(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.test.yaml"
    file.write_text("config:\n  a: &common {access: 1, size: 1}\n  b: {<<: *common, size: 2}\n  c: {? [x] : 1}\n")

    with pytest.raises(LabError, match=r"line 4, column 9: this is no YAML \(found unhashable key"):
        stack_config.load(file)

    file.write_text(file.read_text().replace("  c: {? [x] : 1}\n", ""))
    assert stack_config.load(file)["config"]["secure-nginx:b"] == {"access": 1, "size": 2}


def test_what_looks_like_a_date_and_is_none_is_refused_with_the_place(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.test.yaml"
    file.write_text("config:\n  certificate:\n    keyRevision: 2026-02-30\n")

    with pytest.raises(
        LabError, match=r"Pulumi.test.yaml, line 3, column 18: .*\(day is .* what is meant as text needs quotes\)"
    ) as refused:
        stack_config.load(file)

    assert refused.value.code == 2
