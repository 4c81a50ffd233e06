"""A report of a real stack: opened, looked at and clicked through in a browser, on a phone and on a desk."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import browser, driver, site_stack
from tests.e2e.report_page import DESK, PHONE, ReportPage
from tests.e2e.site_stack import CURL, SITE, SiteStack

SCREENS = pytest.mark.parametrize(("width", "scheme"), [(w, s) for w in (PHONE, DESK) for s in ("light", "dark")])
_PASSPHRASE = driver.LAB / "cluster" / "stacks" / "passphrase"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteStack]:
    """A site with a watch that has run once more since the update."""
    with site_stack.made(driver.copy_project(tmp_path_factory.mktemp("report") / "project"), "e2e-report") as made:
        made.up(service={"type": "NodePort"}, probe={"image": CURL, "cronJob": {"schedule": "0 0 1 1 *"}})
        (watch,) = made.objects("cronjobs")
        source, namespace = f"--from=cronjob/{watch['metadata']['name']}", f"--namespace={made.namespace}"
        driver.kubectl("create", "job", "again", source, namespace)
        driver.kubectl("wait", "job/again", "--for=condition=Complete", "--timeout=180s", namespace)
        yield made


@pytest.fixture(scope="module")
def report(stack: SiteStack) -> Iterator[Path]:
    """The report of that stack."""
    said = driver.must(stack.lab("report")).output
    name, _, file = said.strip().partition(": ")
    assert name == stack.name
    yield Path(file)
    Path(file).unlink()


@pytest.fixture(scope="module")
def page(report: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReportPage]:
    with browser.running(tmp_path_factory.mktemp("browser"), {}) as chromium:
        yield ReportPage(browser=chromium, file=report)


@SCREENS
def test_it_is_readable_on_every_screen(page: ReportPage, width: int, scheme: str) -> None:
    page.complaints()
    page.asked_for()

    page.show(width=width, scheme=scheme)
    page.photograph(f"report-{width}-{scheme}")

    assert page.browser.chromium.title == "e2e-report: verified (Secure Nginx)"
    assert not page.is_wider_than_the_screen(), page.too_wide()
    assert page.too_wide() == []
    assert page.barriers() == []
    assert not page.is_wider_than_the_screen(), page.too_wide()
    assert page.complaints() == []
    assert page.asked_for() == set()


@SCREENS
def test_it_can_be_clicked_through(page: ReportPage, width: int, scheme: str) -> None:
    page.show(width=width, scheme=scheme)
    page.script("document.documentElement.style.scrollBehavior = 'auto'")

    links = page.elements("nav a")
    assert [link.text for link in links] == ["Attention", SITE, "Environments", "Rules", "Resources"]
    for link in links:
        page.script("arguments[0].scrollIntoView()", link)
        link.click()
        target = page.elements(f"[id='{(link.get_attribute('href') or '').partition('#')[2]}']")[0]
        assert page.script("const box = arguments[0].getBoundingClientRect(); return box.top >= 0", target)
        assert page.script("return arguments[0].getBoundingClientRect().bottom <= innerHeight", target)

    folds = page.elements("main details:not([open])")
    assert len(folds) >= 6
    for fold in folds:
        summary = fold.find_element("css selector", "summary")
        page.script("arguments[0].scrollIntoView({block: 'center'})", summary)
        summary.click()
        assert fold.get_attribute("open") is not None
    page.photograph(f"report-{width}-{scheme}-unfolded")


def test_it_tells_what_the_cluster_and_the_engine_know(page: ReportPage, stack: SiteStack) -> None:
    outputs = stack.outputs()
    page.show(width=DESK, scheme="light")
    page.script("document.querySelectorAll('details').forEach(each => { each.open = true })")
    text = page.elements("body")[0].text

    assert "2 of 2 ready" in text
    assert outputs["certificate"]["fingerprintSha256"] in text
    assert all(url in text for url in outputs["urls"])
    for target in outputs["proof"]["targets"]:
        assert target.partition(":")[0] in text
    assert "unrelated-ca" in text
    assert text.count("every way held") == 2
    assert "asked by the watch" in text
    for each in stack.export()["deployment"]["resources"]:
        assert each["urn"].rpartition("::")[2] in text


def test_no_secret_is_in_it(report: Path, stack: SiteStack) -> None:
    exported = driver.must(stack.lab("pulumi", "--", "stack", "export", "--show-secrets", f"--stack={stack.name}"))
    keys = [
        each["outputs"]["privateKeyPem"]["plaintext"]
        for each in json.loads(exported.output)["deployment"]["resources"]
        if each["type"].endswith(":PrivateKey")
    ]
    text = report.read_text()

    assert len(keys) == 2
    for key in map(json.loads, keys):
        assert key.startswith("-----BEGIN ")
        assert base64.b64encode(key.encode()).decode() not in text
        assert [line for line in key.splitlines()[1:-1] if line in text] == []
    assert _PASSPHRASE.read_text().strip() not in text
    assert "PRIVATE KEY" not in text
    assert "ciphertext" not in text
    assert report.stat().st_mode & 0o777 == 0o600


def test_the_browser_and_axe_would_notice_what_is_wrong(page: ReportPage, tmp_path: Path) -> None:
    """A copy of the report with faults in it: what the other tests look for is found there."""
    worse = tmp_path / "worse.html"
    fault = '<div id="wide"><img src="https://example.com/x.png"><p>far too pale</p></div>'
    style = "#wide { width: 600px; } #wide p { color: #cccccc; background: #ffffff; }"
    text = page.file.read_text().replace('<html lang="en">', "<html>").replace("</main>", f"{fault}</main>")
    policy = text[text.index("<meta http-equiv") : text.index('<meta name="color-scheme"')]
    worse.write_text(text.replace(policy, "").replace("</style>", f"{style}</style>"))
    broken = ReportPage(browser=page.browser, file=worse)
    page.asked_for()

    broken.show(width=PHONE, scheme="light")

    assert broken.is_wider_than_the_screen()
    assert broken.too_wide() != []
    assert broken.asked_for() == {"https://example.com/x.png"}
    assert any("example.com" in line for line in broken.complaints())
    found = {line.partition(":")[0] for line in broken.barriers()}
    assert {"html-has-lang", "image-alt", "color-contrast"} <= found


def test_the_page_itself_keeps_the_browser_from_asking(page: ReportPage, tmp_path: Path) -> None:
    leaky = tmp_path / "leaky.html"
    fault = '<img alt="" src="https://example.com/x.png"><script>document.title = "run"</script>'
    leaky.write_text(page.file.read_text().replace("</main>", f"{fault}</main>"))
    broken = ReportPage(browser=page.browser, file=leaky)
    page.complaints()

    broken.show(width=DESK, scheme="light")

    complaints = " ".join(broken.complaints())
    assert "img-src" in complaints
    assert "script-src" in complaints or "default-src" in complaints
    assert page.browser.chromium.title != "run"
