"""When a site is proven again: whenever something has changed that leads to it or that it is trusted by."""

import dataclasses
import itertools
import typing
from collections.abc import Callable, Mapping
from typing import Any, Literal

import pulumi
import pulumi_kubernetes as k8s
import pytest

from components import (
    Access,
    Certificate,
    CertManagerCertificate,
    ClusterIP,
    ExistingSecret,
    Exposure,
    GeneratedCertificate,
    ProvidedCertificate,
    SecureNginx,
    field_types,
)
from site_settings import ProbeSettings, SiteSettings
from tests.unit import sites
from tests.unit.harness import Deploy
from verification import probe_args

PROBE = ProbeSettings(image="registry.example/curl:8.22.0")
PLAIN = SiteSettings(namespace="shop", image=sites.IMAGE, host_names=("www.example.com",), probe=PROBE)
CERTIFICATES = [
    ExistingSecret(secret_name="theirs", ca_config_map="their-ca"),
    CertManagerCertificate(issuer="company", ca_config_map="their-ca"),
]


def triggers(deploy: Deploy, *variants: SiteSettings) -> list[dict[str, Any]]:
    """What would have the probe run again, for each of several settings of one and the same site."""
    found: list[dict[str, Any]] = []

    def program() -> None:
        options = pulumi.ResourceOptions(providers=[k8s.Provider("cluster", context="test")])
        site = SecureNginx("web", PLAIN.component_args("shop", {}), options)
        for variant in variants:
            asked: dict[str, Any] = dict(probe_args(site, variant, PROBE, "probe-script").triggers)
            pulumi.Output.from_input(asked).apply(found.append)

    deploy(program)
    assert len(found) == len(variants)
    return found


_OTHER_SCALARS: Mapping[Any, Callable[[Any], Any]] = {
    bool: lambda value: not value,
    int: lambda value: (value or 0) + 1,
    str: lambda value: f"{value}.other",
}


def another(value: Any, hint: Any) -> Any:
    """Another value of the type `hint`; whether it makes sense does not matter."""
    if hint in _OTHER_SCALARS:
        return _OTHER_SCALARS[hint](value)
    members = [each for each in typing.get_args(hint) if each is not type(None)]
    match typing.get_origin(hint):
        case origin if origin is Literal:
            return next(choice for choice in members if choice != value)
        case origin if origin is tuple:
            return (*value, another(None, members[0]))
        case origin if origin is Mapping:
            return {**(value or {}), "example.com/key": "value"}
    # A value that may be missing.
    return another(value, members[0])


def changes(name: str, base: Any) -> list[SiteSettings]:
    """The settings with each field of `base`, which stands under `name`, changed in turn."""
    hints = field_types(type(base))
    changed = (
        dataclasses.replace(base, **{each.name: another(getattr(base, each.name), hints[each.name])})
        for each in dataclasses.fields(base)
    )
    return [dataclasses.replace(PLAIN, **{name: each}) for each in changed]


@pytest.mark.parametrize(
    ("name", "base"),
    [
        *(("service", kind()) for kind in typing.get_args(Exposure)),
        ("access", Access()),
        *(("certificate", each) for each in CERTIFICATES),
    ],
    ids=lambda part: part if isinstance(part, str) else type(part).__name__,
)
def test_a_change_of_any_field_proves_the_site_again(deploy: Deploy, name: str, base: Any) -> None:
    before, again, *after = triggers(deploy, *[dataclasses.replace(PLAIN, **{name: base})] * 2, *changes(name, base))

    assert before == again
    assert len(after) == len(dataclasses.fields(base))
    for field, changed in zip(dataclasses.fields(base), after, strict=True):
        assert changed != before, field.name


def test_equal_settings_prove_nothing_again(deploy: Deploy) -> None:
    annotations = {"a": "1", "b": "2"}
    settings = [
        dataclasses.replace(
            PLAIN,
            service=ClusterIP(annotations=dict(pairs)),
            access=Access(pods=(dict(pairs),), networks=("192.0.2.0/24",)),
        )
        for pairs in itertools.permutations(annotations.items())
    ]

    first, second = triggers(deploy, *settings)
    assert first == second


def test_what_the_pin_and_the_revision_show_is_no_reason_of_its_own(deploy: Deploy) -> None:
    provided = ProvidedCertificate(certificate="PEM", private_key="hidden", ca="PEM")
    variants: list[Certificate] = [GeneratedCertificate(), GeneratedCertificate(protect_ca=True), provided]

    found = triggers(deploy, *(dataclasses.replace(PLAIN, certificate=each) for each in variants))

    assert found == [found[0]] * 3
    assert "hidden" not in repr(found)


def test_new_pods_are_proven_whatever_the_reason(deploy: Deploy) -> None:
    (asked,) = triggers(deploy, PLAIN)

    assert asked["rollout"] == deploy(sites.program()).registered["web"]["rollout"]
