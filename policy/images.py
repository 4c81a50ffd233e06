"""Images that cannot change behind their names."""

import re
from collections.abc import Iterator

from policy.pods import containers, pod_specs
from policy.resource import Resource, at, items
from policy.rule import Rule

_DIGEST = re.compile(r"@(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})\Z")


def _check(resource: Resource) -> Iterator[str]:
    for spec in pod_specs(resource):
        for name, container in containers(spec):
            image = container.get("image")
            if _is_movable(image):
                yield f"{name} runs the image {image!r}"
        for volume in items(spec.get("volumes")):
            image = at(volume, "image", "reference")
            if _is_movable(image):
                yield f"volume {volume.get('name')!r} holds the image {image!r}"


def _is_movable(image: object) -> bool:
    # `localhost/` is no registry: such an image is built on the nodes, and nobody else can replace it.
    return isinstance(image, str) and not image.startswith("localhost/") and not _DIGEST.search(image)


IMAGE_DIGEST = Rule(
    name="image-digest",
    description="Pods run images whose content is fixed by a digest.",
    check=_check,
    remedy="Add the digest to the image: name:tag@sha256:...",
)
