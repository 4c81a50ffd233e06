"""A report in headless Chromium, as a person sees it who opens the file: on a phone, on a desk, by day and by night."""

import base64
import importlib.resources
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selenium.webdriver.remote.webelement import WebElement

from tests.e2e.browser import ARTEFACTS, Browser

PHONE, DESK = 390, 1280
_HEIGHT = 900
_AXE = (importlib.resources.files("axe_core_python") / "axe.min.js").read_text()
_RUN_AXE = "const done = arguments[0]; axe.run(document).then(found => done(found.violations), error => done([error]))"


@dataclass(frozen=True, kw_only=True)
class ReportPage:
    """A report that is open in a browser.

    Attributes:
        browser: The browser.
        file: The report.
    """

    browser: Browser
    file: Path

    def show(self, *, width: int, scheme: str) -> None:
        """Open the page anew on a screen of a width, in `light` or `dark` colours."""
        self._devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self._devtools(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=_HEIGHT, deviceScaleFactor=1, mobile=width == PHONE,
        )  # fmt: skip
        self.browser.chromium.get(self.file.as_uri())

    def photograph(self, name: str) -> Path:
        """Keep a picture of the whole page."""
        ARTEFACTS.mkdir(exist_ok=True)
        picture = self._devtools("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        file = ARTEFACTS / f"{name}.png"
        file.write_bytes(base64.b64decode(picture))
        return file

    def elements(self, selector: str) -> list[WebElement]:
        """The elements that a CSS selector finds."""
        return self.browser.chromium.find_elements("css selector", selector)

    def script(self, text: str, *arguments: Any) -> Any:
        """What a script returns that is run on the page; the page itself has none."""
        return self.browser.chromium.execute_script(text, *arguments)

    def too_wide(self) -> list[str]:
        """What reaches beyond the right edge of the screen."""
        found: list[str] = self.script(
            "return [...document.querySelectorAll('body *')].filter(each => each.checkVisibility() && "
            "each.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && "
            "!each.closest('thead')).map(each => each.outerHTML.slice(0, 120))"
        )
        return found

    def is_wider_than_the_screen(self) -> bool:
        """Whether it can be scrolled sideways; a phone's browser zooms out instead, and calls that its inner width."""
        return bool(self.script("const root = document.documentElement; return root.scrollWidth > root.clientWidth"))

    def complaints(self) -> list[str]:
        """What the browser has said on its console since it was last asked."""
        log: Any = self.browser.chromium.get_log("browser")  # type: ignore[no-untyped-call]
        return [each["message"] for each in log]

    def asked_for(self) -> set[str]:
        """Every URL asked for since this was last called, but the page, what it holds, and the browser's own."""
        events = self.browser.happened()
        urls = {facts["request"]["url"] for what, facts in events if what == "Network.requestWillBeSent"}
        own = (self.file.as_uri(), "data:", "chrome:")
        return {url for url in urls if not url.startswith(own)}

    def barriers(self) -> list[str]:
        """What axe calls serious or critical, with everything on the page unfolded."""
        self.script("document.querySelectorAll('details').forEach(each => { each.open = true })")
        self.script(_AXE)
        found: Any = self.browser.chromium.execute_async_script(_RUN_AXE)
        return [
            f"{each['id']}: {each['help']}: {[node['html'][:160] for node in each['nodes'][:3]]}"
            for each in found
            if each["impact"] in ("serious", "critical")
        ]

    def _devtools(self, command: str, **parameters: Any) -> Any:
        return self.browser.chromium.execute_cdp_cmd(command, parameters)
