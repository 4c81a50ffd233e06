"""ProbeScript: what all probes of a namespace run, kept once."""

import pulumi
from pulumi_kubernetes import meta

from . import _checks, _metadata, _names, _namespace
from ._probe import labels, script_files
from ._probe.args import CurlProbeArgs
from ._types import field_types, type_problems

TOKEN = "securenginx:index:ProbeScript"


class ProbeScript(pulumi.ComponentResource):
    """The script of probes in a ConfigMap of its own.

    It is far larger than the plan of any one probe: with it kept once, the state of a stack of many sites is a third
    smaller, and a preview shows a change of it once.
    """

    config_map: pulumi.Output[str]
    """Name of the ConfigMap, for `CurlProbeArgs.script_config_map`; it changes with the script."""

    def __init__(self, name: str, namespace: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None) -> None:
        """Create the ConfigMap.

        Args:
            name: Name of the component and first part of its ConfigMap's name.
            namespace: The probes' namespace. It must exist.
            opts: Options of the component.

        Raises:
            ValueError: The name or the namespace is wrong; the message lists every problem.
        """
        subject = f"ProbeScript {name!r}"
        kind = field_types(CurlProbeArgs)["namespace"]
        _checks.raise_all(subject, [*type_problems("name", name, str), *type_problems("namespace", namespace, kind)])
        problems = [*_checks.dns_label("name", name)]
        if isinstance(namespace, str):
            problems += _checks.dns_label("namespace", namespace)
        _checks.raise_all(subject, problems)
        super().__init__(TOKEN, name, None, opts)
        metadata = meta.v1.ObjectMetaArgs(
            namespace=_namespace.checked(subject, namespace),
            labels=_names.with_part_of(labels.object_labels(name)),
            annotations=_metadata.owned(),
        )
        # A new version makes it anew, which protection of what it stands in must not prevent.
        options = pulumi.ResourceOptions(parent=self, protect=False, retain_on_delete=False)
        made = script_files.config_map(name, metadata, options)
        self.config_map = made.metadata.name
        self.register_outputs({"config_map": self.config_map})
