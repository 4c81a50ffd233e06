"""What must never be shown, although the engine hides secrets already.

The engine prints `[secret]` for what it knows to be one. This is the second lock: key material, credentials and what
is derived from them is hidden by its form and by its place, wherever it comes from.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from . import beside, nginx, options, settings
from .names import is_about_one, is_secret_name, is_secret_option, is_section
from .values import SPACE, Span, is_no_secret

__all__ = [
    "HIDDEN",
    "hidden_in",
    "hide",
    "is_in_secret",
    "is_no_secret",
    "is_secret_name",
    "is_secret_option",
    "is_secret_place",
    "without_password",
]

HIDDEN = "[secret]"

_Values = Callable[[str, re.Match[str]], Iterable[Span]]
"""Where in a text the values begin and end of a name that was found there; nowhere if it is not that of a secret."""

# The words PRIVATE KEY in base64, in each of the three ways in which they come out, and what follows: a line may end
# anywhere.
_KEY_IN_BASE64 = "|".join(rf"{SPACE}*+".join(mark) for mark in ("UFJJVkFURSBLRV", "BSSVZBVEUgS0VZ", "QUklWQVRFIEtFW"))
_BASE64_REST = rf"[\w+/=-]*(?:{SPACE}++[\w+/=-]{{20,}})*"

# Whoever writes a change writes the texts as well: no pattern reads any part of one again and again.
_FORMS = (
    # A key, whole or cut off; written so that who looks for keys in files does not take the pattern for one.
    re.compile(
        r"-{5}BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-{5}.*?(?:-{5}END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-{5}|\Z)",
        re.DOTALL,
    ),
    re.compile(rf"(?:{_KEY_IN_BASE64}){_BASE64_REST}"),
    # User and password of a URL, as of a backend. A password may have a slash or an @ in it, but before a digest stands
    # an image, as in oci://registry:5000/nginx@sha256:...; unless a database is addressed, whose paths have no @.
    re.compile(r"(?i)(?:(?<=postgres://)|(?<=postgresql://))[^\s\"'<>`]{1,500}(?=@)"),
    re.compile(r"(?<=://)[^\s\"'<>`/:@]{0,100}:[^\s\"'<>`]{1,500}(?=@(?!sha\d+:))"),
    re.compile(r"(?<=://)[^/\s@]+(?=@)"),
    # The same for MySQL as Go has it: before a protocol and an address in brackets, or before the database alone.
    re.compile(
        r"(?:(?<![^\s\"'=<>`])|(?<=\\n))[^\s\"'=<>`:@/]{1,100}:(?!//)[^\s\"'<>`]{1,500}"
        r"(?=@(?:(?:[a-z]\w{0,20})?\(|/\w))"
    ),
    re.compile(r"(?i)(?<=\bbearer )[ \t]*+[\w.~+/=-]+"),
    # No word of a sentence has a number or a capital in it.
    re.compile(r"(?<=\b[Bb]asic )[ \t]*+(?=[A-Za-z/+]*(?:[0-9=]|[a-z][A-Z]))[\w+/=-]{8,}"),
    re.compile(r"(?i)\bauthorization\W{1,5}(?:basic|token)\s+[\w+/=-]+"),
    # Pulumi's ciphertext, and the salt by which a passphrase can be tried offline.
    re.compile(r"\bv1:[A-Za-z0-9+/=]{8,}:(?:v1:[A-Za-z0-9+/=]+:)?[A-Za-z0-9+/=]+"),
    # Access keys and tokens of clouds, forges, registries and chats. Each kind of GitLab's by its name: any word that
    # begins with gl may be that of a resource.
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    re.compile(
        r"\b(?:gh[pousr]_|github_pat_|gl(?:pat|oas|dt|rtr?|cbt|ptt|ft|imt|agent|wt|soat|ffct)-|pul-|xox[abeprs]-|dckr_pat_)"
        r"[A-Za-z0-9_.-]{16,}"
    ),
    re.compile(r"\b(?:AIza[A-Za-z0-9_-]{35}|npm_[A-Za-z0-9]{36})"),
    # The same of what takes money, sends mail, keeps secrets and answers questions. What begins with sk- may be a name
    # of somebody's own, unless it goes on as no name does.
    re.compile(
        r"\b(?:[rs]k_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[\w+/=]{16,}|sk-[A-Za-z0-9]{32,}"
        r"|(?:sk-(?:proj|svcacct|admin|ant)-|hv[bsr]\.|GOCSPX-)[\w-]{16,}|SG\.[\w-]{16,64}\.[\w-]{16,}"
        r"|AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{16,})"
    ),
    # Who knows the address of such a hook writes to its channel.
    re.compile(r"(?<=hooks\.slack\.com/services/)[\w/]+"),
    re.compile(r"(?<=/webhooks/)\d{15,20}/[\w-]{16,}"),
    re.compile(r"(?<=/bot)\d{6,12}:[\w-]{16,}"),
    # Only where such a word begins: from every `eyJ` within a long one, all that follows would be read again.
    re.compile(r"(?<![\w-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"),
    # Hashes of passwords, as files of users have them; a Compose file doubles the signs. In nginx `$5$6` is two matches
    # of an expression, so what is no hash in length is none.
    re.compile(r"\${1,2}(?:2[abxy]?\${1,2}\d\d|apr1|y\${1,2}j\w{1,9}|argon2(?:id?|d))\${1,2}[\w./+=,$-]+"),
    re.compile(r"\${1,2}[156]\${1,2}(?:rounds=\d{1,9}\${1,2})?[A-Za-z0-9./]{1,16}\${1,2}[A-Za-z0-9./]{20,}"),
    # Behind the name of a user the password itself, as nginx takes it.
    re.compile(r"(?<=:)\{PLAIN\}\S+"),
    re.compile(r"\{(?:S?SHA(?:-?\d{3})?|S?MD5|CRYPT|PLAIN)\}[\w./+=$-]{8,}"),
)
# In this order: what is hidden of brackets and of lines below a name leaves nothing for the line of the name itself.
_NAMED: tuple[tuple[re.Pattern[str], _Values], ...] = (
    (nginx.DIRECTIVE, nginx.given),
    (nginx.COMPARISON, nginx.compared),
    (nginx.MAP, nginx.mapped),
    (options.OPTION, options.next_word),
    (options.ATTACHED, options.next_word),
    (options.LOGIN, options.login_password),
    (options.PGPASS, options.login_password),
    (options.REFUSAL, options.refused),
    (options.KEYWORD, options.announced),
    (options.IN_QUOTES, options.in_quotes),
    (options.LINE, options.alone),
    (beside.VALUE, beside.before),
    (beside.CALL, beside.passed),
    (beside.ELEMENT, beside.enclosed),
    (beside.ENTRY, beside.enclosed),
    (settings.PAIR, settings.held),
    (settings.PAIR, settings.set_to),
    (settings.SETTING, settings.held),
    (settings.SETTING, settings.set_to),
)
# How a volume takes what is in a Secret, or a token that is made for it: neither is there.
_MOUNTED = re.compile(r"\b(?:volumes|sources)\[\d+\]\.(?:secret|serviceAccountToken)\.(?:items\[\d+\]\.)?\w+$")
# By what key the Secret that an ExternalSecret makes shall have it.
_EXTERNAL_KIND = re.compile(r"kubernetes:external-secrets\.io/\w+:\w+")
_EXTERNAL_KEY = re.compile(r"\bdata\[\d+\]\.(?:match\.)?secretKey$")
_INDEXES = re.compile(r"\[\d+\]")
_SECRET_KIND = re.compile(r"kubernetes:core/v1:Secret(?:Patch|List)?")
# The annotations as well: kubectl keeps there what was applied.
_SECRET_PLACES = re.compile(r"(?:items\[\d+\]\.)?(?:data|stringData|metadata\.annotations)(?:$|\W)")


def hide(text: str) -> str:
    """The text without anything that has the form of a secret."""
    return _hidden(text)[0]


def hidden_in(text: str) -> list[str]:
    """What stands in a text for each `HIDDEN` that `hide` leaves, in order: to be compared, never to be shown."""
    return _hidden(text)[1]


def is_in_secret(kind: str, path: str) -> bool:
    """Whether a property belongs to what a Secret of Kubernetes holds: all of it is one."""
    return bool(_SECRET_KIND.fullmatch(kind) and _SECRET_PLACES.match(path))


def is_secret_place(kind: str, path: str) -> bool:
    """Whether a property holds a secret by where it stands.

    Args:
        kind: Type token of the resource, as `kubernetes:core/v1:Secret`.
        path: Path of the property, as `stringData.password`.
    """
    if is_in_secret(kind, path):
        return True
    if _EXTERNAL_KIND.fullmatch(kind) and _EXTERNAL_KEY.search(path):
        return False
    *above, last = _keys(path)
    if is_secret_name(last):
        return True
    below_one = any(is_secret_name(key) and not is_section(key) for key in above)
    return below_one and not (is_about_one(last) or _MOUNTED.search(path))


def without_password(option: str, word: str) -> str:
    """The word behind an option of a command without the password behind its colon, as of `--user bob:...`."""
    start = options.secret_from(option, word)
    return f"{word[:start]}{HIDDEN}" if start < len(word) else word


def _hidden(text: str) -> tuple[str, list[str]]:
    """The text without secrets, and what was in the place of each `HIDDEN` in it."""
    parts = [HIDDEN] * text.count(HIDDEN)
    for form in _FORMS:
        text, parts = _without(text, parts, (found.span() for found in form.finditer(text)))
    for named, values in _NAMED:
        text, parts = _without(text, parts, _of_names(text, named, values))
    return text, parts


def _of_names(text: str, named: re.Pattern[str], values: _Values) -> Iterator[Span]:
    """Yield where begins and ends each value of a secret's name; the name stays."""
    place = 0
    while found := named.search(text, place):
        place = found.end()
        for start, end in values(text, found):
            if start < end:
                yield start, end
            place = max(place, end)


def _without(text: str, parts: list[str], spans: Iterable[Span]) -> tuple[str, list[str]]:
    """The text with `HIDDEN` in these places, and its parts with what was there."""
    pieces, hidden, rest, done = list[str](), list[str](), iter(parts), 0
    for start, end in spans:
        pieces += (text[done:start], HIDDEN)
        hidden += islice(rest, pieces[-2].count(HIDDEN))
        # What was hidden before may be a part of it.
        first, *more = text[start:end].split(HIDDEN)
        hidden.append(first + "".join(next(rest, HIDDEN) + each for each in more))
        done = end
    return "".join((*pieces, text[done:])), [*hidden, *rest]


def _keys(path: str) -> Iterator[str]:
    """Yield the keys of a path, at least one, whatever is in them: `data` and `api.key` of `data["api.key"][0]`."""
    first, *quoted = _INDEXES.sub("", path).split('["')
    yield from first.split(".")
    for part in quoted:
        key, _, plain = part.rpartition('"]')
        yield key
        if plain:
            yield from plain.removeprefix(".").split(".")
