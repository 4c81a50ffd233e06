"""The picture of `make up`: recorded from a terminal, well-formed, and of nobody's machine."""

import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from rich.style import Style

from reference import picture, terminal

SHOWN = picture.FILE.read_text()


def words(svg: str) -> str:
    """What is written in a picture, line by line."""
    texts = ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")  # noqa: S314 (of this repository)
    lines: dict[str, str] = {}
    for each in texts:
        height = each.get("y", "")
        lines[height] = lines.get(height, "") + " " * (each.get("x") != "0") + "".join(each.itertext())
    return "\n".join(re.sub(r"\s+", " ", line).strip() for line in lines.values())


def test_it_shows_a_run_from_nothing_to_the_verdict() -> None:
    lines = words(SHOWN).splitlines()

    assert "$ make up" in lines
    assert any(re.fullmatch(r"\+ \d+ created", line) for line in lines)
    assert any(re.fullmatch(r"verdict verified", line) for line in lines)


def test_it_is_of_nobodys_machine_and_fetches_nothing() -> None:
    assert not re.search(r"/(work|home|root|tmp|Users)\b", SHOWN)
    assert re.findall(r"https?://[\w./-]+", re.sub(r"<text.*?</text>", "", SHOWN, flags=re.DOTALL)) == [
        "http://www.w3.org/2000/svg",
        "https://www.textualize.io",
    ]
    assert "@font-face" not in SHOWN


def test_it_is_in_the_readme() -> None:
    assert f"]({picture.FILE.relative_to(picture.ROOT).as_posix()})" in (picture.ROOT / "README.md").read_text()


def test_what_was_drawn_over_is_not_seen() -> None:
    text = terminal.drawn(b"one\r\ntwo\r\n\x1b[1A\x1b[Kthree\r\n\r\n", columns=10, rows=5)

    assert text.plain == "one\nthree"


@pytest.mark.parametrize(
    ("sequence", "style"),
    [
        (b"\x1b[32m", "green"),
        (b"\x1b[93m", "bright_yellow"),
        (b"\x1b[38;5;2m", "color(2)"),
        (b"\x1b[38;5;208m", "#ff8700"),
        (b"\x1b[1;4m", "bold underline"),
        (b"\x1b[44m", "on blue"),
    ],
)
def test_colours_are_the_terminals(sequence: bytes, style: str) -> None:
    text = terminal.drawn(sequence + b"on\x1b[0m off", columns=10, rows=2)

    assert text.spans[0].end == 2
    assert Style.parse(str(text.spans[0].style)).render("on") == Style.parse(style).render("on")


def test_a_command_has_a_terminal_of_its_size(tmp_path: Path) -> None:
    code, sent = terminal.record(
        [sys.executable, "-c", "import os; print(os.getcwd(), *os.get_terminal_size(), os.environ['TERM'])"],
        folder=tmp_path,
        columns=70,
        rows=9,
    )

    assert (code, sent.decode()) == (0, f"{tmp_path} 70 9 xterm-256color\r\n")


@pytest.fixture(name="recorded")
def _recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(picture, "ROOT", tmp_path)
    monkeypatch.setattr(picture, "FILE", tmp_path / "pictures" / "make-up.svg")
    return tmp_path


def test_what_is_recorded_is_written(recorded: Path) -> None:
    (recorded / "Makefile").write_text("up:\n\t@echo ca: $(CURDIR)/ca.crt '<&>'\n")

    assert picture.main() == 0
    assert words(picture.FILE.read_text()).splitlines() == ["make up", "$ make up", "ca: ca.crt <&>"]


def test_a_run_that_failed_is_no_picture(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (recorded / "Makefile").write_text("up:\n\t@echo no luck; false\n")

    assert picture.main() != 0
    assert "no luck" in capsys.readouterr().err
    assert not picture.FILE.exists()


def test_an_interruption_reaches_the_command(
    recorded: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (recorded / "Makefile").write_text(
        "up:\n\t@trap 'touch stopped; exit 1' INT; echo begun; while :; do sleep 0.05; done\n"
    )
    read = terminal._read

    def interrupted(reader: int) -> bytes:
        assert b"begun" in read(reader)
        raise KeyboardInterrupt

    monkeypatch.setattr(terminal, "_read", interrupted)

    assert picture.main() == 130
    assert (recorded / "stopped").exists()
    assert "interrupted" in capsys.readouterr().err
    assert not picture.FILE.exists()
