"""Images that cannot change behind their names."""

from collections.abc import Iterator

from policy.pods import containers, pod_specs
from policy.resource import Resource
from policy.rule import Rule


def _check(resource: Resource) -> Iterator[str]:
    for spec in pod_specs(resource):
        for name, container in containers(spec):
            image = container.get("image")
            if isinstance(image, str) and not _is_fixed(image):
                yield f"{name} runs the image {image!r}"


def _is_fixed(image: str) -> bool:
    # `localhost/` is no registry: such an image is built on the nodes, and nobody else can replace it.
    return "@sha256:" in image or image.startswith("localhost/")


IMAGE_DIGEST = Rule(
    name="image-digest",
    description="Pods run images whose content is fixed by a digest.",
    check=_check,
    remedy="Add the digest to the image: name:tag@sha256:...",
)
