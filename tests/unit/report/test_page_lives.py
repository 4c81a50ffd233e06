"""The life of a certificate on the page: what is written below its bar wraps, which text in a picture does not."""

import re
from typing import Any

import pytest

from report import page
from tests.unit.report import made
from tests.unit.report.reading import read, report


@pytest.mark.parametrize("renews", [True, False])
def test_both_ends_and_the_renewal_are_written_below_the_bar(dev: dict[str, Any], *, renews: bool) -> None:
    if not renews:
        dev["deployment"]["resources"][0]["outputs"]["certificate"]["renewAfter"] = None

    text = page.render(report(made.facts(dev)))
    life = text[text.index('<div class="life">') :]
    picture = life[: life.index("</svg>")]
    below = life[life.index("</svg>") : life.index("</p>")]

    assert re.findall("<text[^>]*>(.*?)</text>", picture) == ["now"]
    renewal = "renewal from 25 Nov, 02:00 " if renews else ""
    written = read(below.removeprefix("</svg>") + "</p>").text
    assert written == f"24 Nov 2026, 10:00 UTC {renewal}25 Nov 2026, 10:00 UTC"
    (style,) = re.findall(r"\.life \.moments {(.*?)}", text)
    assert "flex-wrap: wrap" in style
