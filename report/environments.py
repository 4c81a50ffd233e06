"""The settings of all stacks of the project, side by side, as the program resolves them."""

import dataclasses
import json
import re
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import guard_rails
import settings
from decoding import camel
from previews import redaction
from secret_settings import PROJECT

NOT_SET = "\N{EN DASH}"
"""Stands where a setting has no value, or does not exist beside what else is set."""

_LONGEST = 90
_ENVIRONMENTS = typing.get_args(guard_rails.Environment)
_DIGEST = re.compile(r"(@sha256:[0-9a-f]{8})[0-9a-f]{56}")
_PROJECT = f"{PROJECT}:"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One stack.

    Attributes:
        stack: Its name.
        values: Its settings by key, as text.
        problem: Why it has none; empty if it has.
    """

    stack: str
    values: Mapping[str, str]
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One setting.

    Attributes:
        key: Its key.
        values: Its value in each stack, in their order.
        kinds: Whether it belongs to a kind of something that not all stacks have.
    """

    key: str
    values: tuple[str, ...]
    kinds: bool

    @property
    def same(self) -> bool:
        """Whether it is the same in all."""
        return len(set(self.values)) == 1


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """All settings of some stacks.

    Attributes:
        columns: The stacks.
        rows: The settings that at least one has.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def different(self) -> tuple[Row, ...]:
        """The settings that all stacks have, and that are not the same in all."""
        return tuple(row for row in self.rows if not row.same and not row.kinds)

    @property
    def of_kinds(self) -> tuple[Row, ...]:
        """The settings that are not the same because not all stacks have what they belong to."""
        return tuple(row for row in self.rows if not row.same and row.kinds)

    @property
    def same(self) -> tuple[Row, ...]:
        """The settings that are."""
        return tuple(row for row in self.rows if row.same)


def compare(
    files: Mapping[str, Mapping[str, Any]], defaults: Mapping[str, Any], unreadable: Mapping[str, str]
) -> Comparison:
    """Compare stacks.

    Args:
        files: What is below `config:` in each stack's file, by the stack's name.
        defaults: The project's defaults, by full key.
        unreadable: Why the files of other stacks cannot be read, by the stack's name.
    """
    resolved = [_column(stack, {**defaults, **values}) for stack, values in files.items()]
    columns = (
        *sorted(resolved, key=lambda column: _ENVIRONMENTS.index(column.values.get("environment", "development"))),
        *(Column(stack=stack, values={}, problem=problem) for stack, problem in unreadable.items()),
    )
    able = [column for column in columns if not column.problem]
    known = dict.fromkeys(key for column in able for key in column.values)
    # What only some kinds of a setting have belongs beside what all have.
    groups = list(dict.fromkeys(map(_group, known)))
    keys = sorted(known, key=lambda key: groups.index(_group(key)))
    return Comparison(columns=columns, rows=tuple(_row(key, able) for key in keys))


def project_defaults(project: Mapping[str, Any]) -> Mapping[str, Any]:
    """The defaults in the content of `Pulumi.yaml`, by full key."""
    declared: Mapping[str, Mapping[str, Any]] = project["config"]
    return {f"{_PROJECT}{key}": schema["default"] for key, schema in declared.items() if "default" in schema}


def _group(key: str) -> str:
    return key.partition(".")[0]


def _row(key: str, columns: Sequence[Column]) -> Row:
    values = tuple(column.values.get(key, NOT_SET) for column in columns)
    return Row(key=key, values=values, kinds=any(key not in column.values for column in columns))


def _column(stack: str, values: Mapping[str, Any]) -> Column:
    secret = frozenset(key for key, value in values.items() if _holds_secret(value))
    plain = {key: _opened(value) for key, value in values.items()}
    raw = {key: value if isinstance(value, str) else json.dumps(value) for key, value in plain.items()}
    try:
        loaded = settings.load(raw, secret, stack_name=stack)
    except ValueError as error:
        # The words in the place of what is encrypted are not what the program would get.
        closed = f"what is encrypted is not opened for a report: {', '.join(sorted(secret))}"
        return Column(stack=stack, values={}, problem=closed if secret else redaction.hide(str(error)))
    shown = dict(_flat("", loaded.stack))
    for name, site in loaded.sites.items():
        shown |= dict(_flat("" if loaded.single else f"{name}: ", site))
    return Column(stack=stack, values=shown)


def _flat(prefix: str, value: object) -> Iterator[tuple[str, str]]:
    """The fields of a record by their keys, those of records in it with a dot."""
    for field in dataclasses.fields(value):  # type: ignore[arg-type]
        key, content = f"{prefix}{camel(field.name)}", getattr(value, field.name)
        if redaction.is_secret_place("", field.name) and content is not None:
            yield key, redaction.HIDDEN
        elif dataclasses.is_dataclass(content):
            # Which of several kinds it is.
            if kind := getattr(content, "kind", ""):
                yield key, str(kind)
            yield from _flat(f"{key}.", content)
        else:
            yield key, _text(content)


def _text(value: object) -> str:
    if value is None or value in ("", (), {}):
        return NOT_SET
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return _short(", ".join(map(_text, value)))
    if isinstance(value, Mapping):
        return _short(", ".join(f"{key}: {_under(str(key), each)}" for key, each in value.items()))
    return _short(str(value))


def _under(key: str, value: object) -> str:
    return redaction.HIDDEN if redaction.is_secret_place("", key) else _text(value)


def _short(text: str) -> str:
    if "\n" in text.strip():
        return f"a text of {len(text.strip().splitlines())} lines"
    hidden = redaction.hide(_DIGEST.sub(r"\1…", text))
    return hidden if len(hidden) <= _LONGEST else f"{hidden[: _LONGEST - 1]}…"


def _holds_secret(value: object) -> bool:
    if isinstance(value, Mapping):
        return set(value) == {"secure"} or any(map(_holds_secret, value.values()))
    return isinstance(value, list) and any(map(_holds_secret, value))


def _opened(value: object) -> object:
    """The value with words in the place of what is encrypted, and as text what JSON lacks: dates without quotes."""
    if isinstance(value, Mapping):
        if set(value) == {"secure"}:
            return redaction.HIDDEN
        return {_opened(key): _opened(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_opened(each) for each in value]
    return value if isinstance(value, str | int | float | None) else str(value)
