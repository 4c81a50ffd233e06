"""What a text has beside the name of a secret without a sign between them: before it, in a call, in an element."""

import re
from collections.abc import Iterator

from .names import is_header_or_variable
from .values import ONE_WORD, PLAIN, QUOTE, QUOTED, SPACE, Span, span

_SET = rf"{QUOTE}[ \t]*+(?:=>?|:)[ \t]*+"
_SIDES = ("quoted", "line", "word")
# Bounded, or all that follows would be read again from each such key.
VALUE = re.compile(
    rf"(?<![\w.-])(?i:value){_SET}{PLAIN}"
    r"(?:(?P<mark>\\*+[\"'])(?P<quoted>(?:''|(?!(?P=mark))(?:\\++[^\\\n]|[^\\\n])){1,500}+)(?P=mark)"
    r"|(?P<line>[^\s\"'\\][^\r\n]{0,500}+)(?=\r?\n)|(?P<word>[^\s\"'\\,][^\s,]{0,500}+))"
    rf"(?:,|{SPACE})++{QUOTE}(?i:name|key){_SET}{QUOTE}(?P<name>[\w.-]++)"
)
"""A value on one line and its name behind it where each has a key: `value: b, name: a`."""
CALL = re.compile(r"(?<=\w)\(\s*+\\*+[\"'](?P<name>[\w.-]++)\\*+[\"']\s*+,\s*+(?=\\*+[\"'])")
"""A name as the first thing that a function is given, where a text comes next: `define('a', 'b')`."""
# What an element of XML holds, called `tag`, where that is nothing but a text.
_TEXT_ALONE = rf"(?:<!\[CDATA\[)?+\s*+{PLAIN}(?P<content>(?:(?!\]\]>)[^<])++)(?=(?:\]\]>)?+</(?P=tag)[\s>])"
ELEMENT = re.compile(rf"<(?P<tag>(?:[\w-]++:)?+(?P<name>[\w.-]++))(?:\s[^<>]*+)?+>{_TEXT_ALONE}")
"""An element of XML that holds a text alone."""
ENTRY = re.compile(
    r"<(?P<tag>[\w.:-]++)(?>[^<>]*?\s(?i:key|name)\s*+=\s*+\\*+[\"'](?P<name>[\w.-]++)\\*+[\"'])[^<>]*+(?<!/)>"
    rf"{_TEXT_ALONE}"
)
"""The same where the name is in an attribute: `<entry key="a">b</entry>`."""
_NEXT = re.compile(rf"{PLAIN}(?:{QUOTED}{ONE_WORD})")


def before(_: str, found: re.Match[str]) -> Iterator[Span]:
    """Yield where begins and ends the value before the name of a secret."""
    if is_header_or_variable(found["name"]):
        yield next(found.span(side) for side in _SIDES if found[side] is not None)


def passed(text: str, found: re.Match[str]) -> Iterator[Span]:
    """Yield where begins and ends what a function is given behind the name of a secret."""
    if is_header_or_variable(found["name"]):
        yield span(_NEXT.match(text, found.end()))


def enclosed(_: str, found: re.Match[str]) -> Iterator[Span]:
    """Yield where begins and ends what the element of a secret holds."""
    if is_header_or_variable(found["name"]):
        yield found.span("content")
