"""Read a stack's configuration into typed settings: the only reader of configuration."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Literal

import pulumi
from pulumi.runtime import config as pulumi_config

import decoding
import guard_rails
import layers
from components import (
    CronJobMode,
    Expectations,
    Problem,
    SecureNginxArgs,
    ShellMode,
    Timing,
    image_problems,
    name_problems,
    nested,
    raise_all,
)

PROJECT = "secure-nginx"
DEFAULT_NAME = "my-nginx"
# A field of two words and more, as arguments name it, in the text of a remedy.
_FIELD_NAME = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")


@dataclass(frozen=True, kw_only=True)
class ProbeSettings:
    """What proves the site; where it looks follows from the site.

    Attributes:
        image: Image with a shell and curl.
        expect: What to find, besides what the site's own settings say.
        negative_checks: Whether wrong trust and wrong names must fail. Default True.
        timing: Limits of a run.
        job: Whether an update waits for the proof. Default True.
        cron_job: Proves again on a schedule. Default: not.
        shell: Keeps a pod to run curl in. Default: not.
    """

    image: str
    expect: Expectations = field(default_factory=Expectations)
    negative_checks: bool = True
    timing: Timing = field(default_factory=Timing)
    job: bool = True
    cron_job: CronJobMode | None = None
    shell: ShellMode | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        yield from image_problems("image", self.image)
        yield from nested("expect", self.expect.problems())
        yield from nested("timing", self.timing.problems())
        if self.cron_job is not None:
            yield from nested("cron_job", self.cron_job.problems())
        if self.shell is not None:
            yield from nested("shell", self.shell.problems())


@dataclass(frozen=True, kw_only=True)
class SiteSettings(SecureNginxArgs):
    """One site and its probe.

    Attributes:
        probe: The probe. Default: none, so an update proves nothing.
    """

    probe: ProbeSettings | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with the site and its probe."""
        yield from super().problems()
        if self.probe is not None:
            yield from nested("probe", self.probe.problems())

    @property
    def gating_image(self) -> str | None:
        """Image of the probe that an update waits for; None if it waits for none."""
        return self.probe.image if self.probe is not None and self.probe.job else None

    def component_args(self, namespace: pulumi.Input[str], probe_labels: Mapping[str, str]) -> SecureNginxArgs:
        """The component's arguments.

        Args:
            namespace: The namespace as it really is.
            probe_labels: Labels of the probe's pods, which may connect if not everyone may.
        """
        values = {each.name: getattr(self, each.name) for each in fields(SecureNginxArgs)}
        values["namespace"] = namespace
        if self.probe is not None and not self.access.open:
            values["access"] = replace(self.access, pods=(*self.access.pods, probe_labels))
        return SecureNginxArgs(**values)


@dataclass(frozen=True, kw_only=True)
class StackSettings:
    """What a stack has besides its sites.

    Attributes:
        environment: Which guard rails hold: `development`, `staging` or `production`. Default
            `development`.
        context: Context of the kubeconfig; never a default, so that nothing reaches the wrong
            cluster.
        namespace: Namespace of every site.
        kubeconfig: Path or text of a kubeconfig. Default: what kubectl would use.
        cluster_identifier: Name of the cluster in Pulumi's state; resources are replaced when
            it changes. Default: the context.
        create_namespace: Whether the stack owns the namespace. Default True.
        pod_security: Pod Security level of an owned namespace. Default `restricted`.
    """

    context: str
    namespace: str
    environment: guard_rails.Environment = "development"
    kubeconfig: str | None = None
    cluster_identifier: str | None = None
    create_namespace: bool = True
    pod_security: Literal["privileged", "baseline", "restricted"] = "restricted"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything the program depends on.

    Attributes:
        stack: What the stack has besides its sites.
        sites: The sites by name.
        single: Whether the configuration described one site by flat keys.
    """

    stack: StackSettings
    sites: Mapping[str, SiteSettings]
    single: bool


def read() -> Settings:
    """The settings of the current stack.

    Raises:
        pulumi.RunError: The configuration is wrong; the message lists every problem.
    """
    raw = {**pulumi_config.get_config_env(), **pulumi_config.CONFIG.get()}
    try:
        return load(raw, frozenset(pulumi_config.get_config_secret_keys_env()))
    except ValueError as error:
        raise pulumi.RunError(str(error)) from error


def load(raw: Mapping[str, str], secret_keys: frozenset[str] = frozenset()) -> Settings:
    """Decode the configuration of a stack.

    Args:
        raw: Values by full key, as Pulumi passes them.
        secret_keys: Full keys whose values must not be shown.

    Raises:
        ValueError: The configuration is wrong; the message lists every problem.
    """
    problems: list[Problem] = []
    values = _known(raw, problems)
    stack = decoding.decode(StackSettings, {key: values[key] for key in _STACK_KEYS & values.keys()}, problems)
    environment = stack.environment if stack else "development"
    sites = _sites(values, environment, problems)
    shown = [_shown(problem, secret_keys) for problem in problems]
    raise_all("configuration", {str(problem): problem for problem in shown}.values())
    if stack is None:
        raise AssertionError("decoding failed without a problem")
    return Settings(stack=stack, sites=sites, single=not values.get("sites"))


def _known(raw: Mapping[str, str], problems: list[Problem]) -> dict[str, object]:
    values: dict[str, object] = {}
    for key, text in raw.items():
        bag, _, name = key.partition(":")
        if bag == PROJECT and name in KEYS:
            values[name] = text if name in _TEXT_KEYS else _parsed(text)
        elif bag == PROJECT:
            remedy = decoding.unknown_key(name, KEYS)
            problems.append(Problem(field=name, value=text, remedy=remedy))
        elif bag == "kubernetes":
            remedy = f"has no effect in this project; set {PROJECT}:{name}"
            problems.append(Problem(field=key, value=text, remedy=remedy))
    return values


def _sites(
    values: Mapping[str, object],
    environment: guard_rails.Environment,
    problems: list[Problem],
) -> dict[str, SiteSettings]:
    shared = {key: values[key] for key in _SITE_KEYS & values.keys()}
    named = values.get("sites") or {values.get("name", DEFAULT_NAME): {}}
    if not isinstance(named, Mapping):
        remedy = "must be an object with one key for each site"
        problems.append(Problem(field="sites", value=named, remedy=remedy))
        return {}
    sites = {}
    for name, override in named.items():
        place = f"sites.{name}" if values.get("sites") else "name"
        problems.extend(replace(problem, field=place) for problem in name_problems(name))
        found: list[Problem] = []
        site = None
        if isinstance(override, Mapping):
            site = decoding.decode(SiteSettings, layers.merged(shared, override), found)
        else:
            problems.append(Problem(field=f"sites.{name}", value=override, remedy="must be an object"))
        if site is not None:
            sites[name] = site
            found.extend(site.problems())
            found.extend(guard_rails.problems(environment, site, site.gating_image))
        problems.extend(_located(problem, name, shared, override) for problem in found)
    return sites


def _located(problem: Problem, name: str, shared: Mapping[str, object], override: object) -> Problem:
    """The problem under `sites.<name>`, if that is where its value stands."""
    path = [decoding.camel(part) for part in problem.field.split(".")]
    if path[0] != "namespace" and layers.is_overridden(path, shared, override):
        return problem.under(f"sites.{name}")
    return problem


def _shown(problem: Problem, secret_keys: frozenset[str]) -> Problem:
    """The problem as configuration names things, and without its value if that is secret."""
    if problem.field.partition(":")[0] == "kubernetes":
        return problem
    key, *rest = (decoding.camel(part) for part in problem.field.split("."))
    full_key = f"{PROJECT}:{key}"
    return Problem(
        field=".".join([full_key, *rest]),
        value="[secret]" if full_key in secret_keys else problem.value,
        remedy=_FIELD_NAME.sub(lambda match: decoding.camel(match[0]), problem.remedy),
    )


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def hints(*kinds: type) -> dict[str, object]:
    """The types of the keys that the fields of `kinds` make."""
    return {decoding.camel(name): hint for kind in kinds for name, hint in decoding.hints(kind).items()}


_STACK_KEYS = frozenset(hints(StackSettings))
_SITE_KEYS = frozenset(hints(SiteSettings))
KEYS = _STACK_KEYS | _SITE_KEYS | {"name", "sites"}
_TEXT_KEYS = frozenset(key for key, hint in hints(StackSettings, SiteSettings).items() if decoding.is_text(hint)) | {
    "name"
}
