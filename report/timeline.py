"""A certificate's life as a line: where its renewal window opens, and where today is."""

import datetime
from dataclasses import dataclass

from report import words
from report.certificates import Certificate

_LONG = datetime.timedelta(days=60)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A moment on the line.

    Attributes:
        percent: Where it is, from 0 to 100.
        text: What it is.
        anchor: Which end of the text is there, so that it stays inside: `start` or `end`.
    """

    percent: float
    text: str
    anchor: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """A life.

    Attributes:
        certificate: Whose.
        begin: Its begin.
        renewal: Where its renewal window opens; None if no update renews it.
        end: Its end.
        today: Today; at the nearer end if that is outside.
    """

    certificate: Certificate
    begin: Mark
    renewal: Mark | None
    end: Mark
    today: Mark


def of(certificate: Certificate, now: datetime.datetime) -> Line | None:
    """The life of a certificate; None if its begin is not known."""
    begin, end = certificate.starts, certificate.ends
    if begin is None or begin >= end:
        return None

    def mark(moment: datetime.datetime, text: str) -> Mark:
        percent = round(min(100.0, max(0.0, 100 * ((moment - begin) / (end - begin)))), 2)
        return Mark(percent=percent, text=text, anchor="start" if percent < 50 else "end")

    renews = certificate.renews
    return Line(
        certificate=certificate,
        begin=mark(begin, words.stamp(begin)),
        renewal=mark(renews, f"renewal from {_short(renews, end - begin)}") if renews else None,
        end=mark(end, words.stamp(end)),
        today=mark(now, "now"),
    )


def _short(moment: datetime.datetime, life: datetime.timedelta) -> str:
    """A moment with what matters in a life of that length: the year in a long one, the time of day in a short one."""
    return f"{moment.day} {moment:%b %Y}" if life > _LONG else f"{moment.day} {moment:%b, %H:%M}"
