"""Properties of resources as lines: which there are, how each is shown, and which differ."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from itertools import islice, zip_longest

from previews.redaction import (
    HIDDEN,
    hidden_in,
    hide,
    is_in_secret,
    is_no_secret,
    is_secret_name,
    is_secret_option,
    is_secret_place,
    without_password,
)

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine writes for a value that is not known before the update."""
LATER = "(known after the update)"
LONGEST = 160
"""Most characters of a value; the rest is counted."""
_BEFORE = 40
"""Characters before a difference that are shown with it, where the beginning is left out."""


class _Missing(Enum):
    MISSING = 0


MISSING = _Missing.MISSING
"""In the place of a value that is not there."""

_Pair = tuple[str, tuple[object, object], tuple[object, object]]
"""Path, old and new value, and the same two without what is secret in this place."""
_VALUE = "value"
_NAMES = ("name", "key")
_MARK_OF_SECRETS = "4dabf18193072939515e22adb298388d"
_PLAIN_KEY = re.compile(r"^[A-Za-z_][\w-]*$")
_LINE_END = re.compile(r"\r?\n")
_PEM = r"-----BEGIN [A-Z0-9 ]+-----[^-]*+-----END [A-Z0-9 ]+-----"
_LABEL = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----")
_ONLY_PEM = re.compile(rf"(?:\s*+{_PEM})++\s*+")
_PEM_LINE = re.compile(rf"((?<![ \t])[ \t]*+{_PEM})(?:\r?\n)?")


def leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield path and value of everything that holds nothing further, as the engine writes paths."""
    if isinstance(value, Mapping) and value and _MARK_OF_SECRETS not in value:
        for key, held in _without_named_secret(value).items():
            yield from leaves(held, _below(path, str(key)))
    elif isinstance(value, list) and value:
        for index, held in enumerate(value):
            yield from leaves(_behind(value, index, held), f"{path}[{index}]")
    else:
        yield path, value


def shown(kind: str, path: str, value: object, other: object = MISSING) -> str:
    """A value on one line, without secrets and cut to a readable length.

    Args:
        kind: Type token of the resource.
        path: Path of the property.
        value: The value.
        other: The value that it is compared with: a long text is cut around the difference. Default: none.
    """
    if value == UNKNOWN:
        return LATER
    if isinstance(value, Mapping) and _MARK_OF_SECRETS in value:
        return HIDDEN
    if isinstance(value, Mapping | list) and value:
        return f"({len(value)} value{'' if len(value) == 1 else 's'})"
    if isinstance(value, str | int | float) and _is_secret(kind, path, value):
        return HIDDEN
    if isinstance(value, str):
        return HIDDEN if value == HIDDEN else _text(value, other if isinstance(other, str) else "")
    return json.dumps(value)


def lines_of(kind: str, path: str, value: object) -> list[str]:
    """The lines of a text without secrets, whole; each block of PEM is one. Empty if it is not to be compared so."""
    if not isinstance(value, str) or value in (UNKNOWN, HIDDEN) or is_secret_place(kind, path):
        return []
    text = hide(value)
    if _ONLY_PEM.fullmatch(text):
        return []
    pieces = enumerate(_PEM_LINE.split(text))
    return [line for index, piece in pieces for line in ([piece] if index % 2 else split_lines(piece))]


def hidden_of(value: object, lines: Sequence[str]) -> list[list[str]]:
    """What is hidden in each of the lines that `lines_of` makes of a text: to be compared, never to be shown."""
    parts = iter(hidden_in(str(value)) if lines else ())
    return [list(islice(parts, line.count(HIDDEN))) for line in lines]


def split_lines(text: str) -> list[str]:
    """The lines of a text, which end as nginx and a shell end them.

    Other characters that Python takes for a line end stay where they are, so that they are seen.
    """
    *whole, last = _LINE_END.split(text)
    return [*whole, last] if last else whole


def shown_line(line: str, other: str = "") -> str:
    """A line of `lines_of`, cut to a readable length around what differs from another one."""
    return _pem(line) or _around_difference(line, other)


def cut(text: str, longest: int = LONGEST, start: int = 0) -> str:
    """A part of a text, and how much is left out. Secrets are hidden before: half of one has not its form."""
    before = f"({start} characters) …" if start else ""
    more = len(text) - start - longest
    after = f"… ({more} more characters)" if more > 0 else ""
    return f"{before}{text[start : start + longest]}{after}"


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
    for place, (before, after), told in pairs:
        if told == (before, after):
            yield from differences(before, after, place)
        elif before != after:
            yield place, *told


def covers(path: str, place: str) -> bool:
    """Whether `place` is `path` or below it."""
    return place == path or (place.startswith(path) and place[len(path)] in ".[")


def _of_mappings(old: Mapping[str, object], new: Mapping[str, object], path: str) -> Iterator[_Pair]:
    secret = _names_secret(old) or _names_secret(new)
    for key in {**old, **new}:
        before, after = old.get(key, MISSING), new.get(key, MISSING)
        told = (_hidden(before), _hidden(after)) if secret and key == _VALUE else (before, after)
        yield _below(path, str(key)), (before, after), told


def _of_lists(old: list[object], new: list[object], path: str) -> Iterator[_Pair]:
    for index, (before, after) in enumerate(zip_longest(old, new, fillvalue=MISSING)):
        told = [_behind(old, index, _behind(new, index, word)) for word in (before, after)]
        yield f"{path}[{index}]", (before, after), (told[0], told[1])


def _behind(words: list[object], index: int, word: object) -> object:
    """A word without the secret that it is, or has, behind an option: `--password ...`, `--user bob:...`."""
    if not 0 < index < len(words):
        return word
    option = str(words[index - 1])
    if is_secret_option(option):
        return _hidden(word)
    return without_password(option, word) if isinstance(word, str) else word


def _names_secret(value: Mapping[str, object]) -> bool:
    """Whether it is a pair of a name and a value, as a variable of a container is, and the name that of a secret."""
    return _VALUE in value and any(is_secret_name(str(value.get(name))) for name in _NAMES)


def _without_named_secret(value: Mapping[str, object]) -> Mapping[str, object]:
    return {**value, _VALUE: _hidden(value[_VALUE])} if _names_secret(value) else value


def _is_secret(kind: str, path: str, value: str | float) -> bool:
    # A number can be a password, a yes or no cannot, nor can a variable; but what is in a Secret is nobody's business.
    return is_secret_place(kind, path) and (not is_no_secret(value) or is_in_secret(kind, path))


def _hidden(value: object) -> object:
    return value if value in (MISSING, UNKNOWN) or is_no_secret(value) else HIDDEN


def _below(path: str, key: str) -> str:
    if not _PLAIN_KEY.match(key):
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key


def _text(value: str, other: str) -> str:
    text = hide(value)
    if block := _pem(text):
        return block
    if "\n" in text.rstrip("\n"):
        return f"({len(split_lines(text))} lines)"
    return json.dumps(_around_difference(text.rstrip("\n"), hide(other)), ensure_ascii=False)


def _pem(text: str) -> str:
    """What blocks of PEM are; empty for anything else, even where one is in it: that is to be read."""
    label = _LABEL.search(text)
    if not label or not _ONLY_PEM.fullmatch(text):
        return ""
    return f"({label[1].lower()}, {len(split_lines(text.strip()))} lines)"


def _around_difference(text: str, other: str) -> str:
    if text == other:
        return cut(text)
    places = enumerate(zip(text, other, strict=False))
    same = next((place for place, (here, there) in places if here != there), min(len(text), len(other)))
    return cut(text, start=same - _BEFORE if same >= LONGEST else 0)
