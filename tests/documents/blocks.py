"""The commands in the documents: what a reader is told to type, and what is then to be seen.

A document shows commands in a fenced block of the language `console`, each behind `$ `; a line that ends with a
backslash goes on in the next one. What follows a command is its output. Of a command that takes long or needs more
than the lab, a comment before the block says which file of the repository runs it: `<!-- run by FILE: COMMAND -->`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
PROMPT = "$ "
_PARSER = MarkdownIt("commonmark")
_RUN_BY = re.compile(r"<!-- run by (\S+): (.+?) -->", re.DOTALL)
_OTHER_SHELLS = {"bash", "sh", "shell", "shell-session", "zsh"}


@dataclass(frozen=True, kw_only=True)
class Step:
    """A command and what it is to print.

    Attributes:
        line: The line of the document with the command, from 1.
        command: What is typed, without the prompt.
        output: What is then to be seen; nothing if the document shows nothing.
        output_line: The line of the document where that begins.
    """

    line: int
    command: str
    output: str
    output_line: int


@dataclass(frozen=True, kw_only=True)
class Block:
    """A block of commands.

    Attributes:
        document: The document's path in the repository.
        line: The line with the fence, from 1.
        steps: The commands in their order.
        elsewhere: Commands that something else in the repository runs, and the file that does.
    """

    document: str
    line: int
    steps: tuple[Step, ...]
    elsewhere: Mapping[str, str] = field(default_factory=dict)

    def steps_here(self) -> Iterator[Step]:
        """The steps that a run of the document takes."""
        return (step for step in self.steps if plain(step.command) not in self.elsewhere)


def documents() -> list[str]:
    """Every document for readers, as a path in the repository."""
    paths = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return sorted(path.relative_to(ROOT).as_posix() for path in paths)


def of(document: str) -> list[Block]:
    """The blocks of a document in the repository."""
    return read((ROOT / document).read_text(), document)


def read(text: str, document: str) -> list[Block]:
    """The blocks of a document's text.

    Raises:
        ValueError: A block has commands but is no `console` block, or is one and has none; a comment is about nothing.
    """
    found = []
    comments = ""
    for token in _PARSER.parse(text):
        if token.type == "html_block":
            comments += token.content
            continue
        if token.type in {"fence", "code_block"} and _is_commands(token, document):
            found.append(_block(token, comments, document))
        elif _RUN_BY.search(comments):
            raise ValueError(f"{document}: no block of commands follows the comment {comments.strip()}")
        comments = ""
    return found


def plain(command: str) -> str:
    """A command without the comment behind it."""
    return re.sub(r"\s+# .*$", "", command)


def _is_commands(token: Token, document: str) -> bool:
    where = f"{document}:{_line(token)}"
    prompts = [line.startswith(PROMPT) for line in token.content.splitlines()]
    if token.info == "console":
        if not prompts or not prompts[0]:
            raise ValueError(f"{where}: a console block begins with a command behind `{PROMPT}`")
        return True
    if any(prompts) or token.info in _OTHER_SHELLS:
        raise ValueError(f"{where}: commands are in blocks of the language `console`, each behind `{PROMPT}`")
    return False


def _block(token: Token, comments: str, document: str) -> Block:
    return Block(
        document=document,
        line=_line(token),
        steps=tuple(_steps(token.content.splitlines(), _line(token) + 1)),
        elsewhere={" ".join(command.split()): file for file, command in _RUN_BY.findall(comments)},
    )


def _steps(lines: list[str], first: int) -> Iterator[Step]:
    position = 0
    while position < len(lines):
        begin = position
        while lines[position].endswith("\\") and position + 1 < len(lines):
            position += 1
        position += 1
        end = next((at for at in range(position, len(lines)) if lines[at].startswith(PROMPT)), len(lines))
        yield Step(
            line=first + begin,
            command="\n".join(lines[begin:position]).removeprefix(PROMPT),
            output="".join(f"{line}\n" for line in lines[position:end]),
            output_line=first + position,
        )
        position = end


def _line(token: Token) -> int:
    assert token.map is not None, "a block token knows its lines"
    return token.map[0] + 1
