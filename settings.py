"""Read a stack's configuration into typed settings: the only reader of configuration."""

import difflib
import json
import os
import re
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pulumi
from pulumi.runtime import config as pulumi_config

import clashes
import decoding
import guard_rails
import layers
from components import Problem, ProvidedCertificate, field_types, name_problems, raise_all
from secret_settings import DEFAULT_STACK, PROJECT, Secrets, is_kubeconfig_text, shown_at
from site_settings import SiteSettings
from stack_settings import StackSettings

DEFAULT_NAME = "my-nginx"
# For what is required and missing, so that the rest is looked at as well.
_STAND_INS = {"image": "registry.example/nginx:1.30.6", "namespace": "stand-in"}
_DISABLED = "pulumi:disable-default-providers"
# A field of two words and more, as arguments name it, in the text of a remedy; no part of an image's name, nor a value.
# A command between backticks stays as it is.
_FIELD_NAME = re.compile(r"`[^`]*`|(?<![\w/.:'-])([a-z]+(?:_[a-z]+)+)(?![\w/:@'-])")


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
        return load(raw, frozenset(pulumi_config.get_config_secret_keys_env()), os.environ, pulumi.get_stack())
    except ValueError as error:
        raise pulumi.RunError(str(error)) from error


def load(
    raw: Mapping[str, str],
    secret_keys: frozenset[str] = frozenset(),
    variables: Mapping[str, str] | None = None,
    stack_name: str = DEFAULT_STACK,
) -> Settings:
    """Decode the configuration of a stack.

    Args:
        raw: Values by full key, as Pulumi passes them.
        secret_keys: Full keys whose values must not be shown.
        variables: The environment variables, for rules about the state and commands in remedies. Default none.
        stack_name: Name of the stack, for the commands in remedies. Default `dev`.

    Raises:
        ValueError: The configuration is wrong; the message lists every problem.
    """
    problems: list[Problem] = []
    variables = variables or {}
    context = variables.get("KUBE_CONTEXT", "")
    secrets = Secrets(known=KEYS, keys=secret_keys, stack_name=stack_name, context=context)
    values = _known(raw, problems)
    problems.extend(secrets.not_kept(values))
    stack = decoding.decode(StackSettings, {key: values[key] for key in _STACK_KEYS & values.keys()}, problems)
    environment = stack.environment if stack else "development"
    if stack is not None:
        problems.extend(map(_by_key, stack.problems()))
        surroundings = guard_rails.Surroundings(
            context=stack.context,
            pinned_context=stack.pinned_context,
            default_provider_disabled=_disables_kubernetes(raw.get(_DISABLED, "")),
            variables=variables,
        )
        problems.extend(map(_by_key, guard_rails.stack_problems(environment, surroundings)))
        if is_kubeconfig_text(stack.kubeconfig or ""):
            problems.extend(secrets.in_the_clear("kubeconfig"))
    sites = _sites(values, environment, secrets, problems)
    shown = map(secrets.hidden, map(secrets.asked_for, problems))
    raise_all("configuration", {str(problem): problem for problem in shown}.values())
    if stack is None:
        raise AssertionError("decoding failed without a problem")
    return Settings(stack=stack, sites=sites, single=not values.get("sites"))


def _known(raw: Mapping[str, str], problems: list[Problem]) -> dict[str, object]:
    values: dict[str, object] = {}
    for key, text in raw.items():
        bag, _, name = key.partition(":")
        if bag == PROJECT and name in KEYS:
            value = text if name in _TEXT_KEYS else _parsed(text)
            # What is optional is declared with an empty default, since a key without one would be required.
            if name not in _OPTIONAL_KEYS or value not in ("", {}):
                values[name] = value
        elif bag == PROJECT:
            remedy = decoding.unknown_key(name, KEYS)
            problems.append(Problem(field=key, value=shown_at(name, _opened(text)), remedy=remedy))
        elif bag == "kubernetes":
            remedy = f"has no effect in this project; set {PROJECT}:{name}"
            problems.append(Problem(field=key, value=shown_at(name, _opened(text)), remedy=remedy))
        elif difflib.get_close_matches(bag.lower(), [PROJECT], cutoff=0.8):
            # What is not close may be meant for a provider that somebody else uses with the same stack file.
            remedy = f"has no effect, as it is not of this project; did you mean {PROJECT}:{name}?"
            problems.append(Problem(field=key, value=shown_at(name, _opened(text)), remedy=remedy))
    return values


def _sites(
    values: Mapping[str, object],
    environment: guard_rails.Environment,
    secrets: Secrets,
    problems: list[Problem],
) -> dict[str, SiteSettings]:
    shared = {key: values[key] for key in _SITE_KEYS & values.keys()}
    named = values.get("sites") or {values.get("name", DEFAULT_NAME): {}}
    if not isinstance(named, Mapping):
        remedy = "must be an object with one key for each site"
        problems.append(Problem(field="sites", value=named, remedy=remedy))
        return {}
    problems.extend(clashes.of_names([str(name) for name in named]))
    problems.extend(_unheeded_name(values))
    sites: dict[str, SiteSettings] = {}
    for name, override in named.items():
        place = f"sites.{name}" if values.get("sites") else "name"
        problems.extend(replace(problem, field=place) for problem in name_problems(name))
        if not isinstance(override, Mapping):
            problems.append(Problem(field=f"sites.{name}", value=override, remedy="must be an object"))
            continue
        problems.extend(_stacks_own(place, override))
        found: list[Problem] = []
        merged = layers.merged(shared, override)
        site = decoding.decode(SiteSettings, merged, found)
        if site is None:
            # What is missing hides nothing else.
            site = decoding.decode(SiteSettings, {**merged, **_STAND_INS}, [])
        if site is None:
            raise AssertionError("something is required that nothing stands for")
        sites[name] = site
        problems.extend(replace(problem, field=place) for problem in site.name_problems(name))
        # Where something could not be read stands a value that nobody chose.
        unread = {problem.field.partition(".")[0] for problem in found}
        rules = map(_by_key, guard_rails.problems(environment, site))
        said = map(_by_key, site.problems())
        found.extend(layers.own(said, shared, override) if values.get("sites") else said)
        found.extend(problem for problem in rules if problem.field.partition(".")[0] not in unread)
        if isinstance(site.certificate, ProvidedCertificate):
            path = ["certificate", "privateKey"]
            own = [f"sites.{name}"] if layers.is_overridden(path, shared, override) else []
            problems.extend(secrets.in_the_clear(".".join([*own, *path])))
        problems.extend(_located(problem, name, shared, override) for problem in found)
    problems.extend(clashes.of_services(sites))
    return sites


def _unheeded_name(values: Mapping[str, object]) -> Iterator[Problem]:
    if values.get("sites") and values.get("name", DEFAULT_NAME) != DEFAULT_NAME:
        remedy = "has no effect beside sites, which have names of their own; take it out"
        yield Problem(field="name", value=values["name"], remedy=remedy)


def _stacks_own(place: str, override: Mapping[str, object]) -> Iterator[Problem]:
    """Yield what a site cannot have for itself."""
    if "namespace" in override:
        remedy = "is that of all sites of a stack; take it out, and make a stack for each namespace"
        yield Problem(field=f"{place}.namespace", value=override["namespace"], remedy=remedy)


def _disables_kubernetes(providers: str) -> bool:
    """Whether the default providers that the engine is told to refuse have that of Kubernetes among them."""
    names = _parsed(providers)
    return isinstance(names, list) and any(str(name).strip() in ("kubernetes", "*") for name in names)


def _located(problem: Problem, name: str, shared: Mapping[str, object], override: object) -> Problem:
    """The problem under `sites.<name>`, if that is where its value stands."""
    path = problem.field.split(".")
    if path[0] != "namespace" and layers.is_overridden(path, shared, override):
        return problem.under(f"sites.{name}")
    return problem


def _by_key(problem: Problem) -> Problem:
    """The problem of a field, as configuration names things; environment variables keep their names."""
    words = problem.field.split(".")
    return replace(
        problem,
        field=problem.field if problem.field.isupper() else ".".join(map(decoding.camel, words)),
        remedy=_FIELD_NAME.sub(lambda match: decoding.camel(match[1]) if match[1] else match[0], problem.remedy),
    )


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _opened(text: str) -> object:
    """A list or an object as such, so that what is in it can be told apart; else the text."""
    value = _parsed(text)
    return value if isinstance(value, Mapping | list) else text


def hints(*kinds: type) -> dict[str, object]:
    """The types of the keys that the fields of `kinds` make."""
    return {decoding.camel(name): hint for kind in kinds for name, hint in field_types(kind).items()}


_STACK_KEYS = frozenset(hints(StackSettings))
_SITE_KEYS = frozenset(hints(SiteSettings))
KEYS = _STACK_KEYS | _SITE_KEYS | {"name", "sites"}
_TEXT_KEYS = frozenset(key for key, hint in hints(StackSettings, SiteSettings).items() if decoding.is_text(hint)) | {
    "name"
}
_OPTIONAL_KEYS = frozenset(
    key for key, hint in hints(StackSettings, SiteSettings).items() if type(None) in typing.get_args(hint)
)
