"""docs/components.md: everything that the package `secure_nginx` exports, from its docstrings."""

import dataclasses
import inspect
import re
import tomllib
import types
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import griffe

import components
from reference import docstrings, markdown
from reference.class_members import fields, methods, outputs
from reference.markdown import code, link

ROOT = Path(__file__).parents[1]
INTRODUCTION = """\
# Components

What the package `secure_nginx` exports, made by `make docs` from its docstrings. In this repository the same names are
imported from `components`. This list is what is public: semantic versioning holds for it and for nothing else, and a
test fails when a name, an argument, a default or an output changes without this page.

Arguments are keyword-only frozen dataclasses. Each has a method `problems()` that yields what is wrong with it; the
components call it and raise one `ValueError` with all of it, before anything is created. Where a type is
`pulumi.Input[...]`, outputs of other resources may be given."""
_MAIN = ("SecureNginx", "SecureNginxArgs", "CurlProbe", "CurlProbeArgs")
_NAME = re.compile(r"\b[A-Za-z_]\w+\b")


def page() -> str:
    """The whole page."""
    package = griffe.load(components.__name__, search_paths=[ROOT], allow_inspection=False)
    order = list(_in_order(package))
    rest = [name for name in components.__all__ if name not in order]
    functions = [name for name in rest if isinstance(getattr(components, name), types.FunctionType)]
    constants = [name for name in rest if isinstance(getattr(components, name), int)]
    choices = [name for name in rest if typing.get_origin(getattr(components, name)) is typing.Literal]
    if missing := set(rest) - {*functions, *constants, *choices}:
        raise ValueError(f"the reference has no place for {', '.join(sorted(missing))}")
    return markdown.page(
        INTRODUCTION,
        _package_table(),
        *(block for name in order for block in _chapter(name, package)),
        "## Functions",
        *(block for name in functions for block in _function(name)),
        "## Constants",
        markdown.table(("name", "value"), ((code(name), code(repr(getattr(components, name)))) for name in constants)),
        "## Choices",
        markdown.table(("name", "one of"), ((code(name), _values(getattr(components, name))) for name in choices)),
    )


def _package_table() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    rows = [
        ("package", code(project["name"])),
        ("version", project["version"]),
        ("license", project["license"]),
        ("Python", project["requires-python"]),
        ("needs", ", ".join(map(code, project["dependencies"]))),
    ]
    return markdown.table(("what", "which"), rows)


def _in_order(package: griffe.Object | griffe.Alias) -> Iterator[str]:
    """The classes and unions: components and their arguments first, then what these are made of."""
    seen: set[str] = set()
    waiting = list(_MAIN)
    while waiting:
        name = waiting.pop(0)
        if name not in seen:
            seen.add(name)
            yield name
            waiting[:0] = [each for each in _mentioned(name, package) if each not in _MAIN]
        if not waiting:
            waiting = [each for each in components.__all__ if each not in seen and _is_record(each)]


def _is_record(name: str) -> bool:
    return isinstance(getattr(components, name), type | types.UnionType)


def _records() -> set[str]:
    return {name for name in components.__all__ if dataclasses.is_dataclass(getattr(components, name))}


def _mentioned(name: str, package: griffe.Object | griffe.Alias) -> list[str]:
    """The public names in the types of a class's fields, or the members of a union."""
    kind: Any = getattr(components, name)
    if isinstance(kind, types.UnionType):
        return [member.__name__ for member in typing.get_args(kind)]
    if name not in _records():
        return []
    found = [word for field in fields(kind, package[name]) for word in _NAME.findall(field.type)]
    return [word for word in found if word in components.__all__ and _is_record(word)]


def _chapter(name: str, package: griffe.Object | griffe.Alias) -> Iterator[str]:
    kind: Any = getattr(components, name)
    yield f"## {name}"
    if isinstance(kind, types.UnionType):
        members = [link(member.__name__, member.__name__) for member in typing.get_args(kind)]
        yield f"One of {', '.join(members)}."
        return
    yield docstrings.description(kind)
    if name not in _records():
        yield from _call(kind.__init__, f"{name}({_parameters(kind)})")
        yield "Outputs:"
        rows = [(code(each.name), code(each.type), each.meaning) for each in outputs(package[name])]
        yield markdown.table(("output", "type", "meaning"), rows)
        return
    yield f"In a stack file: `{kind.tag}: {kind.kind}`." if hasattr(kind, "kind") else ""
    arguments = fields(kind, package[name])
    yield markdown.table(
        ("argument", "type", "default", "meaning"),
        ((code(each.name), _linked(each.type), each.default, each.meaning) for each in arguments),
    )
    also = ((code(member.name), docstrings.summary(member.documented)) for member in methods(kind))
    yield markdown.table(("besides", "meaning"), also)


def _function(name: str) -> Iterator[str]:
    function = getattr(components, name)
    yield f"### {name}"
    yield from _call(function, f"{name}{_signature(function)}")


def _values(choice: object) -> str:
    return ", ".join(code(repr(value)) for value in typing.get_args(choice))


def _signature(function: Callable[..., object]) -> str:
    text = str(inspect.signature(function))
    return re.sub(r"\b(?:[a-z_]+\.)+(?=[A-Z])", "", text)


def _parameters(kind: type) -> str:
    """Names and defaults; the types of inputs would fill lines."""
    every = inspect.signature(kind).parameters.values()
    return ", ".join(each.name if each.default is each.empty else f"{each.name}={each.default!r}" for each in every)


def _call(call: Callable[..., object], signature: str) -> Iterator[str]:
    text = docstrings.call_text(call)
    yield f"```python\n{signature}\n```"
    yield text.text
    yield markdown.table(("argument", "meaning"), ((code(name), meaning) for name, meaning in text.arguments.items()))
    yield markdown.table(("error", "when"), ((code(name), meaning) for name, meaning in text.errors.items()))


def _linked(text: str) -> str:
    """A type as code, or as a link where it is one public class."""
    plain = text.removesuffix(" | None")
    return link(code(text), plain) if plain in components.__all__ else code(text)
