"""What a stack and its sites may not be in an environment that people rely on."""

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

from components import GeneratedCertificate, LoadBalancer, Problem, SecureNginxArgs

Environment = Literal["development", "staging", "production"]

# How the URL of a backend says that the state travels in the clear: options of S3 and of PostgreSQL.
_CLEAR = {("disablessl", "true"), ("disable_https", "true"), ("sslmode", "disable"), ("sslmode", "allow")}
_PLAIN_UPSTREAM = re.compile(r"\b(?:proxy_pass\s+http|grpc_pass\s+grpc)://\S*")


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a stack stands on, besides its sites.

    Attributes:
        context: Context of the kubeconfig that it is about to use.
        pinned_context: The only one that it may use. Default: any.
        default_provider_disabled: Whether Pulumi refuses Kubernetes objects without an explicit provider.
        variables: The environment variables with which Pulumi runs.
    """

    context: str
    pinned_context: str | None = None
    default_provider_disabled: bool = False
    variables: Mapping[str, str] = field(default_factory=dict)


def stack_problems(environment: Environment, stack: Surroundings) -> Iterator[Problem]:
    """Yield every rule of `environment` that the stack as a whole breaks; a pinned context holds in all."""
    if stack.pinned_context is not None and stack.context != stack.pinned_context:
        yield _broken("context", stack.context, f"use the pinned one, {stack.pinned_context!r}")
    if environment == "development":
        return
    if not stack.default_provider_disabled:
        remedy = 'set it to ["kubernetes"], so that no object can reach the cluster of whoever runs this'
        yield _broken("pulumi:disable-default-providers", None, remedy)
    if environment == "production":
        if stack.pinned_context is None:
            yield _broken("pinned_context", None, "set it to the only context that this stack may ever use")
        yield from _state_encrypted(stack.variables)


def problems(environment: Environment, site: SecureNginxArgs, probe_image: str | None) -> Iterator[Problem]:
    """Yield every rule of `environment` that `site` breaks.

    Args:
        environment: Development has no rules, staging some, production all.
        site: The site.
        probe_image: Image of the probe that an update waits for; None if it waits for none.
    """
    for rule in _RULES[environment]:
        yield from rule(site, probe_image)


def _state_encrypted(variables: Mapping[str, str]) -> Iterator[Problem]:
    """The state holds keys: they travel and rest encrypted. Only the offending part is shown, never a password."""
    name = "PULUMI_BACKEND_URL"
    url = urlsplit(variables.get(name, ""))
    if url.scheme == "http":
        yield _broken(name, "http://", "use https://")
    for option, value in parse_qsl(url.query):
        clear = (option.lower(), value.lower()) in _CLEAR
        if clear or (option == "endpoint" and value.startswith("http://")):
            yield _broken(name, f"{option}={value}", "let the state travel encrypted")
    if variables.get("PULUMI_CONFIG_PASSPHRASE") == "":
        yield _broken("PULUMI_CONFIG_PASSPHRASE", "", "choose a passphrase, or the keys in the state are in the clear")


def _proven(site: SecureNginxArgs, probe_image: str | None) -> Iterator[Problem]:
    del site
    if probe_image is None:
        yield _broken("probe", None, "set probe.image and leave probe.job on")


def _pinned(site: SecureNginxArgs, probe_image: str | None) -> Iterator[Problem]:
    for name, image in (("image", site.image), ("probe.image", probe_image)):
        if image is not None and "@sha256:" not in image:
            command = f"docker buildx imagetools inspect {image} --format '{{{{.Manifest.Digest}}}}'"
            yield _broken(name, image, f"add the image's digest, @sha256:..., which this prints: {command}")


def _redundant(site: SecureNginxArgs, probe_image: str | None) -> Iterator[Problem]:
    del probe_image
    if site.replicas < 2:
        yield _broken("replicas", site.replicas, "use at least 2")


def _encrypted(site: SecureNginxArgs, probe_image: str | None) -> Iterator[Problem]:
    del probe_image
    nginx = site.nginx
    if nginx.http == "serve":
        yield _broken("nginx.http", nginx.http, "use redirect or off")
    for name in ("http_snippet", "server_snippet", "configuration"):
        if found := _PLAIN_UPSTREAM.search(getattr(nginx, name) or ""):
            yield _broken(f"nginx.{name}", found[0], "speak TLS to the backend: https:// or grpcs://")
    for key, value in site.service.annotations.items():
        if key.endswith("backend-protocol") and value.lower() == "http":
            yield _broken("service.annotations", f"{key}: {value}", "let the load balancer pass TLS on to the pods")


def _guarded(site: SecureNginxArgs, probe_image: str | None) -> Iterator[Problem]:
    del probe_image
    if not site.access.restricted:
        yield _broken("access.restricted", False, "set it to true")
    if isinstance(site.service, LoadBalancer):
        ranges = site.service.source_ranges
        if not ranges or any(map(_is_everyone, ranges)):
            yield _broken("service.source_ranges", list(ranges), "list the networks that may connect, not all")


def _kept(site: SecureNginxArgs, probe_image: str | None) -> Iterator[Problem]:
    del probe_image
    if isinstance(site.certificate, GeneratedCertificate) and not site.certificate.protect_ca:
        yield _broken("certificate.protect_ca", False, "set it to true: clients trust this CA")


def _is_everyone(network: str) -> bool:
    try:
        return ipaddress.ip_network(network, strict=False).prefixlen == 0
    except ValueError:
        return False


def _broken(name: str, value: object, remedy: str) -> Problem:
    return Problem(field=name, value=value, remedy=f"is not allowed in this environment; {remedy}")


_Rule = Callable[[SecureNginxArgs, str | None], Iterator[Problem]]
_STAGING: tuple[_Rule, ...] = (_proven, _pinned, _encrypted)
_RULES: dict[Environment, tuple[_Rule, ...]] = {
    "development": (),
    "staging": _STAGING,
    "production": (*_STAGING, _redundant, _guarded, _kept),
}
