"""What a docstring says of a default that is a plain value: nothing that the references would leave out."""

import dataclasses
from typing import Any

import pytest

import components
from reference import docstrings

CLASSES = [
    kind
    for name in sorted(components.__all__)
    if isinstance(kind := getattr(components, name), type) and dataclasses.is_dataclass(kind)
]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_a_default_that_is_made_anew_for_each_is_told_in_words(kind: Any) -> None:
    texts = docstrings.field_texts(kind)
    made = [each.name for each in dataclasses.fields(kind) if each.default_factory is not dataclasses.MISSING]

    assert not [name for name in made if not texts[name].default]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_a_default_that_is_shown_needs_no_explanation(kind: Any) -> None:
    texts = docstrings.field_texts(kind)
    plain = [each.name for each in dataclasses.fields(kind) if isinstance(each.default, bool | int | float | str)]

    assert not [name for name in plain if ":" in (texts[name].default or "")]


def test_what_the_shown_default_stands_for_is_part_of_the_meaning() -> None:
    rollout = docstrings.field_texts(components.SecureNginxArgs)["rollout_seconds"]
    every = docstrings.field_texts(components.Target)["every_address"]

    assert (rollout.default, every.default) == ("0", "0")
    assert rollout.meaning.endswith(" 0 stands for 120 seconds and 10 more for each pod.")
    assert every.meaning.endswith(" 0 connects to any one.")
