"""The rules as Pulumi's policy library wants them."""

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyPack,
    ReportViolation,
    ResourceValidation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError

from policy.catalogue import RULES
from policy.resource import UNKNOWN, Resource
from policy.rule import Rule

NAME = "secure-nginx"


def serve() -> None:
    """Serve the rules until the engine ends; a broken one stops the update, unless a configuration file says less."""
    PolicyPack(NAME, policies=policies(), enforcement_level=EnforcementLevel.MANDATORY)


def policies() -> list[Policy]:
    """The rules, one policy each."""
    return [
        ResourceValidationPolicy(
            name=rule.name,
            description=rule.description,
            remediation_steps=rule.remedy,
            validate=_validation(rule),
        )
        for rule in RULES
    ]


def plain(value: Any) -> Any:
    """What the library passes as plain values; it raises when one looks at what is unknown."""
    if isinstance(value, Mapping):
        return {key: _at(value, key) for key in value}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_at(value, index) for index in range(len(value))]
    return value


def _at(container: Any, key: Any) -> Any:
    try:
        return plain(container[key])
    except UnknownValueError:
        return UNKNOWN


def _validation(rule: Rule) -> ResourceValidation:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        for message in rule.check(Resource(type=args.resource_type, inputs=plain(args.props))):
            report(f"{message}\n{rule.remedy}", None)

    return validate
