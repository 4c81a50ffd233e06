"""What a text sets the name of a secret to: behind a sign, or as the next word behind an option."""

import re
from collections.abc import Iterator

from . import structures
from .names import is_secret_option, is_set_name, is_unmistakable, words
from .values import (
    ALL,
    ASSIGNED_STRUCTURE,
    HEADER,
    ONE_WORD,
    PLAIN,
    QUOTED,
    REST,
    STRUCTURE,
    VARIABLE,
    Span,
    indented,
    span,
)

SETTING = re.compile(
    r"(?P<start>^(?:[ \t#;*>|+/]|-[ \t])*+[\"']?(?!-))?(?<![\w.-])(?P<name>[\w.-]++)"
    r"\\*+[\"']?[ \t]*+(?P<sign>=>?(?!=)|:(?![:=]))[ \t]*+",
    re.MULTILINE,
)
"""A name and the sign after it; before it, where it begins a line, what stands there. Two colons belong to a URN."""
OPTION = re.compile(
    r"(?<![\w-])(?P<option>--?[A-Za-z][\w.-]*+)"
    r"(?:[ \t]++|\\*+[\"'],\s*+(?=\\*+[\"'])|[\"']?[ \t]*+\r?\n[ \t]*+-[ \t]++)"
)
"""An option and what stands before the next word: a blank, or that of a list."""
_SIGNATURES = re.compile(r"(?:^|_)sig(?:nature)?$")
_AFTER_A_WORD = re.compile(r"\w ")
_WORD = re.compile(rf"{PLAIN}(?:{QUOTED}(?!{STRUCTURE}){ONE_WORD})")
_ASSIGNED_WORD = re.compile(rf"{PLAIN}(?:{QUOTED}(?!{ASSIGNED_STRUCTURE}){ONE_WORD})")
_ASSIGNED_REST = re.compile(rf"{PLAIN}(?:{QUOTED}(?!{ASSIGNED_STRUCTURE}){ALL})")
# Behind an option comes another one, something that stands for a secret, or how a sentence goes on.
_NO_NEXT_WORD = re.compile(
    rf"\\*[\"']?(?:-|[<(|&>]|\$\(|\.\.\.|{VARIABLE}(?!\w|\$))"
    r"|(?i:a|again|alone|also|an|and|are|argument|as|at|be|before|but|by|can|cannot|comes|could|does|expects|flag|for|from"
    r"|gives|given|had|has|if|in|instead|into|is|it|may|means|missing|must|needs|no|nor|not|of|on|option|or|requires|set"
    r"|sets|shall|should|so|takes|than|that|the|then|they|this|to|until|wants|was|were|when|where|which|will|with"
    r"|without|would|you)(?![\w-])"
)
# Pulumi's own: what comes next is the key of a setting.
_SWITCHES = frozenset({"--secret", "-secret"})


def next_word(text: str, found: re.Match[str]) -> Iterator[Span]:
    """Yield where begins and ends the secret behind an option."""
    option, place = found["option"], found.end()
    if option not in _SWITCHES and is_secret_option(option) and not _NO_NEXT_WORD.match(text, place):
        yield span(_WORD.match(text, place))


def held(text: str, found: re.Match[str]) -> Iterator[Span]:
    """Yield where begins and ends what a secret's name holds in brackets or, where it begins a line, below it."""
    if not _sets_secret(text, found):
        return
    start, name, place = found["start"], found["name"], found.end()
    assigned = found["sign"] != ":"
    yield from structures.in_brackets(text, place, name, assigned=assigned)
    # The lines below a comment are comments.
    if not assigned and start is not None and "#" not in start:
        yield from structures.below(text, place, name, _depth(start))


def set_to(text: str, found: re.Match[str]) -> Iterator[Span]:
    """Yield where begins and ends what a secret's name is set to: a word, or all to the line's end if it begins one."""
    if not _sets_secret(text, found):
        return
    start, place = found["start"], found.end()
    assigned = found["sign"] != ":"
    if start is None:
        yield span((_ASSIGNED_WORD if assigned else _WORD).match(text, place))
    elif not assigned and (header := HEADER.match(text, place)):
        yield indented(text, header.end(), _depth(start))
    else:
        yield span((_ASSIGNED_REST if assigned else REST).match(text, place))


def _depth(start: str) -> int:
    return len(start.rstrip("\"'"))


def _sets_secret(text: str, found: re.Match[str]) -> bool:
    name, sets = found["name"], is_set_name(found["name"])
    if found["sign"] != ":":
        return sets or bool(_SIGNATURES.search(words(name)))
    return sets and (found["start"] is not None or not _is_prose(text, found))


def _is_prose(text: str, found: re.Match[str]) -> bool:
    """Whether a colon in the midst of a line sets nothing.

    `the type token: expired` is a sentence, `--secret: #443a6b` a style, `index/randomPassword:RandomPassword` a type.
    """
    name, start, end = found["name"], found.start("name"), found.end("sign")
    if text[start - 1 : start] == "/" and text[end : end + 1].isupper():
        return True
    if is_unmistakable(name):
        return False
    if name.startswith("--"):
        return True
    # No word of a sentence has a dash or a number in it.
    return name.isalpha() and bool(_AFTER_A_WORD.match(text, start - 2))
