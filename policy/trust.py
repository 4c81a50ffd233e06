"""Clients that verify whom they speak to."""

import re
from collections.abc import Iterator

from policy.pods import pod_specs
from policy.resource import Resource, at, texts
from policy.rule import Rule

# A switch ends where its word does: at white space, a quote, a comma, a bracket, a semicolon.
_END = r"""(?=$|[\s"',\];)|&])"""
_START = r"""(?:^|(?<=[\s"',\[(]))"""
_SWITCHES = (
    re.compile(rf"{_START}--(?:proxy-)?insecure{_END}", re.MULTILINE),
    re.compile(rf"{_START}--no-check-certificate{_END}", re.MULTILINE),
    re.compile(r"\bInsecureSkipVerify\s*[:=]\s*true\b", re.IGNORECASE),
    re.compile(r"\binsecure[-_]skip[-_](?:tls[-_])?verify\s*[:=]\s*[\"']?true\b", re.IGNORECASE),
)
_CURL = re.compile(r"""(?:^|[\s"'/;|&($`])curl(?=$|[\s"',])""", re.MULTILINE)
# curl's short switches without a value may stand together, as in -sSk.
_SHORT = re.compile(rf"{_START}-[#0-46afgGiIjJlLMnNOpqRsSvZ]*k[a-zA-Z#0-9]*{_END}", re.MULTILINE)
# Pages may speak of what no client does.
_PAGES = (".htm", ".html", ".md", ".txt")


def _check(resource: Resource) -> Iterator[str]:
    if resource.is_kubernetes and resource.kind == "ConfigMap":
        for place, text in texts(at(resource.inputs, "data"), "data"):
            if not place.endswith(_PAGES) and _is_careless(text, curl=bool(_CURL.search(text))):
                yield f"{place} turns the verification of certificates off"
    for spec in pod_specs(resource):
        # Words of one command line are items of a list: the program is in one, its switch in another.
        parts = list(texts(spec, "pod"))
        curl = any(_CURL.search(text) for _, text in parts)
        for place, text in parts:
            if _is_careless(text, curl=curl):
                yield f"{place} turns the verification of certificates off"


def _is_careless(text: str, *, curl: bool) -> bool:
    return any(switch.search(text) for switch in _SWITCHES) or (curl and bool(_SHORT.search(text)))


VERIFIED_TLS = Rule(
    name="verified-tls",
    description="No client in the cluster leaves a server's certificate unverified.",
    check=_check,
    remedy="Give the client the authority instead, as in curl --cacert.",
)
