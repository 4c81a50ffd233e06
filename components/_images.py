"""Check references to container images."""

import re
from collections.abc import Iterator, Sequence

from . import _checks
from ._problems import Problem

_PATH = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_IMAGE = re.compile(
    rf"(?:[a-z0-9.-]+(?::\d+)?/)?{_PATH}(?:/{_PATH})*"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?(?:@sha256:(?P<digest>[0-9a-f]{64}))?"
)


def image_problems(name: str, image: str) -> Iterator[Problem]:
    """`image` must be an image reference that always means the same image."""
    match = _IMAGE.fullmatch(image)
    if match is None:
        yield Problem(field=name, value=image, remedy="must be an image such as registry/nginx:1.30.6")
    elif match["digest"] is None and match["tag"] in {None, "latest"}:
        yield Problem(
            field=name,
            value=image,
            remedy="must have a tag other than 'latest', or a digest",
        )


def pull_secret_problems(secrets: Sequence[str]) -> Iterator[Problem]:
    """`secrets`, for the registry, must be names of Secrets; a pod names each once."""
    for secret in secrets:
        yield from _checks.dns_name("image_pull_secrets", secret)
    yield from _checks.distinct("image_pull_secrets", secrets)
