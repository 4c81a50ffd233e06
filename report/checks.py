"""What rules say of what a deployed stack declares: those of the policy pack, and those of scanners.

That is what its state holds; whether the cluster has it like that is asked by `make drift`.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from hardening import catalogue as hardening
from hardening.rule import Rule as ScannerRule
from hardening.views import Stack as Manifests
from policy import catalogue as policy
from policy.resource import UNKNOWN
from policy.resource import Resource as PolicyResource
from previews.redaction import HIDDEN
from report.state import Resource

Result = Literal["followed", "excepted", "broken", "not judged"]

NOT_RUN: Sequence[tuple[str, str]] = (
    ("kube-score and kubeconform themselves", "make e2e runs them on what the stacks declare"),
    ("checkov itself", "make checkov runs it on what the stacks declare"),
    ("the cluster's own admission", "the cluster judged each object when it was made"),
    ("known weaknesses of images and packages", "make audit looks them up, on the Internet"),
)
"""What else judges stacks, and why it did not for the page."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One rule, and what it says of the stack.

    Attributes:
        names: Its names: that in the policy pack, or those that scanners give it.
        text: What holds where it is followed; empty for rules of scanners, which their documents explain.
        result: Whether it is followed.
        findings: What breaks it; of a broken rule of scanners, what no reason is about.
        reason: Why it is not followed, where that is intended.
    """

    names: tuple[str, ...]
    text: str
    result: Result
    findings: tuple[str, ...] = ()
    reason: str = ""


def policies(resources: Sequence[Resource]) -> tuple[Check, ...]:
    """Ask the rules of the policy pack about a stack; what is secret breaks none, as what is not known yet."""
    asked = [(each, PolicyResource(type=each.type, inputs=_unknown(each.inputs))) for each in resources]
    checks = []
    for rule in policy.RULES:
        findings = tuple(
            f"{each.kind} {each.name}: {message}" for each, declared in asked for message in rule.check(declared)
        )
        result: Result = "broken" if findings else "followed"
        checks.append(Check(names=(rule.name,), text=rule.description, result=result, findings=findings))
    return tuple(checks)


def scanners(stack: str, resources: Sequence[Resource]) -> tuple[Check, ...]:
    """Ask the rules of scanners about a stack."""
    manifests = Manifests(manifests=[each.inputs for each in resources if _is_declared(each)])
    return tuple(_scanned(stack, rule, manifests) for rule in hardening.RULES)


def by_scanner(checks: Sequence[Check]) -> Iterator[tuple[str, int, int]]:
    """Yield each scanner with how many of its rules are followed, and how many there are."""
    pairs = sorted((name.partition(":")[0], check.result == "followed") for check in checks for name in check.names)
    for scanner, group in itertools.groupby(pairs, key=lambda pair: pair[0]):
        followed = [result for _, result in group]
        yield scanner, sum(followed), len(followed)


def _scanned(stack: str, rule: ScannerRule, manifests: Manifests) -> Check:
    # The rules are written for what this project declares; another's objects may lack what they look at.
    try:
        found = [(each.text, hardening.reason(stack, rule, each)) for each in rule.check(manifests)]
    except KeyError as error:
        return _unjudged(rule, f"an object lacks {error}")
    except (AttributeError, TypeError, ValueError) as error:
        return _unjudged(rule, f"an object has what the rule cannot read: {error}")
    broken = tuple(text for text, reason in found if reason is None)
    if broken:
        return Check(names=rule.ids, text="", result="broken", findings=broken)
    return Check(
        names=rule.ids,
        text="",
        result="excepted" if found else "followed",
        findings=tuple(text for text, _ in found),
        reason="; ".join(dict.fromkeys(reason for _, reason in found if reason)),
    )


def _unjudged(rule: ScannerRule, why: str) -> Check:
    return Check(names=rule.ids, text="", result="not judged", findings=(why,))


def _unknown(value: Any) -> Any:
    """The value with what the rules take for not known in the place of each secret."""
    if isinstance(value, Mapping):
        return {key: _unknown(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_unknown(each) for each in value]
    return UNKNOWN if value == HIDDEN else value


def _is_declared(resource: Resource) -> bool:
    return resource.is_object and "kind" in resource.inputs and "metadata" in resource.inputs
