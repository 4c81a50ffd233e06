"""Parts of a comment that give way when it gets too long, and say how much they left out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Note = Callable[[int], str]
"""Makes a sentence of the number of lines that were left out."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """Lines of which the last ones can be left out.

    Attributes:
        rank: What is most needed has the lowest; it gets its room first.
        lines: The lines that count.
        before: Lines that open it: a heading, a table's header, a fence.
        after: Lines that close it.
        note: What is said in place of the lines that were left out.
    """

    rank: int
    lines: Sequence[str]
    before: Sequence[str] = ()
    after: Sequence[str] = ()
    note: Note

    def fitted(self, room: int) -> str:
        """As much of it as fits.

        Args:
            room: Most characters that it may have, as a forge counts them.
        """
        whole = _text([*self.before, *self.lines, *self.after])
        if length(whole) <= room:
            return whole
        left = room - length(_text([*self.before, *self.after, "", self.note(len(self.lines))]))
        kept = 0
        for line in self.lines:
            left -= length(line) + 1
            if left < 0:
                break
            kept += 1
        note = self.note(len(self.lines) - kept)
        if kept == 0:
            # Right below the last row of a table it would be one more row.
            alone = _text(["", note])
            return alone if length(alone) <= room else ""
        return _text([*self.before, *self.lines[:kept], *self.after, "", note])


def arranged(blocks: Sequence[Block], room: int) -> str:
    """The blocks one after the other within a number of characters.

    Those of a lower rank are served first; those of one rank share what is left evenly, and what one does not need
    the others get.
    """
    texts: dict[int, str] = {}
    for rank in sorted({block.rank for block in blocks}):
        waiting = [index for index, block in enumerate(blocks) if block.rank == rank]
        # Small ones first, so that what they leave over is known when the large ones are cut.
        waiting.sort(key=lambda index: sum(map(length, blocks[index].lines)))
        while waiting:
            index = waiting.pop(0)
            texts[index] = blocks[index].fitted(room // (len(waiting) + 1))
            room -= length(texts[index])
    return "".join(texts[index] for index in range(len(blocks)))


def length(text: str) -> int:
    """The number of characters as forges count them: in units of UTF-16."""
    return len(text) + sum(char > "\uffff" for char in text) if not text.isascii() else len(text)


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
