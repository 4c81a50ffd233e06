"""What leads to the pods is proved again when it was made anew or put back, though the pods are the same."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import driver, site_stack
from tests.e2e.site_stack import SITE, SiteStack


@pytest.fixture
def stack(project: Path) -> Iterator[SiteStack]:
    with site_stack.made(project, "routing") as made:
        yield made


def verdict(stack: SiteStack) -> str:
    """When the site was verified last."""
    return str(stack.proven()["proof"]["completedAt"])


def mended(stack: SiteStack) -> str:
    """Take note of what the cluster has, put it right, and return when the site was verified last."""
    driver.must(stack.lab("refresh"))
    stack.up()
    return verdict(stack)


def test_a_service_made_anew_and_a_policy_put_back_are_proved(stack: SiteStack) -> None:
    where = f"--namespace={stack.namespace}"
    stack.up(replicas=1, service={"type": "Headless"})
    pods = stack.identities()
    verdicts = [verdict(stack)]

    driver.kubectl("delete", "service", SITE, where)
    verdicts.append(mended(stack))
    driver.kubectl("patch", "networkpolicy", SITE, where, "--type=merge", '--patch={"spec":{"ingress":[]}}')
    verdicts.append(mended(stack))

    assert len(set(verdicts)) == 3
    assert mended(stack) == verdicts[-1]
    assert stack.identities() == pods


def test_what_is_protected_keeps_all_that_depends_on_it(stack: SiteStack) -> None:
    stack.up(replicas=1, certificate={"source": "generated", "protectCa": True})
    try:
        refused = stack.lab("destroy")

        assert refused.code != 0
        assert f"state unprotect 'urn:pulumi:{stack.name}::" in refused.output
        assert stack.pods()
        driver.must(stack.lab("preview", "--", "--expect-no-changes"))
    finally:
        stack.up(certificate=None)


def test_of_a_site_at_rest_the_others_to_whom_its_service_leads_are_asked(stack: SiteStack) -> None:
    stack.up(replicas=1, service={"type": "SelectorLess"})
    others = [pod["status"]["podIP"] for pod in stack.pods()]
    stack.up(service={"type": "SelectorLess", "endpoints": others})

    # By then nobody has this address any more.
    at_rest = stack.try_up(replicas=0)

    assert at_rest.code != 0
    assert re.search(r"FAILED service https://\S+: curl exit (?:7|28) ", at_rest.output)
    assert "origin" not in at_rest.output


def test_a_listed_endpoint_that_is_dead_is_named_though_another_one_answers(stack: SiteStack) -> None:
    stack.up(replicas=1, service={"type": "SelectorLess"})
    (alive,) = [str(pod["status"]["podIP"]) for pod in stack.pods()]
    # Addresses are given out from the lowest on.
    dead = f"{alive.rpartition('.')[0]}.250"

    refused = stack.try_up(service={"type": "SelectorLess", "endpoints": [alive, dead]})

    assert refused.code != 0
    assert re.search(r"FAILED endpoint-1 https://\S+ via \S+: curl exit (?:7|28) ", refused.output)
    assert "endpoint-0" not in refused.output
