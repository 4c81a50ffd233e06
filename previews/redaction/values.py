"""How a secret is written in a text: the patterns that everything has in common which looks for one behind a name."""

import re

Span = tuple[int, int]
"""Where in a text something begins and ends."""

SWITCH = r"(?i:true|false|yes|no|on|off)"
# Where a secret comes from: a variable, what a command prints, a template; but none with words of its own that could be
# one. A secret may begin with a dollar sign itself: without braces only a name in capitals is a variable's.
ELSEWHERE = (
    r"(?:\$(?:[A-Z_][A-Z0-9_]*+|\{[A-Za-z_]\w*+(?:\.\w++)*+(?::?-|:?\?[^{}\"'\n]*+)?\}"
    r"|\((?![^()\n]*(?:\b(?:echo|printf)\b|passwd|<<<))[^()\n]*+\))|\$?\{\{[^{}\"'`\n]*+\}\})"
)
_NO_SECRET = re.compile(rf"{SWITCH}|{ELSEWHERE}")
ENDS = r"(?=[\s,;)\]}\"'\\]|</|\Z)"
"""Where a value may end that is not in quotes."""
# A yes or no is no secret where it is all of the value: others may begin like it. Nor are quoted brackets around words,
# which stand for what is not shown, as this project's messages do of a key, and what only says where a secret is.
PLAIN = (
    rf"(?!\\*+[\"']{{1,2}}{SWITCH}\\*+[\"']|{SWITCH}[ \t]*+(?:[\r\n]|</|\Z)"
    rf"|(?P<around>\\*+[\"']{{1,2}}){ELSEWHERE}(?P=around){ENDS}|{ELSEWHERE}[ \t]*+[,;]?[ \t]*+(?:[\r\n]|</|\Z)"
    rf"|\\*[\"']{{0,2}}(?:(?:(?i:true|false|null|none)|\(not set\)){ENDS}"
    r"|(?<=[\"'])(?:\[[a-z0-9 ]*\]|\(PEM\)|RSA of \d+ bits)\\*[\"']))"
)
QUOTE = r"(?:\\*+[\"']{1,2})?+"
# What is in quotes goes on behind one that is escaped: by a backslash, by another quote, by more backslashes than the
# first has. Two of them begin a value within another one in such quotes, unless what follows shows that it is empty.
# Without quotes a bracket holds something further.
QUOTED = (
    r"\"(?P<double>(?:[^\"\\\n]|\\.)++)|'(?P<single>(?:[^'\\\n]|\\.|'')++)"
    r"|(?P<open>\\++[\"'])(?P<escaped>(?:(?!(?P=open))(?:\\++[^\\\n]|[^\"\\\n]))++)"
    r"|(?P<two>\"\"|'')(?![\s\"'\\,;:+.&|)\]}>/])(?P<doubled>(?:(?!(?P=two))(?:[^\\\n]|\\.))++)|(?!\\*[\"'])"
)
# It may go on over lines, to the quotes that end it. Bounded, or all would be hidden behind some that nothing ends.
_BREAK = r"\\?+\r?\n"
LONG = (
    r"(?:[A-Za-z]{0,2}(?P<three>\"\"\"|''')"
    rf"(?P<long>(?:(?:(?!(?P=three))(?:[^\\\n]|\\.))*+{_BREAK}){{0,100}}+(?:(?!(?P=three))(?:[^\\\n]|\\.))*+)(?=(?P=three))"
    rf"|\"(?P<long_double>(?:(?:[^\"\\\n]|\\.)*+{_BREAK}){{1,100}}+(?:[^\"\\\n]|\\.)*+)(?=\")"
    rf"|'(?P<long_single>(?:(?:[^'\\\n]|\\.|'')*+{_BREAK}){{1,100}}+(?:[^'\\\n]|\\.|'')*+)(?='))"
)
# The same with its end, where it may be empty.
WHOLE_QUOTED = (
    r"\"(?P<double>(?:[^\"\\\n]|\\.)*+)\"|'(?P<single>(?:[^'\\\n]|\\.|'')*+)'"
    r"|(?P<open>\\++[\"'])(?P<escaped>(?:(?!(?P=open))(?:\\++[^\\\n]|[^\"\\\n]))*+)(?P=open)"
)
# After an equals sign a secret may begin with one, where no structure follows, nor what is hidden already as a whole.
STRUCTURE = r"[\[{]"
ASSIGNED_STRUCTURE = r"[\[{](?:[\s\"'\[{]|$)|\[secret\](?:[\s\"'\\,;}\])&]|$)"
ONE_WORD = rf"(?!{ELSEWHERE}{ENDS})(?P<word>(?:\$\([^()\n]*+\)|\$\{{{{[^{{}}\n]*+\}}\}}|[^\s\"\\]|\\(?![\"']))++)"
ALL = r"(?P<rest>[^\r\n]++)"
# A variable alone hands on what comes from elsewhere.
VARIABLE = r"(?:(?i:basic|bearer|token) )?\$(?:\w++|\{\w++\})"
REST = re.compile(rf"{PLAIN}(?:{QUOTED}(?!{STRUCTURE}){ALL})")
# Within JSON as well, where a line feed is a letter behind a backslash.
SPACE = r"(?:\s|\\+[nt])"
# YAML: the anchor and the type of a value, and the first line of a text of several lines.
PROPERTIES = r"(?:[&!][\w!.-]*+(?!\S)[ \t]*+)*+"
HEADER = re.compile(rf"{PROPERTIES}[|>][-+\d]*+[ \t]*+(?:#[^\n]*+)?\r?\n")
BELOW = re.compile(rf"{PROPERTIES}(?:#[^\n]*+)?(?:\r?\n|\Z)")
"""What stands behind a name that has its value on the lines below."""
_LINE_END = re.compile(r"\r?\n")


def span(found: re.Match[str] | None) -> Span:
    """Where the last group of a match begins and ends; nowhere without one."""
    return found.span(found.lastgroup or 0) if found else (0, 0)


def is_no_secret(value: object) -> bool:
    """Whether a value is no secret, whatever its name: a yes or no, also as a text, or what says where one is."""
    return isinstance(value, bool) or (isinstance(value, str) and bool(_NO_SECRET.fullmatch(value)))


def folded(text: str, place: int, depth: int) -> Span:
    """Where a value begins and ends that goes on, in quotes or not, on the lines that are further to the right."""
    start, end = span(REST.match(text, place))
    line_end = _LINE_END.match(text, end)
    if start == end or not line_end or BELOW.match(text, place):
        return start, end
    first, last = indented(text, line_end.end(), depth)
    return start, last if first < last else end


def indented(text: str, place: int, depth: int) -> Span:
    """Where the lines begin and end that are further to the right than the name above them."""
    end = place
    while end < len(text):
        line = text[end : text.find("\n", end) + 1 or len(text)]
        if line.strip() and len(line) - len(line.lstrip()) <= depth:
            break
        end += len(line)
    held = text[place:end]
    return end - len(held.lstrip()), place + len(held.rstrip())
