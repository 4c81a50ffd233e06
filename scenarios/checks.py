"""Does what an expectation says hold of a deployed site? Every failure is a sentence."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .commands import Answer
from .model import SITE, Expectation, Fetch, Saying
from .values import at, filled


class Site(Protocol):
    """What can be seen of a deployed site."""

    def outputs(self) -> Mapping[str, Any]:
        """The stack's outputs."""

    def objects(self, kind: str) -> Sequence[Mapping[str, Any]]:
        """The objects of a kind in the site's namespace; `kind/name` stands for one of them."""

    def pods(self) -> Sequence[Mapping[str, Any]]:
        """The site's pods that are not on their way out."""

    def inside(self, pod: str, command: str) -> Answer:
        """Run a command in a pod."""

    def client(self, command: str) -> Answer:
        """Run a command in the client's pod."""

    def outside(self, fetch: Fetch) -> Mapping[str, Answer]:
        """Fetch the page from outside of the cluster; the answer by each address of that way."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What objects there are, to be compared with what there was before."""

    service: str = ""
    cluster_ip: str = ""
    pods: frozenset[str] = frozenset()

    @property
    def by_name(self) -> dict[str, object]:
        """As `kept` and `renewed` name them."""
        return {"service": self.service, "cluster-ip": self.cluster_ip, "pods": self.pods}


def site_outputs(outputs: Mapping[str, Any]) -> Mapping[str, Any]:
    """The outputs of the site `my-nginx`, which may be one of several."""
    several: Mapping[str, Any] = outputs.get("sites", {SITE: outputs})
    return several[SITE]  # type: ignore[no-any-return]


def facts(site: Site) -> dict[str, Any]:
    """What expectations and configurations may refer to by name; nothing that is not there."""
    cluster_ip = site_outputs(site.outputs()).get("clusterIp")
    return {
        **({"clusterIp": cluster_ip} if cluster_ip else {}),
        "podIps": [pod["status"]["podIP"] for pod in site.pods()],
    }


def identity(site: Site) -> Identity:
    """What is there now."""
    (service,) = site.objects(f"service/{SITE}")
    return Identity(
        service=service["metadata"]["uid"],
        cluster_ip=service["spec"].get("clusterIP", ""),
        pods=frozenset(pod["metadata"]["uid"] for pod in site.pods()),
    )


def failures(expected: Expectation, site: Site, before: Identity) -> list[str]:
    """Everything that does not hold.

    Args:
        expected: What must hold.
        site: The deployed site.
        before: What was there before the update.
    """
    known = facts(site)
    return [
        *_outputs(expected, site, known),
        *_objects(expected, site, known),
        *_pods(expected, site),
        *_variables(expected, site, known),
        *_pages(expected, site),
        *(failure for saying in expected.client for failure in _client(saying, site, known)),
        *(failure for fetch in expected.outside for failure in _outside(fetch, expected.page, site)),
        *_identities(expected, before, identity(site)),
    ]


def _outputs(expected: Expectation, site: Site, known: Mapping[str, Any]) -> Iterator[str]:
    outputs = site.outputs()
    for name, each in outputs.get("sites", {SITE: outputs}).items():
        verdict = expected.verdict if name == SITE else "verified"
        if each["probe"] != verdict:
            yield f"the verdict on {name} is {each['probe']!r}, not {verdict!r}"
    yield from _paths("output", site_outputs(outputs), expected.outputs, known)


def _objects(expected: Expectation, site: Site, known: Mapping[str, Any]) -> Iterator[str]:
    for kind, paths in expected.objects.items():
        found = site.objects(kind)
        if len(found) == 1:
            yield from _paths(kind, found[0], paths, known)
        else:
            yield f"there are {len(found)} objects {kind!r}, not 1"


def _paths(what: str, value: Mapping[str, Any], expected: Mapping[str, str], known: Mapping[str, Any]) -> Iterator[str]:
    for path, pattern in _patterns(expected, known).items():
        found = at(value, path)
        if found is None or not re.fullmatch(pattern, _text(found)):
            yield f"{what} {path} is {found!r}, not {pattern!r}"


def _patterns(expected: Any, known: Mapping[str, Any]) -> Any:
    """Regular expressions, in which each fact stands for itself."""
    return filled(expected, {name: re.escape(str(fact)) for name, fact in known.items()})


def _pods(expected: Expectation, site: Site) -> Iterator[str]:
    there = site.pods()
    ready = [pod for pod in there if _is_ready(pod)]
    if expected.pods == 0 and there:
        yield f"{len(there)} pods are there, ready or not, and there should be none"
    elif expected.pods is not None and len(ready) != expected.pods:
        yield f"{len(ready)} pods are ready, not {expected.pods}"
    if expected.nodes is not None:
        numbers = Counter(pod["spec"]["nodeName"] for pod in ready)
        if len(numbers) != expected.nodes or max(numbers.values()) - min(numbers.values()) > 1:
            yield f"the pods are not spread evenly over {expected.nodes} nodes: {dict(numbers)}"


def _variables(expected: Expectation, site: Site, known: Mapping[str, Any]) -> Iterator[str]:
    if not (expected.variables or expected.no_variables):
        return
    for pod in site.pods():
        name = pod["metadata"]["name"]
        answer = site.inside(name, "env")
        if answer.code:
            yield f"the variables of pod {name} could not be read: {answer.shown}"
            continue
        found = dict(line.partition("=")[::2] for line in answer.result.splitlines())
        yield from _paths(f"in pod {name} the variable", found, expected.variables, known)
        for variable in expected.no_variables:
            if variable in found:
                yield f"pod {name} has the variable {variable}: {found[variable]!r}"


def _pages(expected: Expectation, site: Site) -> Iterator[str]:
    if not expected.every_pod:
        return
    url = f"https://{site_outputs(site.outputs())['fqdn']}/"
    for pod in site.pods():
        address = pod["status"]["podIP"]
        answer = site.client(f"curl -sS -m 5 --cacert /ca/ca.crt --connect-to ::{address}:8443 {url}")
        if answer.code or expected.page not in answer.text:
            yield f"pod {pod['metadata']['name']} does not serve {expected.page!r}: {answer.shown}"


def _client(saying: Saying, site: Site, known: Mapping[str, Any]) -> Iterator[str]:
    pattern = _patterns(saying.says, known)
    answer = site.client(filled(saying.run, known))
    if not re.search(pattern, answer.text):
        yield f"`{saying.run}` does not say {pattern!r}: {answer.shown}"


def _outside(fetch: Fetch, page: str, site: Site) -> Iterator[str]:
    answers = site.outside(fetch)
    if not answers:
        yield f"there is no way by {fetch.way}"
    for address, answer in answers.items():
        if answer.code or page not in answer.text:
            yield f"{fetch.scheme} through {address} does not serve {page!r}: {answer.shown}"


def _identities(expected: Expectation, before: Identity, after: Identity) -> Iterator[str]:
    was, now = before.by_name, after.by_name
    for name in (*expected.kept, *expected.renewed):
        if not was[name]:
            yield f"{name} was not there before, so that it is neither kept nor renewed: take it out of the case"
        elif name in expected.kept and was[name] != now[name]:
            yield f"{name} is not the one that it was: {now[name]!r} after {was[name]!r}"
        elif name in expected.renewed and _overlap(was[name], now[name]):
            yield f"{name} is still the one that it was: {now[name]!r}"


def _overlap(before: object, after: object) -> bool:
    if isinstance(before, frozenset) and isinstance(after, frozenset):
        return bool(before & after)
    return before == after


def _is_ready(pod: Mapping[str, Any]) -> bool:
    conditions = pod["status"].get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
