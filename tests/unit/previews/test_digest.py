"""What is read from a preview and its log of events."""

import json
from typing import Any

import pytest

from previews import digest
from previews.step import Step
from tests.unit.previews import recorded

PREFIX = "urn:pulumi:dev::secure-nginx::"


def raw(op: str, kind: str = "kubernetes:core/v1:ConfigMap", name: str = "a", **more: Any) -> dict[str, Any]:
    """One step as the engine writes it."""
    urn = f"{PREFIX}{kind}::{name}"
    state = {"urn": urn, "custom": True, "type": kind}
    old, new = more.pop("old", None), more.pop("new", None)
    step: dict[str, Any] = {"op": op, "urn": urn, "detailedDiff": None, **more}
    if old is not None:
        step["oldState"] = {**state, **old}
    if new is not None:
        step["newState"] = {**state, **new}
    return step


def read(*steps: dict[str, Any], events: str | None = None, **more: Any) -> digest.Preview:
    text = json.dumps({"steps": list(steps), "changeSummary": {}, **more})
    return digest.read("dev", text, events=events)


def only(preview: digest.Preview) -> Step:
    (step,) = preview.steps
    return step


def names(preview: digest.Preview, operation: str) -> set[str]:
    return {step.name for step in preview.steps if step.operation == operation}


def test_untouched_resources_are_counted_and_not_listed() -> None:
    preview = recorded.preview("no-change")

    assert not preview.changes
    assert preview.counts == {"same": 23}
    assert preview.new_outputs == preview.old_outputs != {}


@pytest.mark.parametrize("operation", ["same", "refresh", "read", "discard"])
def test_what_is_only_looked_at_is_no_change(operation: str) -> None:
    states: dict[str, Any] = {"old": {"inputs": {"a": 1}}, "new": {"inputs": {"a": 2}}}

    assert not read(raw(operation, **states)).changes


@pytest.mark.parametrize(
    ("old", "new", "unprotected"),
    [
        ({"protect": True}, {}, True),
        ({"protect": True}, {"protect": False}, True),
        ({"protect": True}, {"protect": True}, False),
        ({}, {"protect": True}, False),
        ({"protect": True}, None, False),
    ],
    ids=["taken away", "set to false", "kept", "added", "deleted"],
)
def test_protection_that_is_taken_away_is_a_change(
    old: dict[str, Any], new: dict[str, Any] | None, unprotected: bool
) -> None:
    after = None if new is None else {**new, "inputs": {"a": 2}}

    preview = read(raw("same", old={**old, "inputs": {"a": 1}}, new=after))

    assert preview.changes == unprotected
    for step in preview.steps:
        assert (step.operation, step.unprotected, step.old, step.new, step.changed) == ("same", True, {}, {}, ())


def test_a_new_key_is_seen_through_to_the_pods() -> None:
    preview = recorded.preview("rotate-certificate")

    assert {"my-nginx-key", "my-nginx-certificate", "my-nginx-tls", "my-nginx-probe-job"} <= names(preview, "replace")
    deployment = next(step for step in preview.steps if step.short_kind == "Deployment")
    assert deployment.changed == ("spec.template.spec.volumes[1].secret.secretName",)
    key = next(step for step in preview.steps if step.name == "my-nginx-key")
    assert key.reasons == ("replacementTrigger",)
    assert not key.deleted_first


def test_what_is_replaced_for_another_s_sake_names_the_other() -> None:
    plan = next(step for step in recorded.preview("replace").steps if step.name == "my-nginx-probe-plan")

    assert "namespace is replaced" in plan.reasons
    assert plan.deleted_first


def test_a_failed_preview_keeps_its_reason_and_not_the_echo_of_it() -> None:
    preview = recorded.preview("failure")

    assert preview.failed
    (reason,) = preview.errors
    assert "secure-nginx:service.type: 'NodePorts' must be one of" in reason
    assert preview.new_outputs is None


def test_an_error_that_says_nothing_else_is_kept() -> None:
    echo = "error: an unhandled error occurred: program exited with non-zero exit code: 1\n"

    preview = read(diagnostics=[{"severity": "error", "message": echo}])

    assert preview.errors == ("an unhandled error occurred: program exited with non-zero exit code: 1",)


def test_warnings_are_kept_and_talk_is_not() -> None:
    told = [{"severity": severity, "message": f"{severity}: it is late"} for severity in ("info", "warning", "warning")]

    assert read(diagnostics=told).warnings == ("it is late",)


@pytest.mark.parametrize(
    ("text", "said", "reason"),
    [
        ("", "error: incorrect passphrase\n", "error: incorrect passphrase"),
        ("error: no stack selected", "", "error: no stack selected"),
        ("", "", "`pulumi preview --json` printed no preview"),
        ("{}", "", "{}"),
        ('{"config": {"a": "b"}, "duration": 7}', "", "nothing of it is deployed"),
        ('{"config": {"a": "b"}, "duration": 7}', "error: no access", "error: no access"),
        ("[1]", "", "[1]"),
        ('{"steps": [', "cut off", "cut off"),
        ('{"steps": ' + "[" * 100_000, "too deep", "too deep"),
    ],
    ids=["stderr", "stdout", "nothing", "another-object", "no-resource", "no-access", "a-list", "cut", "deep"],
)
def test_what_is_no_preview_is_a_failed_one(text: str, said: str, reason: str) -> None:
    assert digest.read("dev", text, said=said).errors == (reason,)


def test_what_the_lab_says_after_the_preview_is_not_part_of_it() -> None:
    text = f"hello\n{recorded.text('no-change')}\npulumi preview took 2.6 s"

    assert digest.read("dev", text).counts == {"same": 23}


def test_a_stack_without_outputs_has_none_after_the_update() -> None:
    event = {"resOutputsEvent": {"metadata": {"type": digest.STACK, "new": {}}}}

    assert read(events=json.dumps(event)).new_outputs == {}


def test_without_events_the_outputs_after_the_update_are_not_known() -> None:
    assert digest.read("dev", recorded.text("no-change")).new_outputs is None


@pytest.mark.parametrize("events", ["", '{"sequence": 1, "resOutputsEvent": {"metadata": {"type": "other"}}}\n{"seq'])
def test_a_log_that_ends_before_the_stack_does_not_say_that_its_outputs_go(events: str) -> None:
    before = raw("same", digest.STACK, old={"outputs": {"url": "https://a.example"}}, new={})

    preview = read(before, events=events)

    assert preview.old_outputs
    assert preview.new_outputs is None


def test_the_last_outputs_count_and_a_torn_log_is_read_as_far_as_it_goes() -> None:
    def event(value: int) -> str:
        metadata = {"type": digest.STACK, "new": {"outputs": {"a": value}}}
        return json.dumps({"sequence": value, "resOutputsEvent": {"metadata": metadata}})

    log = "\n".join([event(1), '{"sequence": 2, "diagnosticEvent": {}}', event(3), "[]", '{"sequence": 4, "resOut'])

    assert read(events=log).new_outputs == {"a": 3}


def test_findings_of_policies_are_read() -> None:
    found = {
        "resourceUrn": f"{PREFIX}kubernetes:apps/v1:Deployment::my-nginx",
        "policyName": "no-root",
        "enforcementLevel": "mandatory",
        "message": " runs as root\n",
    }

    preview = read(events=json.dumps({"sequence": 1, "policyEvent": found}))

    expected = digest.Finding(policy="no-root", level="mandatory", resource="my-nginx", message="runs as root")
    assert preview.findings == (expected,)


@pytest.mark.parametrize("char", ["\x85", "\u2028"], ids=["nel", "ls"])
def test_an_event_ends_where_its_line_ends(char: str) -> None:
    metadata = {"type": digest.STACK, "new": {"outputs": {"a": f"b{char}c"}}}
    events: list[dict[str, Any]] = [
        {"policyEvent": {"message": f"a{char}b"}},
        {"resOutputsEvent": {"metadata": metadata}},
    ]

    preview = read(events="\r\n".join(json.dumps(event, ensure_ascii=False) for event in events))

    assert [finding.message for finding in preview.findings] == [f"a{char}b"]
    assert preview.new_outputs == {"a": f"b{char}c"}


def test_findings_survive_a_preview_that_failed() -> None:
    log = json.dumps({"policyEvent": {"policyName": "no-root"}})

    assert digest.read("dev", "", events=log).findings[0].policy == "no-root"


def test_changed_paths_are_the_provider_s_or_else_what_the_inputs_say() -> None:
    states: dict[str, Any] = {"old": {"inputs": {"a": 1, "b": [1]}}, "new": {"inputs": {"a": 2, "b": [1, 2]}}}

    assert only(read(raw("update", **states))).changed == ("a", "b[1]")
    assert only(read(raw("update", **states, diffReasons=["c"]))).changed == ("c",)
    assert only(read(raw("update", **states, detailedDiff={"d": {}}, diffReasons=["c"]))).changed == ("d",)


def test_a_replacement_without_any_reason_has_none() -> None:
    step = only(read(raw("replace", old={"delete": True}, new={})))

    assert step.reasons == ()
    assert not step.deleted_first


def test_a_created_and_a_deleted_resource_have_one_side() -> None:
    created, deleted = read(
        raw("create", new={"inputs": {"a": 1}}), raw("delete", name="b", old={"inputs": {"a": 1}})
    ).steps

    assert (created.old, created.new, created.changed) == ({}, {"a": 1}, ())
    assert (deleted.old, deleted.new, deleted.changed) == ({"a": 1}, {}, ())


def test_names_that_the_update_will_not_use_are_told_as_such() -> None:
    metadata = {"name": "a-1234", "annotations": {"pulumi.com/autonamed": "true"}}
    made, user, plain = read(
        raw("create", new={"inputs": {"metadata": metadata, "x": [{"y": "a-1234"}, 1]}}),
        raw("update", name="b", old={"inputs": {"r": "a-0000"}}, new={"inputs": {"r": "a-1234"}}),
        raw("create", name="c", new={"inputs": {"metadata": {"name": "c", "annotations": None}}}),
    ).steps

    assert made.new["metadata"] == {**metadata, "name": "(new name of a)"}
    assert made.new["x"] == [{"y": "(new name of a)"}, 1]
    assert user.new == {"r": "(new name of a)"}
    assert plain.new["metadata"] == {"name": "c", "annotations": None}


def test_steps_that_are_none_and_fields_of_the_wrong_kind_are_passed_over() -> None:
    text = json.dumps({"steps": [1, {"op": "update"}], "diagnostics": 3, "changeSummary": []})

    step = only(digest.read("dev", text))

    assert (step.kind, step.short_kind, step.custom) == ("", "", False)
