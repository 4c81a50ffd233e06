"""The rules of kube-linter, Polaris, kubesec, checkov and others, on what the stacks declare.

Those scanners cannot be had from package registries, all but checkov and kube-score. So their rules are here by their
names. A rule that a stack does not follow is listed with the reason; where it is followed after all, that is an error.
"""

import functools
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from tests.unit import manifests
from tests.unit.hardening.object_rules import OBJECT_RULES
from tests.unit.hardening.pod_rules import CONTAINER_RULES, POD_RULES
from tests.unit.hardening.rule import Rule
from tests.unit.hardening.views import Stack
from tests.unit.test_program import STACKS

RULES = (*CONTAINER_RULES, *POD_RULES, *OBJECT_RULES)
BARE = Path(__file__).parent / "hardening" / "bare.yaml"
NAMES = [path.name.split(".")[1] for path in STACKS]

_LOCAL_IMAGES = "the lab's images are built on its nodes: no registry has them, and no digest of theirs is known before"
_NOT_FOLLOWED: Mapping[str, str] = {
    "polaris:pullPolicyNotAlways": "a digest names the content; asking the registry at every start only makes each "
    "start depend on it",
    "polaris:priorityClassNotSet": "classes belong to the cluster's owner: scheduling.priorityClass names one",
    "kubesec:HostUsers": "needs Linux 6.3 and containerd 2; older ones fail or ignore it: scheduling.userNamespace",
    "kubesec:ApparmorAny": "kubelet refuses such pods on nodes without AppArmor, and the runtime's default profile "
    "holds on the others anyway",
    "kube-linter:default-service-account": "the probe's pods mount no token, so the account gives them nothing",
    "kube-linter:job-ttl-seconds-after-finished": "a Job that the cluster removes by itself is drift in Pulumi's eyes; "
    "the next update replaces it",
}
_NOT_FOLLOWED_BY: Mapping[tuple[str, str], str] = {
    ("dev", "checkov:CKV_K8S_43"): _LOCAL_IMAGES,
    ("dev", "checkov:CKV_K8S_15"): _LOCAL_IMAGES,
    ("dev", "kube-linter:exposed-services"): "the machine that the lab runs on reaches the site by node ports",
    ("dev", "kube-linter:minimum-three-replicas"): "the lab has two nodes",
}


def _reason(stack: str, rule: Rule) -> str | None:
    return _NOT_FOLLOWED_BY.get((stack, rule.name)) or _NOT_FOLLOWED.get(rule.name)


def _cases(*, followed: bool) -> list[object]:
    return [
        pytest.param(stack, rule, id=f"{stack}-{rule.name}")
        for stack in NAMES
        for rule in RULES
        if (_reason(stack, rule) is None) is followed
    ]


@functools.cache
def _stack(name: str) -> Stack:
    return Stack(manifests=list(manifests.read(name)))


def _breakers(stack: str, rule: Rule) -> list[str]:
    return list(rule.check(_stack(stack)))


@pytest.mark.parametrize(("stack", "rule"), _cases(followed=True))
def test_a_stack_follows_the_rule(stack: str, rule: Rule) -> None:
    assert _breakers(stack, rule) == [], ", ".join(rule.ids)


@pytest.mark.parametrize(("stack", "rule"), _cases(followed=False))
def test_an_exception_is_still_one(stack: str, rule: Rule) -> None:
    assert _breakers(stack, rule), f"{stack} follows {rule.name} now: remove the exception ({_reason(stack, rule)})"


def test_every_rule_has_names_of_its_own() -> None:
    ids = [each for rule in RULES for each in rule.ids]

    assert len(ids) == len(set(ids))


def test_every_exception_is_about_a_rule_and_a_stack_that_exist() -> None:
    names = {rule.name for rule in RULES}

    assert _NOT_FOLLOWED.keys() <= names
    assert {rule for _, rule in _NOT_FOLLOWED_BY} <= names
    assert {stack for stack, _ in _NOT_FOLLOWED_BY} <= set(NAMES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_can_be_broken(rule: Rule) -> None:
    assert list(rule.check(Stack(manifests=list(yaml.safe_load_all(BARE.read_text())))))
