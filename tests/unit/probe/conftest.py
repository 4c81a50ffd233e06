"""Fixtures: the probe, a site for it to judge, and an authority for both."""

import shutil
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.probe.harness import (
    HOST,
    LOOPBACK,
    Answers,
    Authority,
    Leaf,
    Probe,
    Serve,
    Site,
    server_context,
)


@pytest.fixture(autouse=True)
def programs() -> None:
    """Without these nothing is tested, which must not look like a pass."""
    for name in ("sh", "curl", "openssl"):
        assert shutil.which(name), f"these tests need {name}"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "ca")


@pytest.fixture
def probe(tmp_path: Path, authority: Authority) -> Probe:
    return Probe(tmp_path / "plan", authority.file)


@pytest.fixture
def serve(authority: Authority) -> Iterator[Serve]:
    """Starts sites: `serve()` is a good one, keyword arguments make it worse."""
    sites: list[Site] = []

    def start(
        *,
        leaf: Leaf | None = None,
        names: tuple[str, ...] = (HOST,),
        context: ssl.SSLContext | None = None,
        address: str = LOOPBACK,
        port: int = 0,
        plain: bool = False,
        **answers: Any,
    ) -> Site:
        if context is None and not plain:
            context = server_context(leaf or authority.leaf(*names))
        site = Site(Answers(**answers), context, (address, port))
        sites.append(site)
        return site

    yield start
    for site in sites:
        site.shutdown()
        site.server_close()
