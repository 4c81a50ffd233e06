"""CurlProbe and what is known late: awaited arguments, and targets that turn out to be nonsense."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from components.curl_probe import CurlProbe, Target
from tests.unit.harness import Deploy
from tests.unit.probes import all_modes, declare


async def later(value: str) -> str:
    return value


@pytest.mark.parametrize(
    ("field", "value"),
    [("namespace", "shop"), ("image", "curl:8.22"), ("script_config_map", "script-of-all")],
    ids=["namespace", "image", "script"],
)
def test_what_every_mode_asks_for_may_be_awaited(field: str, value: str, deploy: Deploy) -> None:
    def program(given: object) -> None:
        CurlProbe("web-probe", all_modes(**{field: given}))

    awaited = deploy(lambda: program(later(value))).manifests
    plain = deploy(lambda: program(value)).manifests

    assert len(awaited) > 4
    assert awaited == plain


NO_NUMBER = "must be a whole number"


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        pytest.param({"host": None}, "host: (not set) must be text", id="no-host"),
        pytest.param({"host": ["a"]}, "host: '(list)' must be text", id="list"),
        pytest.param({"host": "a b"}, "host: 'a b' must be an IP address or a lower-case DNS name", id="blank"),
        pytest.param({"port": None}, f"port: (not set) {NO_NUMBER}", id="no-port"),
        pytest.param({"port": "443"}, f"port: '443' {NO_NUMBER}", id="text"),
        pytest.param({"port": True}, f"port: True {NO_NUMBER}", id="truth"),
        pytest.param({"port": 443.5}, f"port: 443.5 {NO_NUMBER}", id="fraction"),
        pytest.param({"port": 70000.0}, "port: 70000 must be between 1 and 65535", id="large"),
        pytest.param({"address": 5.5}, "address: 5.5 must be text", id="number"),
        pytest.param({"address_port": "x"}, f"address_port: 'x' {NO_NUMBER}", id="address-port"),
        pytest.param({"http_address_port": {}}, f"http_address_port: '(dict)' {NO_NUMBER}", id="http-port"),
    ],
)
def test_a_place_that_turns_out_to_be_none_is_refused(
    fields: Mapping[str, object], problem: str, deploy: Deploy
) -> None:
    def program() -> None:
        known: dict[str, Any] = {"host": "web.shop", "address": "192.0.2.1", **fields}
        late: dict[str, Any] = {name: pulumi.Output.from_input(value) for name, value in known.items()}
        CurlProbe("web-probe", all_modes(targets=(Target(name="a", **late),)))

    with pytest.raises(ValueError, match="probe target 'a'") as error:
        deploy(program)
    assert f"probe target 'a': 1 problem(s)\n  - {problem}" in str(error.value)


def test_a_place_is_refused_by_the_output_that_tells_of_it_too(deploy: Deploy) -> None:
    told: list[str] = []

    def program() -> None:
        probe = CurlProbe("web-probe", all_modes(targets=(Target(name="a", host=pulumi.Output.from_input(None)),)))  # type: ignore[arg-type]

        async def tell() -> None:
            try:
                await probe.targets.future()
            except ValueError as error:
                told.append(str(error))

        pulumi.export("told", pulumi.Output.from_input(tell()))

    with pytest.raises(ValueError, match="probe target 'a'"):
        deploy(program)
    assert told == ["probe target 'a': 1 problem(s)\n  - host: (not set) must be text"]


def test_whole_numbers_that_went_through_the_engine_are_ports(deploy: Deploy) -> None:
    ports = {name: pulumi.Output.from_input(8443.0) for name in ("port", "address_port", "http_address_port")}
    late = Target(name="a", host="web.shop", address="192.0.2.1", **ports)  # type: ignore[arg-type]  # as the engine does

    deployed = declare(deploy, all_modes(targets=(late,)))

    plan = deployed.one("ConfigMap", "-plan").inputs["data"]["target-001"].splitlines()
    assert {"port 8443", "address-port 8443", "http-address-port 8443"} <= set(plan)
    assert deployed.exports["targets"] == ["a: https://web.shop:8443/ via 192.0.2.1:8443"]
