"""A forge, and recorded previews, for the tests of what is posted."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.previews import forge_server, recorded
from tests.unit.previews.forge_server import ForgeServer


@pytest.fixture
def server() -> Iterator[ForgeServer]:
    with forge_server.serving() as forge:
        yield forge


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as the lab leaves it, for the stacks dev and prod."""
    for stack, name in (("dev", "rotate-certificate"), ("prod", "failure")):
        for kind in ("json", "events"):
            shutil.copy(recorded.RECORDINGS / f"{name}.{kind}", tmp_path / f"{stack}.{kind}")
    return tmp_path
