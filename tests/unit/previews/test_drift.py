"""What counts as drift, and the issue about it."""

import json
from typing import Any

import pytest

from previews import comment, digest, drift
from previews.blocks import length
from tests.unit.previews.rendered import page

STATE = {"urn": "urn:pulumi:dev::p::k::web", "type": "kubernetes:apps/v1:Deployment", "custom": True}
INPUTS = {"spec": {"replicas": 2}}
OUTPUTS = {"metadata": {"resourceVersion": "1"}, "status": {"replicas": 2}, "data": "[secret]"}


def refreshed(new: dict[str, Any] | None, op: str = "update") -> digest.Preview:
    step = {"op": op, "urn": STATE["urn"], "oldState": {**STATE, "inputs": INPUTS, "outputs": OUTPUTS}}
    if new is not None:
        step["newState"] = {**STATE, "inputs": INPUTS, "outputs": OUTPUTS, **new}
        step["detailedDiff"] = new.get("detailedDiff")
    return digest.read("dev", json.dumps({"steps": [step], "changeSummary": {}}))


def outputs(**changed: object) -> dict[str, Any]:
    return {"outputs": {**OUTPUTS, **changed}}


@pytest.mark.parametrize(
    ("new", "what"),
    [
        ({"inputs": {"spec": {"replicas": 3}}}, "a setting"),
        (outputs(metadata={"resourceVersion": "2"}), "something hidden, as in a Secret"),
        (outputs(other=1), "a field that the program does not set"),
        (outputs(status={"replicas": 3}, other=1), "a field beside the status"),
        (
            {**outputs(status={"replicas": 3}), "detailedDiff": {"spec.template.spec.containers[0].env[0].value": {}}},
            "something hidden of an object that has a status",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_strangers_change_is_drift(new: dict[str, Any], what: str) -> None:
    assert drift.steps(refreshed(new)), what


def test_a_deleted_object_is_drift() -> None:
    assert drift.steps(refreshed(None, op="delete"))


@pytest.mark.parametrize(
    "new",
    [
        outputs(status={"replicas": 3}),
        outputs(status={"replicas": 3}, metadata={"resourceVersion": "2", "generation": 2}),
        {**outputs(status={"replicas": 3}), "detailedDiff": {"status.replicas": {}, "metadata.generation": {}}},
    ],
)
def test_what_a_cluster_notes_by_itself_is_none(new: dict[str, Any]) -> None:
    assert not drift.steps(refreshed(new))


def test_untouched_resources_are_none() -> None:
    assert not drift.steps(refreshed({}, op="refresh"))


def test_a_terminal_gets_the_difference_too() -> None:
    assert list(drift.lines(refreshed({"inputs": {"spec": {"replicas": 3}}}))) == [
        "Stack dev: 1 resource differs from the state.",
        "@@ update Deployment web @@",
        "- spec.replicas: 2",
        "+ spec.replicas: 3",
    ]
    assert list(drift.lines(refreshed({}, op="refresh"))) == ["Stack dev: nothing differs from the state."]


def test_an_issue_is_safe_and_short_enough_whatever_was_found() -> None:
    nasty = "```\n</details> @everyone <script>"
    found = refreshed({"inputs": {"spec": {f"{number}{nasty}": nasty for number in range(3000)}}})

    body = drift.issue(found, "https://forge.example/1")

    assert body
    assert length(body) <= comment.LIMIT
    assert "more lines are left out; the log has them.)" in body
    assert set(page(body).tags) == {"p", "code", "a", "pre"}
    assert "@" not in page(body).plain


def test_the_marker_and_the_title_cannot_be_broken_out_of() -> None:
    assert drift.marker("a --> b") == "<!-- secure-nginx: drift of a_--__b -->"
    assert "<" not in drift.title("<b>")


def test_several_resources_are_counted() -> None:
    step = {"op": "delete", "urn": "u", "oldState": {**STATE, "inputs": INPUTS}}
    two = digest.read("dev", json.dumps({"steps": [step, step], "changeSummary": {}}))

    assert "2 resources differ from the state." in str(drift.issue(two, ""))


def test_an_issue_names_what_puts_it_right_for_its_stack_and_where() -> None:
    body = str(drift.issue(refreshed(None, op="delete"), ""))

    # An update alone trusts the state: it would see no change.
    assert "`make refresh STACK=dev` takes note of it, `make up STACK=dev` then puts it right" in body
    # Without these, either would be about the lab.
    assert "with the stack's own `KUBE_CONTEXT`, `PULUMI_BACKEND_URL` and `PULUMI_CONFIG_PASSPHRASE`" in body
