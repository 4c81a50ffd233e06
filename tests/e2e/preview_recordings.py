"""Record the previews that the unit tests of the comment read: `python -m tests.e2e.preview_recordings`.

It needs the lab. What is written is what the engine says, without what differs between two machines (stack traces,
paths), without what nobody reads (the configuration, untouched resources, the engine's talk).
"""

import datetime
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.e2e import driver, site_stack
from tests.e2e.site_stack import SiteStack

FOLDER = driver.REPOSITORY / "tests" / "unit" / "previews" / "recordings"
_STACK = "pulumi:pulumi:Stack"


def main() -> None:
    """Record all of them."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        shutil.copytree(driver.REPOSITORY, project, ignore=shutil.ignore_patterns(".git", ".lab", ".venv", "*_cache"))
        (project / ".venv").symlink_to(driver.REPOSITORY / ".venv")
        with site_stack.made(project, "recorded") as stack:
            _record_all(stack)
        with site_stack.made(project, "many") as many:
            _record(many, "many", sites={f"site-{number:02d}": {} for number in range(1, 12)})


def _record_all(stack: SiteStack) -> None:
    probe = {"image": site_stack.CURL, "negativeChecks": False, "cronJob": {}}
    _record(stack, "create", service={"type": "NodePort"}, probe=probe)
    stack.up()
    _record(stack, "no-change")
    _record(stack, "rotate-certificate", certificate={"source": "generated", "keyRevision": "2"})
    _record(stack, "change-type", certificate=None, service={"type": "LoadBalancer"})
    _record(stack, "replace", service={"type": "NodePort"}, clusterIdentifier="elsewhere")
    _record(stack, "delete", clusterIdentifier=None, replicas=1, probe=None)
    _record(stack, "failure", replicas=0, service={"type": "NodePorts"})
    stack.configure(replicas=None, service={"type": "NodePort"}, probe=probe)
    state = stack.export()
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
    site_stack.resource(state, "LocallySignedCert")["outputs"]["validityEndTime"] = soon.strftime("%Y-%m-%dT%H:%M:%SZ")
    stack.replace_state(state)
    _record(stack, "renewal")


def _record(stack: SiteStack, name: str, **values: Any) -> None:
    stack.configure(**values)
    folder = stack.project / "recording"
    shutil.rmtree(folder, ignore_errors=True)
    result = stack.lab("preview", f"--record={folder}")
    digest = json.loads((folder / f"{stack.name}.json").read_text())
    events = (folder / f"{stack.name}.events").read_text().splitlines()
    (FOLDER / f"{name}.json").write_text(_text(_trimmed(digest)).replace(str(driver.LAB), "/lab"))
    (FOLDER / f"{name}.events").write_text("".join(f"{line}\n" for line in _telling(events)))
    sys.stdout.write(f"{name}: exit code {result.code}, {digest.get('changeSummary')}\n")


def _telling(events: list[str]) -> list[str]:
    """What policies found, and the stack's last outputs."""
    found = [line for line in events if '"policyEvent"' in line]
    return found + [line for line in events if '"resOutputsEvent"' in line and _STACK in line[:300]][-1:]


def _text(digest: dict[str, Any]) -> str:
    """JSON with one step a line, so that a change of it can be read."""
    steps = ",\n".join(json.dumps(step) for step in digest.pop("steps"))
    return json.dumps(digest).removesuffix("}") + f', "steps": [\n{steps}\n]}}\n'


def _trimmed(digest: dict[str, Any]) -> dict[str, Any]:
    steps = [step for step in digest["steps"] if step["op"] != "same" or step["urn"].split("::")[2] == _STACK]
    for step in steps:
        for state in (step.get("oldState") or {}, step.get("newState") or {}):
            for key in ("stackTrace", "sourcePosition", "created", "modified"):
                state.pop(key, None)
            if state.get("type") != _STACK:
                state.pop("outputs", None)
    return {key: value for key, value in digest.items() if key not in ("config", "duration")} | {"steps": steps}


if __name__ == "__main__":
    main()
