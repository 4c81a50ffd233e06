"""What is to be typed in the documents is found, is run, and is compared; tests/e2e/test_documents.py does it."""

import re
from pathlib import Path

import pytest

from tests.documents import blocks, likeness, reading
from tests.documents.__main__ import rewritten
from tests.documents.shell import Shell

BLOCKS = [block for document in blocks.documents() for block in blocks.of(document)]
FENCE = "```"


def fenced(language: str, *lines: str, before: str = "") -> str:
    return "\n".join([before, "", f"{FENCE}{language}", *lines, FENCE, ""])


def test_most_is_run_by_reading() -> None:
    assert sum(len(list(block.steps_here())) for block in BLOCKS) > 50


@pytest.mark.parametrize(
    ("document", "file", "command", "steps"),
    [
        (block.document, file, command, [blocks.plain(step.command) for step in block.steps])
        for block in BLOCKS
        for command, file in block.elsewhere.items()
    ],
)
def test_what_is_run_elsewhere_is_run_there(document: str, file: str, command: str, steps: list[str]) -> None:
    assert command in steps, f"{document} has no such command"
    lines = {line.strip() for line in (blocks.ROOT / file).read_text().splitlines()}
    assert lines & {command, f'COMMAND = "{command}"'}


def test_commands_and_outputs_are_told_apart() -> None:
    text = fenced("console", "$ one \\", "    more", "out", "  put", "$ two   # why", "$ three", "", "end")

    (block,) = blocks.read(text, "a.md")

    assert (block.document, block.line) == ("a.md", 3)
    assert [(step.line, step.command, step.output, step.output_line) for step in block.steps_here()] == [
        (4, "one \\\n    more", "out\n  put\n", 6),
        (8, "two   # why", "", 9),
        (9, "three", "\nend\n", 10),
    ]


def test_a_command_that_runs_elsewhere_is_left_to_that() -> None:
    text = fenced("console", "$ one", "$ make two  # long", before="<!-- run by tests/two.py: make two -->")

    (block,) = blocks.read(text, "a.md")

    assert block.elsewhere == {"make two": "tests/two.py"}
    assert [step.command for step in block.steps_here()] == ["one"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (fenced("console", "one"), "begins with a command behind"),
        (fenced("console"), "begins with a command behind"),
        (fenced("text", "$ one"), "in blocks of the language `console`"),
        (fenced("bash", "one"), "in blocks of the language `console`"),
        ("Say:\n\n    $ one\n", "in blocks of the language `console`"),
        (fenced("yaml", "one: 1", before="<!-- run by a.py: one -->"), "no block of commands follows"),
        ("<!-- run by a.py: nothing -->\n\nText.\n", "no block of commands follows"),
    ],
)
def test_no_command_escapes(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        blocks.read(text, "a.md")


LATE = "  Warning  ClusterIPNotAllocated  4s    ipallocator-repair-controller  Cluster IP is not allocated; repairing"
EVENTS = f"""Events:
  Type     Reason                 Age   From                           Message
  ----     ------                 ----  ----                           -------
{LATE}"""


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("my-nginx-746dd999df-bkkxl   1/1   29s", "my-nginx-5867d7b9b-v8lpt     1/1   2m3s\n"),
        ("my-nginx-tls-764675ce", "my-nginx-tls-0bcd4596"),
        ("my-nginx-9tl9d   IPv4   10.90.2.53,10.90.1.58", "my-nginx-xx456   IPv4   10.90.1.140,10.90.2.8"),
        ("issuer=CN = my-nginx CA 8487458c", "issuer=CN = my-nginx CA 00aa458c"),
        ("10.96.243.229   443:31195/TCP", "10.96.1.2   443:30086/TCP"),
        ("10.89.0.200", "10.89.0.203"),
        ("valid until 2026-11-25T07:44:17Z", "valid until 2027-01-02T03:04:05Z"),
        ("3 of 3 hold, after 37.8 s", "3 of 3 hold, after 1 min 05 s"),
        ("created (0.09s)", "created (12s)"),
        ("[1/2] verified: one\n[2/2] verified: two", "[1/2] verified: two\n[2/2] verified: one"),
        ("one  verified        37.9", "one  verified       118.9"),
        ("begin\n...\nend", "begin\nwhatever\nthere is\nend"),
        ("Name:\t\tone", "Name:    one  "),
        ("24 resources of the stack dev are back.", "25 resources of the stack dev are back."),
        ("green", "\x1b[32mgreen\x1b[0m"),
        ("the end", "the end\n\n\n"),
        ("one\n\ntwo", "one\n\n\ntwo"),
        ("page", "  % Total    % Received % Xferd\n     Dload\n 0 0 --:--:--\r100 190 --:--:--\npage"),
        ("options ndots:5 timeout:1 attempts:5", "options timeout:1 ndots:5 attempts:5"),
        ("Events:    <none>", EVENTS),
        ("Events:    <none>\nthe end", f"{EVENTS}\n{LATE}\nthe end"),
    ],
)
def test_what_changes_every_time_is_alike(shown: str, printed: str) -> None:
    assert likeness.difference(shown, printed) == ""


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("one   1/1   29s", "one   0/1   29s"),
        ("verdict         verified", "verdict         failed"),
        ("10.96.0.10", "10.96.0.11"),
        ("10.89.0.11", "10.89.0.12"),
        ("10.89.0.214", "10.89.0.213"),
        ("443:30061/TCP", "443:30062/TCP"),
        ("443/TCP", "80/TCP"),
        ("options ndots:5", "options ndots:5 timeout:1"),
        ("one  verified        37.9", "one  FAILED        37.9"),
        ("3 of 3 hold", "2 of 3 hold"),
        ("my-nginx-config", "my-nginx-content"),
        ("begin\n...\nend", "begin\nwhatever"),
        ("one\ntwo", "two\none"),
        ("something", ""),
        ("options ndots:5 timeout:1", "options ndots:5 timeout:5"),
        ("Events:    <none>", EVENTS.replace("ClusterIPNotAllocated", "ClusterIPOutOfRange")),
        ("Events:    <none>", f"{EVENTS}\n  Warning  FailedToCreateEndpoint  1s"),
    ],
)
def test_what_means_something_is_not(shown: str, printed: str) -> None:
    difference = likeness.difference(shown, printed)

    assert re.search(r"^--- shown\n\+\+\+ printed\n", difference)


def test_a_shell_keeps_what_is_set(tmp_path: Path) -> None:
    with Shell(tmp_path, {"PATH": "/usr/bin:/bin"}) as shell:
        assert shell.run("f() { echo \"$1\" >&2; }; X='a b'; export Y=c", seconds=10) == (0, "")
        assert shell.run('f "$X" \\\n  && printenv Y; pwd', seconds=10) == (0, f"a b\nc\n{tmp_path}\n")
        assert shell.run("false | true", seconds=10) == (1, "")
        assert shell.run("cat", seconds=10) == (0, "")


def test_a_command_without_end_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(TimeoutError, match="so far:\nbegun"), Shell(tmp_path, {"PATH": "/usr/bin:/bin"}) as shell:
        shell.run("echo begun; sleep 60", seconds=0.5)


def test_a_command_that_ends_the_shell_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="has ended"), Shell(tmp_path, {"PATH": "/usr/bin:/bin"}) as shell:
        shell.run("exit 3", seconds=10)


@pytest.mark.parametrize(
    ("everything", "after"),
    [(False, ["$ one", "up 29s", "$ two", "new", "", "lines", "$ three", "$ four", "a...c"]),
     (True, ["$ one", "up 31s", "$ two", "new", "", "lines", "$ three", "$ four", "a...c"])],
)  # fmt: skip
def test_what_is_printed_now_takes_the_place_of_what_was(everything: bool, after: list[str]) -> None:
    before = fenced("console", "$ one", "up 29s", "$ two", "old", "$ three", "$ four", "a...c")
    (block,) = blocks.read(before, "a.md")
    printed = ["up 31s\n", "new  \n\nlines\n\n", "not shown\n", "abc\n"]
    readings = [
        reading.Reading(document="a.md", step=step, code=0, printed=text)
        for step, text in zip(block.steps, printed, strict=True)
    ]

    assert rewritten(before, readings, everything=everything) == fenced("console", *after)
