"""The site under load: a stack of its own with two pods, one on each node."""

import json
import os
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab import cluster

from ..errors import BenchError
from ..site import usage
from ..stack import BenchStack
from .load import Load

SELECTOR = "app.kubernetes.io/instance=my-nginx"
DEPLOYMENT = "deployment/my-nginx"


@dataclass
class Site:
    """The site, as it is configured at the moment.

    Attributes:
        stack: Its stack.
        values: Its configuration, by key of the project.
        load: The load on it.
    """

    stack: BenchStack
    values: dict[str, Any] = field(default_factory=dict)
    load: Load | None = None

    def up(self, **values: Any) -> None:
        """Change the configuration and deploy it."""
        self.values.update(values)
        self.stack.up(self.values)

    def trust_its_authorities(self) -> None:
        """Let the clients fetch the authorities again."""
        if self.load is not None:
            self.load.trust(self.stack.outputs()["caCertificate"])

    def kubectl(self, *arguments: str) -> str:
        """Run kubectl in the site's namespace."""
        return cluster.kubectl(*arguments, f"--namespace={self.stack.namespace}")

    def rolled_out(self) -> None:
        """Wait until all pods are the wanted ones."""
        self.kubectl("rollout", "status", DEPLOYMENT, "--timeout=120s")

    def pods(self) -> list[dict[str, Any]]:
        """The site's pods."""
        listing = json.loads(self.kubectl("get", "pods", f"--selector={SELECTOR}", "--output=json"))
        return [pod for pod in listing["items"] if "deletionTimestamp" not in pod["metadata"]]

    def kill_a_pod(self) -> None:
        """End nginx of one pod at once, so that it can say goodbye to nobody.

        Raises:
            BenchError: There was nothing to kill.
        """
        uid = self.pods()[0]["metadata"]["uid"]
        victims = list(usage.of_pod(uid, Path("/proc").iterdir()))
        if not victims:
            raise BenchError("no process of the pod was found")
        for process in victims:
            os.kill(int(process.name), signal.SIGKILL)
