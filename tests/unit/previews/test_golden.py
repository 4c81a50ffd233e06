"""Comments on previews that the lab's engine really made, to the letter.

After a wanted change: `UPDATE_GOLDEN=1 .venv/bin/pytest tests/unit/previews/test_golden.py`, then read the difference.
"""

import os

import pytest

from previews import comment
from tests.unit.previews import recorded

SETS = {
    **{name: [name] for name in recorded.NAMES},
    "several-stacks": ["no-change", "rotate-certificate", "failure", "renewal"],
}


@pytest.mark.parametrize("name", SETS)
def test_the_comment_is_what_it_was(name: str) -> None:
    golden = recorded.GOLDEN / f"{name}.md"

    body = comment.render([recorded.preview(each) for each in SETS[name]], recorded.ORIGIN)

    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(body)
    assert body == golden.read_text()
    assert len(body) <= comment.LIMIT
    assert body.startswith(comment.MARKER)


def test_every_golden_file_is_compared() -> None:
    assert {file.stem for file in recorded.GOLDEN.iterdir()} == SETS.keys()


@pytest.mark.parametrize("name", recorded.NAMES)
def test_no_key_and_no_certificate_is_in_a_comment(name: str) -> None:
    body = comment.render([recorded.preview(name)], recorded.ORIGIN)

    assert "PRIVATE KEY-----" not in body
    assert "BEGIN" not in body


def test_a_comment_on_two_hundred_resources_says_what_it_leaves_out() -> None:
    preview = recorded.preview("many")

    body = comment.render([preview], recorded.ORIGIN)

    assert sum(preview.counts.values()) >= 200
    assert "more lines of the diff are left out" in body
