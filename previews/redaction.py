"""What must never be shown, although the engine hides secrets already.

The engine prints `[secret]` for what it knows to be one. This is the second lock: key material, credentials and what
is derived from them is hidden by its form and by its place, wherever it comes from.
"""

import re

HIDDEN = "[secret]"

_FORMS = (
    # A key, whole or cut off; written so that who looks for keys in files does not take the pattern for one.
    re.compile(r"-{5}BEGIN [A-Z0-9 ]*PRIVATE KEY-{5}.*?(?:-{5}END [A-Z0-9 ]*PRIVATE KEY-{5}|\Z)", re.DOTALL),
    # User and password of a URL, as of a backend.
    re.compile(r"(?<=://)[^/\s@]+(?=@)"),
    re.compile(r"(?i)(?<=\bbearer )[\w.~+/=-]+"),
    # Pulumi's ciphertext, and the salt by which a passphrase can be tried offline.
    re.compile(r"\bv1:[A-Za-z0-9+/=]{8,}:(?:v1:[A-Za-z0-9+/=]+:)?[A-Za-z0-9+/=]+"),
    # Access keys and tokens of clouds and forges.
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    re.compile(r"\b(?:gh[pousr]_|github_pat_|glpat-|pul-)[A-Za-z0-9_-]{16,}"),
    re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"),
    re.compile(r"(?i)(?<=passphrase=)\S+"),
)
_NAMES = re.compile(
    r"(?i)(?:pass(?:word|wd|phrase)|private_?key(?!algorithm)|secret_?(?:key|access)|api_?key|access_?key|token"
    r"|credentials?|kubeconfig|bcrypt_?hash)"
)
_LAST_KEY = re.compile(r"(?:\.|^|\[\")([^.\[\]\"]+)(?:\"\])?(?:\[\d+\])*$")
_SECRET_KINDS = ("kubernetes:core/v1:Secret",)
_SECRET_PLACES = re.compile(r"^(?:data|stringData)(?:$|\W)")


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
    if kind in _SECRET_KINDS and _SECRET_PLACES.match(path):
        return True
    last = _LAST_KEY.search(path)
    return bool(last and _NAMES.search(last[1]))
