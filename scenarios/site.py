"""A deployed site as kubectl, curl and Pulumi show it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lab.errors import LabError
from lab.kubectl import command as kubectl_command

from .checks import site_outputs
from .commands import Answer, Commands
from .model import SITE, Fetch
from .ways import ways

_PODS = f"app.kubernetes.io/instance={SITE},app.kubernetes.io/component=web-server"
_CLIENT = "app=curlpod"
_KUBECTL = kubectl_command(None)


def kubectl(commands: Commands, *arguments: str, text: str | None = None, tidying: bool = False) -> Answer:
    """Run kubectl on the lab."""
    return commands.run([*_KUBECTL, *arguments], text=text, tidying=tidying)


class LabSite:
    """The site `my-nginx` of a scenario on the lab.

    Args:
        commands: Runs what has to be run.
        namespace: Where the site is.
        outputs: The stack's outputs.
        folder: A folder for the certificate of the site's authority.
    """

    def __init__(self, commands: Commands, namespace: str, outputs: Mapping[str, Any], folder: Path) -> None:
        self._commands = commands
        self._namespace = namespace
        self._outputs = outputs
        self._authority = folder / "ca.crt"

    def outputs(self) -> Mapping[str, Any]:
        """The stack's outputs."""
        return self._outputs

    def objects(self, kind: str, *options: str) -> Sequence[Mapping[str, Any]]:
        """The objects of a kind in the site's namespace; `kind/name` stands for one of them."""
        answer = self._kubectl("get", kind, "--output=json", *options)
        if answer.code:
            raise LabError(f"kubectl get {kind}: {answer.text.strip()}")
        found = json.loads(answer.result)
        items: list[Mapping[str, Any]] = found.get("items", [found])
        return items

    def pods(self) -> Sequence[Mapping[str, Any]]:
        """The site's pods that are not on their way out."""
        return [pod for pod in self._staying(f"--selector={_PODS}") if pod["status"].get("podIP")]

    def inside(self, pod: str, command: str) -> Answer:
        """Run a command in a pod."""
        return self._kubectl("exec", pod, "--", *command.split())

    def client(self, command: str) -> Answer:
        """Run a command in the client's pod, which the probe's setting `shell` keeps."""
        clients = self._staying(f"--selector={_CLIENT}", "--field-selector=status.phase=Running")
        if not clients:
            return Answer(code=1, remarks="there is no client's pod; the setting probe.shell keeps one")
        return self.inside(clients[-1]["metadata"]["name"], command)

    def outside(self, fetch: Fetch) -> Mapping[str, Answer]:
        """Fetch the page from outside of the cluster; the answer by each address of that way."""
        outputs = site_outputs(self._outputs)
        self._authority.write_text(outputs.get("caCertificate") or "")
        url = f"{fetch.scheme}://{outputs['fqdn']}:{outputs['ports'][fetch.scheme]}/"
        return {
            str(way): self._commands.run([
                *way.entering, "curl", "--silent", "--show-error", "--max-time", "5", "--noproxy", "*",
                "--cacert", self._authority, "--capath", "/dev/null", "--connect-to", f"::{way.address}", url,
            ])
            for way in ways(fetch, outputs, self._external_ips())
        }  # fmt: skip

    def _staying(self, *options: str) -> Sequence[Mapping[str, Any]]:
        """Pods that are not on their way out: those may run still, but nothing can be run in them."""
        return [pod for pod in self.objects("pods", *options) if "deletionTimestamp" not in pod["metadata"]]

    def _external_ips(self) -> Sequence[str]:
        (service,) = self.objects(f"service/{SITE}")
        addresses: Sequence[str] = service["spec"].get("externalIPs", [])
        return addresses

    def _kubectl(self, *arguments: str) -> Answer:
        return kubectl(self._commands, f"--namespace={self._namespace}", *arguments)
