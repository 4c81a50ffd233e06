"""Kubeconfigs for the lab that lead to no cluster, to another context, or to somebody with few rights."""

from pathlib import Path
from typing import Any

import yaml

from tests.e2e import driver, site_stack

DEAD_SERVER = "https://127.0.0.1:9"
"""Nothing listens there."""


def unreachable(folder: Path) -> str:
    """Return a kubeconfig whose context `lab` leads to no server."""
    content = _lab()
    content["clusters"][0]["cluster"]["server"] = DEAD_SERVER
    return _write(folder / "unreachable", content)


def elsewhere(folder: Path) -> str:
    """Return a kubeconfig that has the context `lab`, while its current one leads to another cluster, which is dead."""
    content = _lab()
    other = {**content["clusters"][0]["cluster"], "server": DEAD_SERVER}
    content["clusters"].append({"name": "other", "cluster": other})
    content["contexts"].append({"name": "other", "context": {"cluster": "other", "user": "lab"}})
    content["current-context"] = "other"
    return _write(folder / "elsewhere", content)


def of_user(folder: Path, name: str, namespace: str) -> str:
    """Return a kubeconfig of a ServiceAccount, under the context `lab`."""
    content = _lab()
    token = driver.kubectl("create", "token", name, f"--namespace={namespace}").strip()
    content["users"][0]["user"] = {"token": token}
    return _write(folder / name, content)


def make_users(namespace: str, **roles: str) -> None:
    """Make a namespace of somebody else, with users by name who each have one of the built-in roles in it, no more."""
    where = {"namespace": namespace}
    group = "rbac.authorization.k8s.io"
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    site_stack.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels}})
    for name, role in roles.items():
        site_stack.apply(
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, **where}},
            {
                "apiVersion": f"{group}/v1", "kind": "RoleBinding", "metadata": {"name": name, **where},
                "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": role},
                "subjects": [{"kind": "ServiceAccount", "name": name, **where}],
            },
        )  # fmt: skip


def _lab() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(driver.KUBECONFIG.read_text())
    return content


def _write(file: Path, content: dict[str, Any]) -> str:
    file.touch(mode=0o600)
    file.write_text(yaml.safe_dump(content))
    return str(file)
