"""Say in words what values of a type look like in YAML."""

import collections.abc
import dataclasses
import json
import types
import typing
from typing import Any, Literal

import pulumi
import yaml

_WORDS: dict[Any, str] = {str: "text", int: "whole number", bool: "true or false"}
_LIFTED = (collections.abc.Awaitable, pulumi.Output)


def in_words(hint: Any) -> str:
    """`hint` in words; an object with fields of its own is just that."""
    members = plain_members(hint)
    if records(hint):
        return "list of objects" if typing.get_origin(hint) is tuple else "object"
    if len(members) > 1:
        raise ValueError(f"{hint} mixes types; the reference has no words for that")
    (only,) = members
    origin, arguments = typing.get_origin(only), typing.get_args(only)
    if origin is Literal:
        return ", ".join(f"`{as_yaml(choice)}`" for choice in arguments)
    if origin is tuple:
        return f"list of {_plural(arguments[0])}"
    if origin is collections.abc.Mapping:
        return f"object: {in_words(arguments[1])} by {in_words(arguments[0])}"
    return _WORDS[only]


def as_yaml(value: object) -> str:
    """A value as a stack file has it: a text in quotes only where it would be taken for something else."""
    text = value if isinstance(value, str) else json.dumps(value)
    try:
        taken_for_text = not isinstance(value, str) or isinstance(yaml.safe_load(text), str)
    except yaml.YAMLError:
        taken_for_text = False
    return text if taken_for_text else json.dumps(text)


def records(hint: Any) -> tuple[Any, ...]:
    """The dataclasses that a value of the type can be, or be a list of; none if it is something else."""
    members = plain_members(hint)
    if typing.get_origin(members[0]) is tuple:
        members = plain_members(typing.get_args(members[0])[0])
    return tuple(member for member in members if dataclasses.is_dataclass(member))


def plain_members(hint: Any) -> tuple[Any, ...]:
    """The types of a union without None, and without what Pulumi allows besides a plain value."""
    if typing.get_origin(hint) not in (types.UnionType, typing.Union):
        return (hint,)
    return tuple(
        member
        for member in typing.get_args(hint)
        if member is not type(None) and typing.get_origin(member) not in _LIFTED
    )


def _plural(hint: Any) -> str:
    return {"text": "texts", "whole number": "whole numbers"}.get(words := in_words(hint), f"({words})")
