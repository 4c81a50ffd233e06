"""ProbeScript: what all probes of a namespace run, kept once."""

from collections.abc import Iterator
from dataclasses import dataclass

import pulumi

from . import _checks, _metadata, _names, _namespace
from ._probe import labels, script_files
from ._problems import Problem, raise_all
from ._types import type_problems

TOKEN = "securenginx:index:ProbeScript"


@dataclass(frozen=True, kw_only=True)
class ProbeScriptArgs:
    """Where the script of probes is kept.

    Attributes:
        namespace: The probes' namespace. It must exist.
    """

    namespace: pulumi.Input[str]

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these arguments."""
        if isinstance(self.namespace, str):
            yield from _checks.dns_label("namespace", self.namespace)


class ProbeScript(pulumi.ComponentResource):
    """The script of probes in a ConfigMap of its own.

    It is far larger than the plan of any one probe: with it kept once, the state of a stack of many sites is a third
    smaller, and a preview shows a change of it once.
    """

    config_map: pulumi.Output[str]
    """Name of the ConfigMap, for `CurlProbeArgs.script_config_map`; it changes with the script."""

    def __init__(self, name: str, args: ProbeScriptArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Create the ConfigMap.

        Args:
            name: Name of the component and first part of its ConfigMap's name.
            args: Where the probes are.
            opts: Options of the component.

        Raises:
            ValueError: An argument is wrong; the message lists every problem.
        """
        subject = f"ProbeScript {name!r}"
        raise_all(subject, [*type_problems("name", name, str), *type_problems("", args, ProbeScriptArgs)])
        raise_all(subject, [*_checks.dns_label("name", name), *args.problems()])
        super().__init__(TOKEN, name, None, opts)
        namespace = _namespace.checked(subject, args.namespace)
        metadata = _metadata.owned(namespace, _names.with_part_of(labels.object_labels(name)))
        made = script_files.config_map(name, metadata, pulumi.ResourceOptions(parent=self, **_metadata.REMADE))
        self.config_map = made.metadata.name
        self.register_outputs({"config_map": self.config_map})
