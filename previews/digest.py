"""What one preview says, as `pulumi preview --json` and its log of events tell it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from previews import generated, step
from previews.step import Properties, Step, listed, mapping

STACK = "pulumi:pulumi:Stack"


class UnreadableError(ValueError):
    """A text that is not the output of `pulumi preview --json`."""


ODDITIES = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What data of the wrong form can raise wherever it is read or shown: numbers that are words, times after the last
year, lists in lists in lists without end."""


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
        counts: Number of resources by operation, untouched ones mostly as `same`.
        errors: Why it failed; empty if it did not.
        warnings: What the engine or a provider warns of.
        old_outputs: The stack's outputs before; empty if it is new.
        new_outputs: Its outputs after; None if the log of events does not tell.
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
    raw = [each for each in listed(digest.get("steps")) if isinstance(each, dict)]
    replaced = {str(each.get("urn")) for each in raw if each.get("op") == "replace"}
    errors, warnings = _diagnostics(digest)
    outputs = next((_inner(each, "oldState", "outputs") for each in raw if step.kind(each) == STACK), {})
    steps = [found for each in raw if (found := step.read(each, replaced)).touched]
    return Preview(
        stack=stack,
        steps=tuple(generated.named(steps)),
        counts={str(key): int(str(value)) for key, value in mapping(digest.get("changeSummary")).items()},
        errors=errors,
        warnings=warnings,
        old_outputs=outputs,
        new_outputs=None if errors else _new_outputs(happened),
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
    return mapping(value)


def _diagnostics(digest: Mapping[str, object]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    told: dict[str, list[str]] = {"error": [], "warning": []}
    for each in listed(digest.get("diagnostics")):
        diagnostic = mapping(each)
        if (severity := str(diagnostic.get("severity"))) in told:
            message = str(diagnostic.get("message", "")).strip()
            told[severity].append(message.removeprefix(f"{severity}: "))
    # That the program ended is no news after it has said why.
    errors = [text for text in told["error"] if "program exited with non-zero exit code" not in text] or told["error"]
    return tuple(dict.fromkeys(errors)), tuple(dict.fromkeys(told["warning"]))


def _events(log: str) -> Iterator[Mapping[str, object]]:
    # Within a line there may be what Python takes for the end of one, as U+0085.
    for line in log.split("\n"):
        # The engine's talk is most of the log, and none of it is of use here.
        if '"diagnosticEvent"' in line[:80]:
            continue
        try:
            event = json.loads(line)
        except ValueError:
            continue  # the last line of a log that was cut off
        if isinstance(event, dict):
            yield event


def _new_outputs(events: Sequence[Mapping[str, object]]) -> Properties | None:
    """The outputs in the last event of the stack itself: the earlier ones are of its beginning.

    None where there is no such event, as in a log that is missing, or cut off before.
    """
    outputs = None
    for event in events:
        metadata = mapping(mapping(event.get("resOutputsEvent")).get("metadata"))
        if metadata.get("type") == STACK:
            outputs = _inner(metadata, "new", "outputs")
    return outputs


def _findings(events: Sequence[Mapping[str, object]]) -> Iterator[Finding]:
    for event in events:
        found = mapping(event.get("policyEvent"))
        if found:
            yield Finding(
                policy=str(found.get("policyName", "")),
                level=str(found.get("enforcementLevel", "")),
                resource=str(found.get("resourceUrn", "")).rpartition("::")[2],
                message=str(found.get("message", "")).strip(),
            )


def _inner(raw: Mapping[str, object], outer: str, inner: str) -> Properties:
    return mapping(mapping(raw.get(outer)).get(inner))
