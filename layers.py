"""Lay the settings of one site over those that all sites of a stack share."""

import typing
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from components import Certificate, Content, Exposure, Problem

# What comes in several kinds, by its key. The first kind is that of an object that does not say which it is.
_KINDS: Mapping[str, Any] = {"certificate": Certificate, "content": Content, "service": Exposure}


def merged(shared: Mapping[str, object], override: Mapping[str, object]) -> dict[str, object]:
    """`override` laid over `shared`, key by key; objects of different kinds do not mix."""
    result = dict(shared)
    for key, above in override.items():
        below = result.get(key)
        if isinstance(above, Mapping) and isinstance(below, Mapping) and _same_kind(key, below, above):
            result[key] = merged(below, above)
        else:
            result[key] = above
    return result


def is_overridden(path: list[str], shared: Mapping[str, object], override: object) -> bool:
    """Whether the value at `path` is the site's own, or would be if it is nowhere."""
    return bool(override) and _depth(override, path) >= _depth(shared, path)


def own(problems: Iterable[Problem], shared: Mapping[str, object], override: Mapping[str, object]) -> Iterator[Problem]:
    """The problems of one site of several without those of idle values that it shares: others may need them."""
    for problem in problems:
        if not problem.idle or is_overridden(problem.field.split("."), shared, override):
            yield problem


def _same_kind(key: str, below: Mapping[str, object], above: Mapping[str, object]) -> bool:
    # A stack file has the project's name before a key.
    kinds = typing.get_args(_KINDS.get(key.rpartition(":")[2]))
    if not kinds:
        return True
    tag, default = kinds[0].tag, kinds[0].kind
    kind = below.get(tag, default)
    return bool(above.get(tag, kind) == kind)


def _depth(value: object, path: list[str]) -> int:
    """How many parts of `path` lead somewhere; the last ones may be a single key with dots in it."""
    if not isinstance(value, Mapping):
        return 0
    if ".".join(path) in value:
        return len(path)
    return 1 + _depth(value[path[0]], path[1:]) if path[0] in value else 0
