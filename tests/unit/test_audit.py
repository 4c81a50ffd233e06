"""What the reports of pip-audit and govulncheck amount to, above all where they looked nothing up."""

import json
from typing import Any

import pytest

from tests import audit
from tests.audit import Finding

WEAKNESS = {"id": "PYSEC-1", "fix_versions": ["1.1"]}


def report(*dependencies: dict[str, Any]) -> str:
    return json.dumps({"dependencies": dependencies})


@pytest.mark.parametrize(
    ("said", "finding"),
    [
        (report({"name": "a", "version": "1", "vulns": []}), Finding(what="r")),
        (
            report({"name": "a", "version": "1", "vulns": [WEAKNESS]}),
            Finding(what="r", known=("a 1: PYSEC-1, mended in 1.1",)),
        ),
        (
            report(
                {"name": "a", "version": "1", "vulns": [{"id": "X", "fix_versions": []}]},
                {"name": "b", "skip_reason": "?"},
            ),
            Finding(what="r", known=("a 1: X, mended in none",)),
        ),
        (report({"name": "b", "skip_reason": "not found"}), Finding(what="r", reason="1 of 1 packages: not found")),
        ("", Finding(what="r", reason="no such host")),
    ],
)
def test_a_report_on_packages(said: str, finding: Finding) -> None:
    assert audit.packages_in("r", said, "Traceback:\n  ...\nno such host\n") == finding


def test_a_module_is_weak_only_by_what_it_calls() -> None:
    def value(function: str | None) -> str:
        frame = {"module": "m", **({"function": function} if function else {})}
        return json.dumps({"finding": {"osv": f"GO-{function}", "fixed_version": "v1.2", "trace": [frame]}})

    said = '{"config": {}}\n' + value(None) + "\n" + value("Read") + "\n" + value("Read") + "\n"

    found = audit.module_in("m", said, "", failed=False)

    assert found == Finding(what="m", known=("GO-Read, mended in v1.2",))


def test_a_module_that_could_not_be_looked_up_is_skipped_with_the_reason() -> None:
    found = audit.module_in("m", "", "fetching: no such host\nexit status 1\n", failed=True)

    assert found == Finding(what="m", reason="fetching: no such host")
    assert str(found) == "skipped  m: fetching: no such host"


@pytest.mark.parametrize(
    ("findings", "code"),
    [
        ([Finding(what="a")], 0),
        ([Finding(what="a"), Finding(what="b", reason="offline")], 3),
        ([Finding(what="a", known=("X",)), Finding(what="b", reason="offline")], 1),
    ],
)
def test_what_was_not_looked_up_does_not_pass(
    monkeypatch: pytest.MonkeyPatch, findings: list[Finding], code: int
) -> None:
    monkeypatch.setattr(audit, "_findings", lambda: iter(findings))

    assert audit.main() == code
