"""What a person sees on a terminal while a command runs: at its end, with colours, after all that was drawn over."""

import fcntl
import os
import signal
import struct
import subprocess
import termios
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import pyte
from pyte import graphics
from pyte.screens import Char
from rich.color import Color
from rich.style import Style
from rich.text import Text

_TERMINAL = "xterm-256color"


def record(command: Sequence[str], *, folder: Path, columns: int, rows: int) -> tuple[int, bytes]:
    """Run a command on a terminal of its own.

    Args:
        command: The command.
        folder: Where it runs.
        columns: The terminal's width.
        rows: Its height.

    Returns:
        The exit code, and all that the command sent to the terminal.
    """
    reader, writer = os.openpty()
    fcntl.ioctl(writer, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    try:
        with subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "TERM": _TERMINAL},
            stdin=writer,
            stdout=writer,
            stderr=writer,
            start_new_session=True,
        ) as process:
            os.close(writer)
            try:
                sent = b"".join(iter(lambda: _read(reader), b""))
            except KeyboardInterrupt:
                # Its session is its own: nobody else tells it to stop, and to leave things in order.
                os.killpg(process.pid, signal.SIGINT)
                raise
    finally:
        os.close(reader)
    return process.returncode, sent


def drawn(sent: bytes, *, columns: int, rows: int) -> Text:
    """What a terminal shows after it was sent something, without blank lines at the end.

    Args:
        sent: What was sent, control sequences included.
        columns: The terminal's width.
        rows: Its height; what was above is not seen any more.
    """
    screen = pyte.Screen(columns, rows)
    pyte.ByteStream(screen).feed(sent)
    lines = [_line([screen.buffer[row][column] for column in range(columns)]) for row in range(rows)]
    while lines and not lines[-1].plain:
        lines.pop()
    return Text("\n").join(lines)


def _read(reader: int) -> bytes:
    try:
        return os.read(reader, 1 << 16)
    except OSError:  # on Linux, how a terminal says that nobody is at its other end any more
        return b""


def _line(chars: Sequence[Char]) -> Text:
    line = Text()
    for style, run in groupby(chars, _style):
        line.append("".join(char.data for char in run), style)
    line.rstrip()
    return line


def _style(char: Char) -> Style:
    return Style(color=_color(char.fg), bgcolor=_color(char.bg), bold=char.bold, underline=char.underscore)


def _color(name: str) -> Color | None:
    if name == "default":
        return None
    # The first sixteen are the terminal's own, whatever the name; the others are exact.
    if name in graphics.FG_BG_256[:16]:
        return Color.from_ansi(graphics.FG_BG_256.index(name))
    if name in graphics.FG_BG_256:
        return Color.parse(f"#{name}")
    return Color.parse(name.replace("bright", "bright_").replace("brown", "yellow"))
