"""What is wrong with a value, and the one message that says all of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing wrong with one value.

    Attributes:
        field: Path of the field in snake case, joined by dots, for example `service.https_port`.
        value: The offending value, or a description of it where the value is a secret.
        remedy: What to write instead, as an order: "must be ...", "set ...".
        idle: Whether the value is right and only changes nothing here; it may be shared with others. Default False.
    """

    field: str
    value: object
    remedy: str
    idle: bool = False

    def under(self, parent: str) -> "Problem":
        """The same problem, with its field placed inside `parent`."""
        return replace(self, field=f"{parent}.{self.field}" if self.field else parent)

    def __str__(self) -> str:
        """One line: field, value, remedy."""
        shown = "(not set)" if self.value is None else repr(self.value)
        return f"{self.field}: {shown} {self.remedy}"


def nested(parent: str, problems: Iterable[Problem]) -> Iterator[Problem]:
    """Problems of a nested value, under the name of the field that holds it."""
    return (problem.under(parent) for problem in problems)


def raise_all(subject: str, problems: Iterable[Problem]) -> None:
    """Raise one `ValueError` that lists every problem, or return if there is none."""
    found = list(problems)
    if found:
        lines = "\n".join(f"  - {problem}" for problem in found)
        raise ValueError(f"{subject}: {len(found)} problem(s)\n{lines}")
