"""The example of the package's own page: it runs as it stands, and proves every rollout."""

import re
from pathlib import Path
from typing import Any

from tests.unit.harness import Deploy, Deployed

PAGE = Path(__file__).parents[3] / "docs" / "package.md"
ARGUMENTS = "SecureNginxArgs(namespace=market, "


def deployed(deploy: Deploy, more: str = "") -> Deployed:
    """What the example declares, with more arguments of the site."""
    (example,) = re.findall(r"^```python\n(.+?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    # Here the package has its name of the repository.
    program = example.replace("from secure_nginx import", "from components import")
    assert program.count(ARGUMENTS) == 1
    return deploy(lambda: exec(program.replace(ARGUMENTS, f"{ARGUMENTS}{more}"), {}))  # noqa: S102  # it is ours


def template(found: Deployed) -> Any:
    return found.one("Job").inputs["spec"]["template"]


def test_it_declares_a_site_and_what_proves_it(deploy: Deploy) -> None:
    found = deployed(deploy)

    assert found.one("Service").inputs["metadata"]["name"] == "shop"
    assert found.exports["url"] == "https://shop.market.svc.cluster.local/"


def test_new_pods_are_proved_anew(deploy: Deploy) -> None:
    before, same, after = (template(deployed(deploy, more)) for more in ("", "", "pre_stop_seconds=9, "))

    assert before == same
    assert before != after
