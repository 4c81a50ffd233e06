"""Look up what is known of the weaknesses of everything that is pinned: Python packages, and Go modules of the lab.

Run as `python -m tests.audit`. Both databases are on the Internet. Where one cannot be reached, nothing was looked
up, and that is what is said: the exit code is 0 if nothing is known, 1 if something is, 3 if a part was not looked up.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_GOVULNCHECK = "golang.org/x/vuln/cmd/govulncheck@v1.9.0"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What came of one look.

    Attributes:
        what: What was looked at.
        known: What is known of it, a line each.
        reason: Why it could not be looked up; empty if it could.
    """

    what: str
    known: tuple[str, ...] = ()
    reason: str = ""

    def __str__(self) -> str:
        if self.reason:
            return f"skipped  {self.what}: {self.reason}"
        return "\n".join([f"{'WEAK' if self.known else 'ok':<8} {self.what}", *(f"    {line}" for line in self.known)])


def packages(file: Path) -> Finding:
    """Look up the Python packages of a requirements file with pip-audit."""
    command = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip", "--format=json", "-r", str(file)]
    done = _run(command, ROOT)
    return packages_in(file.name, done.stdout, done.stderr)


def packages_in(what: str, report: str, errors: str) -> Finding:
    """What pip-audit's report says; it takes packages of which it learns nothing for faultless."""
    try:
        found = json.loads(report)["dependencies"]
    except (json.JSONDecodeError, KeyError):
        return Finding(what=what, reason=_last_line(errors))
    skipped = [each["skip_reason"] for each in found if "skip_reason" in each]
    known = tuple(
        f"{each['name']} {each['version']}: {weakness['id']}, mended in {', '.join(weakness['fix_versions']) or 'none'}"
        for each in found
        for weakness in each.get("vulns", [])
    )
    if skipped and not known:
        return Finding(what=what, reason=f"{len(skipped)} of {len(found)} packages: {skipped[0]}")
    return Finding(what=what, known=known)


def module(folder: Path) -> Finding:
    """Look up one Go module of the lab, and what it calls, with govulncheck."""
    done = _run(["go", "run", _GOVULNCHECK, "-C", str(folder), "-format", "json", "./..."], ROOT)
    return module_in(f"lab/go/{folder.name}", done.stdout, done.stderr, failed=done.returncode != 0)


def module_in(what: str, report: str, errors: str, *, failed: bool) -> Finding:
    """What govulncheck's report says: a run of JSON values, some of which are findings."""
    if failed:
        return Finding(what=what, reason=_last_line(errors))
    called = {
        f"{finding['osv']}, mended in {finding.get('fixed_version', 'none')}"
        for finding in (value["finding"] for value in _values(report) if "finding" in value)
        if finding["trace"][0].get("function")
    }
    return Finding(what=what, known=tuple(sorted(called)))


def main() -> int:
    """Look everything up, say what came of it and return the exit code."""
    findings = []
    for finding in _findings():
        sys.stdout.write(f"{finding}\n")
        findings.append(finding)
    if any(finding.known for finding in findings):
        return 1
    return 3 if any(finding.reason for finding in findings) else 0


def _findings() -> Iterator[Finding]:
    for file in sorted(ROOT.glob("requirements*.txt")):
        yield packages(file)
    for file in sorted((ROOT / "lab" / "go").glob("*/go.mod")):
        finding = module(file.parent)
        yield finding
        if finding.reason:
            # What cannot be reached for one module cannot be reached for any.
            return


def _values(text: str) -> Iterator[Any]:
    decoder, rest = json.JSONDecoder(), text.strip()
    while rest:
        value, end = decoder.raw_decode(rest)
        yield value
        rest = rest[end:].lstrip()


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=900, check=False
    )


def _last_line(text: str) -> str:
    lines = text.strip().splitlines() or ["it said nothing"]
    return next((line for line in reversed(lines) if not line.startswith("exit status")), lines[-1])


if __name__ == "__main__":
    sys.exit(main())
