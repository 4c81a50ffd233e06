"""Counting what fails while something happens."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import cast

import pytest

from bench.engine import api_server
from bench.errors import BenchError
from bench.figures import Figure, Measured
from bench.loss import changes, course
from bench.loss.changes import Change, everything
from bench.loss.figures import figures
from bench.loss.site import Site
from bench.loss.tally import Event, Loss, Report, losses, parse
from bench.stack import BenchStack
from lab.errors import LabError

CHANGES = {change.name: change for change in everything()}

_LINES = [
    {"at": 10.0, "answered": 100, "reopened": 0},
    {"at": 11.0, "failed": "new", "why": "TimeoutError()"},
    {"at": 11.5, "failed": "kept", "why": "TimeoutError()"},
    {"at": 12.0, "answered": 300, "reopened": 4},
    {"at": 20.0, "failed": "new", "why": "ConnectionRefusedError()"},
    {"at": 21.0, "answered": 500, "reopened": 4},
]
_REPORT = parse(map(json.dumps, _LINES))


def _event(began: float, ended: float, *, planned: bool = True, name: str = "restart") -> Event:
    return Event(name=name, planned=planned, began=began, ended=ended)


def test_an_event_is_charged_with_what_failed_meanwhile() -> None:
    (loss,) = losses(_REPORT, [_event(10.0, 13.0)])

    assert (loss.requests, loss.failed, loss.reopened, loss.seconds) == (202, 2, 4, 1.5)
    assert loss.reasons == ("kept: TimeoutError()", "new: TimeoutError()")


def test_an_event_is_not_charged_with_what_failed_before_or_after() -> None:
    (loss,) = losses(_REPORT, [_event(12.5, 19.0)])

    assert (loss.requests, loss.failed, loss.seconds, loss.reasons) == (0, 0, 0.0, ())


def test_before_the_first_count_nothing_was_answered() -> None:
    (loss,) = losses(_REPORT, [_event(0.0, 10.5)])

    assert loss.requests == 100


def _loss(event: Event, requests: int, failed: int, seconds: float = 0.0) -> Loss:
    return Loss(event=event, requests=requests, failed=failed, reopened=0, seconds=seconds, reasons=())


def _of_change(name: str, requests: int, failed: int, seconds: float = 0.0) -> Loss:
    change = CHANGES[name]
    event = Event(name=name, planned=change.planned, began=0, ended=1, goals=change.goals, asleep=None)
    return _loss(event, requests, failed, seconds)


def _figures(found: list[Loss], missing: Sequence[Change] = ()) -> dict[str, Figure]:
    return {figure.name: figure for figure in figures(found, 300, missing)}


def test_planned_changes_and_a_lost_api_server_may_lose_nothing_and_a_killed_pod_little() -> None:
    found = _figures(
        [
            _of_change("rolling restart 1", 60_000, 0),
            _of_change("rolling restart 2", 39_999, 1),
            _of_change("nginx of a pod killed", 500, 3, 2.5),
            _of_change("API server down for 60 s", 40_000, 1),
            _of_change("node lost for 90 s", 20_000, 50, 55.0),
        ],
    )

    wanted = {
        "All planned changes together: requests, in all": (99_999, False),
        "All planned changes together: requests, failed": (1, False),
        "All planned changes together: requests, rate": (300, True),
        "Planned changes: rolling restart 1, failed": (0, True),
        "Planned changes: rolling restart 2, failed": (1, False),
        "Faults: nginx of a pod killed, failed": (3, None),
        "Faults: nginx of a pod killed, until the last failure": (2.5, False),
        "Faults: API server down for 60 s, failed": (1, False),
        "Faults: node lost for 90 s, until the last failure": (55.0, None),
    }
    assert {name: (found[name].median, found[name].met) for name in wanted} == wanted


def test_each_subject_of_a_table_has_the_same_quantities() -> None:
    quantities: dict[str, dict[str, list[str]]] = {}
    done = [_of_change(name, 10, 0) for name in list(CHANGES)[::2]]
    missing = list(CHANGES.values())[1::2]
    for figure in figures(done, 300, missing):
        quantities.setdefault(figure.table, {}).setdefault(figure.subject, []).append(figure.quantity)

    for table in ("Planned changes", "Faults"):
        first, *others = quantities[table].values()
        assert others
        assert all(each == first for each in others)


def test_changes_that_never_came_have_their_goals_unmet() -> None:
    missing = [CHANGES["rolling restart 2"], CHANGES["nginx of a pod killed"]]
    found = _figures([_of_change("rolling restart 1", 100_000, 0)], missing)

    for name in (
        "Planned changes: rolling restart 2, failed",
        "Faults: nginx of a pod killed, until the last failure",
        "All planned changes together: requests, failed",
    ):
        assert (found[name].values, found[name].met) == ((), False)


def test_the_sleep_of_the_cluster_is_a_figure_of_its_own() -> None:
    event = Event(name="API server down for 60 s", planned=False, began=0, ended=1, asleep=70.0)

    found = _figures([_loss(event, 10, 0)])

    name = "The cluster after its API server was away: API server down for 60 s, until the cluster acts again"
    assert found[name].values == (70.0,)


class _Load:
    """A load that answers a thousand requests with every change."""

    def __init__(self) -> None:
        self.counts = [(time.time(), 0, 0)]

    @contextmanager
    def running(self) -> Iterator[None]:
        yield
        self.more()

    def more(self) -> None:
        self.counts.append((time.time(), self.counts[-1][1] + 1000, 0))

    def report(self) -> Report:
        return Report(counts=tuple(self.counts), failures=())


def _measured(monkeypatch: pytest.MonkeyPatch, total: int, end: BaseException | None = None) -> Measured:
    """A course of which the second change meets with something."""
    load = _Load()

    def do(_: Site) -> None:
        load.more()

    def meet(_: Site) -> None:
        if end is not None:
            raise end

    chosen = [
        Change(name="first", do=do),
        Change(name="second", do=meet),
        Change(name="fault", planned=False, do=do),
    ]
    monkeypatch.setattr(changes, "everything", lambda: chosen)
    monkeypatch.setattr(changes, "restart", do)
    monkeypatch.setattr(course, "AFTERWARDS", 0.01)
    monkeypatch.setattr(course, "_load", lambda _: load)
    monkeypatch.setattr(course, "_clear", lambda _: None)
    return course.measure(total, whole_lab=True)


def test_restarts_go_on_until_planned_changes_have_seen_enough_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    found = _measured(monkeypatch, 3000)

    subjects = list(dict.fromkeys(each.subject for each in found.figures if each.quantity == "failed"))
    assert subjects == ["requests", "first", "second", "rolling restart 6", "rolling restart 7", "fault"]
    assert found.broken_off == ""


@pytest.mark.parametrize(
    ("end", "why"),
    [(KeyboardInterrupt(), "interrupted"), (LabError("no rollout\nat all"), "second: no rollout")],
)
def test_an_interrupted_course_returns_what_it_has_and_not_the_goals_of_the_rest(
    end: BaseException, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = _measured(monkeypatch, 3000, end)

    assert found.broken_off == why
    met = {figure.name: figure.met for figure in found.figures if figure.goal}
    assert met["Planned changes: first, failed"] is True
    assert [name for name, each in met.items() if not each and "rate" not in name] == [
        "All planned changes together: requests, in all",
        "All planned changes together: requests, failed",
        "Planned changes: second, failed",
        "Faults: fault, failed",
    ]


def test_what_cannot_be_removed_afterwards_does_not_cost_what_was_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    did: list[str] = []

    def fails(name: str) -> Callable[[], None]:
        def fail() -> None:
            did.append(name)
            raise LabError("no")

        return fail

    monkeypatch.setattr(api_server, "until_it_answers", lambda: None)

    course._clear(cast(BenchStack, SimpleNamespace(name="a", destroy=fails("destroy"), discard=fails("discard"))))

    assert did == ["destroy", "discard"]


def test_an_api_server_that_does_not_come_back_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def down() -> Iterator[None]:
        yield
        raise BenchError("the API server does not answer after 60 s")

    monkeypatch.setattr(api_server, "down", down)
    monkeypatch.setattr(changes, "API_OUTAGE", 0)

    with pytest.raises(BenchError, match="does not answer"):
        CHANGES["API server down for 60 s"].do(Site(BenchStack("bench-nowhere")))


def test_what_everybody_notices_comes_last() -> None:
    noticed = [change.whole_lab for change in CHANGES.values()]

    assert noticed == sorted(noticed)
    assert len(CHANGES) == len(everything())
