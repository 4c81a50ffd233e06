"""The rules as the engine meets them."""

import ast
import os
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from pulumi_policy import PolicyResourceOptions, ResourceValidationArgs, ResourceValidationPolicy
from pulumi_policy.proxy import UNKNOWN_OBJECT_VALUE, UNKNOWN_STRING_VALUE, unknown_checking_proxy

from policy import pack
from policy.catalogue import RULES
from policy.resource import UNKNOWN
from tests.unit.policy import objects

FOLDER = Path(__file__).parents[3] / "policy"


def validated(rule: str, kind: str, inputs: dict[str, Any]) -> list[str]:
    """What a policy reports of a resource as the library passes it."""
    (policy,) = [each for each in pack.policies() if each.name == rule]
    assert isinstance(policy, ResourceValidationPolicy)
    reported: list[str] = []

    def report(message: str, urn: str | None = None) -> None:
        del urn
        reported.append(message)

    options: Any = object.__new__(PolicyResourceOptions)
    policy.validate(ResourceValidationArgs(kind, unknown_checking_proxy(inputs), "urn", "name", options, None), report)
    return reported


def test_every_rule_is_a_policy() -> None:
    found = {each.name: (each.description, each.remediation_steps) for each in pack.policies()}

    assert found == {rule.name: (rule.description, rule.remedy) for rule in RULES}


def test_what_the_engine_does_not_know_is_marked_and_the_rest_is_plain() -> None:
    inputs = {"a": UNKNOWN_STRING_VALUE, "b": [1, UNKNOWN_OBJECT_VALUE, {"c": "d"}], "e": None}

    assert pack.plain(unknown_checking_proxy(inputs)) == {"a": UNKNOWN, "b": [1, UNKNOWN, {"c": "d"}], "e": None}


def test_a_violation_is_reported_with_its_remedy() -> None:
    inputs = {"spec": {"type": "LoadBalancer", "clusterIP": UNKNOWN_STRING_VALUE}}

    assert validated("closed-load-balancer", objects.SERVICE, inputs) == [
        "spec.loadBalancerSourceRanges is empty, which admits everyone\n"
        "List the clients' networks: secure-nginx:service sourceRanges."
    ]


def test_what_is_known_is_judged_though_other_things_are_not() -> None:
    pod = objects.pod(container={"image": "nginx:1"}, serviceAccountName=UNKNOWN_STRING_VALUE)

    (message,) = validated("image-digest", objects.DEPLOYMENT, {"spec": {"template": {"spec": pod}}})

    assert message.startswith("container 'curl' runs the image 'nginx:1'")


def test_a_rule_that_holds_reports_nothing() -> None:
    assert validated("closed-load-balancer", objects.SERVICE, {"spec": {"type": "ClusterIP"}}) == []


def test_the_library_serves_the_rules_as_binding(monkeypatch: pytest.MonkeyPatch) -> None:
    served: dict[str, Any] = {}
    monkeypatch.setattr(pack, "PolicyPack", lambda name, **arguments: served.update(name=name, **arguments))

    pack.serve()

    assert served["name"] == yaml.safe_load((FOLDER / "PulumiPolicy.yaml").read_text())["name"]
    assert served["enforcement_level"].value == "mandatory"
    assert [each.name for each in served["policies"]] == [rule.name for rule in RULES]


def test_the_file_that_the_engine_starts_finds_the_package_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    file = FOLDER / "__main__.py"
    monkeypatch.setattr(sys, "path", [str(FOLDER), *sys.path])

    runpy.run_path(str(file), run_name="as the engine does")

    assert sys.path[0] == str(FOLDER.parent)
    assert os.access(file, os.X_OK)


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.py")), ids=lambda file: file.name)
def test_rules_are_plain_python_and_know_nothing_of_the_program(file: Path) -> None:
    imported = {
        name
        for node in ast.walk(ast.parse(file.read_text()))
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else
            [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        )
    }  # fmt: skip

    allowed = {
        "cryptography",
        "policy",
        *sys.stdlib_module_names,
        *({"pulumi_policy"} if file.name == "pack.py" else ()),
    }
    assert {name.partition(".")[0] for name in imported} <= allowed
