"""What the page never does and never holds, whatever it is made of."""

import base64
import hashlib
import re
from typing import Any

from report import page
from tests.unit.report import made
from tests.unit.report.made import NAMESPACE
from tests.unit.report.reading import LOG, read_of, report


def test_nothing_is_fetched_run_or_sent(dev: dict[str, Any]) -> None:
    reader = read_of(made.facts(dev, logs=LOG))

    assert not reader.tags & {"script", "img", "iframe", "object", "form", "audio", "video"}
    assert not [name for name, _ in reader.attributes if name.startswith("on") or name == "style"]
    links = {value for name, value in reader.attributes if name in ("href", "src", "action", "data")}
    assert {link.partition(":")[0] if ":" in link else link[:1] for link in links} == {"#", "data"}


def test_the_browser_is_told_to_take_the_pages_own_style_alone(dev: dict[str, Any]) -> None:
    text = page.render(report(made.facts(dev)))

    (style,) = re.findall("<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}';" in text.replace("&#39;", "'")
    assert "url(" not in style
    assert "@import" not in style


def test_every_link_on_the_page_leads_somewhere(dev: dict[str, Any]) -> None:
    reader = read_of(made.facts(dev))

    ids = [value for name, value in reader.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    targets = {value[1:] for name, value in reader.attributes if name == "href" and value.startswith("#")}
    assert targets <= set(ids)
    assert {value for name, value in reader.attributes if name == "aria-labelledby"} <= set(ids)


def test_no_secret_is_on_the_page(dev: dict[str, Any]) -> None:
    assert "PRIVATE KEY" in repr(dev)

    text = page.render(report(made.facts(dev, logs=LOG)))

    assert "PRIVATE KEY" not in text


def test_what_has_the_form_of_a_secret_is_hidden_wherever_it_came_from(dev: dict[str, Any]) -> None:
    leak = {f"{NAMESPACE}/first": "FAILED service: Authorization: Bearer abc.def-ghi\n"}

    text = page.render(report(made.facts(dev, logs=leak)))

    assert "abc.def-ghi" not in text
    assert "Bearer [secret]" in text


def test_what_stands_in_quotes_is_hidden_before_they_are_escaped(dev: dict[str, Any]) -> None:
    leak = {f"{NAMESPACE}/first": 'FAILED service: {"password": "hunter2 & more", "user": "bob"}\n'}

    text = page.render(report(made.facts(dev, logs=leak)))

    assert "hunter2" not in text
    assert "{&#34;password&#34;: &#34;[secret]&#34;, &#34;user&#34;: &#34;bob&#34;}" in text


def test_what_others_say_cannot_become_markup(dev: dict[str, Any]) -> None:
    leak = {f"{NAMESPACE}/first": "FAILED <script>alert(1)</script>\n"}

    reader = read_of(made.facts(dev, logs=leak))

    assert "script" not in reader.tags
    assert "FAILED <script>alert(1)</script>" in reader.text
