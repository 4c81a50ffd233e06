"""A stack of this project in a namespace of its own, configured by a test and destroyed after it."""

import json
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.e2e import driver

SITE = "my-nginx"
NGINX = "localhost/secure-nginx/nginx:1.30.6"
CURL = "localhost/secure-nginx/curl:8.22.0"
_LAB = {"LAB_DIR": str(driver.LAB)}


@dataclass
class SiteStack:
    """One stack: what it is configured to be, and how it is brought there.

    Attributes:
        project: A copy of the project, which this changes.
        name: Name of the stack; its namespace is named after it.
        values: The configuration, by key of the project.
    """

    project: Path
    name: str
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def namespace(self) -> str:
        return f"secure-nginx-{self.name}"

    @property
    def fqdn(self) -> str:
        return f"{SITE}.{self.namespace}.svc.cluster.local"

    @property
    def _base(self) -> dict[str, Any]:
        return {
            "context": "lab",
            "namespace": self.namespace,
            "image": NGINX,
            "preStopSeconds": 1,
            "probe": {"image": CURL, "negativeChecks": False},
        }

    def configure(self, **values: Any) -> None:
        """Change the configuration; None takes a key out."""
        self.values = {key: value for key, value in {**self.values, **values}.items() if value is not None}
        keys = {f"secure-nginx:{key}": value for key, value in {**self._base, **self.values}.items()}
        text = yaml.safe_dump({"config": {"pulumi:disable-default-providers": ["kubernetes"], **keys}})
        (self.project / f"Pulumi.{self.name}.yaml").write_text(text)

    def up(self, **values: Any) -> driver.Result:
        """Change the configuration and deploy it, successfully."""
        return driver.must(self.try_up(**values))

    def try_up(self, **values: Any) -> driver.Result:
        """Change the configuration and try to deploy it."""
        self.configure(**values)
        return self.lab("deploy")

    def set_secret(self, path: str, value: str) -> None:
        """Put a secret into the configuration, as a person would; it stays until the stack is destroyed."""
        key = f"secure-nginx:{path}"
        command = ["config", "set", f"--stack={self.name}", "--secret", "--path", key, "--", value]
        driver.must(self.lab("pulumi", "--", *command))

    def lab(
        self, command: str, *arguments: str, environment: Mapping[str, str] | None = None, seconds: float = 300
    ) -> driver.Result:
        """Run a command of the lab on this stack."""
        python = self.project / ".venv" / "bin" / "python"
        return driver.run(
            [python, "-m", "lab", command, f"--stack={self.name}", *arguments],
            folder=self.project,
            environment={**_LAB, **(environment or {})},
            seconds=seconds,
        )

    def outputs(self) -> dict[str, Any]:
        """Return the stack's outputs."""
        return dict(json.loads(self._pulumi("stack", "output", "--json")))

    def export(self) -> dict[str, Any]:
        """Return the stack's state, secrets encrypted."""
        return dict(json.loads(self._pulumi("stack", "export")))

    def replace_state(self, state: Mapping[str, Any]) -> None:
        """Put another state in the place of the stack's own."""
        file = self.project / "state.json"
        file.write_text(json.dumps(state))
        self._pulumi("stack", "import", f"--file={file}")

    def destroy(self) -> None:
        """Remove the stack, if it was ever made."""
        driver.must(self.lab("destroy"))

    def _pulumi(self, *arguments: str) -> str:
        return driver.must(self.lab("pulumi", "--", *arguments, f"--stack={self.name}")).output

    def objects(self, kind: str, *, selector: str = "") -> list[dict[str, Any]]:
        """Return the objects of a kind that are not on their way out."""
        found = driver.objects(kind, selector=selector, namespace=self.namespace)
        return [each for each in found if "deletionTimestamp" not in each["metadata"]]

    def pods(self) -> list[dict[str, Any]]:
        """Return the site's pods."""
        return self.objects("pods", selector=f"app.kubernetes.io/instance={SITE}")

    def identities(self) -> set[str]:
        """Return the UIDs of the site's pods."""
        return {pod["metadata"]["uid"] for pod in self.pods()}

    def revision(self) -> int:
        """Return how often the Deployment has been rolled out."""
        (deployment,) = self.objects("deployments")
        return int(deployment["metadata"]["annotations"]["deployment.kubernetes.io/revision"])

    def probe_log(self) -> str:
        """Return what the probes of the last update said. A run of a watch, which may just be starting, is none."""
        gates = [each["metadata"]["name"] for each in self.objects("jobs") if "ownerReferences" not in each["metadata"]]
        where = f"--namespace={self.namespace}"
        return "".join(driver.kubectl("logs", where, f"--selector=job-name={name}", "--tail=-1") for name in gates)

    def proven(self) -> dict[str, Any]:
        """Return the outputs, after checking that the probe has ended and saw the certificate that they name."""
        outputs = self.outputs()
        assert outputs["probe"] == "verified"
        assert outputs["proof"]["completedAt"]
        if "certificate" in outputs:
            assert outputs["certificate"]["fingerprintSha256"] in self.probe_log()
        return outputs


@contextmanager
def made(project: Path, name: str) -> Iterator[SiteStack]:
    """Make a stack, and remove it with everything in its namespace at the end."""
    stack = SiteStack(project, name)
    stack.configure()
    try:
        yield stack
    finally:
        stack.destroy()


def apply(*objects: Mapping[str, Any]) -> None:
    """Make objects that belong to somebody else."""
    done = subprocess.run(
        [driver.LAB / "bin" / "kubectl", f"--kubeconfig={driver.KUBECONFIG}", "apply", "--server-side", "--filename=-"],
        input=json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)}),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def resource(state: Mapping[str, Any], kind: str, name: str = "") -> dict[str, Any]:
    """Return the only resource of a kind in a state whose name ends so."""
    found = [
        each
        for each in state["deployment"]["resources"]
        if each["type"].endswith(f":{kind}") and each["urn"].endswith(name)
    ]
    assert len(found) == 1, [each["urn"] for each in found]
    return dict(found[0])


def changes(output: str) -> dict[str, int]:
    """Return the counts of an update's closing part: created, updated, replaced, deleted, unchanged."""
    closing = output.rpartition("Resources:")[2]
    return {
        what: int(count) for count, what in re.findall(r"(\d+) (created|updated|replaced|deleted|unchanged)", closing)
    }


def until(condition: Any, patience: float, what: str) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.2)
