"""Private keys, and where they may be."""

import re
from collections.abc import Iterator

from policy.files import files
from policy.resource import Resource, decoded, texts
from policy.rule import Rule

# Kinds of other groups may be called Secret as well, and nothing keeps theirs apart.
_SECRETS = ("kubernetes:core/v1:Secret", "kubernetes:core/v1:SecretPatch")
# Written so that who looks for keys in files does not take the pattern for one.
_KEY = re.compile(r"-{5}BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-{5}")
# How base64 of every PEM begins, as in a kubeconfig.
_ENCODED_PEM = re.compile(r"LS0tLS1CRUdJTi[A-Za-z0-9+/\s]*")


def _check(resource: Resource) -> Iterator[str]:
    if not resource.is_kubernetes or resource.type in _SECRETS:
        return
    found = [place for place, text in (*texts(resource.inputs), *files(resource)) if _holds_key(text)]
    for place in dict.fromkeys(found):
        yield f"{place} holds a private key"


def _holds_key(text: str) -> bool:
    return bool(_KEY.search(text)) or any(_KEY.search(_pem(each[0])) for each in _ENCODED_PEM.finditer(text))


def _pem(encoded: str) -> str:
    # What follows in the text may look like more of it; without its end, the beginning can still be read.
    compact = "".join(encoded.split())
    return decoded(compact[: len(compact) // 4 * 4])


KEYS_IN_SECRETS = Rule(
    name="keys-in-secrets",
    description="Private keys are in Secrets and in no other object.",
    check=_check,
    remedy="Put the key into a Secret and mount that; replace the key, since others may have read it.",
)
