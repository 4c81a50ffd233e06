"""A Pulumi project of nothing but probes, in a folder and with a state of its own."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab import engine
from tests.e2e import driver

NAME = "probes"
_PROJECT = "name: probe-e2e\nruntime: {name: python, options: {toolchain: pip}}\n"
_PROGRAM = "from tests.e2e import probe_program\n\nprobe_program.main()\n"


class ProbeStack:
    """A stack whose probes are `probe_program.PROBES`, by the names that an update is given."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        state = folder / "state"
        state.mkdir(parents=True)
        (folder / "Pulumi.yaml").write_text(_PROJECT)
        (folder / "__main__.py").write_text(_PROGRAM)
        (state / "passphrase").write_text("probes")
        self._environment = {
            **engine.environment(state, driver.KUBECONFIG),
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(state / "passphrase"),
            "PYTHONPATH": str(driver.REPOSITORY),
        }
        driver.must(self._pulumi("stack", "init", NAME))

    def up(self, *probes: str, changes: Mapping[str, Any] | None = None) -> driver.Result:
        """Update to exactly these probes; one that fails stops no other.

        Args:
            probes: Names in `probe_program.PROBES`.
            changes: Fields of CurlProbeArgs that are different in all of them.
        """
        environment = {"PROBES": json.dumps(probes), "CHANGES": json.dumps(changes or {})}
        return self._pulumi("up", "--yes", "--skip-preview", "--continue-on-error", **environment)

    def outputs(self) -> dict[str, Any]:
        """Return what the last update exported, by probe."""
        values: dict[str, Any] = json.loads(driver.must(self._pulumi("stack", "output", "--json")).output)
        return values

    def destroy(self) -> None:
        """Remove the probes."""
        driver.must(self._pulumi("destroy", "--yes", "--skip-preview"))

    def _pulumi(self, *arguments: str, **environment: str) -> driver.Result:
        return driver.run(
            [engine_program(self._environment), *arguments, "--non-interactive", "--color=never"],
            environment={**self._environment, **environment},
            folder=self._folder,
            seconds=300,
        )


def engine_program(environment: Mapping[str, str]) -> str:
    """Return the engine that the lab uses: the first on its PATH."""
    for folder in environment["PATH"].split(":"):
        if (Path(folder) / "pulumi").exists():
            return str(Path(folder) / "pulumi")
    raise AssertionError("there is no pulumi; run `make up`")


def diagnostics(output: str) -> dict[str, str]:
    """Return what Pulumi's closing part says of each resource, by the resource's name."""
    closing = output.rpartition("\nDiagnostics:\n")[2].partition("\nResources:\n")[0].partition("\nOutputs:\n")[0]
    parts = re.split(r"^  \S+ \(([\w.-]+)\):$", closing, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))
