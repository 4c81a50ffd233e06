"""Turn a content source into the volume that nginx serves."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

import pulumi
from pulumi_kubernetes import core

from ._site import Site
from .content import (
    Content,
    ExistingConfigMap,
    FolderContent,
    InlineContent,
    VolumeClaim,
    data_key,
)

VOLUME = "content"


@dataclass(frozen=True, kw_only=True)
class Served:
    """The served files.

    Attributes:
        volume: Volume with the files.
        revision: Changes when the pods roll because another object holds the files.
    """

    volume: core.v1.VolumeArgs
    revision: pulumi.Input[str]


def create(site: Site) -> Served:
    """Create what the site's content source asks for."""
    content = site.args.content
    match content:
        case InlineContent() | FolderContent():
            return _files(site, content.read())
        case ExistingConfigMap():
            source = core.v1.ConfigMapVolumeSourceArgs(name=content.config_map)
            volume = core.v1.VolumeArgs(name=VOLUME, config_map=source)
            return Served(volume=volume, revision=content.config_map)
        case VolumeClaim():
            name = content.claim or _claim(site, content)
            claim = core.v1.PersistentVolumeClaimVolumeSourceArgs(claim_name=name, read_only=True)
            volume = core.v1.VolumeArgs(name=VOLUME, persistent_volume_claim=claim)
            return Served(volume=volume, revision=name)
        case _:
            assert_never(content)


def is_of_others(content: Content) -> bool:
    """Whether others fill the volume: with anything, links to other files of the pod among them."""
    return isinstance(content, VolumeClaim)


def split(files: Mapping[str, bytes]) -> tuple[dict[str, str], dict[str, str]]:
    """Files as a ConfigMap holds them: text, and the rest in base 64."""
    text: dict[str, str] = {}
    binary: dict[str, str] = {}
    for path, data in files.items():
        try:
            text[data_key(path)] = data.decode()
        except UnicodeDecodeError:
            binary[data_key(path)] = base64.b64encode(data).decode()
    return text, binary


def _files(site: Site, files: Mapping[str, bytes]) -> Served:
    text, binary = split(files)
    name = site.config_map("content", text, binary).metadata.name
    source = core.v1.ConfigMapVolumeSourceArgs(
        name=name,
        items=[core.v1.KeyToPathArgs(key=data_key(path), path=path) for path in files],
    )
    return Served(volume=core.v1.VolumeArgs(name=VOLUME, config_map=source), revision=name)


def _claim(site: Site, content: VolumeClaim) -> pulumi.Output[str]:
    claim = core.v1.PersistentVolumeClaim(
        f"{site.name}-content",
        # Many storage classes bind a volume only when a pod wants it; waiting here would be
        # waiting for ever. The Deployment waits for its claims.
        metadata=site.metadata(f"{site.name}-content", {"pulumi.com/skipAwait": "true"}),
        spec=core.v1.PersistentVolumeClaimSpecArgs(
            access_modes=[content.access_mode],
            storage_class_name=content.storage_class,
            resources=core.v1.VolumeResourceRequirementsArgs(requests={"storage": content.size}),
        ),
        opts=pulumi.ResourceOptions(parent=site.parent, protect=content.protect or None),
    )
    return claim.metadata.name
