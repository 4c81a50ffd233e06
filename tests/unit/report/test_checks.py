"""What rules say of a deployed stack."""

from collections.abc import Callable
from typing import Any

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


def test_what_a_rule_cannot_look_at_is_not_judged(dev: dict[str, Any], read: Read) -> None:
    del inputs_of(dev, "Deployment")["spec"]["strategy"]

    found = {check.names[0]: check for check in checks.scanners("dev", read().resources)}

    unjudged = found["kube-linter:no-rolling-update-strategy"]
    assert (unjudged.result, unjudged.findings) == ("not judged", ("an object lacks 'strategy'",))


def test_scanners_are_counted(read: Read) -> None:
    found = checks.scanners("dev", read().resources)

    counted = {scanner: (followed, every) for scanner, followed, every in checks.by_scanner(found)}

    assert {"checkov", "kube-linter", "kube-score", "kubesec", "polaris", "trivy"} <= counted.keys()
    assert counted["trivy"] == (26, 26)
    assert all(followed <= every for followed, every in counted.values())
    assert sum(every for _, every in counted.values()) == sum(len(check.names) for check in found)
