"""Lay the settings of one site over those that all sites of a stack share."""

from collections.abc import Mapping

# Keys that tell the kinds of an object apart.
_TAGS = ("type", "source")


def merged(shared: Mapping[str, object], override: Mapping[str, object]) -> dict[str, object]:
    """`override` laid over `shared`, key by key; objects of different kinds do not mix."""
    result = dict(shared)
    for key, above in override.items():
        below = result.get(key)
        if isinstance(above, Mapping) and isinstance(below, Mapping) and _same_kind(below, above):
            result[key] = merged(below, above)
        else:
            result[key] = above
    return result


def is_overridden(path: list[str], shared: Mapping[str, object], override: object) -> bool:
    """Whether the value at `path` is the site's own, or else where it would be."""
    return bool(override) and (_holds(override, path) or not _holds(shared, path))


def _same_kind(below: Mapping[str, object], above: Mapping[str, object]) -> bool:
    return all(above.get(tag, below.get(tag)) == below.get(tag) for tag in _TAGS)


def _holds(value: object, path: list[str]) -> bool:
    for key in path:
        if not isinstance(value, Mapping) or key not in value:
            return False
        value = value[key]
    return True
