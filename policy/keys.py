"""Private keys, and where they may be."""

import re
from collections.abc import Iterator

from policy.resource import Resource, at, decoded, mapping, texts
from policy.rule import Rule

# Written so that who looks for keys in files does not take the pattern for one.
_KEY = re.compile(r"-{5}BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-{5}")


def _check(resource: Resource) -> Iterator[str]:
    if not resource.is_kubernetes or resource.kind == "Secret":
        return
    for place, text in texts(resource.inputs):
        if _KEY.search(text):
            yield f"{place} holds a private key"
    for name, text in mapping(at(resource.inputs, "binaryData")).items():
        if _KEY.search(decoded(text)):
            yield f"binaryData.{name} holds a private key"


KEYS_IN_SECRETS = Rule(
    name="keys-in-secrets",
    description="Private keys are in Secrets and in no other object.",
    check=_check,
    remedy="Put the key into a Secret and mount that; replace the key, since others may have read it.",
)
