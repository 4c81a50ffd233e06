"""A forge for the tests of what is posted."""

from collections.abc import Iterator

import pytest

from tests.unit.previews import forge_server
from tests.unit.previews.forge_server import ForgeServer


@pytest.fixture
def server() -> Iterator[ForgeServer]:
    with forge_server.serving() as forge:
        yield forge
