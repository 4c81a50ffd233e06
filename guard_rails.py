"""What a site may not be in an environment that people rely on."""

from collections.abc import Callable, Iterator
from typing import Literal

from components import GeneratedCertificate, LoadBalancer, Problem, SecureNginxArgs

Environment = Literal["development", "staging", "production"]


def problems(environment: Environment, site: SecureNginxArgs, probe_image: str | None) -> Iterator[Problem]:
    """Yield every rule of `environment` that `site` breaks.

    Args:
        environment: Development has no rules, staging some, production all.
        site: The site.
        probe_image: Image of the probe that an update waits for; None if it waits for none.
    """
    for rule in _RULES[environment]:
        yield from rule(site, probe_image)


def _proven(site: SecureNginxArgs, probe_image: str | None) -> Iterator[Problem]:
    del site
    if probe_image is None:
        yield _broken("probe", None, "set probe.image and leave probe.job on")


def _pinned(site: SecureNginxArgs, probe_image: str | None) -> Iterator[Problem]:
    for field, image in (("image", site.image), ("probe.image", probe_image)):
        if image is not None and "@sha256:" not in image:
            yield _broken(field, image, "add the image's digest, @sha256:...")


def _redundant(site: SecureNginxArgs, probe_image: str | None) -> Iterator[Problem]:
    del probe_image
    if site.replicas < 2:
        yield _broken("replicas", site.replicas, "use at least 2")


def _encrypted(site: SecureNginxArgs, probe_image: str | None) -> Iterator[Problem]:
    del probe_image
    if site.nginx.http == "serve":
        yield _broken("nginx.http", site.nginx.http, "use redirect or off")


def _guarded(site: SecureNginxArgs, probe_image: str | None) -> Iterator[Problem]:
    del probe_image
    if not site.access.restricted:
        yield _broken("access.restricted", False, "set it to true")
    if isinstance(site.service, LoadBalancer) and not site.service.source_ranges:
        yield _broken("service.source_ranges", [], "list the networks that may connect")


def _kept(site: SecureNginxArgs, probe_image: str | None) -> Iterator[Problem]:
    del probe_image
    if isinstance(site.certificate, GeneratedCertificate) and not site.certificate.protect_ca:
        yield _broken("certificate.protect_ca", False, "set it to true: clients trust this CA")


def _broken(field: str, value: object, remedy: str) -> Problem:
    return Problem(field=field, value=value, remedy=f"is not allowed in this environment; {remedy}")


_Rule = Callable[[SecureNginxArgs, str | None], Iterator[Problem]]
_STAGING: tuple[_Rule, ...] = (_proven, _pinned, _encrypted)
_RULES: dict[Environment, tuple[_Rule, ...]] = {
    "development": (),
    "staging": _STAGING,
    "production": (*_STAGING, _redundant, _guarded, _kept),
}
