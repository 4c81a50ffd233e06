"""Documents that run: the commands of every document are typed in their order and print what it shows."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.documents import reading


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Path]:
    """A clone of the project as it is now, where the lab is up."""
    folder = tmp_path / "project"
    yield reading.clone(folder)
    shutil.rmtree(folder)


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize("document", reading.runnable())
def test_a_document_does_what_it_says(document: str, clone: Path) -> None:
    with contextlib.closing(reading.read(document, clone)) as readings:
        for each in readings:
            if complaint := each.complaint():
                pytest.fail(complaint, pytrace=False)
