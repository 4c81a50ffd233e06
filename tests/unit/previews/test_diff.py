"""A change as lines."""

from previews import diff
from previews.step import Step


def lines(operation: str = "update", **more: object) -> list[str]:
    step = Step(operation=operation, urn="u", kind="kubernetes:core/v1:ConfigMap", name="a", **more)  # type: ignore[arg-type]
    return list(diff.lines([step]))[1:]


def test_each_resource_has_a_headline() -> None:
    step = Step(operation="delete", urn="u", kind="kubernetes:core/v1:ConfigMap", name="a", old={"a": 1})

    assert list(diff.lines([step])) == ["@@ delete ConfigMap a @@"]


def test_a_new_resource_is_shown_leaf_by_leaf() -> None:
    assert lines("create", new={"a": {"b": 1}, "c": ["x"]}) == ["+ a.b: 1", '+ c[0]: "x"']


def test_old_and_new_stand_one_above_the_other() -> None:
    assert lines(old={"a": 1, "b": {"c": 1}, "d": 0}, new={"a": 2, "d": 0, "e": {"f": 1}}) == [
        "- a: 1",
        "+ a: 2",
        "- b.c: 1",
        "+ e.f: 1",
    ]


def test_a_text_of_many_lines_is_compared_line_by_line() -> None:
    old = {"data": {"conf": "one\ntwo\nthree\nfour\nfive\n"}}
    new = {"data": {"conf": "one\ntwo\n3\nfour\nfive\n"}}

    assert lines(old=old, new=new) == [
        "# data.conf, line by line",
        "# @@ -2,3 +2,3 @@",
        "    two",
        "-   three",
        "+   3",
        "    four",
    ]


def test_what_the_provider_names_and_the_inputs_hide_is_named() -> None:
    old = {"stringData": "[secret]", "a": 1}

    assert lines(old=old, new={**old, "a": 2}, changed=("a", "stringData")) == [
        "- a: 1",
        "+ a: 2",
        "! stringData changes",
    ]


def test_a_replacement_without_a_change_gives_its_reason() -> None:
    same = {"a": 1}

    assert lines("replace", old=same, new=same, reasons=("replacementTrigger",)) == ["# because of replacementTrigger"]
    assert lines("replace", old=same, new=same) == ["# because of what it depends on"]
