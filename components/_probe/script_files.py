"""The probe itself: the files of its script, and the ConfigMap that holds them."""

import importlib.resources

import pulumi
from pulumi_kubernetes import core, meta

SCRIPT_FILES = (
    "probe.sh",
    "plan.sh",
    "requests.sh",
    "answers.sh",
    "assertions.sh",
    "refusals.sh",
    "unrelated.crt",
)


def script() -> dict[str, str]:
    """Names and texts of the script's files, the same for every probe."""
    folder = importlib.resources.files(__name__.rpartition(".")[0]) / "script"
    return {name: (folder / name).read_text(encoding="utf-8") for name in SCRIPT_FILES}


def config_map(name: str, metadata: meta.v1.ObjectMetaArgs, opts: pulumi.ResourceOptions) -> core.v1.ConfigMap:
    """The script in a cluster. A change of it makes a new one, with a new name."""
    return core.v1.ConfigMap(name, metadata=metadata, immutable=True, data=script(), opts=opts)
