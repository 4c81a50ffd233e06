"""What is compared after an update was killed, and what trials amount to."""

from typing import Any

import pytest

from bench.engine import course, inventory
from bench.engine.figures import Trial, figures


def _resource(kind: str, identity: str, **more: Any) -> dict[str, Any]:
    return {"type": f"kubernetes:core/v1:{kind}", "id": identity, **more}


def test_a_state_has_the_objects_that_are_in_a_namespace_and_not_about_to_go() -> None:
    state = {
        "deployment": {
            "resources": [
                _resource("Secret", "space/b"),
                _resource("ConfigMap", "space/a"),
                _resource("Namespace", "space"),
                _resource("ConfigMap", "space/old", delete=True),
                {"type": "kubernetes:core/v1:ConfigMap"},
                {"type": "tls:index/privateKey:PrivateKey", "id": "a/b"},
            ]
        }
    }

    assert inventory.in_state(state) == [("ConfigMap", "a"), ("Secret", "b")]
    assert inventory.in_state({"deployment": {}}) == []


def test_a_listing_has_what_somebody_made_and_means_to_keep() -> None:
    items = [
        {"kind": "Pod", "metadata": {"name": "a", "ownerReferences": [{}]}},
        {"kind": "Secret", "metadata": {"name": "going", "deletionTimestamp": "now"}},
        {"kind": "ConfigMap", "metadata": {"name": "kube-root-ca.crt"}},
        {"kind": "Secret", "metadata": {"name": "kept"}},
    ]

    assert inventory.in_listing(items) == [("Secret", "kept")]


def test_differences_are_named_from_both_sides() -> None:
    found = inventory.compared([("Secret", "a"), ("Secret", "a"), ("Job", "b")], [("Secret", "a"), ("ConfigMap", "c")])

    assert found == [
        "ConfigMap c is in the cluster alone",
        "Job b is in the state alone",
        "Secret a is in the state twice",
    ]


def test_points_are_spread_evenly_and_miss_both_ends() -> None:
    assert course.fractions(4) == [0.125, 0.375, 0.625, 0.875]


def test_another_revision_is_another_key_and_certificate() -> None:
    assert course.values("a")["certificate"] != course.values("b")["certificate"]


def _trial(**changes: Any) -> Trial:
    whole: dict[str, Any] = {
        "victim": "engine", "from_nothing": True, "after": 1.0, "outcome": "broken", "seconds": 5.0, "differences": (),
        "failure": "",
    }  # fmt: skip
    return Trial(**{**whole, **changes})


@pytest.mark.parametrize(
    ("trials", "recovered", "met"),
    [
        ([_trial(), _trial()], 2, True),
        ([_trial(), _trial(failure="no way\nat all")], 1, False),
        ([_trial(), _trial(differences=("Secret a is in the cluster alone",))], 1, False),
        ([_trial(), _trial(outcome="unharmed")], 2, True),
        ([_trial(), _trial(outcome="unharmed", failure="no way")], 1, False),
        ([_trial(), _trial(outcome="missed", failure="of something else")], 1, True),
    ],
)
def test_a_trial_counts_if_it_hit_and_left_nothing_behind(trials: list[Trial], recovered: int, met: bool) -> None:
    found = {figure.quantity: figure for figure in figures(trials, [])}

    assert found["whole again, with nothing to do"].median == recovered
    assert found["whole again, with nothing to do"].met is met


def test_what_went_wrong_is_noted_once() -> None:
    trials = [_trial(failure="no\n  way\nat all\n1"), _trial(failure="no\n  way\nat all\n2")]

    (figure,) = (each for each in figures(trials, []) if each.quantity == "whole again, with nothing to do")

    assert figure.note == "no way at all"


def test_without_a_hit_no_time_is_made_up() -> None:
    assert "time to recover, with a preview" not in {each.quantity for each in figures([_trial(outcome="missed")], [])}


def test_pairs_have_to_be_settled_every_time() -> None:
    found = {each.quantity: each for each in figures([], [(1, 1, ()), (2, 0, ("Secret a is in the state twice",))])}

    assert found["second one refused, or waited its turn"].median == 1
    assert found["settled and nothing doubled"].met is False
    assert found["settled and nothing doubled"].note == "Secret a is in the state twice"
