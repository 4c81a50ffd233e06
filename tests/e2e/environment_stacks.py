"""The project's own stacks dev, staging and prod on the lab, side by side.

What the stacks' files say holds. Only what no lab has is replaced: context, namespace, images and, in production, the
company's certificate.
"""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lab import topology
from lab.node_config import RUNTIME_SOCKET
from lab.nodes import enter
from tests.e2e import driver, site_stack
from tests.e2e.site_stack import SiteStack
from tests.unit.probe.harness import Authority

HOST = "www.example.com"


@dataclass
class EnvironmentStack(SiteStack):
    """A stack that is what `Pulumi.<environment>.yaml` says, in a namespace of its own.

    Attributes:
        environment: Part of the file's name.
        override: What is different on the lab, by key of the project.
    """

    environment: str = ""
    override: Mapping[str, Any] | None = None

    @property
    def _base(self) -> dict[str, Any]:
        values = settings_of(self.project, self.environment)
        lab = {"context": "lab", "namespace": self.namespace, "preStopSeconds": 1}
        return {**values, **lab, **(self.override or {})}


def settings_of(project: Path, environment: str) -> dict[str, Any]:
    """Return what the file of an environment says, by key of the project."""
    config = yaml.safe_load((project / f"Pulumi.{environment}.yaml").read_text())["config"]
    return {key.removeprefix("secure-nginx:"): value for key, value in config.items() if "pulumi:" not in key}


def make(project: Path, environment: str, **override: Any) -> EnvironmentStack:
    """Return a stack that is configured and not yet deployed."""
    stack = EnvironmentStack(project, f"e2e-{environment}", environment=environment, override=override)
    stack.configure()
    return stack


def pinned(image: str) -> str:
    """Give an image of the lab its digest as a second name in every node, and return the image with it."""
    digest = ""
    for node in topology.NODES:
        ctr = [*enter(node), "ctr", f"--address={RUNTIME_SOCKET}", "--namespace=k8s.io", "images"]
        listed = driver.must(driver.run([*ctr, "list", f"name=={image}"])).output.splitlines()[1]
        digest = listed.split()[2]
        name = f"{image.rpartition(':')[0]}@{digest}"
        driver.must(driver.run([*ctr, "tag", "--force", image, name]))
    return f"{image}@{digest}"


def unpin(image: str) -> None:
    """Take the second name away again."""
    repository, _, rest = image.partition(":")
    for node in topology.NODES:
        name = f"{repository}@{rest.partition('@')[2]}"
        driver.must(
            driver.run(
                [*enter(node), "ctr", f"--address={RUNTIME_SOCKET}", "--namespace=k8s.io", "images", "remove", name]
            )
        )


def company(namespace: str, folder: Path) -> None:
    """Make a namespace of somebody else, with a certificate for the site and the authority that clients trust."""
    authority = Authority(folder, "company")
    leaf = authority.leaf(HOST)
    key = leaf.chain_file.read_text().removesuffix(leaf.pem)
    where = {"namespace": namespace}
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    site_stack.apply(
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels}},
        {
            "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
            "metadata": {"name": "company-tls", **where}, "stringData": {"tls.crt": leaf.pem, "tls.key": key},
        },
        {
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "company-ca", **where},
            "data": {"ca.crt": authority.file.read_text()},
        },
    )  # fmt: skip


def cluster_uid() -> str:
    """Return the name of the lab's cluster that no other has."""
    return driver.kubectl("get", "namespace", "kube-system", "--output=jsonpath={.metadata.uid}").strip()


def shell(command: str) -> driver.Result:
    """Run a command line as a person would paste it."""
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False,
        cwd="/", env={"PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    return driver.Result(done.returncode, done.stdout, 0)
