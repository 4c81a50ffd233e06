"""Decode plain values, as YAML and JSON give them, into frozen dataclasses.

The dataclass is the schema: its fields are the allowed keys (in camel case), their types say
what may stand there, and their defaults fill the gaps. Nothing stops at the first mistake.
"""

import collections.abc
import dataclasses
import difflib
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeVar

from components import Problem, field_types, plain_types
from secret_settings import GOES_WITH, shown_at

T = TypeVar("T")

_SCALARS = {str: "text", int: "a whole number", bool: "true or false"}


class _Wrong(Exception):  # noqa: N818  # a signal inside this module, not an error to show
    """A value was recorded as a problem and has no decoded form."""


def decode(kind: type[T], value: object, problems: list[Problem]) -> T | None:
    """Decode `value` into the dataclass `kind`.

    Args:
        kind: The dataclass.
        value: A mapping with camel-case keys.
        problems: Takes what is wrong with `value`, fields as its keys are written.

    Returns:
        The decoded value, with defaults where a field could not be decoded; None if a field
        without a default is missing or wrong.
    """
    try:
        return typing.cast(T, _dataclass(kind, value, "", problems))
    except _Wrong:
        return None


def is_text(hint: Any) -> bool:
    """Whether a value of the type `hint` is text."""
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        return is_text(plain_types(hint)[0])
    if typing.get_origin(hint) is Literal:
        return all(isinstance(choice, str) for choice in typing.get_args(hint))
    return hint is str


def camel(name: str) -> str:
    """`https_port` as `httpsPort`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def unknown_key(key: object, known: Iterable[str]) -> str:
    """The remedy for a key that does not exist, with the nearest one that does."""
    if not isinstance(key, str):
        return "is not a known key; put it in quotes if it is meant as text"
    nearest = difflib.get_close_matches(key, sorted(known), n=1)
    hint = f"did you mean {nearest[0]!r}?" if nearest else f"use one of: {', '.join(sorted(known))}"
    return f"is not a known key; {hint}"


def _value(hint: Any, value: object, path: str, problems: list[Problem]) -> object:
    if hasattr(hint, "tag"):
        return _tagged([hint], value, path, problems)
    if dataclasses.is_dataclass(hint):
        return _dataclass(hint, value, path, problems)
    decoder = _BY_ORIGIN.get(typing.get_origin(hint))
    if decoder is not None:
        return decoder(hint, value, path, problems)
    if type(value) is not hint:
        raise _wrong(path, value, f"must be {_SCALARS[hint]}{_in_quotes(value) if hint is str else ''}", problems)
    return value


def _union(hint: Any, value: object, path: str, problems: list[Problem]) -> object:
    if value is None and type(None) in typing.get_args(hint):
        return None
    members = plain_types(hint)
    if len(members) == 1:
        return _value(members[0], value, path, problems)
    return _tagged(members, value, path, problems)


def _tagged(members: list[Any], value: object, path: str, problems: list[Problem]) -> object:
    """Decode a union of dataclasses, which a key of the mapping tells apart."""
    tag: str = members[0].tag
    by_kind = {member.kind: member for member in members}
    content = _require_mapping(value, path, problems)
    kind = content.get(tag, members[0].kind)
    if not isinstance(kind, str) or kind not in by_kind:
        remedy = f"must be one of: {', '.join(by_kind)}"
        raise _wrong(_join(path, tag), kind, remedy, problems)
    rest = {key: each for key, each in content.items() if key != tag}
    for key in [key for key in rest if key not in _fields(by_kind[kind])]:
        if others := [other.kind for other in members if key in _fields(other)]:
            remedy = f"{GOES_WITH} {tag} {' or '.join(others)}; set {tag}, which is {kind} here"
            _record(_join(path, key), rest.pop(key), remedy, problems)
    return _dataclass(by_kind[kind], rest, path, problems)


def _choice(hint: Any, value: object, path: str, problems: list[Problem]) -> object:
    choices = typing.get_args(hint)
    if value not in choices:
        raise _wrong(path, value, f"must be one of: {', '.join(choices)}{_in_quotes(value)}", problems)
    return value


def _in_quotes(value: object) -> str:
    """What to do about a text that YAML takes for something else, as it does 1.27 and off."""
    return "; put it in quotes" if isinstance(value, bool | int | float) else ""


def _sequence(hint: Any, value: object, path: str, problems: list[Problem]) -> object:
    if not isinstance(value, list):
        raise _wrong(path, value, "must be a list", problems)
    item = typing.get_args(hint)[0]
    return tuple(_each(item, ((str(number), each) for number, each in enumerate(value)), path, problems).values())


def _mapping(hint: Any, value: object, path: str, problems: list[Problem]) -> object:
    content = _require_mapping(value, path, problems)
    item = typing.get_args(hint)[1]
    return _each(item, content.items(), path, problems)


def _each(hint: Any, items: Iterable[tuple[object, object]], path: str, problems: list[Problem]) -> dict[str, object]:
    """Decode every item, so that each wrong one is named."""
    decoded: dict[str, object] = {}
    wrong = None
    for key, value in items:
        try:
            if not isinstance(key, str):
                raise _wrong(_join(path, key), value, unknown_key(key, ()), problems)
            decoded[key] = _value(hint, value, _join(path, key), problems)
        except _Wrong as error:
            wrong = error
    if wrong is not None:
        raise wrong
    return decoded


def _dataclass(kind: Any, value: object, path: str, problems: list[Problem]) -> object:
    content = _require_mapping(value, path, problems)
    fields = _fields(kind)
    types_of = field_types(kind)
    for key in content:
        if key not in fields:
            _record(_join(path, key), content[key], unknown_key(key, fields), problems)
    arguments: dict[str, object] = {}
    complete = True
    for key, each in fields.items():
        try:
            if key in content:
                arguments[each.name] = _value(types_of[each.name], content[key], _join(path, key), problems)
            elif _required(each):
                raise _wrong(_join(path, key), None, "is required; set it", problems)
        except _Wrong:
            complete = complete and not _required(each)
    if not complete:
        raise _Wrong
    return kind(**arguments)


def _fields(kind: Any) -> "Mapping[str, dataclasses.Field[Any]]":
    return {camel(each.name): each for each in dataclasses.fields(kind)}


def _required(field: "dataclasses.Field[Any]") -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _require_mapping(value: object, path: str, problems: list[Problem]) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise _wrong(path, value, "must be an object with keys and values", problems)
    return value


def _wrong(path: str, value: object, remedy: str, problems: list[Problem]) -> _Wrong:
    _record(path, value, remedy, problems)
    return _Wrong()


def _record(path: str, value: object, remedy: str, problems: list[Problem]) -> None:
    problems.append(Problem(field=path, value=shown_at(path, value), remedy=remedy))


def _join(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)


_BY_ORIGIN: dict[Any, Callable[[Any, object, str, list[Problem]], object]] = {
    types.UnionType: _union,
    typing.Union: _union,
    Literal: _choice,
    tuple: _sequence,
    collections.abc.Mapping: _mapping,
}
