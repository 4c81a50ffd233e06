"""The stack's outputs."""

from collections.abc import Callable

import pytest

import outputs
from tests.unit import test_program
from tests.unit.harness import Deployed

Deploy = Callable[..., Deployed]


@pytest.mark.parametrize(
    ("urls", "node_port", "address", "ca", "command"),
    [
        (["https://a/"], None, None, "ca", "curl --cacert ca.crt https://a/"),
        (["https://a/"], None, None, None, "curl https://a/"),
        (
            ["https://a/", "https://b:30443/"], 30443, None, "ca",
            "curl --cacert ca.crt https://b:30443/",
        ),
        (
            ["https://a/"], 30443, None, "ca",
            "curl --cacert ca.crt --connect-to ::$NODE:30443 https://a/",
        ),
        (
            ["https://a/"], 30443, "192.0.2.1", "ca",
            "curl --cacert ca.crt --connect-to ::192.0.2.1: https://a/",
        ),
        (
            ["https://a/"], None, "2001:db8::1", "ca",
            "curl --cacert ca.crt --connect-to ::[2001:db8::1]: https://a/",
        ),
    ],
)  # fmt: skip
def test_the_command_fits_the_exposure(
    urls: list[str], node_port: int | None, address: str | None, ca: str | None, command: str
) -> None:
    assert outputs.curl_command(urls, node_port, address, ca) == command


def test_several_sites_are_grouped_by_name(deploy: Deploy) -> None:
    config = {
        **test_program.stack_config(test_program.ROOT / "Pulumi.dev.yaml"),
        "secure-nginx:sites": '{"web": {}, "blog": {"replicas": 1}}',
    }

    exports = deploy(test_program.run_program, config).exports

    assert set(exports) == {"sites"}
    assert set(exports["sites"]) == {"web", "blog"}
    assert exports["sites"]["blog"]["service"] == "blog"


def test_a_single_site_is_not_grouped() -> None:
    only: outputs.SiteOutputs = {}

    assert outputs.stack_outputs({"web": only}, single=True) is only
