"""Foreign text stays text, whatever it is: judged on the HTML that a Markdown parser makes of it."""

import re
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from previews import comment, graph
from previews.digest import Finding, Preview
from previews.markdown import code, fence, label, row, table, visible
from previews.step import Step
from tests.unit.previews import recorded
from tests.unit.previews.rendered import page

settings.register_profile("quick", max_examples=100, deadline=None, database=None)
settings.load_profile("quick")

Test = Callable[[str], None]

ACTIVE = "`|\\<>&@#*_[]()!~:-+=.$\"'\n\r\t {}/^"
"""Characters that mean something to Markdown, HTML or a forge."""
FOREIGN = some.text(some.sampled_from(ACTIVE + "ab1") | some.characters(codec="utf-8"), max_size=40)
ATTACKS = [
    "a`b``c```d",
    "\\|x|y",
    "`</code><script>alert(1)</script>",
    "@everyone #1 GH-1 https://evil.example www.evil.example a@evil.example",
    "```\n@everyone\n```",
    "~~~\n</details><img src=x onerror=alert(1)>",
    "</summary></details>\n\n# Approved\n\n[here](javascript:alert(1))",
    "<!-- secure-nginx: preview -->",
    "x\u202eevil\u2066\x00\x1b[2J\u200b",
    "&#64;everyone &lt;b&gt;",
    " leading and trailing ",
    "|---|\n| a |",
    "@@ -1 +1 @@",
    "/approve\n````\n/merge",
    '"] --> x[click "javascript:alert(1)"]',
]


def attacked(text: str) -> Preview:
    """A preview in which everything that can be foreign is this text."""
    inputs = {text or "x": text, "kept": text, "metadata": {"name": text}, "lines": f"a\n{text}"}
    changed = {**inputs, "kept": f"{text}.", "lines": f"b\n{text}\n{text}"}
    steps = tuple(
        Step(
            operation=operation,
            urn=f"u{number}",
            kind=f"a:b:{text}",
            name=text,
            old=inputs if operation != "create" else {},
            new=changed if operation != "delete" else {},
            changed=(text,),
            reasons=(text,),
            dependencies=frozenset({"u0"}),
        )
        for number, operation in enumerate(("update", "replace", "create", "delete", text))
    )
    finding = Finding(policy=text, level=text, resource=text, message=text)
    return Preview(
        stack=text,
        steps=steps,
        counts={"update": 1, "replace": 1, "create": 1, "delete": 1, text: 1},
        warnings=(text,),
        old_outputs={"sites": {text: {"certificate": {"notAfter": "2027-01-01T00:00:00Z"}, "x": text}}},
        new_outputs={text: text},
        findings=(finding,),
    )


def attack(function: Test) -> Test:
    """Let a property be tried on every attack too."""
    for text in ATTACKS:
        function = example(text)(function)
    return function


@attack
@given(FOREIGN)
def test_code_shows_the_text_and_nothing_else(text: str) -> None:
    seen = page(f"x {code(text)} y")

    shown = visible(text).replace("\n", " ")
    assert seen.tags == ["p", *["code"] * len(seen.code)]
    assert "".join(seen.code).strip() == shown.strip()
    assert seen.plain.strip() == "x  y"


@attack
@given(FOREIGN)
def test_a_cell_holds_the_text_and_the_table_its_shape(text: str) -> None:
    seen = page("\n".join([*table(["a", "b"]), row([code(text), code("second")]), row(["c", "d"])]))

    assert seen.tags.count("tr") == 3
    assert seen.tags.count("td") == 4
    assert (
        "".join(seen.code).strip() == f"{visible(text)}".replace("\n", " ").strip() + "second" or "second" in seen.code
    )
    assert set(seen.tags) <= {"table", "thead", "tbody", "tr", "th", "td", "code"}
    assert "".join(seen.plain.split()) == "abcd"


@attack
@given(FOREIGN)
def test_a_fence_is_not_ended_by_what_is_in_it(text: str) -> None:
    lines = visible(text).split("\n")
    start, end = fence(lines, "diff")

    seen = page("\n".join(["<details>", "", start, *lines, end, "", "</details>"]))

    assert seen.tags == ["details", "pre", "code"]
    assert seen.code == ["\n".join([*lines, ""])]
    assert seen.plain.strip() == ""


@attack
@given(FOREIGN)
def test_a_label_cannot_leave_its_quotes(text: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9 ._/-]*", label(text))


@attack
@given(FOREIGN)
def test_a_whole_comment_says_in_its_own_words_only_what_is_ours(text: str) -> None:
    harmless = page(comment.render([attacked("harmless")], recorded.ORIGIN))

    body = comment.render([attacked(text)], recorded.ORIGIN)

    seen = page(body)
    assert set(seen.tags) <= set(harmless.tags)
    assert seen.attributes == harmless.attributes
    assert not re.search(r"@|#\d|evil|<|javascript", seen.plain)
    assert body.count(comment.MARKER) == 1 or comment.MARKER in text
    assert body.startswith(comment.MARKER)
    assert "\n/" not in body


@given(FOREIGN)
def test_a_failed_comment_shows_the_error_as_text(text: str) -> None:
    body = comment.render([Preview(stack="dev", errors=(text,))], recorded.ORIGIN)

    seen = page(body)
    assert {"pre", "code"} <= set(seen.tags) <= {"h2", "h3", "p", "a", "pre", "code", "strong"}
    assert "\n/" not in body
    assert not re.search(r"@|#\d", seen.plain)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", "a\\u{202e}b"),
        ("a\x1b[31mb", "a\\u{1b}[31mb"),
        ("a\u200bb\ufeff", "a\\u{200b}b\\u{feff}"),
        ("a\u00a0b", "a b"),
        ("a\tb", "a   b"),
        ("a\r\nb", "a\\u{d}\nb"),
        ("größe 漢字 ❗ é", "größe 漢字 ❗ é"),
        ("e\u0301", "e\\u{301}"),
        ("a\u115fb\u1160c", "a\\u{115f}b\\u{1160}c"),
        ("\u3164\uffa0\u2800\U0001d159", "\\u{3164}\\u{ffa0}\\u{2800}\\u{1d159}"),
        ("가ㄱ⠁", "가ㄱ⠁"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_graph_holds_only_labels() -> None:
    lines = graph.lines(attacked('"]; click n0 "javascript:alert(1)"').steps)

    assert lines
    assert not [line for line in lines if line.count('"') not in (0, 2)]
