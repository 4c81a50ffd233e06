"""What the overview and the title tell of each stack, and what only a stack's own state can tell."""

import pytest

from previews.comment import Origin, render
from previews.digest import Preview
from tests.unit.previews.recorded import ORIGIN
from tests.unit.previews.recorded import preview as recorded
from tests.unit.previews.test_comment import preview, step

HEADER = "| stack | delete | replace | update | create |"
EXPOSED = step("same", "data", unprotected=True)
OUTPUTS = {"old_outputs": {"a": 1}, "new_outputs": {"a": 2}}


def overview(*previews: Preview, origin: Origin = ORIGIN) -> list[str]:
    """The lines of the table of all stacks, the second one, which only draws, left out."""
    lines = [line for line in render(previews, origin).partition("###")[0].splitlines() if line.startswith("|")]
    return [lines[0], *lines[2:]]


@pytest.mark.parametrize(
    ("shown", "cells"),
    [
        pytest.param(preview(step("import", "a"), counts={"import": 1, "same": 3}), "1 | 3", id="import"),
        pytest.param(
            preview(step("read-replacement", "a"), counts={"read-replacement": 1, "read": 4, "same": 3}),
            "1 | 3",
            id="another-read",
        ),
        pytest.param(preview(EXPOSED, counts={"same": 3}), "⚠️ **1 no longer protected** | 2", id="protection"),
        pytest.param(
            preview(step("import", "a"), EXPOSED, counts={"import": 1, "same": 3}),
            "1, ⚠️ **1 no longer protected** | 2",
            id="import-and-protection",
        ),
        pytest.param(
            preview(step("remove-pending-replace", "a"), counts={"same": 2}), "not counted | 2", id="uncounted"
        ),
        pytest.param(preview(counts={"same": 2}, **OUTPUTS), "only outputs | 2", id="outputs"),
    ],
)
def test_the_overview_hides_no_change(shown: Preview, cells: str) -> None:
    header, changed, _ = overview(shown, preview(counts={"same": 5}, stack="prod"))

    assert header == f"{HEADER} other | same |"
    assert changed == f"| `dev` |  |  |  |  | {cells} |"


def test_without_other_changes_there_is_no_column_for_them() -> None:
    assert overview(preview(step("delete", "a")), preview(counts={"same": 5}, stack="prod")) == [
        f"{HEADER} same |",
        "| `dev` | **1** |  |  |  | 0 |",
        "| `prod` |  |  |  |  | 5 |",
    ]


def test_an_update_of_outputs_alone_is_called_so() -> None:
    nothing, outputs = preview(counts={"same": 5}, stack="prod"), preview(counts={"same": 3}, **OUTPUTS)

    body = render([nothing, outputs], ORIGIN)

    assert "\n## Preview: only outputs change\n" in body
    assert "\nOnly outputs change: 3 resources stay as they are.\n" in body
    assert body.index("### Stack `dev`") < body.index("### Stack `prod`")
    assert "<summary>1 output changes</summary>" in body


@pytest.mark.parametrize(
    "outputs",
    [
        pytest.param({"old_outputs": {"a": 1}, "new_outputs": {"a": 1}}, id="equal"),
        pytest.param({"old_outputs": {"a": 1}, "new_outputs": None}, id="not-known"),
    ],
)
def test_outputs_that_are_not_known_to_change_do_not(outputs: dict[str, object]) -> None:
    body = render([preview(counts={"same": 3}, **outputs)], ORIGIN)

    assert "\n## Preview: nothing would change\n" in body
    assert "\nNo changes: 3 resources stay as they are.\n" in body


@pytest.mark.parametrize(
    "origin",
    [
        pytest.param(Origin(now=ORIGIN.now, base="abc"), id="base"),
        pytest.param(Origin(now=ORIGIN.now, foreign=True), id="foreign"),
        pytest.param(Origin(now=ORIGIN.now, base="abc", foreign=True), id="both"),
    ],
)
def test_the_days_of_a_certificate_that_exists_nowhere_are_not_told(origin: Origin) -> None:
    rotation = recorded("rotate-certificate")

    body = render([rotation, recorded("renewal")], origin)

    assert " left" not in body.partition("<details>")[0]
    assert "- Certificate:" not in body
    assert overview(rotation, recorded("renewal"), origin=origin)[0] == f"{HEADER} same |"
    assert "- A new certificate is issued: `my-nginx-certificate`, because of `certRequestPem`." in body
    assert "- Pods roll: `Deployment` `my-nginx-deployment`, 2 pods." in body


def test_the_days_of_a_certificate_in_use_are_told() -> None:
    rotation = recorded("rotate-certificate")

    header, line, _ = overview(rotation, rotation)

    assert header == f"{HEADER} same | certificate |"
    assert line.endswith(" | 88 days left |")
    assert "- Certificate: **88 days left**, until " in render([rotation], ORIGIN)


def test_a_stack_whose_certificate_ends_after_the_last_year_is_unreadable() -> None:
    late = {"certificate": {"notAfter": "9999-12-31T23:59:59-23:59"}}

    body = render([preview(old_outputs=late, stack="odd"), preview(step("create", "b"))], ORIGIN)

    assert "The preview is unreadable" in body.partition("### Stack `odd`")[2]
    assert "| create | `ConfigMap` | `b` |" in body
