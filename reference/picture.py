"""The command: `python -m reference.picture` records `make up` as docs/pictures/make-up.svg."""

import re
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from reference import terminal

ROOT = Path(__file__).parents[1]
FILE = ROOT / "docs" / "pictures" / "make-up.svg"
COMMAND = ("make", "up")
COLUMNS, ROWS = 100, 60
"""The terminal: as wide as the engine's table of resources, and high enough for all of it."""

_WIDTH = 840
"""How wide the picture is, in pixels, where there is room for it."""


def main() -> int:
    """Record and write the picture; return the command's exit code, and leave the picture as it is if it failed."""
    try:
        code, sent = terminal.record([*COMMAND, "--no-print-directory"], folder=ROOT, columns=COLUMNS, rows=ROWS)
    except KeyboardInterrupt:
        sys.stderr.write("picture: interrupted; the picture is as it was\n")
        return 130
    if code:
        sys.stderr.write(sent.decode(errors="replace"))
        return code
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(svg(terminal.drawn(typed(sent), columns=COLUMNS, rows=ROWS)))
    return 0


def typed(sent: bytes) -> bytes:
    """What was sent to the terminal, behind the command, with paths as they are from the project's folder."""
    return f"$ {' '.join(COMMAND)}\r\n".encode() + sent.replace(f"{ROOT}/".encode(), b"")


def svg(text: Text) -> str:
    """A picture of a terminal that shows a text; it fetches nothing, not even a font."""
    with Path("/dev/null").open("w") as nowhere:
        console = Console(record=True, width=COLUMNS, file=nowhere, force_terminal=True, color_system="truecolor")
        console.print(text, soft_wrap=True)
    picture = console.export_svg(title=" ".join(COMMAND), unique_id="make-up")
    picture = re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL)
    return re.sub(r"[ \t]+$", "", picture.replace("<svg ", f'<svg width="{_WIDTH}" ', 1), flags=re.MULTILINE)


if __name__ == "__main__":
    sys.exit(main())
