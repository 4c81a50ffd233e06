"""What is spared while resources are declared is there again afterwards."""

import sys

import pulumi
import pytest

import sdk_costs


def test_a_mistake_while_resources_are_declared_is_seen_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulumi.log, "debug", pulumi.log.debug)
    limits = []

    def declare() -> None:
        with sdk_costs.spared():
            limits.append(sys.tracebacklimit)
            raise LookupError

    with pytest.raises(LookupError):
        declare()

    assert limits == [7]
    assert not hasattr(sys, "tracebacklimit")
