"""What a text has for a secret as the next word: behind an option of a command, or as a file of logins writes it."""

import re
from collections.abc import Iterator

from .names import is_secret_option
from .values import ONE_WORD, PLAIN, QUOTED, STRUCTURE, VARIABLE, Span, span

OPTION = re.compile(
    r"(?<![\w-])(?P<option>--?[A-Za-z][\w.-]*+)"
    r"(?:[ \t]++(?:\\\r?\n[ \t]*+)?+|\\*+[\"'](?:,\s*+|[ \t]++)(?=\\*+[\"'])|[\"']?[ \t]*+\r?\n[ \t]*+-[ \t]++)"
)
"""An option and what stands before the next word: a blank, or that of a list."""
ATTACHED = re.compile(r"(?<![^\s\"'])(?P<option>-u)(?=[\"']?[^\s:%\"']{1,100}+:)")
"""curl's short option with an account right behind it."""
LOGIN = re.compile(r"\blogin\s++\S++\s++(?:account\s++\S++\s++)?+password\s++(?P<password>\S++)")
"""A login as it stands in a .netrc."""
_WORD = re.compile(rf"{PLAIN}(?:{QUOTED}(?!{STRUCTURE}){ONE_WORD})")
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
# Other programs have the short ones as well: behind them stand the format of a date, a URL, an expression.
_COLON = rf":(?!//|\$\(|{VARIABLE}$)"
_USER = re.compile(rf"[^\s:%]++{_COLON}")
_CERTIFICATE = re.compile(rf"[^\s:]++{_COLON}")
_FILE = re.compile(rf"[^\s:]*\.\w{{1,4}}{_COLON}")
_ACCOUNTS = {
    "--user": _USER,
    "-u": _USER,
    "--proxy-user": _USER,
    "-U": _USER,
    "--cert": _CERTIFICATE,
    "--proxy-cert": _CERTIFICATE,
    "-E": _FILE,
}
"""Options behind which an account or a certificate stands with its password, and what comes before the password."""


def next_word(text: str, found: re.Match[str]) -> Iterator[Span]:
    """Yield where begins and ends the secret behind an option."""
    option, place = found["option"], found.end()
    if option in _ACCOUNTS:
        start, end = span(_WORD.match(text, place))
        yield start + secret_from(option, text[start:end]), end
    elif option not in _SWITCHES and is_secret_option(option) and not _NO_NEXT_WORD.match(text, place):
        yield span(_WORD.match(text, place))


def login_password(_: str, found: re.Match[str]) -> Iterator[Span]:
    """Yield where begins and ends the password of a login."""
    yield found.span("password")


def secret_from(option: str, word: str) -> int:
    """Where in the word behind an option its password begins; at the end if it has none."""
    before = _ACCOUNTS[option].match(word) if option in _ACCOUNTS else None
    return before.end() if before else len(word)
