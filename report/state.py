"""The state of a stack: its resources and outputs, with every secret masked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from previews.redaction import HIDDEN

_SECRET = "4dabf18193072939515e22adb298388d"
"""The key by which Pulumi marks what is no plain value: secrets, and files and archives, which no page shows either."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource of a state.

    Attributes:
        urn: Its URN.
        type: Its type token, as in `kubernetes:core/v1:Service`.
        id: Its id at the provider; empty for components.
        parent: URN of its parent; empty for none.
        inputs: What the program declared, secrets masked.
        outputs: What the provider made of it, secrets masked.
        dependencies: URNs of what it needs.
    """

    urn: str
    type: str
    id: str
    parent: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    dependencies: frozenset[str]

    @property
    def kind(self) -> str:
        """The last part of its type token: `Service`."""
        return self.type.rpartition(":")[2]

    @property
    def name(self) -> str:
        """Its name in the program."""
        return self.urn.rpartition("::")[2]

    @property
    def is_object(self) -> bool:
        """Whether it is an object in a Kubernetes cluster."""
        return self.type.startswith("kubernetes:")

    @property
    def object_name(self) -> str:
        """Its name in the cluster."""
        return self.id.rpartition("/")[2]


@dataclass(frozen=True, kw_only=True)
class State:
    """A whole state.

    Attributes:
        resources: What is deployed, in the order in which it was made.
        outputs: The stack's outputs.
        interrupted: Whether an update was killed in the middle of an operation.
    """

    resources: tuple[Resource, ...]
    outputs: Mapping[str, Any]
    interrupted: bool

    def children(self, urn: str) -> tuple[Resource, ...]:
        """What belongs to a component."""
        return tuple(each for each in self.resources if each.parent == urn)

    def component(self, kind: str, name: str) -> tuple[Resource, ...]:
        """What belongs to the component of that kind and name; nothing if there is none."""
        owners = (each for each in self.resources if each.type == f"securenginx:index:{kind}" and each.name == name)
        return tuple(child for owner in owners for child in self.children(owner.urn))


def read(export: Mapping[str, Any]) -> State:
    """Read what `pulumi stack export` printed, without what waits for its removal, and what is only looked at."""
    deployment = export.get("deployment") or {}
    found = [each for each in deployment.get("resources") or () if not (each.get("delete") or each.get("external"))]
    stacks = [each for each in found if each["type"] == "pulumi:pulumi:Stack"]
    return State(
        resources=tuple(_resource(each) for each in found),
        outputs=masked(stacks[0].get("outputs") or {}) if stacks else {},
        interrupted=bool(deployment.get("pending_operations")),
    )


def masked(value: Any) -> Any:
    """A value with `HIDDEN` in the place of each secret."""
    if isinstance(value, Mapping):
        if _SECRET in value:
            return HIDDEN
        return {key: masked(each) for key, each in value.items()}
    if isinstance(value, list):
        return [masked(each) for each in value]
    return value


def _resource(raw: Mapping[str, Any]) -> Resource:
    return Resource(
        urn=raw["urn"],
        type=raw["type"],
        id=raw.get("id", ""),
        parent=raw.get("parent", ""),
        inputs=masked(raw.get("inputs") or {}),
        outputs=masked(raw.get("outputs") or {}),
        dependencies=frozenset(raw.get("dependencies") or ()),
    )
