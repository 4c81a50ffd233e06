"""A schedule as cron writes it: how far apart its turns are."""

import datetime
import itertools

_DAY = datetime.timedelta(days=1)
_NAMED = {"@hourly": _DAY / 24, "@daily": _DAY, "@weekly": 7 * _DAY}
_EVERY = ("*", "?", "*/1")


def longest_pause(schedule: str) -> datetime.timedelta | None:
    """No two turns that follow each other are further apart; None if that cannot be told simply.

    Minutes and hours are read. Of days only the bound counts that holds for all: turns on weekdays are a week apart at
    most, those on days of the month two months, as not every month has 31 days. What is bound to months is not judged.
    """
    if schedule in _NAMED:
        return _NAMED[schedule]
    try:
        minute, hour, day, month, weekday = schedule.split()
        turns = sorted(60 * hours + minutes for hours in _values(hour, 24) for minutes in _values(minute, 60))
        pauses = [later - earlier for earlier, later in itertools.pairwise([*turns, turns[0] + 24 * 60])]
    except (ValueError, IndexError):
        return None
    if month not in _EVERY:
        return None
    if weekday not in _EVERY:
        return 7 * _DAY
    return 62 * _DAY if day not in _EVERY else datetime.timedelta(minutes=max(pauses))


def _values(field: str, end: int) -> set[int]:
    """The numbers below `end` that a field names: `*/15`, `5`, `9-17/2`, or several with commas between them."""
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        if span in _EVERY:
            first, dash, last = "0", "-", str(end - 1)
        # `5/15` means from 5 on, `5` that alone.
        stop = int(last) + 1 if dash else end if step else int(first) + 1
        found.update(range(int(first), stop, int(step or 1)))
    return found
