"""Hold values to the types of their fields: a program may be written without a type checker."""

import collections.abc
import dataclasses
import functools
import inspect
import types
import typing
from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any, Literal, TypeVar

import pulumi

from ._problems import Problem

T = TypeVar("T")

# What pulumi.Input[T] allows besides T.
_LIFTED = (collections.abc.Awaitable, pulumi.Output)
_SCALARS = {str: "text", int: "a whole number", bool: "True or False"}
_LONGEST_SHOWN = 80


def field_types(kind: type) -> Mapping[str, Any]:
    """The types of a dataclass's fields by name."""
    return _resolved(kind)


@functools.cache
def _resolved(kind: Hashable) -> Mapping[str, Any]:
    # pulumi.Input refers to Output by name, which a class that uses it need not know.
    return typing.get_type_hints(kind, localns={"Output": pulumi.Output, "T": T})


def plain_types(union: Any) -> list[Any]:
    """The types that a union allows for a value that is present and plain."""
    return [
        member
        for member in typing.get_args(union)
        if typing.get_origin(member) not in _LIFTED and member is not type(None)
    ]


def type_problems(field: str, value: object, hint: Any) -> Iterator[Problem]:
    """Yield a problem for `value`, and for each value in it, that is not of its type.

    Args:
        field: Path of the field that holds the value; empty for the arguments of a component.
        value: Anything.
        hint: The type, as it is written in the code: a dataclass of this package, or what its fields may be of.
    """
    check = _BY_ORIGIN.get(typing.get_origin(hint))
    if check is not None:
        yield from check(field, value, hint)
    elif _is_lifted(value):
        yield _wrong(field, value, "must be a plain value, since it decides on what there is; an Output is none yet")
    elif dataclasses.is_dataclass(hint):
        yield from _dataclass(field, value, hint)
    elif not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        yield _wrong(field, value, f"must be {_SCALARS[hint]}")


def _union(field: str, value: object, hint: Any) -> Iterator[Problem]:
    if _is_lifted(value) and any(typing.get_origin(member) in _LIFTED for member in typing.get_args(hint)):
        return
    if value is None and type(None) in typing.get_args(hint):
        return
    members = plain_types(hint)
    if len(members) == 1:
        yield from type_problems(field, value, members[0])
    elif isinstance(value, tuple(members)):
        yield from type_problems(field, value, type(value))
    else:
        yield _wrong(field, value, f"must be one of: {', '.join(member.__name__ for member in members)}")


def _choice(field: str, value: object, hint: Any) -> Iterator[Problem]:
    choices = typing.get_args(hint)
    if not isinstance(value, str) or value not in choices:
        yield _wrong(field, value, f"must be one of: {', '.join(choices)}")


def _tuple(field: str, value: object, hint: Any) -> Iterator[Problem]:
    if not isinstance(value, tuple):
        yield _wrong(field, value, "must be a tuple; one of a single value has a comma: (value,)")
        return
    item = typing.get_args(hint)[0]
    for number, each in enumerate(value):
        yield from type_problems(f"{field}.{number}", each, item)


def _mapping(field: str, value: object, hint: Any) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        yield _wrong(field, value, "must be a dictionary")
        return
    _, item = typing.get_args(hint)
    for key, each in value.items():
        if isinstance(key, str):
            yield from type_problems(f"{field}.{key}", each, item)
        else:
            yield _wrong(field, key, "must be text, as every key")


def _dataclass(field: str, value: object, hint: Any) -> Iterator[Problem]:
    if not isinstance(value, hint):
        yield _wrong(field or "args", value, f"must be a {hint.__name__}")
        return
    types_of = field_types(type(value))
    for each in dataclasses.fields(hint):
        path = f"{field}.{each.name}" if field else each.name
        for problem in type_problems(path, getattr(value, each.name), types_of[each.name]):
            # What is kept out of the value's own text is secret.
            yield problem if each.repr else dataclasses.replace(problem, value="(secret)")


def _is_lifted(value: object) -> bool:
    return inspect.isawaitable(value) or isinstance(value, pulumi.Output)


def _wrong(field: str, value: object, remedy: str) -> Problem:
    return Problem(field=field, value=_shown(value), remedy=remedy)


def _shown(value: object) -> object:
    """The value where it is short and plain, its type elsewhere: what is inside of it may be secret."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str) and len(value) <= _LONGEST_SHOWN:
        return value
    return f"({value.__name__})" if isinstance(value, type) else f"({type(value).__name__})"


_BY_ORIGIN: dict[Any, Callable[[str, object, Any], Iterator[Problem]]] = {
    types.UnionType: _union,
    typing.Union: _union,
    Literal: _choice,
    tuple: _tuple,
    collections.abc.Mapping: _mapping,
}
