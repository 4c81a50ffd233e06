"""Headless Chromium by its own driver: what a person sees who opens the site, and what their browser knows of it."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from tests.e2e import driver

ARTEFACTS = driver.REPOSITORY / "tests" / "e2e" / "artefacts"
"""Where pictures of pages are kept; git ignores it."""

_SECONDS = 30


class RefusedError(Exception):
    """The browser did not open a page; the text has its reason, as in `net::ERR_CERT_AUTHORITY_INVALID`."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """An open page.

    Attributes:
        url: Where the browser ended.
        title: The page's title.
        text: What can be read on it.
        status: Status of the answer.
        protocol: What was spoken: `h2`, `http/1.1`.
        headers: The answer's headers, by names in lower case.
        tls: What the browser knows of the connection: `protocol`, `keyExchangeGroup`, `subjectName`, `sanList`...
        security: What the browser makes of it: `secure`, `insecure`, ...
    """

    url: str
    title: str
    text: str
    status: int
    protocol: str
    headers: Mapping[str, str]
    tls: Mapping[str, Any]
    security: str


@dataclass(frozen=True)
class Browser:
    """A running browser."""

    chromium: webdriver.Chrome

    def open(self, url: str) -> Page:
        """Open a page.

        Raises:
            RefusedError: The browser would not.
        """
        self.chromium.get(url)
        happened = self.happened()
        answer = _answer(happened, self.chromium.current_url)
        return Page(
            url=self.chromium.current_url,
            title=self.chromium.title,
            text=self.chromium.find_element("tag name", "body").text,
            status=answer["status"],
            protocol=answer["protocol"],
            headers={name.lower(): value for name, value in answer["headers"].items()},
            tls=answer.get("securityDetails", {}),
            security=answer["securityState"],
        )

    def photograph(self, name: str) -> Path:
        """Keep a picture of what is shown now."""
        ARTEFACTS.mkdir(exist_ok=True)
        file = ARTEFACTS / f"{name}.png"
        self.chromium.save_screenshot(str(file))
        return file

    def happened(self) -> list[tuple[str, Any]]:
        """What the browser did since it was last asked, by the names of the DevTools protocol."""
        log: Any = self.chromium.get_log("performance")  # type: ignore[no-untyped-call]
        messages = [json.loads(each["message"])["message"] for each in log]
        return [(each["method"], each["params"]) for each in messages]


def _answer(happened: list[tuple[str, Any]], url: str) -> dict[str, Any]:
    """The answer that is now shown.

    Raises:
        RefusedError: What is shown is the browser's own page about an error.
    """
    for what, facts in reversed(happened):
        if what == "Network.loadingFailed" and facts["type"] == "Document":
            raise RefusedError(facts["errorText"])
        if what == "Network.responseReceived" and facts["response"]["url"] == url:
            return dict(facts["response"])
    raise RefusedError(f"no answer from {url}")


@contextmanager
def running(home: Path, places: Mapping[str, str], authority: Path | None = None) -> Iterator[Browser]:
    """Run a browser of its own.

    Args:
        home: An empty folder for all that it keeps.
        places: Names that it asks for, and the addresses where it finds them; nothing else resolves.
        authority: File with the certificate of an authority that it trusts. Default: none but the public ones.
    """
    if authority is not None:
        _trust(home, authority)
    rules = [*(f"MAP {name} {address}" for name, address in places.items()), "MAP * ~NOTFOUND", "EXCLUDE 127.*"]
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    options.accept_insecure_certs = False
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    for argument in (
        "headless=new",
        "no-sandbox",  # it is root who runs the lab, and whom Chromium's sandbox does not take
        "disable-dev-shm-usage",
        "disable-background-networking",
        "disable-component-update",
        "no-proxy-server",
        f"user-data-dir={home / 'profile'}",
        f"host-resolver-rules={', '.join(rules)}",
    ):
        options.add_argument(f"--{argument}")
    environment = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), "NO_PROXY": "*"}
    service = Service(executable_path="/usr/bin/chromedriver", env=environment)
    chromium = webdriver.Chrome(options=options, service=service)
    try:
        chromium.set_page_load_timeout(_SECONDS)
        yield Browser(chromium)
    finally:
        chromium.quit()


def _trust(home: Path, authority: Path) -> None:
    """Do what a person does who makes Chromium trust an authority."""
    folder = home / ".pki" / "nssdb"
    folder.mkdir(parents=True)
    database = f"sql:{folder}"
    for command in (
        ["certutil", "-N", "-d", database, "--empty-password"],
        ["certutil", "-A", "-d", database, "-n", "site", "-t", "C,,", "-i", str(authority)],
    ):
        subprocess.run(command, check=True, capture_output=True)
