"""What is compared after an update was killed, and what trials amount to."""

from collections.abc import Sequence
from typing import Any

import pytest

from bench.engine import inventory
from bench.engine.figures import Asked, Pair, Trial, figures, first_words
from bench.figures import Figure
from bench.stack import why
from lab import paths


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


def _trial(**changes: Any) -> Trial:
    whole: dict[str, Any] = {"victim": "engine", "after": 1.0, "outcome": "broken", "seconds": 5.0}
    return Trial(**{**whole, **changes})


def _figures(trials: list[Trial], together: Sequence[Pair] = (), **asked: Any) -> dict[str, Figure]:
    whole: dict[str, Any] = {"victims": ("engine",), "points": 2, "pairs": 0, "disks": 0}
    found = figures(trials, together, Asked(**{**whole, **asked}))
    return {f"{each.subject}, {each.quantity}": each for each in found}


LOST = "Secret a is in the cluster alone"


@pytest.mark.parametrize(
    ("trials", "recovered", "met"),
    [
        ([_trial(), _trial()], 2, True),
        ([_trial(), _trial(failure="no way\nat all")], 1, False),
        ([_trial(), _trial(differences=(LOST,))], 1, False),
        ([_trial(), _trial(outcome="unharmed")], 2, True),
        ([_trial(), _trial(outcome="unharmed", failure="no way")], 1, False),
        ([_trial(), _trial(outcome="missed")], 1, False),
        ([_trial()], 1, False),
    ],
)
def test_as_many_as_were_asked_for_must_be_whole_again(trials: list[Trial], recovered: int, met: bool) -> None:
    figure = _figures(trials)["engine killed, whole again, with nothing to do"]

    assert (figure.median, figure.met) == (recovered, met)


def test_as_many_as_were_asked_for_must_be_hit() -> None:
    name = "engine killed, updates hit while they ran"

    assert _figures([_trial(), _trial(failure="no way")])[name].met is True
    assert _figures([_trial(), _trial(outcome="missed")])[name].met is False


def test_what_went_wrong_is_noted_once_also_if_nothing_was_hit() -> None:
    trials = [_trial(failure="no\n  way\nat all\n1"), _trial(outcome="missed", failure="no\n  way\nat all\n2")]

    assert _figures(trials)["engine killed, whole again, with nothing to do"].note == "no way at all"


@pytest.mark.parametrize(
    ("trials", "counted"),
    [
        ([_trial()], (0,)),
        ([_trial(differences=(LOST,)), _trial(failure="no way")], (1,)),
        ([_trial(), _trial(failure="no way")], ()),
        ([_trial(outcome="missed")], ()),
        ([], ()),
    ],
)
def test_where_nobody_looked_nothing_is_said_of_objects(trials: list[Trial], counted: tuple[float, ...]) -> None:
    figure = _figures(trials)["engine killed, objects lost, left over or doubled"]

    assert figure.values == counted
    assert figure.met is (counted == (0,))


def test_without_recovery_no_time_is_made_up() -> None:
    trials = [_trial(outcome="missed"), _trial(seconds=None, failure="no way")]

    assert _figures(trials)["engine killed, time to recover, with a preview"].values == ()


def test_what_was_asked_for_and_never_begun_has_its_goals() -> None:
    found = _figures([_trial(), _trial()], victims=("engine", "API server"), pairs=3, disks=1)
    unmet = [name for name, figure in found.items() if figure.met is False and not figure.values]

    assert unmet == [
        f"{victim}, {quantity}"
        for victim in ("API server killed", "disk full")
        for quantity in (
            "updates hit while they ran", "whole again, with nothing to do", "objects lost, left over or doubled",
        )
    ] + ["pairs, settled and nothing doubled"]  # fmt: skip


def test_the_sleep_of_the_cluster_is_a_figure_of_its_own() -> None:
    found = _figures([_trial(victim="API server", asleep=70.0)], victims=("API server",))

    assert found["killed and started again, until the cluster acts again"].values == (70.0,)
    assert found["API server killed, time to recover, with a preview"].values == (5.0,)


def test_pairs_have_to_be_settled_as_often_as_was_asked_for() -> None:
    wrong = Pair(succeeded=2, refused=0, wrong=("Secret a is in the state twice",))
    found = _figures([], [Pair(succeeded=1, refused=1), wrong], pairs=2)

    assert found["pairs, second one refused"].median == 1
    assert found["pairs, both succeeded, one after the other"].median == 1
    assert found["pairs, settled and nothing doubled"].met is False
    assert found["pairs, settled and nothing doubled"].note == "Secret a is in the state twice"
    assert _figures([], [Pair(succeeded=1, refused=1)], pairs=2)["pairs, settled and nothing doubled"].met is False


def test_a_failure_is_told_in_short_and_without_where_this_machine_is() -> None:
    failure = f"up failed:\n  the stack is locked\n  file://{paths.ROOT}/cluster/a.json\n  more"

    assert first_words(failure) == "up failed: the stack is locked file://.lab/cluster/a.json"
    assert len(first_words("x" * 1000)) == 303


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("Updating\n\nDiagnostics:\n  error: no\nOutputs:\n  url: x\n", "    error: no"),
        ("error: locked\n", "  error: locked"),
    ],
)
def test_why_an_update_failed_is_in_its_diagnostics(said: str, reason: str) -> None:
    assert why(said) == reason
