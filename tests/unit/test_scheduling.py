"""Tolerations: each says itself what is wrong with it, and a site's arguments say where it is."""

import pytest

from components import Problem, Scheduling, Toleration
from tests.unit import sites

LONG = "must have a label value: at most 63 of letters, digits, '-', '_' and '.'"


@pytest.mark.parametrize(
    ("toleration", "value", "remedy"),
    [
        (Toleration(key="a b"), "a b", "must be a label key such as team"),
        (Toleration(key="disk", value="very fast"), "disk=very fast", LONG),
    ],
    ids=["key", "value"],
)
def test_a_toleration_says_what_is_wrong_with_it(toleration: Toleration, value: str, remedy: str) -> None:
    assert list(toleration.problems()) == [Problem(field="", value=value, remedy=remedy)]

    found = sites.args(scheduling=Scheduling(tolerations=(Toleration(key="dmz"), toleration))).problems()

    assert [str(problem) for problem in found] == [f"scheduling.tolerations: {value!r} {remedy}"]


def test_a_toleration_may_be_of_any_value() -> None:
    assert not list(Toleration(key="example.com/dmz").problems())
