"""A stack that breaks a rule is stopped by the real engine, before anything is created."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import engine, policies
from policy.catalogue import RULES
from tests.e2e import driver, policy_program, site_stack
from tests.e2e.probe_stack import engine_program

_PROJECT = "name: policy-e2e\nruntime: {name: python, options: {toolchain: pip}}\n"
_PROGRAM = "from tests.e2e import policy_program\n\npolicy_program.main()\n"
_DIGEST = "@sha256:" + "0" * 64


class RuledStack:
    """A stack of `policy_program`, which is never meant to come to be."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        state = folder / "state"
        state.mkdir()
        (folder / "Pulumi.yaml").write_text(_PROJECT)
        (folder / "__main__.py").write_text(_PROGRAM)
        (state / "passphrase").write_text("policies")
        self._environment = {
            **engine.environment(state, driver.KUBECONFIG),
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(state / "passphrase"),
            "PYTHONPATH": str(driver.REPOSITORY),
        }
        driver.must(self.pulumi("stack", "init", "ruled"))

    def up(self, violation: str) -> driver.Result:
        """Try to deploy what breaks a rule, in an environment where that counts."""
        rules = policies.options({"secure-nginx:environment": "production"})
        return self.pulumi("up", "--yes", *rules, VIOLATION=violation)

    def resources(self) -> list[object]:
        """Return what the state holds."""
        deployment = json.loads(driver.must(self.pulumi("stack", "export")).output)["deployment"]
        return list(deployment.get("resources", []))

    def pulumi(self, *arguments: str, **environment: str) -> driver.Result:
        return driver.run(
            [engine_program(self._environment), *arguments, "--non-interactive", "--color=never"],
            environment={**self._environment, **environment},
            folder=self._folder,
        )


@pytest.fixture(scope="module")
def ruled(tmp_path_factory: pytest.TempPathFactory) -> RuledStack:
    return RuledStack(tmp_path_factory.mktemp("ruled"))


@pytest.fixture
def site(project: Path) -> Iterator[site_stack.SiteStack]:
    with site_stack.made(project, "e2e-policy") as made:
        yield made


def violated(output: str, level: str) -> set[str]:
    """The rules that the engine says were broken, with the weight that it gave them."""
    return set(re.findall(rf"\[{level}\]\s+([\w-]+)", output))


def namespaces() -> set[str]:
    return {each["metadata"]["name"] for each in json.loads(driver.kubectl("get", "namespaces", "-o", "json"))["items"]}


def test_there_is_a_violation_of_every_rule() -> None:
    assert set(policy_program.VIOLATIONS) == {rule.name for rule in RULES}


@pytest.mark.parametrize("rule", sorted(policy_program.VIOLATIONS))
def test_breaking_a_rule_stops_everything(ruled: RuledStack, rule: str) -> None:
    result = ruled.up(rule)

    assert result.code != 0
    assert violated(result.output, "mandatory") == {rule}, result.output
    (remedy,) = [each.remedy for each in RULES if each.name == rule]
    assert remedy[:40] in result.output
    assert ruled.resources() == []
    assert policy_program.NAMESPACE not in namespaces()


def test_the_project_itself_is_stopped_outside_of_development(site: site_stack.SiteStack) -> None:
    result = site.try_up(
        environment="staging",
        image=f"{site_stack.NGINX}{_DIGEST}",
        probe={"image": f"{site_stack.CURL}{_DIGEST}"},
        podSecurity="baseline",
    )

    assert result.code != 0
    assert violated(result.output, "mandatory") == {"restricted-pods"}, result.output
    assert site.namespace not in namespaces()


def test_in_development_a_broken_rule_is_only_mentioned(site: site_stack.SiteStack) -> None:
    site.configure(podSecurity="baseline")

    result = driver.must(site.lab("preview"))

    assert violated(result.output, "advisory") == {"restricted-pods"}, result.output
