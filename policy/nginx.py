"""As much of nginx's configuration language as the rules need: directives and their blocks."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

# As nginx reads them: white space is that of ASCII; inside a word `}`, `#` and quotes are text, and so is `${`.
_TOKEN = re.compile(
    r"""[ \t\r\n]+|\#[^\n]*|(?P<double>"(?:\\.|[^"\\])*")|(?P<single>'(?:\\.|[^'\\])*')"""
    r"""|(?P<sign>[{};])|(?P<word>(?:\\.?|\$\{*|[^ \t\r\n;{\\$])+)|(?P<rest>.)""",
    re.DOTALL,
)


@dataclass(kw_only=True)
class Directive:
    """One directive.

    Attributes:
        words: Its name and arguments, without quotes.
        block: What is between its braces.
    """

    words: Sequence[str]
    block: list["Directive"] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The first word."""
        return self.words[0] if self.words else ""

    def each(self, name: str) -> Iterator["Directive"]:
        """The directives of that name in the block itself."""
        return (directive for directive in self.block if directive.name == name)

    def within(self, name: str, outside: str | None = None) -> Iterator["Directive"]:
        """The directives of that name in the block, at any depth, but for what is in blocks of the name `outside`."""
        # Not by a call for each level: a script that is taken for a configuration is deeper than Python's calls go.
        waiting = self.block[::-1]
        while waiting:
            directive = waiting.pop()
            if directive.name == name:
                yield directive
            if directive.name != outside:
                waiting.extend(reversed(directive.block))


def parse(text: str) -> Directive:
    """The whole configuration as the block of a directive without words; what nginx would refuse is passed over."""
    root = Directive(words=())
    stack, words = [root], list[str]()
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "sign":
            if words:
                stack[-1].block.append(Directive(words=tuple(words)))
            if match[0] == "{" and words:
                stack.append(stack[-1].block[-1])
            if match[0] == "}" and len(stack) > 1:
                stack.pop()
            words = []
        elif kind in ("single", "double"):
            words.append(match[0][1:-1])
        elif kind == "word":
            words.append(match[0])
    return root
