"""The page: what policies and scanners' rules say, and of what."""

import re
from typing import Any

import pytest

from report import page
from tests.unit.report import made
from tests.unit.report.reading import read_of, report


def test_where_nothing_is_in_a_cluster_no_rule_is_said_to_be_followed(dev: dict[str, Any]) -> None:
    resources = dev["deployment"]["resources"]
    resources[:] = [each for each in resources if not each["type"].startswith("kubernetes:")]

    text = read_of(made.facts(dev, objects=[])).text

    assert "Nothing of this stack is deployed." in text
    assert "Sites 0 of 1 verified" in text
    assert not re.search(r"\d+ of \d+ followed", text)


@pytest.mark.parametrize(("stack", "command"), [("dev", "make drift"), ("shop", "make drift STACK=shop")])
def test_rules_are_said_to_be_about_what_the_stack_declares(dev: dict[str, Any], stack: str, command: str) -> None:
    text = read_of(made.facts(dev, stack=stack)).text

    assert text.count(f"of what the stack declares; {command} tells whether the cluster agrees.") == 1
    assert text.count(f"about what the stack declares; {command} tells whether the cluster agrees.") == 1


def test_broken_rules_are_open_and_named(dev: dict[str, Any]) -> None:
    for each in dev["deployment"]["resources"]:
        if each["type"].endswith(":Deployment"):
            each["inputs"]["spec"]["template"]["spec"]["containers"][0]["image"] = "nginx:latest"

    text = page.render(report(made.facts(dev)))

    assert re.search(r"<details open><summary>\d+ rules? not followed</summary>", text)
    assert "runs the image &#39;nginx:latest&#39;" in text
    assert "no reason is on record" in text
