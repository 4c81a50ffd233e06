"""Bad input: that it is bad, that it can be made again, and that a crash would be noticed."""

import json
import random
from collections.abc import Mapping
from typing import Any

import pytest

import settings
from bench.input import configurations, malformed, mutations

_BASE = {
    "secure-nginx:context": "lab",
    "secure-nginx:hostNames": ["a", "b"],
    "secure-nginx:service": {"type": "ClusterIP"},
}


def _dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  # no secret depends on it


def test_a_mutation_changes_a_copy_and_can_be_made_again() -> None:
    before = json.dumps(_BASE)

    first, second = ([mutations.mutated(_BASE, _dice(7)) for _ in range(50)] for _ in range(2))

    assert repr(first) == repr(second)
    assert json.dumps(_BASE) == before


def test_mutations_leave_out_misspell_lengthen_and_replace() -> None:
    dice = _dice(1)
    made = [mutations.mutated(_BASE, dice) for _ in range(300)]

    assert any(len(each) < len(_BASE) for each in made)
    assert any(key not in _BASE for each in made for key in each)
    assert any(
        len(each.get("secure-nginx:hostNames") or ()) == 3
        for each in made
        if isinstance(each.get("secure-nginx:hostNames"), list)
    )
    assert any(each.get("secure-nginx:context", "lab") != "lab" for each in made)


def test_an_empty_configuration_stays_empty() -> None:
    assert mutations.mutated({}, _dice(1)) == {}


def test_what_is_changed_is_right_before() -> None:
    for base in configurations.real():
        assert configurations.tried(1, [base], seed=0)
        settings.load(dict(configurations.as_pulumi_passes(base)))


def test_wrong_configurations_are_refused_or_read_and_nothing_else() -> None:
    outcome = configurations.tried(300, configurations.real())

    assert outcome.crashes == {}
    assert outcome.refused > 100
    assert outcome.accepted + outcome.refused == 300


@pytest.mark.parametrize("error", [TypeError("unhashable"), ValueError("not a list of what is wrong")])
def test_a_crash_is_noticed_with_the_configuration_that_did_it(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(raw: Mapping[str, str]) -> Any:
        raise error

    monkeypatch.setattr(settings, "load", broken)
    outcome = configurations.tried(3, [_BASE])
    figures = {figure.quantity: figure for figure in configurations.figures(outcome)}

    assert outcome.crashed == 3
    assert list(outcome.crashes or ()) == [f"{type(error).__name__}: {error}"]
    assert figures["ended in any other way"].met is False
    assert figures["tried"].met is False


def test_values_are_passed_as_pulumi_passes_them() -> None:
    passed = dict(configurations.as_pulumi_passes({"a": "text", "b": {"c": 1}, "d": float("nan"), "e": 2}))

    assert passed == {"a": "text", "b": '{"c": 1}', "d": "nan", "e": "2"}


def test_messages_are_of_all_kinds_and_can_be_made_again() -> None:
    first, second = (list(malformed.messages(80, _dice(3))) for _ in range(2))

    assert first == second
    assert len({message.kind for message in first}) == 8
    assert {message.secured for message in first} == {True, False}
    assert all(message.data for message in first)
