"""A namespace that is known late is held to what one of plain text is held to."""

import asyncio
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components import CurlProbe, ProbeScript, ProbeScriptArgs, SecureNginx
from tests.unit import probes, sites
from tests.unit.harness import Deploy, Deployed

COMPONENTS: dict[str, Callable[[Any], object]] = {
    "SecureNginx": lambda namespace: SecureNginx("web", sites.args(namespace=namespace)),
    "CurlProbe": lambda namespace: CurlProbe("web", probes.all_modes(namespace=namespace)),
    "ProbeScript": lambda namespace: ProbeScript("web", ProbeScriptArgs(namespace=namespace)),
}
of_each_component = pytest.mark.parametrize("kind", list(COMPONENTS))


def namespaces(deployed: Deployed) -> set[object]:
    return {each.inputs["metadata"]["namespace"] for each in deployed.resources if "metadata" in each.inputs}


@of_each_component
@pytest.mark.parametrize(("wrong", "shown"), [(None, r"\(not set\)"), (5, "5"), ("Shop", "'Shop'")])
def test_a_wrong_one_is_refused_in_the_same_words_as_plain_text(
    kind: str, wrong: object, shown: str, deploy: Deploy
) -> None:
    create = COMPONENTS[kind]
    with pytest.raises(ValueError, match=rf"^{kind} 'web': 1 problem\(s\)\n  - namespace: {shown} must be ") as plain:
        create(wrong)

    with pytest.raises(ValueError, match="namespace") as late:
        deploy(lambda: create(pulumi.Output.from_input(wrong)))

    assert str(plain.value) in str(late.value)


@of_each_component
def test_one_that_is_awaited_is_checked_as_well(kind: str, deploy: Deploy) -> None:
    async def namespace() -> str:
        return "a.b"

    with pytest.raises(ValueError, match=r"namespace: 'a\.b' must be 1 to 63 of a-z"):
        deploy(lambda: COMPONENTS[kind](namespace()))


@of_each_component
def test_a_right_one_may_be_known_late(kind: str, deploy: Deploy) -> None:
    deployed = deploy(lambda: COMPONENTS[kind](pulumi.Output.from_input("shop")))

    assert namespaces(deployed) == {"shop"}


@of_each_component
def test_one_that_a_preview_does_not_know_is_no_mistake(kind: str, deploy: Deploy) -> None:
    def program() -> None:
        value: asyncio.Future[Any] = asyncio.get_event_loop().create_future()
        value.set_result(None)
        known: asyncio.Future[bool] = asyncio.get_event_loop().create_future()
        known.set_result(False)
        COMPONENTS[kind](pulumi.Output(set(), value, known))

    found = namespaces(deploy(program, preview=True))

    assert "shop" not in found
    assert None not in found
