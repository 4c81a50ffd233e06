"""What a job of a forge is told: the file of its event."""

import json
from pathlib import Path
from typing import Any

HEAD = "b" * 40
BASE = "d" * 40
PULL = {"number": 3, "state": "open", "head": {"label": "fork:topic", "sha": HEAD}, "base": {"ref": "main"}}


def event(tmp_path: Path, content: object) -> dict[str, str]:
    file = tmp_path / "event.json"
    file.write_text(json.dumps(content))
    return {"GITHUB_EVENT_PATH": str(file)}


def run_event(tmp_path: Path, **changed: Any) -> dict[str, str]:
    run = {
        "head_sha": HEAD,
        "head_branch": "topic",
        "head_repository": {"owner": {"login": "fork"}},
        "html_url": "https://forge.example/runs/9",
    }
    return event(tmp_path, {"workflow_run": {**run, **changed}})
