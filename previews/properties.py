"""Properties of resources as lines: which there are, how each is shown, and which differ."""

import json
import re
from collections.abc import Iterator, Mapping
from enum import Enum
from itertools import zip_longest

from previews.redaction import HIDDEN, hide, is_secret_name, is_secret_option, is_secret_place

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine writes for a value that is not known before the update."""
LATER = "(known after the update)"
LONGEST = 160
"""Most characters of a value; the rest is counted."""


class _Missing(Enum):
    MISSING = 0


MISSING = _Missing.MISSING
"""In the place of a value that is not there."""

_Pair = tuple[str, object, object, bool]
"""Path, old value, new value, and whether they are a secret."""
_VALUE = "value"
_MARK_OF_SECRETS = "4dabf18193072939515e22adb298388d"
_PLAIN_KEY = re.compile(r"^[A-Za-z_][\w-]*$")
_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----")


def leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield path and value of everything that holds nothing further, as the engine writes paths."""
    if isinstance(value, Mapping) and value and _MARK_OF_SECRETS not in value:
        for key, held in _without_named_secret(value).items():
            yield from leaves(held, _below(path, str(key)))
    elif isinstance(value, list) and value:
        for index, held in enumerate(value):
            yield from leaves(_hidden(held) if _follows_option(value, index) else held, f"{path}[{index}]")
    else:
        yield path, value


def shown(kind: str, path: str, value: object) -> str:
    """A value on one line, without secrets and cut to a readable length."""
    if value == UNKNOWN:
        return LATER
    if isinstance(value, Mapping) and _MARK_OF_SECRETS in value:
        return HIDDEN
    if isinstance(value, Mapping | list) and value:
        return f"({len(value)} value{'' if len(value) == 1 else 's'})"
    # A number can be a password, a yes or no cannot.
    if isinstance(value, str | int | float) and not isinstance(value, bool) and is_secret_place(kind, path):
        return HIDDEN
    if isinstance(value, str):
        return HIDDEN if value == HIDDEN else _text(value)
    return json.dumps(value)


def lines_of(kind: str, path: str, value: object) -> list[str]:
    """A text of several lines, line by line and without secrets; empty if it is not to be shown so."""
    if not isinstance(value, str) or "\n" not in value or _BLOCK.search(value) or is_secret_place(kind, path):
        return []
    return [cut(line) for line in hide(value).splitlines()]


def cut(text: str, longest: int = LONGEST) -> str:
    """The beginning of a text, and how much is left out. Secrets are hidden before: half of one has not its form."""
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text) - longest} more characters)"


def differences(old: object, new: object, path: str = "") -> Iterator[tuple[str, object, object]]:
    """Yield path, old and new value wherever two trees differ, as deep down as both go; `MISSING` where one ends."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        pairs = _of_mappings(old, new, path)
    elif isinstance(old, list) and isinstance(new, list):
        pairs = _of_lists(old, new, path)
    else:
        if old != new:
            yield path, old, new
        return
    for place, before, after, secret in pairs:
        if not secret:
            yield from differences(before, after, place)
        elif before != after:
            yield place, _hidden(before), _hidden(after)


def covers(path: str, place: str) -> bool:
    """Whether `place` is `path` or below it."""
    return place == path or (place.startswith(path) and place[len(path)] in ".[")


def _of_mappings(old: Mapping[str, object], new: Mapping[str, object], path: str) -> Iterator[_Pair]:
    secret = _names_secret(old) or _names_secret(new)
    for key in {**old, **new}:
        yield _below(path, str(key)), old.get(key, MISSING), new.get(key, MISSING), secret and key == _VALUE


def _of_lists(old: list[object], new: list[object], path: str) -> Iterator[_Pair]:
    for index, (before, after) in enumerate(zip_longest(old, new, fillvalue=MISSING)):
        yield f"{path}[{index}]", before, after, _follows_option(old, index) or _follows_option(new, index)


def _follows_option(words: list[object], index: int) -> bool:
    """Whether the word before is an option of a command that a secret follows, as in `["--password", "..."]`."""
    return 0 < index < len(words) and is_secret_option(str(words[index - 1]))


def _names_secret(value: Mapping[str, object]) -> bool:
    """Whether it is a pair of a name and a value, as a variable of a container is, and the name that of a secret."""
    return _VALUE in value and is_secret_name(str(value.get("name")))


def _without_named_secret(value: Mapping[str, object]) -> Mapping[str, object]:
    return {**value, _VALUE: _hidden(value[_VALUE])} if _names_secret(value) else value


def _hidden(value: object) -> object:
    return value if value in (MISSING, UNKNOWN) else HIDDEN


def _below(path: str, key: str) -> str:
    if not _PLAIN_KEY.match(key):
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key


def _text(value: str) -> str:
    text = hide(value)
    if block := _BLOCK.search(text):
        return f"({block[1].lower()}, {len(text.splitlines())} lines)"
    if "\n" in text.rstrip("\n"):
        return f"({len(text.splitlines())} lines)"
    return json.dumps(cut(text.rstrip("\n")), ensure_ascii=False)
