"""The namespace of a component, checked however late it is known."""

import pulumi

from . import _checks
from ._problems import raise_all
from ._types import type_problems


def checked(subject: str, namespace: pulumi.Input[str]) -> pulumi.Output[str]:
    """The namespace of a component, to be asked for any number of times: what is awaited is so only once.

    Args:
        subject: The component, as refusals name it.
        namespace: A namespace that has been checked if it is plain text; any other is checked once it is known, and
            the Output fails with the words that plain text is refused with.
    """

    def refused_or(known: str) -> str:
        raise_all(subject, type_problems("namespace", known, str))
        raise_all(subject, _checks.dns_label("namespace", known))
        return known

    return pulumi.Output.from_input(namespace).apply(refused_or)
