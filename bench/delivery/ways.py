"""The ways to deliver sites: what each needs beforehand, and its command for each step."""

import base64
import json
import shutil
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from components import Resources
from lab import cluster, paths
from lab.images import CURL, NGINX

from ..stack import FOLDER, BenchStack
from . import chart, objects, plain, proofs
from .objects import Images, Object

Step = Literal["deliver", "check", "compare", "rotate", "remove"]
"""`compare` is `check` against the live objects, of a way whose own check does without them."""
STEPS: tuple[Step, ...] = ("deliver", "check", "compare", "rotate", "remove")

OURS = "this project"
TUTORIAL = "openssl and kubectl (tutorials)"
MOST_AT_FULL_SIZE = 10
"""More sites than these ask for more processor time than the lab's nodes have, unless each asks for little."""

SCRIPTS = Path(__file__).parent / "scripts"
IMAGES = Images(nginx=NGINX.reference, curl=CURL.reference)


@dataclass(frozen=True, kw_only=True)
class Way(ABC):
    """One way to deliver sites.

    Attributes:
        name: Its name in folders and namespaces.
        title: Its name in tables.
        count: Number of sites.
        kubeconfig: What leads to the cluster.
    """

    name: str
    title: str
    count: int
    kubeconfig: Path

    @property
    def namespace(self) -> str:
        """The namespace of all its sites."""
        return f"bench-{self.name}-{self.count}"

    @property
    def sites(self) -> list[str]:
        """The sites' names."""
        return [f"site-{number}" for number in range(1, self.count + 1)]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of a round, in their order."""
        return tuple(step for step in STEPS if step != "compare")

    @property
    def resources(self) -> Resources:
        """Requests and limits of each server's pod, the same for every way that has any."""
        return Resources() if self.count <= MOST_AT_FULL_SIZE else Resources(cpu_request="5m")

    @abstractmethod
    def prepare(self, step: Step) -> None:
        """Put in place what a person has before the step: files and settings."""

    @abstractmethod
    def command(self, step: Step) -> Sequence[str]:
        """The command that does the step and ends well only when it is done."""

    @property
    @abstractmethod
    def environment(self) -> Mapping[str, str]:
        """The variables of the commands."""

    @abstractmethod
    def state(self) -> int | None:
        """The bytes in which the way remembers what it has deployed; None if it keeps nothing but the objects."""

    @abstractmethod
    def discard(self) -> None:
        """Remove what is left where the way itself could not remove it."""


@dataclass(frozen=True, kw_only=True)
class ThisProject(Way):
    """`pulumi up` with the project's defaults."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """All of them: a preview by itself compares with the state alone."""
        return STEPS

    @cached_property
    def _stack(self) -> BenchStack:
        return BenchStack(self.namespace, kubeconfig=self.kubeconfig)

    def prepare(self, step: Step) -> None:
        """Write the stack's configuration; another revision is what rotates."""
        revision = "2" if step in {"rotate", "remove"} else ""
        certificate = {"source": "generated", "keyRevision": revision, "certificateRevision": revision}
        sites: dict[str, Any] = {name: {} for name in self.sites}
        values: dict[str, Any] = {"sites": sites, "certificate": certificate}
        if self.resources != Resources():
            values["resources"] = {"cpuRequest": self.resources.cpu_request}
        self._stack.configure(values)

    def command(self, step: Step) -> Sequence[str]:
        """The pulumi command of the step."""
        chosen = {
            "deliver": ("up", "--yes", "--skip-preview"),
            "check": ("preview", "--expect-no-changes"),
            "compare": ("preview", "--refresh", "--expect-no-changes"),
            "rotate": ("up", "--yes", "--skip-preview"),
            "remove": ("destroy", "--yes", "--skip-preview"),
        }[step]
        return self._stack.command(*chosen, "--non-interactive", "--color=never")

    @property
    def environment(self) -> Mapping[str, str]:
        """Pulumi's variables."""
        return self._stack.environment

    def state(self) -> int | None:
        """The stack's checkpoint."""
        folder = self._stack.folder / ".pulumi" / "stacks" / "secure-nginx"
        return (folder / f"{self._stack.name}.json").stat().st_size

    def discard(self) -> None:
        """Remove the namespace and the state, which would be believed the next time."""
        self._stack.discard()


@dataclass(frozen=True, kw_only=True)
class Scripted(Way, ABC):
    """A way whose steps are a script in `scripts/`."""

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return FOLDER / self.namespace

    def prepare(self, step: Step) -> None:
        """Write the files afresh before the first step; later ones find them."""
        if step == "deliver":
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
            self.write()

    @abstractmethod
    def write(self) -> None:
        """Write the files that a person has beforehand."""

    def command(self, step: Step) -> Sequence[str]:
        """The script with the step."""
        return ["sh", str(SCRIPTS / f"{self.name}.sh"), step]

    @property
    def environment(self) -> Mapping[str, str]:
        """What the scripts need to know."""
        programs = f"{paths.ROOT / 'bench'}:{paths.BIN}"
        return {
            "PATH": f"{programs}:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(self.folder),
            "KUBECONFIG": str(self.kubeconfig),
            "NAMESPACE": self.namespace,
            "SITES": " ".join(self.sites),
            "WORK": str(self.folder),
            # For all sites together, which share two processors.
            "PATIENCE": f"{180 + 10 * self.count}s",
        }

    def state(self) -> int | None:
        """Nothing: kubectl remembers in annotations and field managers of the objects themselves."""
        return None

    def discard(self) -> None:
        """Remove the namespace with all in it."""
        cluster.kubectl("delete", "namespace", self.namespace, "--ignore-not-found")

    def _write(self, name: str, listed: Sequence[Object]) -> None:
        listing = {"apiVersion": "v1", "kind": "List", "items": list(listed)}
        (self.folder / f"{name}.yaml").write_text(json.dumps(listing, indent=1))


class Tutorial(Scripted):
    """openssl and kubectl, as the tutorials do it."""

    def write(self) -> None:
        """Write the manifests and the nginx configuration."""
        for name, text in plain.tutorial_files().items():
            (self.folder / name).write_text(text)
        for site in self.sites:
            self._write(site, plain.tutorial_site(site, IMAGES))
            self._write(f"{site}-curl", plain.tutorial_client(site, IMAGES))


class Kustomize(Scripted):
    """Kustomize and server-side apply."""

    def write(self) -> None:
        """Write the manifests and the kustomization, which names the Secrets by their content."""
        for site in self.sites:
            self._write(site, [*objects.site(site, IMAGES, resources=self.resources), proofs.policy(site)])
            self._write(f"{site}-proof", [proofs.job(site, IMAGES)])
        kustomization = {
            "namespace": self.namespace,
            "resources": [f"{site}.yaml" for site in self.sites],
            "secretGenerator": [
                {
                    "name": f"{site}-tls",
                    "type": "kubernetes.io/tls",
                    "files": [f"tls.crt={site}.crt", f"tls.key={site}.key"],
                }
                for site in self.sites
            ],
            "configMapGenerator": [
                {"name": f"{site}-ca", "files": [f"ca.crt={site}-ca.crt"], "options": {"disableNameSuffixHash": True}}
                for site in self.sites
            ],
        }
        (self.folder / "kustomization.yaml").write_text(json.dumps(kustomization, indent=1))


class Helm(Scripted):
    """Helm with a chart of the same objects."""

    def write(self) -> None:
        """Write the chart."""
        chart.write(self.folder / "chart", IMAGES, self.resources)

    def state(self) -> int | None:
        """The Secrets in which Helm keeps what it has released."""
        releases = cluster.kubectl(
            "get", "secrets", f"--namespace={self.namespace}", "--selector=owner=helm",
            "--output=jsonpath={.items[*].data.release}",
        )  # fmt: skip
        return sum(len(base64.b64decode(release)) for release in releases.split())


def everyone(count: int, kubeconfig: Path) -> list[Way]:
    """All ways, this project's first, for a number of sites."""
    return [
        ThisProject(name="ours", title=OURS, count=count, kubeconfig=kubeconfig),
        Tutorial(name="tutorial", title=TUTORIAL, count=count, kubeconfig=kubeconfig),
        Kustomize(name="kustomize", title="kustomize, server-side apply", count=count, kubeconfig=kubeconfig),
        Helm(name="helm", title="Helm 4", count=count, kubeconfig=kubeconfig),
    ]
