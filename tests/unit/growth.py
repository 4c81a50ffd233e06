"""How the time of reading a text grows with its length."""

import time
from collections.abc import Callable

# Were it to read from each beginning to the end, eight times the length would take 64 times as long.
TOO_LONG = 30


def is_linear(read: Callable[[str], object], unit: str, longest: int) -> bool:
    """Whether to read a text of `longest` characters takes about eight times as long as an eighth of it.

    The text repeats `unit`. Of several tries the shortest counts, as whatever else a machine does only adds to
    it; a long text is read again only where it took too long.
    """

    def seconds(characters: int) -> float:
        text = (unit * characters)[:characters]
        before = time.process_time()
        read(text)
        return time.process_time() - before

    bound = TOO_LONG * max(min(seconds(longest // 8) for _ in range(3)), 0.001)
    return any(seconds(longest) < bound for _ in range(3))
