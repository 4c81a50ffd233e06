"""The comment as a whole: order, length, what it says of itself."""

import dataclasses
import datetime

import pytest

from previews import comment, graph
from previews.blocks import length
from previews.comment import LIMIT, MARKER, Origin, render
from previews.digest import Finding, Preview
from previews.step import Step
from tests.unit import certificates
from tests.unit.previews import recorded

ORIGIN = recorded.ORIGIN


def step(operation: str, name: str, **more: object) -> Step:
    return Step(operation=operation, urn=name, kind="kubernetes:core/v1:ConfigMap", name=name, **more)  # type: ignore[arg-type]


def preview(*steps: Step, **more: object) -> Preview:
    counts: dict[str, int] = {}
    for each in steps:
        counts[each.operation] = counts.get(each.operation, 0) + 1
    return Preview(**{"stack": "dev", "steps": steps, "counts": counts, **more})  # type: ignore[arg-type]


def test_deletions_and_replacements_come_first_and_are_marked() -> None:
    body = render(
        [preview(step("create", "c"), step("update", "u"), step("replace", "r"), step("delete", "d"))], ORIGIN
    )

    rows = [line for line in body.splitlines() if line.startswith("| ") and "`ConfigMap`" in line]
    assert [line.split(" | ")[0] for line in rows] == ["| ❗ **delete**", "| ⚠️ **replace**", "| update", "| create"]


def test_a_replacement_that_deletes_first_says_so() -> None:
    body = render(
        [
            preview(
                step("replace", "a", deleted_first=True, reasons=("metadata.name",)),
                step("replace", "b", deleted_first=True),
            )
        ],
        ORIGIN,
    )

    assert "| `metadata.name`; **deleted first** |" in body
    assert "|  | **deleted first** |" in body


def test_pods_of_a_workload_that_is_deleted_first_do_not_roll() -> None:
    workload = dataclasses.replace(step("replace", "web", deleted_first=True), kind="kubernetes:apps/v1:Deployment")

    assert "- Pods are replaced at once: `Deployment` `web`, its pods." in render([preview(workload)], ORIGIN)


@pytest.mark.parametrize(
    ("seconds", "left"), [(3 * 3600, "3 hours left"), (0.5, "expired"), (0, "expired"), (-9, "expired")]
)
def test_a_certificate_that_has_ended_is_not_left(seconds: float, left: str) -> None:
    end = (ORIGIN.now + datetime.timedelta(seconds=seconds)).isoformat()
    aging = preview(old_outputs={"certificate": {"notAfter": end}})

    body = render([aging, aging], ORIGIN)

    assert body.count(f" | {left} |") == 2
    assert body.count(f"- Certificate: **{left}**, until ") == 2


def test_many_changed_paths_are_counted() -> None:
    body = render([preview(step("update", "a", changed=("a", "b", "c", "d", "e", "f")))], ORIGIN)

    assert "| `a`, `b`, `c`, `d` and 2 more |" in body


def test_components_are_listed_and_have_no_diff() -> None:
    body = render([preview(step("create", "site", custom=False, new={"a": 1}))], ORIGIN)

    assert "| create | `ConfigMap` | `site` |" in body
    assert "```diff" not in body


def test_findings_and_warnings_are_shown_the_mandatory_ones_first() -> None:
    findings = (
        Finding(policy="b", level="advisory", resource="x", message="late"),
        Finding(policy="z", level="mandatory", resource="y", message="wrong"),
    )

    body = render([preview(findings=findings, warnings=("no cluster",))], ORIGIN)

    assert body.index("- ❗ Policy `z` (`mandatory`) on `y`: `wrong`") < body.index("- ⚠️ Policy `b` (`advisory`)")
    assert "- Warning: `no cluster`" in body


def test_a_stack_that_cannot_be_shown_is_unreadable_and_the_others_are_shown() -> None:
    deep: dict[str, object] = {}
    for _ in range(10_000):
        deep = {"a": deep}

    body = render([preview(step("create", "a", new=deep), stack="odd"), preview(step("create", "b"))], ORIGIN)

    assert "| ❌ `odd` |" in body
    assert "The preview is unreadable" in body.partition("### Stack `odd`")[2]
    assert "| create | `ConfigMap` | `b` |" in body


def test_failures_come_first_and_then_changes() -> None:
    names = ["no-change", "rotate-certificate", "failure"]

    body = render([recorded.preview(name) for name in names], ORIGIN)

    places = [body.index(f"### Stack `{name}`") for name in ("failure", "rotate-certificate", "no-change")]
    assert places == sorted(places)
    assert "## Preview failed for 1 of 3 stacks" in body
    assert "| ❌ `failure` |  |  |  |  |  |" in body


@pytest.mark.parametrize(
    ("previews", "title"),
    [
        ([preview()], "Preview: nothing would change"),
        ([preview(step("create", "a"))], "Preview: 1 stack would change"),
        ([preview(step("create", "a")), preview(step("create", "a"), stack="prod")], "Preview: 2 stacks would change"),
        ([preview(errors=("x",))], "Preview failed for 1 of 1 stack"),
    ],
)
def test_the_title_says_it_all(previews: list[Preview], title: str) -> None:
    assert f"\n## {title}\n" in render(previews, ORIGIN)


def test_it_says_where_it_comes_from() -> None:
    now = datetime.datetime(2026, 11, 24, 12, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))

    own = render([preview()], Origin(now=now))
    fork = render([preview()], Origin(now=now, commit="abc", base="def", link="https://forge.example/1"))

    assert own.startswith(f"{MARKER}\n")
    assert "Made 2026-11-24 10:00 UTC with the stacks' own state.\n" in own
    assert "Commit `abc`. Made 2026-11-24 10:00 UTC **without credentials** by the code of the change itself:" in fork
    assert "base branch at `def` on a throw-away state" in fork
    assert "[Log](https://forge.example/1)" in fork


def test_what_a_site_is_called_makes_no_secret_of_its_outputs() -> None:
    old, new = ({"sites": {"token-shop": {"url": url, "token": "t" + url}}} for url in ("https://a", "https://b"))

    body = render([preview(old_outputs=old, new_outputs=new)], ORIGIN)

    assert "https://b" in body
    assert "thttps" not in body


def test_outputs_that_change_are_shown_old_and_new() -> None:
    body = render([preview(old_outputs={"a": 1, "b": 2}, new_outputs={"a": 1, "b": 3, "c": 4})], ORIGIN)

    assert "<summary>2 outputs change</summary>" in body
    assert "| `b` | `2` | `3` |" in body
    assert "| `c` |  | `4` |" in body


def test_one_output_changes() -> None:
    assert "<summary>1 output changes</summary>" in render([preview(old_outputs={"a": 1}, new_outputs={})], ORIGIN)


def test_a_long_error_keeps_both_ends_and_says_what_is_missing() -> None:
    error = "\n".join(f"line {number}" for number in range(3000))

    body = render([preview(errors=(error,))], ORIGIN)

    assert "| line 0\n" in body
    assert "\n| line 39\n| (2940 lines are left out; the job's log has them)\n| line 2980\n" in body
    assert "| line 2999\n```\n" in body


def test_of_an_error_without_end_nothing_is_shown_that_is_cut_in_two() -> None:
    most, secret = 1 << 20, "postgres://u:hunter2"
    lines = ("a line\n" * most)[: most - len(secret)]
    error = f"{lines}{secret}@db/x\nthe end"

    body = render([preview(errors=(error,), warnings=(error,))], ORIGIN)

    assert f"\n| (cut off here: it has {len(error)} characters; the job's log has them)\n```" in body
    assert "hunter2" not in body
    assert "the end" not in body


def test_no_line_of_an_error_begins_with_what_a_forge_would_run() -> None:
    body = render([preview(errors=("wrong\n/approve\n````\n/merge",))], ORIGIN)

    assert "\n| /approve\n| ````\n| /merge\n" in body
    assert "\n/" not in body


def test_an_error_without_room_is_cut_and_says_so() -> None:
    error = "\n".join(f"line {number} {'x' * 100}" for number in range(60))

    body = render([preview(errors=(error,))], ORIGIN, limit=2000)

    assert "more lines of the error are left out.)" in body
    assert length(body) <= 2000


@pytest.mark.parametrize("limit", [800, 3000, 10_000, 30_000, LIMIT])
def test_it_never_is_too_long_and_never_silent_about_it(limit: int) -> None:
    previews = [recorded.preview(name) for name in ("many", "replace", "rotate-certificate")]

    body = render(previews, ORIGIN, limit=limit)

    assert length(body) <= limit
    assert "left out" in body


def test_what_alarms_is_kept_longer_than_the_rest() -> None:
    steps = [step("create", f"new-{number}") for number in range(500)]

    body = render([preview(step("delete", "old"), *steps)], ORIGIN, limit=3000)

    assert "| ❗ **delete** | `ConfigMap` | `old` |" in body
    assert "more resources of this table are left out" in body


def test_hundreds_of_stacks_fit() -> None:
    previews = [preview(step("delete", "a" * 200), stack=f"stack-{number}") for number in range(600)]

    body = render(previews, ORIGIN)

    assert length(body) <= LIMIT
    assert "left out" in body


def test_a_graph_is_drawn_where_it_helps() -> None:
    chain = [
        step("update", name, dependencies=frozenset(needed)) for name, needed in [("a", ""), ("b", "a"), ("c", "ab")]
    ]

    lines = graph.lines(chain)

    assert [line for line in lines if "-->" in line] == ["  n0 --> n1", "  n1 --> n2"]
    assert graph.lines(chain[:2]) == []
    assert graph.lines([step("update", name) for name in "abc"]) == []
    assert graph.lines([dataclasses.replace(chain[1], urn=str(number)) for number in range(40)]) == []


def test_no_secret_is_in_a_comment_wherever_the_engine_left_one() -> None:
    key = certificates.key_pem("comment")
    hidden = [*key.splitlines()[1:-1], "hunter2", "c2VjcmV0"]
    secret = dataclasses.replace(
        step("update", "tls", old={"data": {"a": "c2VjcmV0"}}, new={"stringData": {"a": "hunter2"}}),
        kind="kubernetes:core/v1:Secret",
    )
    careless = step(
        "update",
        "conf",
        old={"data": {"conf": f"a\n{key}b"}},
        new={"data": {"conf": f"c\n{key}d", "password": "hunter2", "url": "postgres://u:hunter2@db/x"}},
    )
    finding = Finding(policy="p", level="advisory", resource="r", message=f"bad key: {key}")

    for each in (
        preview(secret, careless, findings=(finding,), warnings=(f"key {key}",), new_outputs={"k": key}),
        preview(errors=(f"cannot log in to postgres://u:hunter2@db/x\n{key}",)),
    ):
        body = comment.render([each], ORIGIN)
        assert not [word for word in hidden if word in body]
