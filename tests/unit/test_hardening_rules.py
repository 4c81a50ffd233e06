"""The rules of kube-linter, Polaris, kubesec, checkov and others, on what the stacks declare.

Those scanners cannot be had from package registries, all but checkov and kube-score. So their rules are here by their
names. A rule that a stack does not follow is listed with the reason; where it is followed after all, that is an error.
"""

import functools
from pathlib import Path

import pytest
import yaml

from hardening.catalogue import NOT_FOLLOWED, NOT_FOLLOWED_BY, RULES, reason
from hardening.rule import Rule
from hardening.views import Stack
from tests.unit import manifests
from tests.unit.test_program import STACKS

BARE = Path(__file__).parent / "hardening" / "bare.yaml"
NAMES = [path.name.split(".")[1] for path in STACKS]


@functools.cache
def _stack(name: str) -> Stack:
    return Stack(manifests=list(manifests.read(name)))


def _cases(*, followed: bool) -> list[object]:
    return [
        pytest.param(stack, rule, id=f"{stack}-{rule.name}")
        for stack in NAMES
        for rule in RULES
        if (reason(stack, rule) is None) is followed and not _may_be_followed(stack, rule)
    ]


def _may_be_followed(stack: str, rule: Rule) -> bool:
    """Whether the exception is about the lab, and the stack has images of a registry instead of the lab's."""
    on_lab = any(each["image"].startswith("localhost/") for _, each in _stack(stack).containers)
    return (stack, rule.name) in NOT_FOLLOWED_BY and not on_lab


@functools.cache
def _bare() -> Stack:
    return Stack(manifests=list(yaml.safe_load_all(BARE.read_text())))


def _breakers(stack: str, rule: Rule) -> list[str]:
    return list(rule.check(_stack(stack)))


@pytest.mark.parametrize(("stack", "rule"), _cases(followed=True))
def test_a_stack_follows_the_rule(stack: str, rule: Rule) -> None:
    assert _breakers(stack, rule) == [], ", ".join(rule.ids)


@pytest.mark.parametrize(("stack", "rule"), _cases(followed=False))
def test_an_exception_is_still_one(stack: str, rule: Rule) -> None:
    assert _breakers(stack, rule), f"{stack} follows {rule.name} now: remove the exception ({reason(stack, rule)})"


@pytest.mark.parametrize(
    ("image", "holds"),
    [
        ("nginx:1.30.1", True),
        ("registry.example:5000/nginx:1.30.1", True),
        (f"nginx@sha256:{'0' * 64}", True),
        (f"registry.example:5000/nginx@sha256:{'0' * 64}", True),
        ("nginx:latest", False),
        ("nginx", False),
        ("registry.example:5000/nginx", False),
    ],
)
def test_an_image_has_a_tag_or_a_digest(image: str, holds: bool) -> None:
    (rule,) = (each for each in RULES if each.name == "kube-linter:latest-tag")
    template = {"metadata": {"labels": {}}, "spec": {"containers": [{"name": "nginx", "image": image}]}}
    deployment = {"kind": "Deployment", "metadata": {"name": "web"}, "spec": {"template": template}}

    assert list(rule.check(Stack(manifests=[deployment]))) == ([] if holds else ["Deployment web/nginx"])


def test_every_rule_has_names_of_its_own() -> None:
    ids = [each for rule in RULES for each in rule.ids]

    assert len(ids) == len(set(ids))


def test_every_exception_is_about_a_rule_and_a_stack_that_exist() -> None:
    names = {rule.name for rule in RULES}

    assert NOT_FOLLOWED.keys() <= names
    assert {rule for _, rule in NOT_FOLLOWED_BY} <= names
    assert {stack for stack, _ in NOT_FOLLOWED_BY} <= set(NAMES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_can_be_broken(rule: Rule) -> None:
    assert list(rule.check(_bare()))
