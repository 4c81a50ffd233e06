"""cert-manager as a process of the test: built from its Go module, working in one namespace of the lab."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from lab import go_modules
from tests.e2e import driver
from tests.e2e.site_stack import apply

MODULE = driver.REPOSITORY / "lab" / "go" / "cert-manager"
PROGRAM = driver.LAB / "bin" / "cert-manager"
GROUP = "cert-manager.io"


@contextmanager
def running(namespace: str, log: Path) -> Iterator[None]:
    """Run the controllers for one namespace, with their kinds in the cluster, and take both away at the end."""
    driver.go_build("cert-manager", PROGRAM, ".")
    definitions = kinds()
    apply(*definitions)
    names = [f"crd/{kind['metadata']['name']}" for kind in definitions]
    driver.kubectl("wait", "--for=condition=Established", "--timeout=120s", *names)
    with log.open("w") as said:
        process = subprocess.Popen(
            [PROGRAM, f"--kubeconfig={driver.KUBECONFIG}", f"--namespace={namespace}"],
            stdout=said,
            stderr=subprocess.STDOUT,
            env={**os.environ, "NO_PROXY": "127.0.0.0/8"},
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=30)
            driver.kubectl("delete", "crd", *(kind["metadata"]["name"] for kind in definitions))


def kinds() -> list[dict[str, Any]]:
    """Return the definitions of cert-manager's own kinds, from the same module as the program."""
    folder = go_modules.source("github.com/cert-manager/cert-manager", MODULE)
    return [yaml.safe_load(file.read_text()) for file in sorted((folder / "deploy" / "crds").glob(f"{GROUP}_*.yaml"))]


def authority(namespace: str) -> list[dict[str, Any]]:
    """Return the objects of a company's authority: an issuer that signs itself, its CA, and an issuer of that CA."""
    where = {"namespace": namespace}
    return [
        {
            "apiVersion": f"{GROUP}/v1", "kind": "Issuer", "metadata": {"name": "root", **where},
            "spec": {"selfSigned": {}},
        },
        {
            "apiVersion": f"{GROUP}/v1", "kind": "Certificate", "metadata": {"name": "company-ca", **where},
            "spec": {
                "isCA": True, "commonName": "Company CA", "secretName": "company-ca",
                "privateKey": {"algorithm": "ECDSA", "size": 256}, "issuerRef": {"name": "root"},
            },
        },
        {
            "apiVersion": f"{GROUP}/v1", "kind": "Issuer", "metadata": {"name": "company", **where},
            "spec": {"ca": {"secretName": "company-ca"}},
        },
    ]  # fmt: skip
