"""The report: a page of a stack, made from what the engine and the cluster say now."""

import datetime
from pathlib import Path
from typing import Any

from lab import paths, stack_config
from lab.errors import LabError
from lab.gathering import gather
from lab.pki import write_secret
from lab.stacks import Stack
from report import attention, checks, environments, page, survey
from report.environments import Comparison

FOLDER = paths.ROOT / "reports"
"""Where the pages are; git ignores it."""


def write(stack: Stack) -> Path:
    """Write the page of a stack and return where it is.

    Raises:
        LabError: There is no stack of that name.
    """
    found = survey.make(gather(stack, with_logs=True))
    now = datetime.datetime.now(datetime.UTC)
    resources = found.state.resources if found.state else ()
    text = page.render(
        page.Report(
            survey=found,
            matters=attention.matters(found, now, context=stack.context, shared=stack.has_shared_state),
            comparison=_comparison(),
            policies=checks.policies(resources),
            scanners=checks.scanners(stack.name, resources),
            now=now,
        )
    )
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"{stack.name}.html"
    # It holds no secret, but it says much of how the cluster is made.
    write_secret(file, text)
    return file


def _comparison() -> Comparison:
    folder = paths.REPOSITORY
    defaults = environments.project_defaults(stack_config.load(folder / stack_config.PROJECT_FILE))
    files: dict[str, dict[str, Any]] = {}
    problems: dict[str, str] = {}
    for name in stack_config.names(folder):
        try:
            files[name] = stack_config.settings_in(folder / f"Pulumi.{name}.yaml")
        except LabError as error:
            problems[name] = str(error)
        except OSError as error:
            problems[name] = f"Pulumi.{name}.yaml: {error.strerror}"
    return environments.compare(files, defaults, problems)
