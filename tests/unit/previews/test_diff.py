"""A change as lines."""

import pytest

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


def compared(old: object, new: object) -> list[str]:
    return lines(old={"data": {"k": old}}, new={"data": {"k": new}})


def test_hunks_are_numbered_as_in_a_unified_diff() -> None:
    assert compared("a\n", "b\na\n") == ["# data.k, line by line", "# @@ -1 +1,2 @@", "+   b", "    a"]
    assert compared("a\nb\n", "c") == ["# data.k, line by line", "# @@ -1,2 +1 @@", "-   a", "-   b", "+   c"]
    assert compared("a\nb\nc\nd\ne\nf\n", "1\nb\nc\nd\ne\n")[1::4] == ["# @@ -1,2 +1,2 @@", "# @@ -5,2 +5 @@"]


def test_a_long_line_is_compared_whole_and_shown_around_its_difference() -> None:
    long = "x" * 200

    assert compared(f"a\n{long}b\n", f"a\nnew\n{long}c\n{'y' * 200}\n") == [
        "# data.k, line by line",
        "# @@ -1,2 +1,4 @@",
        "    a",
        f"-   (160 characters) …{'x' * 40}b",
        "+   new",
        f"+   (160 characters) …{'x' * 40}c",
        f"+   {'y' * 160}… (40 more characters)",
    ]


def test_one_long_line_is_shown_around_its_difference() -> None:
    long = "x" * 200
    old, new = {"a": f"{long}b"}, {"a": f"{long}c"}

    assert lines(old=old, new=new) == [f'- a: "(160 characters) …{"x" * 40}b"', f'+ a: "(160 characters) …{"x" * 40}c"']
    assert list(diff.outputs(old, new)) == [
        ("a", f'"(160 characters) …{"x" * 40}b"', f'"(160 characters) …{"x" * 40}c"')
    ]


def test_what_stands_beside_a_certificate_is_compared_as_well() -> None:
    pem = "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n"
    old, other = pem.format("MIIB"), pem.format("MIIC")

    assert compared(f"curl --cacert a\n{old}b\n", f"curl\n{old}b\n")[2:] == [
        "-   curl --cacert a",
        "+   curl",
        "    (certificate, 3 lines)",
    ]
    assert compared(f"a\n{old}b\n", f"a\n{other}b\n")[2:] == [
        "    a",
        "-   (certificate, 3 lines)",
        "+   (certificate, 3 lines)",
        "    b",
    ]
    assert compared(old, other) == ["- data.k: (certificate, 3 lines)", "+ data.k: (certificate, 3 lines)"]


@pytest.mark.parametrize(("old", "new"), [("a\r\nb\r\n", "a\nb\n"), ("a\nb", "a\nb\n"), ("a\n", "a")])
def test_that_only_line_ends_differ_is_said(old: str, new: str) -> None:
    assert compared(old, new) == ["! data.k: only line ends change"]


@pytest.mark.parametrize(
    ("char", "seen"),
    [
        pytest.param("\r", "\\u{d}", id="cr"),
        pytest.param("\v", "\\u{b}", id="vt"),
        pytest.param("\f", "\\u{c}", id="ff"),
        pytest.param("\x1c", "\\u{1c}", id="fs"),
        pytest.param("\x85", "\\u{85}", id="nel"),
        pytest.param("\u2028", "\\u{2028}", id="ls"),
        pytest.param("\u2029", "\\u{2029}", id="ps"),
    ],
)
def test_what_ends_no_line_is_written_out_where_it_comes_in_the_place_of_one(char: str, seen: str) -> None:
    assert compared("x;\n# internal\ndeny all;\n", f"x;\n# internal{char}deny all;\n")[2:] == [
        "    x;",
        "-   # internal",
        "-   deny all;",
        f"+   # internal{seen}deny all;",
    ]


def test_a_carriage_return_before_a_line_end_of_two_is_written_out() -> None:
    assert compared("a\r\nb\n", "a\r\r\nb\n")[2:] == ["-   a", "+   a\\u{d}", "    b"]


@pytest.mark.parametrize(
    "text", ["a\npassword: {}\n", "postgres://bob:{}@db", f"{'x' * 200} password={{}}", "password: {}\r\n"]
)
def test_that_only_a_secret_differs_is_said_without_it(text: str) -> None:
    assert compared(text.format("hunter2"), text.format("S3CR3T")) == ["! data.k: something hidden changes"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("a 30s;\nset $api_token aaa;\n", "a 60s;\nset $api_token bbb;\n", id="another-line"),
        pytest.param("a\nx token=aaa b\n", "a\nx token=bbb c\n", id="same-line"),
        pytest.param("x token=aaa b", "x token=bbb c", id="one-line"),
        pytest.param("a\ntoken: aaa\npwd: bbb", "b\ntoken: bbb\npwd: aaa", id="swapped"),
        pytest.param("a\ntoken: aaa", "a\ntoken: bbb\npwd: aaa", id="beside-a-new-one"),
        pytest.param("a\ntoken: |\n  a\n  b\nc", "b\ntoken: |\n  a\n  c\n  d\nc", id="several-lines"),
        pytest.param("a\nx token=Bearer aaa", "b\nx token=Bearer bbb", id="form"),
        pytest.param("a\npassword=AKIAABCDEFGHIJKLMNOP/x", "b\npassword=AKIAABCDEFGHIJKLMNOQ/x", id="hidden-twice"),
        pytest.param("a\nb: [secret]\ntoken: aaa", "b\nb: [secret]\ntoken: bbb", id="already-hidden"),
    ],
)
def test_that_something_hidden_differs_too_is_said_without_it(old: str, new: str) -> None:
    told = compared(old, new)

    assert told[-1] == "! data.k: something hidden changes as well"
    assert len(told) > 2
    assert not [line for line in told if "aaa" in line or "bbb" in line]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("a 30s;\nset $api_token aaa;\n", "a 60s;\nset $api_token aaa;\n", id="same"),
        pytest.param("a\nx token=aaa b\n", "a\nx token=aaa c\n", id="same-on-a-changed-line"),
        pytest.param("a\ntoken: aaa", "a\ntoken: aaa\npwd: bbb", id="new-one"),
        pytest.param("a\ntoken: aaa\npwd: bbb", "a\ntoken: aaa", id="one-goes"),
        pytest.param("a\ntoken: aaa", "a\nb: [secret]\ntoken: aaa", id="already-hidden"),
        pytest.param("token=aaa", 5, id="no-text"),
    ],
)
def test_what_is_hidden_and_stays_is_not_said_to_change(old: object, new: object) -> None:
    assert not [line for line in compared(old, new) if line.startswith("!")]


def test_a_secret_in_its_place_is_hidden_on_both_sides() -> None:
    assert lines(old={"password": "a\nb"}, new={"password": "a\r\nb"}) == [
        "- password: [secret]",
        "+ password: [secret]",
    ]
    assert lines(old={"k": "a\nb"}, new={"k": "[secret]"}) == ["- k: (2 lines)", "+ k: [secret]"]


def test_a_secret_is_hidden_around_the_difference_too() -> None:
    told = compared(f"a\n{'x' * 200} password=hunter2 b\n", f"a\n{'x' * 200} password=hunter2 c\n")

    assert told[-2:] == [f"{sign}   (179 characters) …{'x' * 21} password=[secret] {end}" for sign, end in ("-b", "+c")]


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
