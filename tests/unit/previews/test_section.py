"""The part of the comment that is about one stack: what counts as a change, what alarms, what is cut."""

from previews.comment import render
from previews.digest import Finding
from tests.unit.previews.recorded import ORIGIN
from tests.unit.previews.test_comment import preview, step


def test_rare_operations_are_listed_and_counted() -> None:
    body = render([preview(step("import", "a"), counts={"import": 1, "read": 1, "same": 3})], ORIGIN)

    assert "**1 otherwise**; 3 stay as they are." in body
    assert "| `import` | `ConfigMap` | `a` |" in body


def test_what_the_engine_does_not_count_is_no_number() -> None:
    body = render([preview(step("remove-pending-replace", "a"), counts={"same": 2})], ORIGIN)

    assert "\nChanges that the engine does not count; 2 stay as they are.\n" in body
    assert "****" not in body
    assert "| `remove-pending-replace` | `ConfigMap` | `a` |" in body


def test_one_resource_that_stays_is_one() -> None:
    untouched = render([preview(counts={"same": 1})], ORIGIN)
    changed = render([preview(step("create", "a"), counts={"create": 1, "same": 1})], ORIGIN)

    assert "\nNo changes: 1 resource stays as it is.\n" in untouched
    assert "\n**1 to create**; 1 stays as it is.\n" in changed


def test_a_row_says_how_many_paths_and_reasons_it_leaves_out() -> None:
    paths = ("a", "b", "c", "d", "e", "f")
    many = step("replace", "many", changed=paths, reasons=paths[:5], deleted_first=True)
    few = step("replace", "few", changed=paths[:4], reasons=paths[:4])

    body = render([preview(many, few)], ORIGIN)

    assert "| `a`, `b`, `c`, `d` and 2 more | `a`, `b`, `c`, `d` and 1 more; **deleted first** |" in body
    assert "| `a`, `b`, `c`, `d` | `a`, `b`, `c`, `d` |" in body


def test_what_is_no_longer_protected_alarms() -> None:
    exposed = step("same", "data", unprotected=True)
    updated = step("update", "more", unprotected=True, changed=("a",))
    counts = {"create": 1, "update": 1, "same": 3}

    body = render([preview(step("create", "c"), updated, exposed, counts=counts)], ORIGIN)

    assert "## Preview: 1 stack would change" in body
    assert "**1 to update, 1 to create, 2 no longer protected**; 2 stay as they are." in body
    rows = [line for line in body.splitlines() if line.startswith("| ") and "`ConfigMap`" in line]
    assert [row.split(" | ")[0] for row in rows] == [
        "| ⚠️ **no longer protected**",
        "| update; ⚠️ **no longer protected**",
        "| create",
    ]
    assert "@@ same ConfigMap data @@\n- protect: true\n" in body


def test_a_long_line_does_not_take_the_room_of_what_comes_after_it() -> None:
    long = "x" * 100_000
    findings = (
        Finding(policy="a", level="mandatory", resource="r", message=long),
        Finding(policy="b", level="mandatory", resource="r", message="wrong"),
    )

    body = render([preview(errors=(f"{long}\nthe end",), findings=findings, warnings=(long, "late"))], ORIGIN)

    assert body.count("x… (98000 more characters)") == 3
    assert "\n| the end\n" in body
    assert "- ❗ Policy `b` (`mandatory`) on `r`: `wrong`" in body
    assert "- Warning: `late`" in body
