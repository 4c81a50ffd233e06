"""Exported states of the project's own stacks, made once: no test changes them."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from report import state
from report.state import State
from tests.unit import harness
from tests.unit.report import made


@pytest.fixture(scope="session")
def _dev() -> dict[str, Any]:
    with harness.event_loop():
        return made.dev(harness.deploy)


@pytest.fixture
def dev(_dev: dict[str, Any]) -> dict[str, Any]:
    """The exported state of the dev stack, to be changed at will."""
    return copy.deepcopy(_dev)


@pytest.fixture
def read(dev: dict[str, Any]) -> Callable[[], State]:
    """Read the state of the dev stack, as it was changed."""
    return lambda: state.read(dev)
