"""Times and numbers as people say them."""

from datetime import UTC, datetime, timedelta

import pytest

from report import words

NOON = datetime(2026, 11, 4, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(days=1824), "4 years"),
        (timedelta(days=1094), "1094 days"),
        (timedelta(days=12, hours=20), "12 days"),
        (timedelta(days=3), "3 days"),
        (timedelta(days=3, seconds=-1), "71 hours"),
        (timedelta(hours=2), "2 hours"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(minutes=2), "2 minutes"),
        (timedelta(seconds=119), "119 seconds"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(0), "0 seconds"),
        (timedelta(hours=-5), "5 hours"),
    ],
)
def test_a_span_is_said_in_its_largest_unit(length: timedelta, text: str) -> None:
    assert words.span(length) == text


def test_a_moment_lies_ahead_or_behind() -> None:
    assert words.relative(NOON + timedelta(hours=3), NOON) == "in 3 hours"
    assert words.relative(NOON - timedelta(hours=3), NOON) == "3 hours ago"


def test_a_moment_has_date_time_and_zone() -> None:
    assert words.stamp(NOON) == "4 Nov 2026, 12:00 UTC"


@pytest.mark.parametrize("text", ["2026-11-04T12:00:00Z", "2026-11-04T13:00:00.000+01:00"])
def test_a_time_is_read_in_utc(text: str) -> None:
    found = words.time(text)

    assert found == NOON
    assert found is not None
    assert found.tzinfo is UTC


@pytest.mark.parametrize("text", [None, "", "soon", "2026-11-04T12:00:00"])
def test_what_is_no_time_in_a_zone_is_none(text: object) -> None:
    assert words.time(text) is None


def test_nouns_follow_their_number() -> None:
    assert [words.counted(number, "pod") for number in (0, 1, 2)] == ["0 pods", "1 pod", "2 pods"]


def test_a_long_name_keeps_both_ends() -> None:
    assert words.shortened("my-nginx-config-1923a5dd", 24) == "my-nginx-config-1923a5dd"
    assert words.shortened("my-nginx-config-1923a5dd", 16) == "my-nginx…923a5dd"
    assert len(words.shortened("a" * 99, 15)) == 15
