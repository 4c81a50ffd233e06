"""Facts about made-up stacks: the real program's resources, as the engine exports them, and a cluster's answers."""

import datetime
import json
from collections.abc import Collection, Mapping
from typing import Any

from report import listing
from report import state as states
from report.facts import Facts
from report.listing import Listing
from tests.unit.harness import Deploy, Deployed, Recorded
from tests.unit.report import stacks
from tests.unit.stacks import run_program, with_defaults

Object = dict[str, Any]

NOW = datetime.datetime(2026, 11, 24, 12, 0, tzinfo=datetime.UTC)
NAMESPACE = "secure-nginx-dev"
SITE = "my-nginx"


def at(hours: float) -> str:
    """A time as RFC 3339, so many hours from now."""
    return (NOW + datetime.timedelta(hours=hours)).isoformat().replace("+00:00", "Z")


def dev(deploy: Deploy, **values: Any) -> dict[str, Any]:
    """The exported state of the dev stack, with other values where a test wants them."""
    return export(deploy(run_program, with_defaults(stacks.file("dev", **values))))


def prod(deploy: Deploy) -> dict[str, Any]:
    """The exported state of the prod stack."""
    return export(deploy(run_program, with_defaults(stacks.file("prod"))))


def export(deployed: Deployed) -> dict[str, Any]:
    """What `pulumi stack export` would print; certificates were issued two hours ago."""
    urns = {each.name: each.urn for each in deployed.resources}
    stack = {"urn": "urn:stack", "type": "pulumi:pulumi:Stack", "outputs": _dated(deployed.exports)}
    resources = [stack, *(_resource(each, urns) for each in deployed.resources)]
    exported: dict[str, Any] = json.loads(json.dumps({"deployment": {"resources": resources}}))
    return exported


def of_kind(state: Mapping[str, Any], kind: str) -> Object:
    """The one resource of that kind in an exported state, to be changed."""
    found: list[Object] = [each for each in state["deployment"]["resources"] if each["type"].endswith(f":{kind}")]
    (only,) = found
    return only


def add_autoscaler(state: Mapping[str, Any], **spec: Any) -> None:
    """Give the site an autoscaler; what its Deployment declares stays, as the components have it."""
    deployment = of_kind(state, "Deployment")
    kind = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
    urn = deployment["urn"].replace(deployment["type"], kind)
    state["deployment"]["resources"].append({**deployment, "type": kind, "urn": urn, "inputs": {"spec": spec}})


def facts(state: Mapping[str, Any] | None, **more: Any) -> Facts:
    """Facts of a stack whose last update went well, and all of whose pods are ready."""
    return Facts(**{"stack": "dev", "state": state, "history": [update()], "objects": objects(), **more})


def update(result: str = "succeeded", kind: str = "update") -> Object:
    """An update of two hours ago, as the history has it."""
    return {"kind": kind, "result": result, "endTime": at(-2), "environment": {"git.head": "0123456789abcdef"}}


def objects() -> list[Object]:
    """What a healthy cluster has of the dev stack."""
    return [deployment(), pod("a", "node-1"), pod("b", "node-2"), job("first", -2)]


def listings(
    exported: Mapping[str, Any], without: Collection[str] = (), refused: Collection[str] = ()
) -> tuple[Listing, ...]:
    """What a cluster lists that has all of a state but some kinds of objects, and does not list others."""
    resources = states.read(exported).resources
    none = [Listing(namespace=namespace, names=frozenset()) for namespace in listing.kinds(resources)]
    present: dict[str, set[str]] = {each.namespace: set() for each in none}
    for each in listing.lacking(resources, none):
        kind, (namespace, _, name) = listing.kinds([each]), each.id.rpartition("/")
        present[namespace] |= {f"{known}/{name}" for known in kind[namespace] if known not in (*without, *refused)}
    return tuple(
        Listing(namespace=namespace, names=frozenset(names), refused=frozenset(refused))
        for namespace, names in present.items()
    )


def deployment(replicas: int = 2, name: str = SITE) -> Object:
    return {"kind": "Deployment", "metadata": _metadata(name, name), "spec": {"replicas": replicas}}


def pod(name: str, node: str = "", *, ready: bool = True, **status: Any) -> Object:
    conditions = [{"type": "Ready", "status": str(ready)}]
    return {
        "kind": "Pod",
        "metadata": _metadata(name, SITE),
        "spec": {"nodeName": node} if node else {},
        "status": {"phase": "Running" if ready else "Pending", "conditions": conditions, **status},
    }


def job(name: str, hours: float, ending: str = "Complete", *, watch: bool = False) -> Object:
    """A Job of the probe that began so many hours from now and took a minute; `ending` is empty while it runs."""
    owner = {"ownerReferences": [{"kind": "CronJob", "name": "watch"}]} if watch else {}
    over = {"type": ending, "status": "True", "lastTransitionTime": at(hours + 1 / 60)}
    return {
        "kind": "Job",
        "metadata": {**_metadata(name, f"{SITE}-probe", "curl-probe"), "creationTimestamp": at(hours), **owner},
        "status": {"startTime": at(hours), "conditions": [over] if ending else []},
    }


def cron_job(success: float | None = -0.1, name: str = "watch", **spec: Any) -> Object:
    """A CronJob of the probe that last verified the site so many hours from now; None for never."""
    return {
        "kind": "CronJob",
        "metadata": {**_metadata(name, f"{SITE}-probe", "curl-probe"), "creationTimestamp": at(-100)},
        "spec": {"schedule": "*/5 * * * *", **spec},
        "status": {} if success is None else {"lastSuccessfulTime": at(success)},
    }


def log(*targets: str, days_left: int | None = 5) -> str:
    """What a run says that verified some targets and saw one refusal."""
    lines: list[Object] = [{"verdict": "verified", "at": at(-2), "sha256": None}]
    for index, target in enumerate(targets):
        lines.append({
            "target": target, "url": f"https://{target}/", "address": "10.96.0.10", "status": 200, "http": "2",
            "tls": "TLSv1.3 / X", "handshake_s": 0.01 * (index + 1), "total_s": 0.02 * (index + 1),
            "days_left": days_left, "pinned": True,
        })  # fmt: skip
    lines.append({"refusal": "wrong-host", "how": "refused", "exit": 60})
    return "".join(f"{json.dumps(line)}\n" for line in lines)


def _metadata(name: str, instance: str, of: str = "secure-nginx") -> Object:
    labels = {"app.kubernetes.io/name": of, "app.kubernetes.io/instance": instance}
    return {"name": name, "namespace": NAMESPACE, "labels": labels}


def _resource(declared: Recorded, urns: Mapping[str, str]) -> Object:
    inputs, identity = dict(declared.wrapped), declared.name
    if declared.type.startswith("kubernetes:"):
        metadata = {"name": f"{declared.name}-0a1b2c3d", **inputs["metadata"]}
        inputs["metadata"], identity = metadata, f"{metadata.get('namespace', '')}/{metadata['name']}"
    issued = {"validityStartTime": at(-2), "validityEndTime": at(-2 + float(inputs.get("validityPeriodHours", 0)))}
    return {
        "urn": declared.urn,
        "type": declared.type,
        "id": identity,
        "parent": urns.get(declared.parent, "urn:stack"),
        "inputs": inputs,
        "outputs": issued if declared.type.endswith("SignedCert") else {},
        "dependencies": [urns[name] for name in sorted(declared.dependencies) if name in urns],
    }


def _dated(outputs: Mapping[str, Any]) -> Object:
    """The outputs with the times of a certificate for 24 hours, issued two hours ago, that is yet to be proved."""
    if "sites" in outputs:
        return {"sites": {name: _dated(site) for name, site in outputs["sites"].items()}}
    if outputs["probe"] == "verified":
        outputs = {**outputs, "probe": "pending", "proof": {**outputs["proof"], "completedAt": None}}
    if outputs.get("certificate") is None:
        return dict(outputs)
    times = {"notAfter": at(22), "renewAfter": at(14), "fingerprintSha256": "ab" * 32, "serial": "1"}
    return {**outputs, "certificate": times}
