"""Plain values: fill in what is only known at run time, and look up what lies deep inside."""

import re
from collections.abc import Mapping
from typing import Any

Facts = Mapping[str, Any]
"""What is known at run time, by name."""

_NAME = re.compile(r"\$\{(\w+)\}")


def filled(value: Any, facts: Facts) -> Any:
    """`value` with each `${name}` in its texts replaced; a text of nothing else becomes the fact itself.

    Every other `$` stays: in regular expressions it is the end.

    Raises:
        KeyError: There is no fact of a name.
    """
    if isinstance(value, str):
        whole = _NAME.fullmatch(value)
        return facts[whole[1]] if whole else _NAME.sub(lambda found: str(facts[found[1]]), value)
    if isinstance(value, Mapping):
        return {key: filled(each, facts) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [filled(each, facts) for each in value]
    return value


def at(value: Any, path: str) -> Any:
    """What lies at `path` inside `value`: keys, numbers or names of list items, with slashes between; None if nothing.

    A name may hold a slash itself if it is the last step.
    """
    if isinstance(value, Mapping) and path in value:
        return value[path]
    step, _, rest = path.partition("/")
    found = _step(value, step)
    return at(found, rest) if rest and found is not None else found


def _step(value: Any, step: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, list):
        if step.isdigit():
            return value[int(step)] if int(step) < len(value) else None
        return next((each for each in value if isinstance(each, Mapping) and each.get("name") == step), None)
    return None
