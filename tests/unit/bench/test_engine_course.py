"""The course of breaking updates: its order, its places, its end before its time, and the sleep of the cluster."""

from typing import Any

import pytest

from bench.engine import api_server, course, trials, updates
from bench.engine.figures import Pair, Trial
from bench.engine.places import Places, values
from bench.engine.updates import Lengths
from bench.errors import BenchError
from bench.figures import Measured
from lab.errors import LabError

LENGTHS = (Lengths(update=10, plugin=5), Lengths(update=10, plugin=5))


def test_points_are_spread_evenly_and_miss_both_ends() -> None:
    assert course.fractions(4) == [0.125, 0.375, 0.625, 0.875]


def test_another_revision_is_another_key_and_certificate() -> None:
    assert values("a")["certificate"] != values("b")["certificate"]


def _measured(monkeypatch: pytest.MonkeyPatch, end: BaseException) -> Measured:
    """A course of which the second point of the engine meets with something."""

    def killed(_: object, victim: updates.Victim, number: int, *__: object) -> Trial:
        if number == 1:
            raise end
        return Trial(victim=victim, after=1, outcome="broken", seconds=5)

    monkeypatch.setattr(course, "_lengths", lambda _: LENGTHS)
    monkeypatch.setattr(trials, "killed", killed)
    monkeypatch.setattr(trials, "pair", lambda *_: Pair(succeeded=1, refused=1))
    return course.measure(2, 2, 0, whole_lab=True)


@pytest.mark.parametrize(("end", "why"), [(KeyboardInterrupt(), "interrupted"), (LabError("it died\nnow"), "it died")])
def test_an_interrupted_course_returns_what_it_has_and_none_of_its_goals(
    end: BaseException, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = _measured(monkeypatch, end)

    assert found.broken_off == why
    counted = {f"{each.subject}, {each.quantity}": (each.values, each.met) for each in found.figures if each.goal}
    for victim in ("engine", "plugin", "API server"):
        assert counted[f"{victim} killed, updates hit while they ran"] == ((1,), False)
        assert counted[f"{victim} killed, whole again, with nothing to do"] == ((1,), False)
    assert counted["pairs, settled and nothing doubled"] == ((1,), False)


def test_a_course_goes_on_elsewhere_after_a_failed_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    did: list[str] = []

    def killed(*_: object) -> Trial:
        did.append("killed")
        return Trial(victim="engine", after=1, outcome="broken", failure="no way")

    monkeypatch.setattr(course, "_lengths", lambda _: LENGTHS)
    monkeypatch.setattr(trials, "killed", killed)
    monkeypatch.setattr(Places, "leave", lambda _: did.append("left"))

    found = course.measure(2, 0, 0, whole_lab=False)

    assert did == ["killed", "left"] * 4
    assert found.broken_off == ""


def test_each_update_from_nothing_has_a_place_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    did: list[tuple[str, ...]] = []
    monkeypatch.setattr("lab.cluster.kubectl", lambda *arguments: did.append(arguments))
    places = Places("bench-nowhere")

    first, second = places.fresh(), places.fresh()

    assert first.namespace == "bench-nowhere-1"
    assert second.namespace == "bench-nowhere-2"
    assert places.deployed() is second
    assert ("delete", "namespace", first.namespace, "--ignore-not-found", "--wait=false") in did
    did.clear()
    places.clear()
    assert did == [("delete", "namespace", each.namespace, "--ignore-not-found") for each in (first, second)]


def _looked_up(available: int, succeeded: int) -> list[dict[str, Any]]:
    return [
        {"kind": "Deployment", "status": {"availableReplicas": available} if available else {}},
        {"kind": "Job", "status": {"succeeded": succeeded} if succeeded else {}},
    ]


@pytest.mark.parametrize(
    ("items", "done"),
    [
        (_looked_up(2, 2), True),
        (_looked_up(1, 2), False),
        (_looked_up(2, 1), False),
        (_looked_up(0, 0), False),
        ([], False),
    ],
)
def test_a_cluster_acts_if_every_client_has_its_answer(items: list[dict[str, Any]], done: bool) -> None:
    assert api_server.is_done(items) is done


def test_what_the_cluster_is_given_to_do_is_found_by_one_label() -> None:
    items = api_server.something_to_do("bench-1")["items"]

    assert [item["kind"] for item in items] == ["Deployment", "Service", "Job"]
    assert all(item["metadata"] == {"name": "bench-1", "labels": {"app": "bench-1"}} for item in items)


class _Server:
    """A daemon that is killed, dies a moment later, and ends once more as its port is still taken."""

    def __init__(self) -> None:
        self._pids = iter([7, 7, None, None, 8, None, 9])

    @property
    def pid(self) -> int | None:
        return next(self._pids)


def test_an_api_server_that_does_not_answer_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.nodes.daemon", lambda *_: _Server())
    monkeypatch.setattr("lab.cluster.is_running", lambda: False)

    with pytest.raises(BenchError, match="does not answer after 0 s"):
        api_server.until_it_answers(0)


def test_an_api_server_is_started_again_whatever_happens_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    did: list[str] = []
    answers = iter([False, False, False, False, True])
    server = _Server()
    monkeypatch.setattr("lab.nodes.daemon", lambda *_: server)
    monkeypatch.setattr("os.kill", lambda pid, _: did.append(f"kill {pid}"))
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setattr("lab.daemons.start", lambda *_: did.append("start"))
    monkeypatch.setattr("lab.cluster.is_running", lambda: next(answers))

    with pytest.raises(KeyboardInterrupt), api_server.down():
        raise KeyboardInterrupt

    assert did == ["kill 7", "start", "start"]
