"""Times and numbers as people say them."""

import datetime

_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86400, 365 * 86400


def time(text: object) -> datetime.datetime | None:
    """The time that RFC 3339 text names, in UTC; None if it names none."""
    try:
        found = datetime.datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found.astimezone(datetime.UTC) if found.tzinfo else None


def span(length: datetime.timedelta) -> str:
    """How long something takes, in its largest unit: years and days from three on, hours and minutes from two on."""
    seconds = int(abs(length).total_seconds())
    for unit, name, least in ((_YEAR, "year", 3), (_DAY, "day", 3), (_HOUR, "hour", 2), (_MINUTE, "minute", 2)):
        if seconds >= least * unit:
            return counted(seconds // unit, name)
    return counted(seconds, "second")


def relative(moment: datetime.datetime, now: datetime.datetime) -> str:
    """Where a moment lies, seen from now: `in 12 days`, `3 minutes ago`."""
    return f"in {span(moment - now)}" if moment > now else f"{span(now - moment)} ago"


def stamp(moment: datetime.datetime) -> str:
    """A moment as a date with its time: `24 Nov 2026, 13:05 UTC`."""
    return f"{moment.day} {moment:%b %Y, %H:%M} UTC"


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 pod`, `2 pods`."""
    return f"{number} {noun if number == 1 else noun + 's'}"


def shortened(text: str, longest: int) -> str:
    """The text, with `…` for its middle if it is longer than that: both ends of a name tell it from others."""
    if len(text) <= longest:
        return text
    tail = (longest - 1) // 2
    return f"{text[: longest - 1 - tail]}…{text[len(text) - tail :]}"
