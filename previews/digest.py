"""What one preview says, as `pulumi preview --json` and its log of events tell it."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from previews import generated
from previews.properties import differences

Properties = Mapping[str, object]

STACK = "pulumi:pulumi:Stack"

_UNTOUCHED = ("same", "refresh")
_NOTED = re.compile(r"status\b|metadata\.(?:resourceVersion|generation|managedFields)\b")


class UnreadableError(ValueError):
    """A text that is not the output of `pulumi preview --json`."""


ODDITIES = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What data of the wrong form can raise wherever it is read or shown: numbers that are words, times after the last
year, lists in lists in lists without end."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """What happens to one resource.

    Attributes:
        operation: `create`, `update`, `replace`, `delete`, `read`, `same` and rarer ones.
        urn: Its unique name in the stack.
        kind: Its type token, as `kubernetes:apps/v1:Deployment`.
        name: Its name in the program.
        old: Its inputs before; empty if it is new.
        new: Its inputs after; empty if it goes.
        changed: Paths of the properties that change.
        reasons: Why it is replaced: paths of properties, or what else caused it.
        dependencies: URNs of the resources that it needs.
        custom: Whether a provider manages it; a component is only a name for what is in it.
        deleted_first: Whether a replaced resource is gone before the new one is there.
        only_status: Whether nothing differs but what a cluster notes of a resource by itself.
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

    @property
    def short_kind(self) -> str:
        """The last part of the type token: `Deployment`."""
        return self.kind.rpartition(":")[2]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a policy found.

    Attributes:
        policy: Name of the policy.
        level: `mandatory`, `advisory`, ...
        resource: Name of the resource, or of the stack.
        message: What is wrong, and the remedy.
    """

    policy: str
    level: str
    resource: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What one preview says.

    Attributes:
        stack: Name of the stack.
        steps: What happens, in the engine's order, untouched resources left out.
        counts: Number of resources by operation, untouched ones as `same`.
        errors: Why it failed; empty if it did not.
        warnings: What the engine or a provider warns of.
        old_outputs: The stack's outputs before; empty if it is new.
        new_outputs: Its outputs after; None if the log of events is missing.
        findings: What policies found.
    """

    stack: str
    steps: tuple[Step, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    old_outputs: Properties = field(default_factory=dict)
    new_outputs: Properties | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the preview ended before its time."""
        return bool(self.errors)

    @property
    def changes(self) -> bool:
        """Whether an update would do anything."""
        return bool(self.steps)


def read(stack: str, text: str, *, events: str | None = None, said: str = "") -> Preview:
    """Read a preview.

    Args:
        stack: Name of the stack.
        text: What `pulumi preview --json` printed; a failed one may have printed anything.
        events: The log of events of the same preview, one JSON object a line; it alone has the outputs after the
            update and the policies' findings.
        said: What it wrote to standard error.
    """
    try:
        return _read(stack, text, events, said)
    except ODDITIES:
        return unreadable(stack)


def unreadable(stack: str) -> Preview:
    """The preview of a stack of which something is there that no engine has written."""
    return Preview(stack=stack, errors=("The preview is unreadable: this is not what `pulumi preview --json` writes.",))


def _read(stack: str, text: str, events: str | None, said: str) -> Preview:
    happened = list(_events(events or ""))
    findings = tuple(_findings(happened))
    try:
        digest = _digest(text)
    except UnreadableError as error:
        reason = said.strip() or _idle(text) or text.strip() or str(error)
        return Preview(stack=stack, errors=(reason,), findings=findings)
    raw = [step for step in _list(digest.get("steps")) if isinstance(step, dict)]
    replaced = {str(step.get("urn")) for step in raw if step.get("op") == "replace"}
    errors, warnings = _diagnostics(digest)
    outputs = next((_inner(step, "oldState", "outputs") for step in raw if _kind(step) == STACK), {})
    steps = [_step(step, replaced) for step in raw if step.get("op") not in _UNTOUCHED]
    return Preview(
        stack=stack,
        steps=tuple(generated.named(steps)),
        counts={str(key): int(str(value)) for key, value in _mapping(digest.get("changeSummary")).items()},
        errors=errors,
        warnings=warnings,
        old_outputs=outputs,
        new_outputs=_new_outputs(happened) if events is not None and not errors else None,
        findings=findings,
    )


def _digest(text: str) -> Mapping[str, object]:
    value = _first(text)
    if not {"steps", "changeSummary", "diagnostics"} & value.keys():
        raise UnreadableError("`pulumi preview --json` printed no preview")
    return value


def _idle(text: str) -> str:
    """Why a preview has no step, where the engine ended well: there was no resource that a refresh could look at."""
    return "nothing of it is deployed" if {"config", "duration"} <= _first(text).keys() else ""


def _first(text: str) -> Mapping[str, object]:
    """The first JSON object of the text, empty if there is none; the lab says more after it."""
    try:
        value, _ = json.JSONDecoder().raw_decode(text, max(text.find("{"), 0))
    except (ValueError, RecursionError):
        return {}
    return _mapping(value)


def _step(raw: Mapping[str, object], replaced: set[str]) -> Step:
    old, new = _mapping(raw.get("oldState")), _mapping(raw.get("newState"))
    state = new or old
    urn = str(raw.get("urn"))
    inputs = (_mapping(old.get("inputs")), _mapping(new.get("inputs")))
    dependencies = frozenset(str(each) for each in _list(state.get("dependencies"))) | {str(state.get("parent", ""))}
    operation = str(raw.get("op"))
    return Step(
        operation=operation,
        urn=urn,
        kind=_kind(raw),
        name=urn.rpartition("::")[2],
        old=inputs[0] if old else {},
        new=inputs[1] if new else {},
        changed=_changed(raw, *inputs) if old and new else (),
        reasons=tuple(_reasons(raw, old, new, sorted(dependencies & replaced))) if operation == "replace" else (),
        dependencies=dependencies,
        custom=bool(state.get("custom")),
        deleted_first=operation == "replace" and not old.get("delete"),
        only_status=bool(old and new) and _is_only_status(old, new),
    )


def _changed(raw: Mapping[str, object], old: Properties, new: Properties) -> tuple[str, ...]:
    """The changed paths: the provider's own, or else what it names as reasons, or else where the inputs differ."""
    reported = list(_mapping(raw.get("detailedDiff"))) or [str(each) for each in _list(raw.get("diffReasons"))]
    return tuple(sorted(reported or (path for path, _, _ in differences(old, new))))


def _is_only_status(old: Mapping[str, object], new: Mapping[str, object]) -> bool:
    """Whether a cluster's notes differ, the status among them, and nothing else.

    A secret that has changed looks the same on both sides: then only the version differs, and that is not a status.
    """
    if old.get("inputs") != new.get("inputs"):
        return False
    paths = [path for path, _, _ in differences(old.get("outputs"), new.get("outputs"))]
    return any(path.startswith("status") for path in paths) and all(map(_NOTED.match, paths))


def _reasons(
    raw: Mapping[str, object], old: Mapping[str, object], new: Mapping[str, object], replaced: Sequence[str]
) -> Iterator[str]:
    named = sorted(str(each) for each in _list(raw.get("replaceReasons")))
    yield from named
    if old.get("replacementTrigger") != new.get("replacementTrigger"):
        yield "replacementTrigger"
    elif not named:
        yield from (f"{urn.rpartition('::')[2]} is replaced" for urn in replaced)


def _diagnostics(digest: Mapping[str, object]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    told: dict[str, list[str]] = {"error": [], "warning": []}
    for each in _list(digest.get("diagnostics")):
        diagnostic = _mapping(each)
        if (severity := str(diagnostic.get("severity"))) in told:
            message = str(diagnostic.get("message", "")).strip()
            told[severity].append(message.removeprefix(f"{severity}: "))
    # That the program ended is no news after it has said why.
    errors = [text for text in told["error"] if "program exited with non-zero exit code" not in text] or told["error"]
    return tuple(dict.fromkeys(errors)), tuple(dict.fromkeys(told["warning"]))


def _events(log: str) -> Iterator[Mapping[str, object]]:
    for line in log.splitlines():
        # The engine's talk is most of the log, and none of it is of use here.
        if '"diagnosticEvent"' in line[:80]:
            continue
        try:
            event = json.loads(line)
        except ValueError:
            continue  # the last line of a log that was cut off
        if isinstance(event, dict):
            yield event


def _new_outputs(events: Sequence[Mapping[str, object]]) -> Properties:
    """The outputs in the last event of the stack itself: the earlier ones are of its beginning."""
    outputs: Properties = {}
    for event in events:
        metadata = _mapping(_mapping(event.get("resOutputsEvent")).get("metadata"))
        if metadata.get("type") == STACK:
            outputs = _inner(metadata, "new", "outputs")
    return outputs


def _findings(events: Sequence[Mapping[str, object]]) -> Iterator[Finding]:
    for event in events:
        found = _mapping(event.get("policyEvent"))
        if found:
            yield Finding(
                policy=str(found.get("policyName", "")),
                level=str(found.get("enforcementLevel", "")),
                resource=str(found.get("resourceUrn", "")).rpartition("::")[2],
                message=str(found.get("message", "")).strip(),
            )


def _kind(raw: Mapping[str, object]) -> str:
    state = _mapping(raw.get("newState")) or _mapping(raw.get("oldState"))
    return str(state.get("type", ""))


def _inner(raw: Mapping[str, object], outer: str, inner: str) -> Properties:
    return _mapping(_mapping(raw.get(outer)).get(inner))


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
