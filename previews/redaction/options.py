"""What a text has for a secret as the next word: behind an option of a command, or behind its name and a blank."""

import re
from collections.abc import Iterator

from .names import is_secret_option, is_secret_variable, is_set_name, is_unmistakable
from .values import ASSIGNED_STRUCTURE, ONE_WORD, PLAIN, QUOTE, QUOTED, STRUCTURE, VARIABLE, Span, span

OPTION = re.compile(
    r"(?<![\w-])(?P<option>--?[A-Za-z][\w.-]*+)"
    r"(?:[ \t]++(?:\\\r?\n[ \t]*+)?+|\\*+[\"'](?:,\s*+|[ \t]++)(?=\\*+[\"'])|[\"']?[ \t]*+\r?\n[ \t]*+-[ \t]++)"
)
"""An option and what stands before the next word: a blank, or that of a list."""
ATTACHED = re.compile(r"(?<![^\s\"'])(?P<option>-u)(?=[\"']?[^\s:%\"']{1,100}+:)")
"""curl's short option with an account right behind it."""
LOGIN = re.compile(r"\blogin\s++\S++\s++(?:account\s++\S++\s++)?+password\s++(?P<password>\S++)")
"""A login as it stands in a .netrc."""
# No database is called like a number there; and an address of IPv6 has colons, too.
PGPASS = re.compile(
    r"(?:^[ \t]*+(?P<line>(?=\S))|(?<![^\s\"']))"
    r"(?!\[?+[0-9A-Fa-f]{1,4}:[0-9A-Fa-f:]++(?:[\s/\]\"',;]|\Z))(?:[^\s\"':\\]|\\.){1,255}+:(?:\d{4,5}|\*):(?![\d.]++:)"
    r"(?:[^\s\"':\\]|\\.){1,64}+:(?:[^\s\"':\\]|\\.){1,64}+:"
    rf"(?!{VARIABLE}(?:[\s\"']|\Z))(?P<password>(?(line)[^\r\n]++|(?:[^\s\"'\\]|\\.)++))",
    re.MULTILINE,
)
"""A line of a .pgpass, or one in quotes: `host:port:database:user:password`."""
REFUSAL = re.compile(
    r"(?<![\w.-])(?P<name>[\w.-]++)\]?+: (?:(?:Invalid|Unsupported|Duplicate) value|Not found): (?=\\*+[\"'])"
)
"""How the API server refuses a field, before its value: `data[password]: Invalid value: "a"`."""
# A quote before a sign of a program or of a sentence ends a text that has the name in it; and in a sentence a thing is
# identified by something.
IN_QUOTES = re.compile(
    r"(?<![\w.-])(?P<name>[\w.-]++)[ \t]++(?=\\*+[\"'][^\s\"'\\,;:+.&|)\]}])"
    r"|(?i:\b(?<!\bis )(?<!\bare )(?<!\bbe )identified\s++(?:with\s++\S++\s++)?+(?:by|as)\s++)(?=\\*+[\"'])"
)
"""A name and the blank before a value in quotes, as SQL has it: `PASSWORD 'a'`, `IDENTIFIED BY 'a'`."""
# A directive of nginx is looked for by its own name.
LINE = re.compile(
    r"^[ \t]*+(?P<env>ENV[ \t]++)?+(?P<name>[A-Za-z][\w.-]*+)[ \t]++(?![=:+?|>]++(?:\s|\Z))(?=\S++(?<!;)[ \t]*+\r?$)",
    re.MULTILINE,
)
"""A name and the blank before the only word behind it on its line, as Fluent Bit, Fluentd, Redis and Docker have it."""
KEYWORD = re.compile(r"\binsecure-password[ \t]++")
"""What HAProxy writes before the password of a user."""
_WORD = re.compile(rf"{PLAIN}(?:{QUOTED}(?!{STRUCTURE}){ONE_WORD})")
# How a sentence goes on.
_SENTENCE = (
    r"(?i:a|again|alone|also|an|and|are|argument|as|at|be|before|but|by|can|cannot|comes|could|does|expects|expired"
    r"|flag|for|from|gives|given|had|has|if|in|incorrect|instead|into|invalid|is|it|may|means|missing|must|needs|no|nor"
    r"|not|of|on|option|or|required|requires|set|sets|shall|should|so|takes|than|that|the|then|they|this|to|until|wants"
    r"|was|were|when|where|which|will|with|without|would|wrong|you)(?![\w-])"
)
# Or behind an option comes another one, or something that stands for a secret.
_NO_NEXT_WORD = re.compile(rf"\\*[\"']?(?:-|[<(|&>]|\$\(|\.\.\.|{VARIABLE}(?!\w|\$)|{_SENTENCE})")
_ELSEWHERE = rf"(?!{QUOTE}(?:{VARIABLE}(?![^\s\"'\\])|\$\(|\{{\{{))"
_BEHIND_A_BLANK = re.compile(rf"{PLAIN}{_ELSEWHERE}(?:{QUOTED}(?!{_SENTENCE})(?!{ASSIGNED_STRUCTURE}){ONE_WORD})")
# Pulumi's own: what comes next is the key of a setting.
_SWITCHES = frozenset({"--secret", "-secret"})
# Other programs have the short ones as well: behind them stand the format of a date, a URL, an expression.
_COLON = rf":(?!//|\$\(|{VARIABLE}$)"
_USER = re.compile(rf"[^\s:%]++{_COLON}")
_CERTIFICATE = re.compile(rf"[^\s:]++{_COLON}")
_FILE = re.compile(rf"[^\s:]*\.\w{{1,4}}{_COLON}")
_GIVEN_ITSELF = re.compile(rf"pass{_COLON}")
_ACCOUNTS = {
    "--user": _USER,
    "-u": _USER,
    "--proxy-user": _USER,
    "-U": _USER,
    "--cert": _CERTIFICATE,
    "--proxy-cert": _CERTIFICATE,
    "-E": _FILE,
    "-passin": _GIVEN_ITSELF,
    "-passout": _GIVEN_ITSELF,
}
"""Options behind which a password stands after a colon, as that of an account, and what comes before the password."""


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


def refused(text: str, found: re.Match[str]) -> Iterator[Span]:
    """Yield where begins and ends the value of a secret that is refused."""
    if is_set_name(found["name"]):
        yield from announced(text, found)


def in_quotes(text: str, found: re.Match[str]) -> Iterator[Span]:
    """Yield where begins and ends what is in quotes behind the name of a password."""
    name = found["name"]
    if name is None or (is_set_name(name) and is_unmistakable(name)):
        yield from announced(text, found)


def alone(text: str, found: re.Match[str]) -> Iterator[Span]:
    """Yield where begins and ends the secret that has a line for itself and its name."""
    # No word of a sentence has a dash or a number in it.
    name = found["name"]
    if found["env"]:
        is_one = is_set_name(name) or is_secret_variable(name)
    else:
        is_one = is_set_name(name) and (is_unmistakable(name) or not name.isalpha())
    if is_one:
        yield from announced(text, found)


def announced(text: str, found: re.Match[str]) -> Iterator[Span]:
    """Yield where begins and ends the secret behind what says that it is one, and a blank."""
    yield span(_BEHIND_A_BLANK.match(text, found.end()))


def secret_from(option: str, word: str) -> int:
    """Where in the word behind an option its password begins; at the end if it has none."""
    before = _ACCOUNTS[option].match(word) if option in _ACCOUNTS else None
    return before.end() if before else len(word)
