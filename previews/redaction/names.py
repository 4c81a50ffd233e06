"""Which names are those of secrets: of properties, keys, files, variables and headers."""

import re

# Names of secrets as `words` writes them: small letters, one underscore between words.
_WORDS = (
    r"(?:passw(?:or)?d|pass_?phrase|(?:private|secret|api|access|account|auth|encryption|shared|signing|master"
    r"|app(?:lication)?|license|subscription|ticket|storage|hmac|jwt|session|cookie|ssh|aes|fernet|deploy|functions)_?key"
    r"|token|credential|bcrypt_?hash|connection_?string)"
)
# What else is set to a password, where such a word is the last one; with a section of settings below it, it is none.
_SECTIONS = r"(?:^|_)(?:jwt|(?:redis(?:cli)?|basic|smtp)_auth)"
_SHORT = r"(?:^|_)(?:(?<!proxy_)pass|pwd|dsn|(?:bind|root)?pw|passcode)"
# Short words count only as the last one, with a number or the ending of a file after them at most: secretName,
# passthrough and passing are none. The Secrets that a chart shall use are named by existingSecret, imagePullSecrets and
# the like.
_LAST_WORDS = (
    rf"(?:{_SHORT}|{_SECTIONS}|(?:^|_)(?:(?<!existing_)secret(?:(?<!pull_secret)(?<!external_secret)(?<!sealed_secret)s)?"
    r"|requirepass|masterauth))(?:_?\d+)?(?:_(?:txt|json|ya?ml|env|conf))?$"
    r"|(?:^|_)secret_(?:value|string|data|text|id)$|^auths$"
)
_NAMES = re.compile(
    rf"{_WORDS}|{_LAST_WORDS}|secret_?access|kubeconfig|authorization|last_applied_configuration|docker_?config_?json"
    r"|dockercfg"
)
# In a text such a word ends the name, as much is said about tokens that is none; and a kubeconfig is a path there.
# After it comes at most what tells several of them apart: where it holds, which one of two it is, how it is written.
_ONE_OF_SEVERAL = (
    r"(?:_?\d+|_v\d+|_(?:base(?:64)?|b64|pem|der|ro|rw|readonly|admin|root|prod|production|prd|stag(?:e|ing)|stg|dev"
    r"|development|test|qa|old|new|current|previous|next|primary|secondary|value))*$"
)
_SET_NAMES = re.compile(
    rf"(?:{_WORDS}s?|passw(?:or)?d_hash|(?<!existing_)secret|{_SHORT}){_ONE_OF_SEVERAL}"
    rf"|{_LAST_WORDS}"
)
_UNMISTAKABLE = re.compile(rf"(?:passw(?:or)?d|requirepass|masterauth|(?:bind|root)pw|_key)s?{_ONE_OF_SEVERAL}")
_SECTION = re.compile(rf"{_SECTIONS}$")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
# What a variable says about a secret, or where one is.
_ABOUT_VARIABLE = re.compile(
    r"tokeniz|kubeconfig|_(?:file|path|dir|mount|name|ids?|ur[il]|host|port|endpoint|ref|type|kind|alg(?:orithm)?|length|size"
    r"|count|limit|min|max|ttl|expir(?:y|es|ation)|lifetime|age|(?:milli)?seconds|minutes?|hours?|days|header|prefix|suffix"
    r"|policy|required|enabled|disabled|hashers|parallelism|provider|issuer|audience|scopes?|version|format|command|cmd)"
    rf"{_ONE_OF_SEVERAL}"
)
_OPTION = re.compile(r"--?[A-Za-z][\w.-]*")
# curl's, by names that say nothing of a secret elsewhere.
_SECRET_OPTIONS = frozenset({"--proxy-pass", "--oauth2-bearer"})
# What is said about a secret, and is none: of a name and, below one, of the last key.
_ABOUT = re.compile(r"_(?:algorithm|length|name|ref|seconds|max_age)$|(?:^|_)max_(?:[a-z]+_){0,2}tokens$")
_ABOUT_ONE = re.compile(r"(?:^|_)(?:algorithm|count|encoding|length|name|namespace|ref|rotation_policy|seconds|size)$")
_BETWEEN_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+")


def words(name: str) -> str:
    """A name in small letters, with one underscore between its words."""
    return _BETWEEN_WORDS.sub("_", name).lower()


def is_secret_name(name: str) -> bool:
    """Whether a name is that of a secret: of a key, a file or a variable, as `dbPassword` or `DB_PASS`."""
    written = words(name)
    return bool(_NAMES.search(written)) and not _ABOUT.search(written)


def is_set_name(name: str) -> bool:
    """Whether what a text sets a name to is a secret, as with `DB_PASSWORD_RO`."""
    written = words(name)
    return bool(_SET_NAMES.search(written)) and not _ABOUT.search(written)


def is_secret_variable(name: str) -> bool:
    """Whether a name in capitals is that of a variable with a secret, wherever it says so: `GITHUB_TOKEN_CI`."""
    return bool(_VARIABLE.fullmatch(name)) and is_secret_name(name) and not _ABOUT_VARIABLE.search(words(name))


def is_section(name: str) -> bool:
    """Whether settings with names of their own may stand below a secret's name, as below `basicAuth`."""
    return bool(_SECTION.search(words(name)))


def is_unmistakable(name: str) -> bool:
    """Whether a name that can be set to a secret is never a word of a sentence before a colon."""
    return bool(_UNMISTAKABLE.search(words(name)))


def is_header_or_variable(name: str) -> bool:
    """Whether a header or a variable of nginx holds a secret: one with such a name, or what tells who asks."""
    return is_set_name(name) or is_secret_variable(name) or is_authorization(name)


def is_authorization(name: str) -> bool:
    """Whether it is the header that tells who asks, or a variable for it, as `HTTP_AUTHORIZATION`."""
    return words(name).endswith("authorization")


def is_secret_option(word: str) -> bool:
    """Whether it is an option of a command after which a secret comes as the next word, as `--password`."""
    return word in _SECRET_OPTIONS or (bool(_OPTION.fullmatch(word)) and is_set_name(word))


def is_about_one(key: str) -> bool:
    """Whether what stands below this key of a secret is said about it, as its `algorithm`, and is none."""
    return bool(_ABOUT_ONE.search(words(key)))
