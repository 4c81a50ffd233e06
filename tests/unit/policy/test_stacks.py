"""The project's own stacks break no rule, and every rule has something to look at in them."""

import functools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from policy import trust
from policy.catalogue import RULES
from policy.resource import UNKNOWN, Resource
from tests.unit.harness import Deploy, Deployed
from tests.unit.stacks import STACKS, run_program, stack_config


def declared(deployed: Deployed) -> list[Resource]:
    # The imitated provider issues every certificate for a century; what is asked of it is in the other resources.
    return [
        Resource(type=each.type, inputs=each.inputs) for each in deployed.resources if each not in deployed.of("Secret")
    ]


def with_one_changed(value: Any, *others: object) -> Iterator[Any]:
    """Copies of a value, in each of which another one of its parts is one of `others`."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from ({**value, key: changed} for changed in (*others, *with_one_changed(each, *others)))
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from (
                [*value[:index], changed, *value[index + 1 :]]
                for changed in (*others, *with_one_changed(each, *others))
            )


@pytest.fixture(autouse=True)
def remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the slowest rule remember what it says of a text: nearly all are the same in every copy."""
    for name in ("_code", "_is_careless"):
        monkeypatch.setattr(trust, name, functools.cache(getattr(trust, name)))


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.name)
def test_no_stack_breaks_a_rule(deploy: Deploy, path: Path) -> None:
    config = stack_config(path)
    # In development a tag is fine: there the rule only reminds of a digest.
    told = ("image-digest",) if config["secure-nginx:environment"] == "development" else ()

    violations = [
        f"{rule.name}: {resource.type}: {message}"
        for resource in declared(deploy(run_program, config))
        for rule in RULES
        for message in rule.check(resource)
        if rule.name not in told
    ]

    assert violations == []


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.name)
def test_what_is_not_known_yet_breaks_no_rule(deploy: Deploy, path: Path) -> None:
    for resource in declared(deploy(run_program, stack_config(path))):
        for inputs in with_one_changed(resource.inputs, UNKNOWN):
            for rule in RULES:
                messages = list(rule.check(Resource(type=resource.type, inputs=inputs)))
                assert messages == [], f"{rule.name}: {resource.type}: {inputs}"


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.name)
def test_what_nobody_would_write_is_judged_as_well(deploy: Deploy, path: Path) -> None:
    for resource in deploy(run_program, stack_config(path)).resources:
        for inputs in with_one_changed(resource.inputs, "abc", -1, [["a"]], {"a": "b"}, None):
            for rule in RULES:
                try:
                    list(rule.check(Resource(type=resource.type, inputs=inputs)))
                except Exception as error:
                    error.add_note(f"{rule.name}: {resource.type}: {inputs}")
                    raise


def test_every_rule_has_a_name_of_its_own_and_says_what_to_do() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES) == 8
    for rule in RULES:
        assert rule.description.endswith(".")
        assert rule.remedy.endswith(".")
