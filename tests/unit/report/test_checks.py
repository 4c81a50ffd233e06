"""What rules say of a deployed stack."""

from collections.abc import Callable
from typing import Any

import pytest

from report import checks
from report.state import State
from tests.unit.report import made

Read = Callable[[], State]


def inputs_of(dev: dict[str, Any], kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        each["inputs"] for each in dev["deployment"]["resources"] if each["type"].endswith(f":{kind}")
    )
    return found


def test_the_dev_stack_breaks_no_policy(read: Read) -> None:
    found = checks.policies(read().resources)

    assert len(found) == 8
    assert {check.result for check in found} == {"followed"}
    assert all(check.text for check in found)


def test_a_broken_policy_names_who_breaks_it(dev: dict[str, Any], read: Read) -> None:
    pod = inputs_of(dev, "Deployment")["spec"]["template"]["spec"]
    pod["containers"][0]["image"] = "nginx:1.30"

    (broken,) = (check for check in checks.policies(read().resources) if check.result == "broken")

    assert broken.names == ("image-digest",)
    assert len(broken.findings) == 1
    assert broken.findings[0].startswith("Deployment my-nginx-deployment: ")


def test_scanners_rules_are_followed_or_excepted_for_a_reason(read: Read) -> None:
    found = checks.scanners("dev", read().resources)

    assert {check.result for check in found} == {"followed", "excepted"}
    assert all(check.reason and check.findings for check in found if check.result == "excepted")


def test_another_stack_has_no_exceptions_of_devs(read: Read) -> None:
    found = checks.scanners("shop", read().resources)

    broken = {check.names[0] for check in found if check.result == "broken"}
    assert "kube-linter:minimum-three-replicas" in broken
    assert all(check.reason == "" for check in found if check.result == "broken")


def test_a_namespace_of_somebody_elses_is_not_said_to_be_restricted(dev: dict[str, Any], read: Read) -> None:
    dev["deployment"]["resources"].remove(made.of_kind(dev, "Namespace"))

    (found,) = (check for check in checks.scanners("dev", read().resources) if check.names == ("pss:restricted",))

    assert (found.result, found.findings) == ("excepted", ("Namespace secure-nginx-dev",))
    assert "guest" in found.reason


def scanned(read: Read, name: str) -> checks.Check:
    (found,) = (each for each in checks.scanners("dev", read().resources) if each.names[0] == name)
    return found


def test_what_the_api_server_fills_in_is_judged(dev: dict[str, Any], read: Read) -> None:
    del inputs_of(dev, "Deployment")["spec"]["strategy"]

    assert scanned(read, "kube-linter:no-rolling-update-strategy").result == "followed"


def test_what_a_rule_cannot_look_at_is_not_judged(dev: dict[str, Any], read: Read) -> None:
    del inputs_of(dev, "Deployment")["spec"]["selector"]

    unjudged = scanned(read, "kube-linter:mismatching-selector")

    assert (unjudged.result, unjudged.findings) == ("not judged", ("an object lacks 'selector'",))


@pytest.mark.parametrize(
    ("affinity", "error"),
    [
        ([], "'list' object has no attribute 'get'"),
        (None, "'NoneType' object has no attribute 'get'"),
    ],
)
def test_only_what_is_missing_is_said_to_be(affinity: object, error: str, dev: dict[str, Any], read: Read) -> None:
    inputs_of(dev, "Deployment")["spec"]["template"]["spec"]["affinity"] = affinity

    unjudged = scanned(read, "kube-linter:no-anti-affinity")

    assert (unjudged.result, unjudged.findings) == (
        "not judged", (f"an object has what the rule cannot read: {error}",)
    )  # fmt: skip


def test_a_reason_for_some_excuses_no_others(dev: dict[str, Any], read: Read) -> None:
    excused = scanned(read, "kube-linter:default-service-account")
    assert excused.result == "excepted"
    assert len(excused.findings) == 1
    assert "the probe's pods mount no token" in excused.reason

    del inputs_of(dev, "Deployment")["spec"]["template"]["spec"]["serviceAccountName"]

    mixed = scanned(read, "kube-linter:default-service-account")
    assert (mixed.result, mixed.findings, mixed.reason) == ("broken", ("Deployment my-nginx",), "")


def test_every_reason_is_given_once(dev: dict[str, Any], read: Read) -> None:
    pod = inputs_of(dev, "Deployment")["spec"]["template"]["spec"]
    pod["containers"][0]["image"] = f"nginx@sha256:{'0' * 64}"
    pod["containers"].append(pod["containers"][0])

    excused = scanned(read, "polaris:pullPolicyNotAlways")

    assert (excused.result, len(excused.findings)) == ("excepted", 3)
    assert excused.reason.startswith("a digest names the content; ")
    assert excused.reason.count("a digest names the content") == 1
    assert excused.reason.count("the lab's images are built on its nodes") == 1


def test_scanners_are_counted(read: Read) -> None:
    found = checks.scanners("dev", read().resources)

    counted = {scanner: (followed, every) for scanner, followed, every in checks.by_scanner(found)}

    assert {"checkov", "kube-linter", "kube-score", "kubesec", "polaris", "trivy"} <= counted.keys()
    assert counted["trivy"] == (26, 26)
    assert all(followed <= every for followed, every in counted.values())
    assert sum(every for _, every in counted.values()) == sum(len(check.names) for check in found)
