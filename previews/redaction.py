"""What must never be shown, although the engine hides secrets already.

The engine prints `[secret]` for what it knows to be one. This is the second lock: key material, credentials and what
is derived from them is hidden by its form and by its place, wherever it comes from.
"""

import re
from collections.abc import Iterator

HIDDEN = "[secret]"

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
    # Access keys and tokens of clouds and forges.
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    re.compile(r"\b(?:gh[pousr]_|github_pat_|glpat-|pul-)[A-Za-z0-9_.-]{16,}"),
    # Only where such a word begins: from every `eyJ` within a long one, all that follows would be read again.
    re.compile(r"(?<![\w-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"),
    re.compile(r"(?i)(?:(?<=passphrase=)|(?<=password=))\S+"),
)
_KEY_WORDS = r"passw(?:or)?d|(?:access|account|api|encryption|secret|shared|signing)[_-]?key"
_VALUE = r"(?!(?:true|false|null|none)(?![\w-]))(?:(?<=\")[^\"\n]+|(?<=')[^'\n]+|[^\s\"',;&<>\\]+)"
# A name and what it is set to; the name stays.
_SET = (
    # As --token=..., client_secret = "...", AWS_SECRET_ACCESS_KEY=... and ?sig=...
    re.compile(
        rf"(?i)((?:{_KEY_WORDS}|secret|token|passphrase|connection[_-]?string|signature|(?<![a-z])sig)"
        rf"(?:\\*[\"'])?[ \t]*=[ \t]*\\*[\"']?){_VALUE}"
    ),
    # As password: ... and "token": "...". What follows a word and a blank is the end of a sentence, as in "keep it as a
    # secret: ..."; two dashes begin a name of a style sheet; another colon belongs to a URN, and a capital to a type. A
    # bracket holds something further, and a yes or no is no secret.
    re.compile(
        rf"(?i)((?:{_KEY_WORDS}|(?<!\w )(?<!--)(?:secret|token|passphrase))(?:\\*[\"'])?[ \t]*(?-i::(?![:=A-Z]))"
        rf"[ \t]*(?:[|>][+-]?\n[ \t]+)?\\*[\"']?)(?![\[{{]){_VALUE}"
    ),
)
# Names as `is_secret_name` writes them: small letters, one underscore between words.
_NAMES = re.compile(
    r"passw(?:or)?d|pass_?phrase|(?:private|secret|api|access|account|encryption|shared|signing)_?key|secret_?access"
    r"|token|credential|kubeconfig|bcrypt_?hash|authorization|last_applied_configuration|connection_?string"
    r"|docker_?config_?json|dockercfg"
    # Short words count only as the last one, with a number or the ending of a file after them at most: secretName,
    # passthrough and passing are none. The Secret that a chart shall use is named by existingSecret.
    r"|(?:^|_)(?:(?<!existing_)secret|(?<!proxy_)pass|pwd|dsn)(?:_?\d+)?(?:_(?:txt|json|ya?ml|env|conf))?$"
    r"|(?:^|_)secret_(?:value|string|data|text|id)$|^secrets$"
)
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
    for setting in _SET:
        text = setting.sub(rf"\1{HIDDEN}", text)
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
