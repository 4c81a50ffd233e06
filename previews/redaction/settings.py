"""What a text sets the name of a secret to, behind a sign."""

import re
from collections.abc import Iterator

from . import structures
from .names import is_authorization, is_secret_variable, is_set_name, is_unmistakable, words
from .values import (
    ALL,
    ASSIGNED_STRUCTURE,
    HEADER,
    LONG,
    ONE_WORD,
    PLAIN,
    QUOTE,
    QUOTED,
    REST,
    SPACE,
    STRUCTURE,
    VARIABLE,
    Span,
    folded,
    indented,
    span,
)

# Behind the sign a shell goes on after the end of a line, too, and programs do before a text in quotes.
# Before an equals sign may stand the end of a subscript, and what make, Go and Ruby write: `a["password"] ||= "b"`.
_SIGN = (
    r"\\*+[\"']{0,2}+(?:\](?=[ \t]*+[^\s:]))?+[ \t]*+(?P<sign>(?:[+?]|:{1,3}|\|\|)?=>?(?!=)|:(?![:=]))"
    r"(?! (?:Invalid|Unsupported|Duplicate) value: \\*[\"']| Not found: \\*[\"'])"
    r"[ \t]*+(?:\\\r?\n[ \t]*+|(?<=[=>])\r?\n[ \t]++(?=[\"']))?+"
)
SETTING = re.compile(
    rf"(?P<start>^(?:[ \t#;*>|+/]|-[ \t])*+[\"']?(?!-))?(?<![\w.-])(?P<name>[\w.-]++){_SIGN}",
    re.MULTILINE,
)
"""A name and the sign after it; before it, where it begins a line, what stands there. Two colons belong to a URN."""
PAIR = re.compile(
    rf"(?<![\w.-])(?i:name|key){QUOTE}[ \t]*+(?:=>?|:)[ \t]*+{QUOTE}(?P<name>[\w.-]++){QUOTE}"
    rf"(?:,|{SPACE})+?(?P<start>^[ \t]*+)?{QUOTE}(?i:value){_SIGN}",
    re.MULTILINE,
)
"""A name and the sign before its value where each has a key, as a variable of a container: `name: a, value: b`."""
_SIGNATURES = re.compile(r"(?:^|_)sig(?:nature)?$")
_AFTER_A_WORD = re.compile(r"\w ")
_WORD = re.compile(rf"{PLAIN}(?:{QUOTED}(?!{STRUCTURE}){ONE_WORD})")
_ASSIGNED_WORD = re.compile(rf"{PLAIN}(?:{QUOTED}(?!{ASSIGNED_STRUCTURE}){ONE_WORD})")
_ASSIGNED_REST = re.compile(rf"{PLAIN}(?:{QUOTED}(?!{ASSIGNED_STRUCTURE}){ALL})")
# The scheme and the word behind it.
_CREDENTIALS = re.compile(
    rf"{PLAIN}(?:{QUOTED}(?!{STRUCTURE})(?P<credentials>(?:[A-Za-z][\w-]*+[ \t]++)?+(?:[^\s\"\\]|\\(?![\"']))++))"
)
_LONG = re.compile(LONG)
# In the midst of a line such a sign, or a blank, shows that the quote ends a text which has the name in it.
_LONG_WITHIN = re.compile(rf"(?!\"'|'\"|[\"'][\s,;:+.&|$)\]}}\\]){LONG}")
# What a shell says, or takes nothing for, where a variable is not set.
_NO_DEFAULT = re.compile(r"-?\}|\?[^{}\"'\n]*+\}")
# By what key the Secret that an ExternalSecret makes shall have it.
_EXTERNAL_KEY = re.compile(rf"{QUOTE}[\w.-]++{QUOTE}(?:,|{SPACE})++{QUOTE}remoteRef{QUOTE}:")
_QUOTED_OR_ALONE = re.compile(r"\\*+[\"']|\S{1,500}+[ \t]*+(?:[\r\n]|\Z)")
_ENDS = r"(?![^\s\"'\\,;)])"
# A scheme alone or before what is hidden already, a switch, and what comes from elsewhere.
_NO_CREDENTIALS = re.compile(
    rf"\\*+[\"']?(?:(?i:basic|bearer|digest|token|enabled|disabled)(?:[ \t]++\[secret\])?"
    rf"{_ENDS}(?![ \t]++[^\s\"'\\,;)])"
    rf"|{VARIABLE}{_ENDS}|(?:(?i:basic|bearer|token) )?(?:\$\(|\{{\{{))"
)


def held(text: str, found: re.Match[str]) -> Iterator[Span]:
    """Yield where begins and ends what a secret's name holds in brackets or, where it begins a line, below it."""
    if not _sets_secret(text, found):
        return
    start, name, place = found["start"], found["name"], found.end()
    assigned = found["sign"] != ":"
    yield from structures.in_brackets(text, place, name, assigned=assigned)
    if not assigned and start is not None and not _is_comment(start):
        yield from structures.below(text, place, name, _depth(start))


def set_to(text: str, found: re.Match[str]) -> Iterator[Span]:
    """Yield where begins and ends what a secret's name is set to: a word, or all to the line's end if it begins one."""
    if not (_sets_secret(text, found) or _authorizes(text, found)):
        return
    start, place = found["start"], found.end()
    if long := _long(text, found):
        yield span(long)
    elif start is None:
        yield span(_word(found).match(text, place))
    elif found["sign"] != ":":
        yield span(_ASSIGNED_REST.match(text, place))
    elif header := HEADER.match(text, place):
        yield indented(text, header.end(), _depth(start))
    elif _is_comment(start):
        yield span(REST.match(text, place))
    else:
        yield folded(text, place, _depth(start))


def _long(text: str, found: re.Match[str]) -> re.Match[str] | None:
    """What a name is set to in quotes that may be some lines below."""
    if found["start"] is not None:
        return _LONG.match(text, found.end())
    return _LONG_WITHIN.match(text, found.end()) if found["sign"] != ":" else None


def _word(found: re.Match[str]) -> re.Pattern[str]:
    """How what belongs to a name in the midst of a line is written."""
    if is_authorization(found["name"]):
        return _CREDENTIALS
    return _WORD if found["sign"] == ":" else _ASSIGNED_WORD


def _depth(start: str) -> int:
    return len(start.rstrip("\"'"))


def _is_comment(start: str) -> bool:
    """Whether a line is a comment: what is below it, further to the right, does not belong to it."""
    return any(sign in start for sign in "#;/")


def _authorizes(text: str, found: re.Match[str]) -> bool:
    return is_authorization(found["name"]) and not _NO_CREDENTIALS.match(text, found.end())


def _sets_secret(text: str, found: re.Match[str]) -> bool:
    name, place = found["name"], found.start("name")
    if text[place - 2 : place] == "${" and _NO_DEFAULT.match(text, found.end()):
        return False
    if found["sign"] != ":":
        return is_set_name(name) or is_secret_variable(name) or bool(_SIGNATURES.search(words(name)))
    if name == "secretKey" and _EXTERNAL_KEY.match(text, found.end()):
        return False
    if is_set_name(name):
        return found["start"] is not None or not _is_prose(text, found)
    # A message may begin with such a name as well, but goes on with several words.
    return is_secret_variable(name) and bool(_QUOTED_OR_ALONE.match(text, found.end()))


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
