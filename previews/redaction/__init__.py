"""What must never be shown, although the engine hides secrets already.

The engine prints `[secret]` for what it knows to be one. This is the second lock: key material, credentials and what
is derived from them is hidden by its form and by its place, wherever it comes from.
"""

import re
from collections.abc import Callable, Iterator

HIDDEN = "[secret]"

_Place = Callable[[str, re.Match[str]], tuple[int, int]]
"""Where in a text the value begins and ends of a name that was found there; nowhere if it is not that of a secret."""

# A run of base64, over several lines where it is wrapped.
_BASE64_REST = r"[\w+/=-]*(?:\s+[\w+/=-]{20,})*"

# Whoever writes a change writes the texts as well: no pattern reads any part of one again and again.
_FORMS = (
    # A key, whole or cut off; written so that who looks for keys in files does not take the pattern for one.
    re.compile(
        r"-{5}BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-{5}.*?(?:-{5}END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-{5}|\Z)",
        re.DOTALL,
    ),
    # The same in base64: the words PRIVATE KEY, in each of the three ways in which they come out, and what follows.
    re.compile(rf"(?:UFJJVkFURSBLRV|BSSVZBVEUgS0VZ|QUklWQVRFIEtFW){_BASE64_REST}"),
    # User and password of a URL, as of a backend. A password may have a slash or an @ in it, but before a digest stands
    # an image, as in oci://registry:5000/nginx@sha256:...; unless a database is addressed, whose paths have no @.
    re.compile(r"(?i)(?:(?<=postgres://)|(?<=postgresql://))[^\s\"'<>`]{1,500}(?=@)"),
    re.compile(r"(?<=://)[^\s\"'<>`/:@]{0,100}:[^\s\"'<>`]{1,500}(?=@(?!sha\d+:))"),
    re.compile(r"(?<=://)[^/\s@]+(?=@)"),
    re.compile(r"(?i)(?<=\bbearer )[\w.~+/=-]+"),
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
    # Only where such a word begins: from every `eyJ` within a long one, all that follows would be read again.
    re.compile(r"(?<![\w-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"),
)
# Names of secrets as `_words` writes them: small letters, one underscore between words.
_WORDS = (
    r"(?:passw(?:or)?d|pass_?phrase|(?:private|secret|api|access|account|encryption|shared|signing)_?key"
    r"|token|credential|bcrypt_?hash|connection_?string)"
)
# Short words count only as the last one, with a number or the ending of a file after them at most: secretName,
# passthrough and passing are none. The Secret that a chart shall use is named by existingSecret.
_LAST_WORDS = (
    r"(?:^|_)(?:(?<!existing_)secret|(?<!proxy_)pass|pwd|dsn)(?:_?\d+)?(?:_(?:txt|json|ya?ml|env|conf))?$"
    r"|(?:^|_)secret_(?:value|string|data|text|id)$|^secrets$"
)
_NAMES = re.compile(
    rf"{_WORDS}|{_LAST_WORDS}|secret_?access|kubeconfig|authorization|last_applied_configuration|docker_?config_?json"
    r"|dockercfg"
)
# In a text such a word ends the name, as much is said about tokens that is none; and a kubeconfig is a path there.
_SET_NAMES = re.compile(rf"{_WORDS}s?(?:_?\d+)?$|(?<!existing_)secret(?:_?\d+)?$|{_LAST_WORDS}")
_SIGNATURES = re.compile(r"(?:^|_)sig(?:nature)?$")
_UNMISTAKABLE = re.compile(r"(?:passw(?:or)?d|_key)s?(?:_?\d+)?$")
_AFTER_A_WORD = re.compile(r"\w ")
# A name and the sign after it; before it, where it begins a line, what stands there. Another colon belongs to a URN.
_SETTING = re.compile(
    r"(?P<start>^(?:[ \t#;*>|+/]|-[ \t])*+[\"']?(?!-))?(?<![\w.-])(?P<name>[\w.-]++)"
    r"\\*+[\"']?[ \t]*+(?P<sign>=>?(?!=)|:(?![:=]))[ \t]*+",
    re.MULTILINE,
)
# A yes or no is no secret, and quoted brackets around words stand for what is not shown, as this project's messages do
# of a key.
_PLAIN = (
    r"(?!\\*[\"']?(?:(?i:true|false|null|none)(?![\w-])|(?<=[\"'])(?:\[[a-z0-9 ]*\]|\(PEM\)|RSA of \d+ bits)\\*[\"']))"
)
# What is in quotes goes on behind one that is escaped: by a backslash, by another quote, by more backslashes than the
# first has. Without quotes a bracket holds something further.
_QUOTED = (
    r"\"(?P<double>(?:[^\"\\\n]|\\.)++)|'(?P<single>(?:[^'\\\n]|\\.|'')++)"
    r"|(?P<open>\\++[\"'])(?P<escaped>(?:(?!(?P=open))(?:\\++[^\\\n]|[^\"\\\n]))++)|(?!\\*[\"'])"
)
# After an equals sign a secret may begin with one, where no structure follows, nor what is hidden already as a whole.
_STRUCTURE = r"[\[{]"
_ASSIGNED_STRUCTURE = r"[\[{](?:[\s\"'\[{]|$)|\[secret\](?:[\s\"'\\,;}\])&]|$)"
_ONE_WORD = r"(?P<word>(?:[^\s\"\\]|\\(?![\"']))++)"
_ALL = r"(?P<rest>[^\r\n]++)"
_WORD = re.compile(rf"{_PLAIN}(?:{_QUOTED}(?!{_STRUCTURE}){_ONE_WORD})")
_REST = re.compile(rf"{_PLAIN}(?:{_QUOTED}(?!{_STRUCTURE}){_ALL})")
_ASSIGNED_WORD = re.compile(rf"{_PLAIN}(?:{_QUOTED}(?!{_ASSIGNED_STRUCTURE}){_ONE_WORD})")
_ASSIGNED_REST = re.compile(rf"{_PLAIN}(?:{_QUOTED}(?!{_ASSIGNED_STRUCTURE}){_ALL})")
# A directive of nginx gives a header, a parameter or a variable its value without a sign. Within JSON a line may begin
# with the letter of the line feed before it.
_DIRECTIVE = re.compile(
    r"(?:(?:proxy|grpc)_set_header|(?:fastcgi|uwsgi|scgi)_param|add_header|(?:(?<!\w)|(?<=\\[nt]))set(?=(?:\s|\\+[nt])+\$))"
    r"(?:\s|\\+[nt])++(?:\\*+[\"'])?+(?P<name>\$?[\w.-]++)(?:\\*+[\"'])?+(?:\s|\\+[nt])++"
)
# Nor is a yes or no a secret there, or a variable alone: it hands on what comes from elsewhere.
_HANDED_ON = (
    r"(?!(?P<mark>\\*+[\"']?+)(?:[01]|on|off|(?:(?i:basic|bearer|token) )?\$(?:\w++|\{\w++\}))(?P=mark)(?:[\s;]|$))"
)
# Without quotes it ends where an argument does; a sentence has no semicolon behind it.
_ARGUMENT = r"(?P<argument>(?:[^\s;\\]|\\.)++)(?=\s*+(?:(?:always|if_not_empty)\s*+)?;)"
_GIVEN = re.compile(rf"{_PLAIN}{_HANDED_ON}(?:{_QUOTED}(?!{_ASSIGNED_STRUCTURE}){_ARGUMENT})")
# YAML: the first line of a text of several lines, and a value on the next line.
_HEADER = re.compile(r"[|>][-+\d]*+[ \t]*+(?:#[^\n]*+)?\r?\n")
_BELOW = re.compile(
    r"(?:#[^\n]*+)?\r?\n(?P<indent> *+)(?!- |[#{\[])(?P<below>[\"'][^\r\n]*+|(?:(?!:\s)[^\r\n])++(?<!:)(?=\r?$))",
    re.MULTILINE,
)
_OPTION = re.compile(r"--?[A-Za-z][\w.-]*")
# What is said about a secret, and is none: of a name and, below one, of the last key.
_ABOUT = re.compile(r"_(?:algorithm|length|name|ref|seconds)$")
_ABOUT_ONE = re.compile(r"(?:^|_)(?:algorithm|count|encoding|length|name|namespace|ref|rotation_policy|seconds|size)$")
# How a volume takes what is in a Secret, or a token that is made for it: neither is there.
_MOUNTED = re.compile(r"\b(?:volumes|sources)\[\d+\]\.(?:secret|serviceAccountToken)\.(?:items\[\d+\]\.)?\w+$")
_BETWEEN_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+")
_INDEXES = re.compile(r"\[\d+\]")
_SECRET_KIND = re.compile(r"kubernetes:core/v1:Secret(?:Patch|List)?")
# The annotations as well: kubectl keeps there what was applied.
_SECRET_PLACES = re.compile(r"(?:items\[\d+\]\.)?(?:data|stringData|metadata\.annotations)(?:$|\W)")


def hide(text: str) -> str:
    """The text without anything that has the form of a secret."""
    for form in _FORMS:
        text = form.sub(HIDDEN, text)
    for named, value in ((_DIRECTIVE, _given), (_SETTING, _set_to)):
        text = "".join(_without(text, named, value))
    return text


def is_secret_place(kind: str, path: str) -> bool:
    """Whether a property holds a secret by where it stands.

    Args:
        kind: Type token of the resource, as `kubernetes:core/v1:Secret`.
        path: Path of the property, as `stringData.password`.
    """
    if _SECRET_KIND.fullmatch(kind) and _SECRET_PLACES.match(path):
        return True
    *above, last = _keys(path)
    if is_secret_name(last):
        return True
    return any(map(is_secret_name, above)) and not (_ABOUT_ONE.search(_words(last)) or _MOUNTED.search(path))


def is_secret_name(name: str) -> bool:
    """Whether a name is that of a secret: of a key, a file or a variable, as `dbPassword` or `DB_PASS`."""
    words = _words(name)
    return bool(_NAMES.search(words)) and not _ABOUT.search(words)


def is_secret_option(word: str) -> bool:
    """Whether it is an option of a command after which a secret comes as the next word, as `--password`."""
    return bool(_OPTION.fullmatch(word) and _SET_NAMES.search(_words(word)))


def _without(text: str, named: re.Pattern[str], value: _Place) -> Iterator[str]:
    """Yield the pieces of a text with `HIDDEN` in the place of each value of a secret's name; the name stays."""
    done = place = 0
    while found := named.search(text, place):
        place = found.end()
        start, end = value(text, found)
        if start < end:
            yield from (text[done:start], HIDDEN)
            done = place = end
    yield text[done:]


def _given(text: str, found: re.Match[str]) -> tuple[int, int]:
    """Where begins and ends what a directive of nginx gives to a secret's name."""
    words = _words(found["name"])
    secret = _SET_NAMES.search(words) or words.endswith("authorization")
    return _span(_GIVEN.match(text, found.end()) if secret else None)


def _sets_secret(text: str, found: re.Match[str]) -> bool:
    words = _words(found["name"])
    if found["sign"] != ":":
        return bool(_SET_NAMES.search(words) or _SIGNATURES.search(words))
    return bool(_SET_NAMES.search(words)) and (found["start"] is not None or not _is_prose(text, found, words))


def _is_prose(text: str, found: re.Match[str], words: str) -> bool:
    """Whether a colon in the midst of a line sets nothing.

    `the type token: expired` is a sentence, `--secret: #443a6b` a style, `index/randomPassword:RandomPassword` a type.
    """
    start, end = found.start("name"), found.end("sign")
    if text[start - 1 : start] == "/" and text[end : end + 1].isupper():
        return True
    if _UNMISTAKABLE.search(words):
        return False
    if found["name"].startswith("--"):
        return True
    # No word of a sentence has a dash or a number in it.
    return found["name"].isalpha() and bool(_AFTER_A_WORD.match(text, start - 2))


def _set_to(text: str, found: re.Match[str]) -> tuple[int, int]:
    """Where begins and ends what a secret's name is set to: a word, or all to the line's end if it begins one."""
    if not _sets_secret(text, found):
        return 0, 0
    start, place = found["start"], found.end()
    assigned = found["sign"] != ":"
    if start is None:
        return _span((_ASSIGNED_WORD if assigned else _WORD).match(text, place))
    depth = len(start.rstrip("\"'"))
    if not assigned:
        if header := _HEADER.match(text, place):
            return _block(text, header.end(), depth)
        below = _BELOW.match(text, place)
        if below and len(below["indent"]) > depth:
            return below.span("below")
    return _span((_ASSIGNED_REST if assigned else _REST).match(text, place))


def _span(found: re.Match[str] | None) -> tuple[int, int]:
    return found.span(found.lastgroup or 0) if found else (0, 0)


def _block(text: str, place: int, depth: int) -> tuple[int, int]:
    """Where the lines begin and end that are further to the right than the name above them."""
    end = place
    while end < len(text):
        line = text[end : text.find("\n", end) + 1 or len(text)]
        if line.strip() and len(line) - len(line.lstrip()) <= depth:
            break
        end += len(line)
    held = text[place:end]
    return end - len(held.lstrip()), place + len(held.rstrip())


def _words(name: str) -> str:
    return _BETWEEN_WORDS.sub("_", name).lower()


def _keys(path: str) -> Iterator[str]:
    """Yield the keys of a path, at least one, whatever is in them: `data` and `api.key` of `data["api.key"][0]`."""
    first, *quoted = _INDEXES.sub("", path).split('["')
    yield from first.split(".")
    for part in quoted:
        key, _, plain = part.rpartition('"]')
        yield key
        if plain:
            yield from plain.removeprefix(".").split(".")
