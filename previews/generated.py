"""Names that a preview invents: the update makes others, so none of them is shown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from previews.step import Step

_MARK = "pulumi.com/autonamed"


def named(steps: Sequence[Step]) -> Iterator[Step]:
    """Yield the steps with every invented name, and every mention of it, told as what it is."""
    invented = {name: f"(new name of {step.name})" for step in steps for name in _invented(step)}
    for step in steps:
        yield replace(step, new=_told(step.new, invented)) if invented else step


def _invented(step: Step) -> Iterator[str]:
    metadata = step.new.get("metadata")
    if step.operation not in ("create", "replace") or not isinstance(metadata, Mapping):
        return
    annotations = metadata.get("annotations")
    if isinstance(annotations, Mapping) and annotations.get(_MARK) == "true":
        yield str(metadata.get("name"))


def _told(properties: Mapping[str, object], invented: Mapping[str, str]) -> Mapping[str, object]:
    return {key: _value(value, invented) for key, value in properties.items()}


def _value(value: object, invented: Mapping[str, str]) -> object:
    if isinstance(value, Mapping):
        return _told(value, invented)
    if isinstance(value, list):
        return [_value(each, invented) for each in value]
    return invented.get(value, value) if isinstance(value, str) else value
