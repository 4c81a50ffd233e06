"""A resource as the rules see it: plain values, whatever the engine sent."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final


class _Unknown:
    """What only an update finds out."""

    def __repr__(self) -> str:
        return "(known after the update)"


_PATCH = "Patch"

UNKNOWN: Final = _Unknown()
"""Stands for each value that a preview cannot know. It is true, equals nothing else and is of no plain type."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource that a program declares.

    Attributes:
        type: Its type token, as in `kubernetes:core/v1:Service`.
        inputs: Its inputs, secrets in the clear; `UNKNOWN` for what is not known yet.
    """

    type: str
    inputs: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """What it is, or what it patches: `Service`, also for `ServicePatch`; `LocallySignedCert`."""
        name = self.type.rpartition(":")[2]
        return name.removesuffix(_PATCH) if self.is_patch else name

    @property
    def is_kubernetes(self) -> bool:
        """Whether it is an object in a cluster, and not the way to one."""
        return self.type.startswith("kubernetes:")

    @property
    def is_patch(self) -> bool:
        """Whether it sets some fields of an object that something else made; those that it lacks say nothing."""
        return self.is_kubernetes and self.type.endswith(_PATCH)


def mapping(value: object) -> Mapping[str, Any]:
    """`value` if it is a mapping, or else an empty one."""
    return value if isinstance(value, Mapping) else {}


def items(value: object) -> Sequence[Any]:
    """`value` if it is a list, or else an empty one."""
    return value if isinstance(value, Sequence) and not isinstance(value, str | bytes) else ()


def at(value: object, *keys: str) -> Any:
    """What is in `value` under the keys, one below the other; None if there is nothing."""
    for key in keys:
        if value is UNKNOWN:
            return UNKNOWN
        value = mapping(value).get(key)
    return value


def shown(number: object) -> object:
    """A number as people write it, which the engine sends as a float; anything else as it is."""
    return f"{number:g}" if isinstance(number, int | float) else number


def texts(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text in `value` with the place where it is, as in `spec.ports[0].name`."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from texts(each, f"{place}.{key}" if place else str(key))
    else:
        for index, each in enumerate(items(value)):
            yield from texts(each, f"{place}[{index}]")


def decoded(text: object) -> str:
    """The text that base64 hides, with a mark for each byte that is none; empty if it is not base64."""
    # As in YAML, the text may go over several lines.
    compact = "".join(text.split()) if isinstance(text, str) else ""
    try:
        return base64.b64decode(compact, validate=True).decode(errors="replace")
    except ValueError:
        return ""
