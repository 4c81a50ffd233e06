"""What a rule is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from policy.resource import Resource


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One thing that no stack may do.

    Attributes:
        name: Its name, in reports and in a policy configuration file.
        description: What holds where nobody breaks it, as a sentence.
        check: Yields a message for each violation by one resource. It names the field and what is
            there, and never holds a secret value. What is not known yet violates nothing.
        remedy: What to change.
    """

    name: str
    description: str
    check: Callable[[Resource], Iterator[str]]
    remedy: str
