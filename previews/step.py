"""What happens to one resource, as the engine writes it into `pulumi preview --json`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from previews.properties import differences

Properties = Mapping[str, object]

UNTOUCHED = frozenset({"same", "refresh", "read", "discard"})
"""Operations that change nothing: what is only looked at, as a namespace for its UID, is read or no longer read."""

_NOTED = re.compile(r"status\b|metadata\.(?:resourceVersion|generation|managedFields)\b")


@dataclass(frozen=True, kw_only=True)
class Step:
    """What happens to one resource.

    Attributes:
        operation: `create`, `update`, `replace`, `delete`, `same` and rarer ones.
        urn: Its unique name in the stack.
        kind: Its type token, as `kubernetes:apps/v1:Deployment`.
        name: Its name in the program.
        old: Its inputs before; empty if it is new or untouched.
        new: Its inputs after; empty if it goes or is untouched.
        changed: Paths of the properties that change.
        reasons: Why it is replaced: paths of properties, or what else caused it.
        dependencies: URNs of the resources that it needs.
        custom: Whether a provider manages it; a component is only a name for what is in it.
        deleted_first: Whether a replaced resource is gone before the new one is there.
        only_status: Whether nothing differs but what a cluster notes of a resource by itself.
        unprotected: Whether it was protected from deletion and no longer is.
    """

    operation: str
    urn: str
    kind: str
    name: str
    old: Properties = field(default_factory=dict)
    new: Properties = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    dependencies: frozenset[str] = frozenset()
    custom: bool = True
    deleted_first: bool = False
    only_status: bool = False
    unprotected: bool = False

    @property
    def short_kind(self) -> str:
        """The last part of the type token: `Deployment`."""
        return self.kind.rpartition(":")[2]

    @property
    def touched(self) -> bool:
        """Whether an update would do anything to it, or let others do it."""
        return self.operation not in UNTOUCHED or self.unprotected


def read(raw: Mapping[str, object], replaced: set[str]) -> Step:
    """Read a step.

    Args:
        raw: The step as the engine writes it.
        replaced: URNs of all resources that are replaced.
    """
    old, new = mapping(raw.get("oldState")), mapping(raw.get("newState"))
    state = new or old
    urn, operation = str(raw.get("urn")), str(raw.get("op"))
    # Where nothing is done, inputs that differ are of no consequence.
    before, after = ({}, {}) if operation in UNTOUCHED else (mapping(old.get("inputs")), mapping(new.get("inputs")))
    dependencies = frozenset(str(each) for each in listed(state.get("dependencies"))) | {str(state.get("parent", ""))}
    return Step(
        operation=operation,
        urn=urn,
        kind=kind(raw),
        name=urn.rpartition("::")[2],
        old=before,
        new=after,
        changed=_changed(raw, before, after) if old and new else (),
        reasons=tuple(_reasons(raw, old, new, sorted(dependencies & replaced))) if operation == "replace" else (),
        dependencies=dependencies,
        custom=bool(state.get("custom")),
        deleted_first=operation == "replace" and not old.get("delete"),
        only_status=bool(old and new) and _is_only_status(raw, old, new),
        unprotected=bool(old.get("protect") and new) and not new.get("protect"),
    )


def kind(raw: Mapping[str, object]) -> str:
    """The type token of a step's resource; empty if it has none."""
    state = mapping(raw.get("newState")) or mapping(raw.get("oldState"))
    return str(state.get("type", ""))


def mapping(value: object) -> Mapping[str, object]:
    """The value if it is an object, an empty one if not: whoever wrote it, it is read with care."""
    return value if isinstance(value, dict) else {}


def listed(value: object) -> list[object]:
    """The value if it is a list, an empty one if not."""
    return value if isinstance(value, list) else []


def _changed(raw: Mapping[str, object], old: Properties, new: Properties) -> tuple[str, ...]:
    """The changed paths: the provider's own, or else what it names as reasons, or else where the inputs differ."""
    reported = list(mapping(raw.get("detailedDiff"))) or [str(each) for each in listed(raw.get("diffReasons"))]
    return tuple(sorted(reported or (path for path, _, _ in differences(old, new))))


def _is_only_status(raw: Mapping[str, object], old: Mapping[str, object], new: Mapping[str, object]) -> bool:
    """Whether a cluster's notes differ, the status among them, and nothing else.

    A secret that has changed looks the same on both sides: only the version differs then, which is not a status, or the
    engine's own comparison tells of it.
    """
    if old.get("inputs") != new.get("inputs"):
        return False
    paths = [path for path, _, _ in differences(old.get("outputs"), new.get("outputs"))]
    told = [*paths, *mapping(raw.get("detailedDiff"))]
    return any(path.startswith("status") for path in paths) and all(map(_NOTED.match, told))


def _reasons(
    raw: Mapping[str, object], old: Mapping[str, object], new: Mapping[str, object], replaced: Sequence[str]
) -> Iterator[str]:
    named = sorted(str(each) for each in listed(raw.get("replaceReasons")))
    yield from named
    if old.get("replacementTrigger") != new.get("replacementTrigger"):
        yield "replacementTrigger"
    elif not named:
        yield from (f"{urn.rpartition('::')[2]} is replaced" for urn in replaced)
