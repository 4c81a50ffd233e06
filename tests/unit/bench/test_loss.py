"""Counting what fails while something happens."""

import json

from bench.loss.changes import everything
from bench.loss.course import figures
from bench.loss.tally import Event, Loss, losses, parse

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


def test_planned_changes_may_lose_nothing_and_a_killed_pod_little() -> None:
    found = figures(
        [
            _loss(_event(0, 1), 60_000, 0),
            _loss(_event(1, 2, name="other"), 39_999, 1),
            _loss(_event(2, 3, planned=False, name="nginx of a pod killed"), 500, 3, 2.5),
        ],
        rate=300,
    )
    met = {figure.name: (figure.median, figure.met) for figure in found}

    wanted = {
        "All planned changes together: requests, in all": (99_999, False),
        "All planned changes together: requests, failed": (1, False),
        "All planned changes together: requests, rate": (300, True),
        "Planned changes: restart, failed": (0, True),
        "Faults: nginx of a pod killed, failed": (3, None),
        "Faults: nginx of a pod killed, until the last failure": (2.5, False),
    }
    assert {name: met[name] for name in wanted} == wanted


def test_what_everybody_notices_comes_last() -> None:
    noticed = [change.whole_lab for change in everything()]

    assert noticed == sorted(noticed)
    assert len({change.name for change in everything()}) == len(noticed)
