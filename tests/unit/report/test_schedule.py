"""How far apart the turns of a schedule are."""

from datetime import timedelta

import pytest

from report import schedule


@pytest.mark.parametrize(
    ("text", "pause"),
    [
        ("* * * * *", timedelta(minutes=1)),
        ("*/5 * * * *", timedelta(minutes=5)),
        ("*/7 * * * *", timedelta(minutes=7)),
        ("5/20 * * * *", timedelta(minutes=20)),
        ("0,10 * * * *", timedelta(minutes=50)),
        ("30 * * * *", timedelta(hours=1)),
        ("0 3 * * *", timedelta(days=1)),
        ("0 9-17/2 * * *", timedelta(hours=16)),
        ("0 6,18 */1 * ?", timedelta(hours=12)),
        ("0 3 * * MON-FRI", timedelta(days=7)),
        ("0 3 1 * 1", timedelta(days=7)),
        ("0 3 31 * *", timedelta(days=62)),
        ("@hourly", timedelta(hours=1)),
        ("@daily", timedelta(days=1)),
        ("@weekly", timedelta(days=7)),
    ],
)
def test_a_pause_is_no_longer_than_said(text: str, pause: timedelta) -> None:
    assert schedule.longest_pause(text) == pause


@pytest.mark.parametrize("text", ["0 3 1 JAN *", "@yearly", "", "* * * *", "a * * * *", "*/0 * * * *", "9-5 * * * *"])
def test_what_cannot_be_told_simply_is_not_told(text: str) -> None:
    assert schedule.longest_pause(text) is None
