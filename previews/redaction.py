"""What must never be shown, although the engine hides secrets already.

The engine prints `[secret]` for what it knows to be one. This is the second lock: key material, credentials and what
is derived from them is hidden by its form and by its place, wherever it comes from.
"""

import re

HIDDEN = "[secret]"

# A run of base64, over several lines where it is wrapped.
_BASE64_REST = r"[\w+/=-]*(?:\s+[\w+/=-]{20,})*"

_FORMS = (
    # A key, whole or cut off; written so that who looks for keys in files does not take the pattern for one.
    re.compile(r"-{5}BEGIN [A-Z0-9 ]*PRIVATE KEY-{5}.*?(?:-{5}END [A-Z0-9 ]*PRIVATE KEY-{5}|\Z)", re.DOTALL),
    # The same in base64: the words PRIVATE KEY, in each of the three ways in which they come out, and what follows.
    re.compile(rf"(?:UFJJVkFURSBLRV|BSSVZBVEUgS0VZ|QUklWQVRFIEtFW){_BASE64_REST}"),
    # User and password of a URL, as of a backend. A password may have a slash or an @ in it, but where a number and a
    # slash follow the colon, that is a port; unless a database is addressed, whose paths have no @.
    re.compile(r"(?i)(?:(?<=postgres://)|(?<=postgresql://))[^\s\"'<>`]{1,500}(?=@)"),
    re.compile(r"(?<=://)[^\s\"'<>`/:@]{0,100}:(?!\d{1,5}/)[^\s\"'<>`]{1,500}(?=@)"),
    re.compile(r"(?<=://)[^/\s@]+(?=@)"),
    re.compile(r"(?i)(?<=\bbearer )[\w.~+/=-]+"),
    re.compile(r"(?i)\bauthorization\W{1,5}basic\s+[\w+/=-]+"),
    # Pulumi's ciphertext, and the salt by which a passphrase can be tried offline.
    re.compile(r"\bv1:[A-Za-z0-9+/=]{8,}:(?:v1:[A-Za-z0-9+/=]+:)?[A-Za-z0-9+/=]+"),
    # Access keys and tokens of clouds and forges.
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    re.compile(r"\b(?:gh[pousr]_|github_pat_|glpat-|pul-)[A-Za-z0-9_-]{16,}"),
    re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"),
    re.compile(r"(?i)(?:(?<=passphrase=)|(?<=password=))\S+"),
)
# Names as `is_secret_name` writes them: small letters, one underscore between words.
_NAMES = re.compile(
    r"passw(?:or)?d|pass_?phrase|(?:private|secret|api|access)_?key|secret_?access|token|credential|kubeconfig"
    r"|bcrypt_?hash|authorization|last_applied_configuration"
    # Short words count only as the last one, with a number or the ending of a file after them at most: secretName,
    # passthrough and passing are none. The Secret that a chart shall use is named by existingSecret.
    r"|(?:^|_)(?:(?<!existing_)secret|(?<!proxy_)pass|pwd)(?:_?\d+)?(?:_(?:txt|json|ya?ml|env|conf))?$"
    r"|(?:^|_)secret_(?:value|string|data|text|id)$"
)
# What is said about a secret, and is none.
_ABOUT = re.compile(r"_(?:algorithm|length|name|ref|seconds)$")
_BETWEEN_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+")
_INDEXES = re.compile(r"(?:\[\d+\])+$")
_SECRET_KIND = re.compile(r"kubernetes:core/v1:Secret(?:Patch|List)?")
# The annotations as well: kubectl keeps there what was applied.
_SECRET_PLACES = re.compile(r"(?:items\[\d+\]\.)?(?:data|stringData|metadata\.annotations)(?:$|\W)")


def hide(text: str) -> str:
    """The text without anything that has the form of a secret."""
    for form in _FORMS:
        text = form.sub(HIDDEN, text)
    return text


def is_secret_place(kind: str, path: str) -> bool:
    """Whether a property holds a secret by where it stands.

    Args:
        kind: Type token of the resource, as `kubernetes:core/v1:Secret`.
        path: Path of the property, as `stringData.password`.
    """
    if _SECRET_KIND.fullmatch(kind) and _SECRET_PLACES.match(path):
        return True
    return is_secret_name(_last_key(path))


def is_secret_name(name: str) -> bool:
    """Whether a name is that of a secret: of a key, a file or a variable, as `dbPassword` or `DB_PASS`."""
    words = _BETWEEN_WORDS.sub("_", name).lower()
    return bool(_NAMES.search(words)) and not _ABOUT.search(words)


def _last_key(path: str) -> str:
    """The key at the end of a path, whatever is in it: `api.key` of `data["api.key"][0]`."""
    path = _INDEXES.sub("", path)
    if path.endswith('"]'):
        return path.rpartition('["')[2][:-2]
    return path.rpartition(".")[2]
