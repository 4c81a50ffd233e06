"""The fields, outputs and methods of a public class: types as the source writes them, defaults as they really are."""

import dataclasses
import inspect
import re
import sys
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import griffe

from reference import docstrings
from reference.markdown import code

Definition = griffe.Object | griffe.Alias
_NAME = re.compile(r"\b[A-Z]\w+\b")


@dataclass(frozen=True, kw_only=True)
class Member:
    """One field or output.

    Attributes:
        name: Its name.
        type: Its type, as Python writes it.
        meaning: What it means.
        default: Its default, as Markdown. Default: it has none to have.
    """

    name: str
    type: str
    meaning: str
    default: str = ""


@dataclass(frozen=True, kw_only=True)
class Method:
    """One method or property.

    Attributes:
        name: Its name, with parentheses if it is called.
        documented: What holds its docstring.
    """

    name: str
    documented: object


def fields(kind: type, definition: Definition) -> list[Member]:
    """The fields of a dataclass, those of the classes below it first."""
    texts = docstrings.field_texts(kind)
    return [
        Member(
            name=field.name,
            type=_type(definition.all_members[field.name]),
            meaning=texts[field.name].meaning,
            default=_default(field, texts[field.name].default),
        )
        for field in dataclasses.fields(typing.cast(Any, kind))
    ]


def outputs(definition: Definition) -> Iterator[Member]:
    """The outputs of a component: attributes that are declared with a docstring."""
    for name, member in definition.members.items():
        if member.is_attribute and member.docstring is not None:
            yield Member(name=name, type=_type(member), meaning=" ".join(member.docstring.value.split()))


def methods(kind: type) -> Iterator[Method]:
    """The methods and properties of a dataclass, but for `problems`, which all have."""
    for name, member in inspect.getmembers(kind):
        if not name.startswith("_") and name != "problems":
            if isinstance(member, property):
                yield Method(name=name, documented=member.fget)
            elif inspect.isfunction(member):
                yield Method(name=f"{name}()", documented=member)


def _type(member: Definition) -> str:
    """The annotation, with names that are not exported replaced by what they stand for."""
    attribute = typing.cast(griffe.Attribute, member.final_target if isinstance(member, griffe.Alias) else member)
    module = sys.modules[attribute.module.path]
    return _NAME.sub(lambda match: _expanded(match[0], getattr(module, match[0], None)), str(attribute.annotation))


def _expanded(name: str, value: object) -> str:
    if typing.get_origin(value) is Literal:
        return f"Literal[{', '.join(map(repr, typing.get_args(value)))}]"
    if typing.is_typeddict(value):
        return "{" + ", ".join(f"{key!r}: {_hint(hint)}" for key, hint in typing.get_type_hints(value).items()) + "}"
    return name


def _hint(hint: object) -> str:
    return hint.__name__ if isinstance(hint, type) else str(hint)


def _default(field: "dataclasses.Field[Any]", words: str | None) -> str:
    if field.default is not dataclasses.MISSING:
        return code(repr(field.default)) if words is None or field.default not in (None, ()) else words
    # What is made anew for each is told in words: the call that makes it says nothing.
    return "required" if field.default_factory is dataclasses.MISSING else words or ""
