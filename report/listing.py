"""Whether a cluster has what a state holds: asked by names alone, so that nobody looks into a Secret."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from report.state import Resource


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What a cluster has in a namespace of the kinds that were asked for.

    Attributes:
        namespace: The namespace; empty for objects that are in none.
        names: What it has, each as `poddisruptionbudget.policy/my-nginx`.
        refused: The kinds that it did not list, each as `poddisruptionbudget.policy`. Default none.
    """

    namespace: str
    names: frozenset[str]
    refused: frozenset[str] = frozenset()

    def may_have(self, kind: str, name: str) -> bool:
        """Whether it has an object, or did not say."""
        return kind in self.refused or f"{kind}/{name}" in self.names


def kinds(resources: Iterable[Resource]) -> Mapping[str, list[str]]:
    """The kinds of objects in each namespace, as kubectl calls them; an empty name has those that are in none."""
    found: dict[str, set[str]] = {}
    for each in filter(_is_listed, resources):
        found.setdefault(_namespace(each), set()).add(_kind(each))
    return {namespace: sorted(names) for namespace, names in found.items()}


def lacking(resources: Iterable[Resource], listings: Sequence[Listing]) -> tuple[Resource, ...]:
    """The resources that a cluster does not have, as far as it was asked."""
    asked = {each.namespace: each for each in listings}
    return tuple(
        each
        for each in filter(_is_listed, resources)
        if (listing := asked.get(_namespace(each))) and not listing.may_have(_kind(each), each.object_name)
    )


def unseen(resources: Iterable[Resource], listings: Sequence[Listing]) -> tuple[str, ...]:
    """The kinds of resources that a cluster did not list, as people call them."""
    refused = {(each.namespace, kind) for each in listings for kind in each.refused}
    kinds_of = ((each.kind, (_namespace(each), _kind(each))) for each in filter(_is_listed, resources))
    return tuple(sorted({kind for kind, key in kinds_of if key in refused}))


def _is_listed(resource: Resource) -> bool:
    # What stands for many objects, such as a release of Helm, is none itself.
    return resource.is_object and bool(resource.id) and {"apiVersion", "kind"} <= resource.inputs.keys()


def _namespace(resource: Resource) -> str:
    return resource.id.rpartition("/")[0]


def _kind(resource: Resource) -> str:
    group = str(resource.inputs["apiVersion"]).rpartition("/")[0]
    kind = str(resource.inputs["kind"]).lower()
    return f"{kind}.{group}" if group else kind
