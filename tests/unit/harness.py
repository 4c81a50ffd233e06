"""Run a Pulumi program without an engine and record everything it declares.

Pulumi's own mocks forget parents, dependencies and secrets, and accept the same name twice;
the monitor here keeps the whole request, and refuses repeats and what is declared inside `apply`.
"""

import asyncio
import contextlib
import copy
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import mocks as pulumi_mocks
from pulumi.runtime import rpc, settings, stack

import sdk_costs
from tests.unit import certificates

SECRET = "1b47061264138c4ac30d75fd1eb44270"
SECRET_KEY = "4dabf18193072939515e22adb298388d"
PROJECT = "secure-nginx"
STACK = "test"
CLUSTER_UID = "c1a5ca0e-0000-4000-8000-000000000000"
COMPLETED_AT = "2026-11-24T06:00:00Z"


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """One registered resource.

    Attributes:
        urn: Its URN.
        type: Its type token.
        name: Its logical name.
        parent: Logical name of its parent, empty for the stack.
        inputs: Its inputs without secret wrappers.
        wrapped: Its inputs with secret wrappers.
        dependencies: Logical names of what it depends on.
        options: The whole request.
    """

    urn: str
    type: str
    name: str
    parent: str
    inputs: Mapping[str, Any]
    wrapped: Mapping[str, Any]
    dependencies: frozenset[str]
    options: Any


@dataclass
class Deployed:
    """Everything a program declared, and the requests to read what was there."""

    resources: list[Recorded] = field(default_factory=list)
    read: list[Any] = field(default_factory=list)
    registered: dict[str, dict[str, Any]] = field(default_factory=dict)
    exports: dict[str, Any] = field(default_factory=dict)
    exports_a_secret: bool = False

    def of(self, kind: str) -> list[Recorded]:
        """The resources whose type token ends with `:<kind>`."""
        return [each for each in self.resources if each.type.rpartition(":")[2] == kind]

    def one(self, kind: str, name: str = "") -> Recorded:
        """The only resource of a kind whose logical name ends with `name`."""
        found = [each for each in self.of(kind) if each.name.endswith(name)]
        assert len(found) == 1, f"{kind} {name}: {[each.name for each in found]}"
        return found[0]

    @property
    def manifests(self) -> list[Mapping[str, Any]]:
        """The Kubernetes objects, as inputs without secret wrappers."""
        return [each.inputs for each in self.resources if "apiVersion" in each.inputs]


Deploy = Callable[..., Deployed]
"""What the fixture `deploy` gives: the function of that name."""

_APPLY = Path(pulumi.output.__file__).as_uri()


def _refuse_inside_apply(request: Any) -> None:
    """Raise if one of the functions between the program and a declaration is that of an Output."""
    if any(frame.pc.uri == _APPLY for frame in request.stackTrace.frames):
        raise AssertionError(f"declared inside apply: {request.name}")


class _Inline(ThreadPoolExecutor):
    """Runs everything at once in the caller: in order, and with the caller's context."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Provider(pulumi_mocks.Mocks):
    """Answers like the providers: computed fields are filled in."""

    def call(self, args: pulumi_mocks.MockCallArgs) -> Any:
        raise AssertionError(f"the program must not call {args.token}")

    def new_resource(self, args: pulumi_mocks.MockResourceArgs) -> Any:
        state = copy.deepcopy(args.inputs)
        if args.typ.startswith(("tls:", "random:")):
            state.update(certificates.computed(args.typ, args.name, args.inputs))
        if args.typ.startswith("kubernetes:") and "metadata" in state:
            _fill_metadata(state, args.name)
        if args.typ.endswith(":Service") and not pulumi.runtime.is_dry_run():
            _fill_service(state)
        if args.typ.endswith(":Job") and not pulumi.runtime.is_dry_run():
            state["status"] = {"succeeded": 1, "completionTime": COMPLETED_AT}
        if args.resource_id == "kube-system":
            state["metadata"] = {"name": "kube-system", "uid": CLUSTER_UID}
        return f"{args.name}-id", state


class _Monitor(pulumi_mocks.MockMonitor):
    """Keeps whole requests."""

    def __init__(self, deployed: Deployed) -> None:
        super().__init__(Provider())
        self._deployed = deployed
        self._names: dict[str, str] = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802  # the protocol's name
        response: Any = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        if request.type == "pulumi:pulumi:Stack":
            return response
        _refuse_inside_apply(request)
        if response.urn in self._names:
            raise AssertionError(f"declared twice: {response.urn}")
        self._names[response.urn] = request.name
        wrapped = _plain(request.object)
        self._deployed.resources.append(
            Recorded(
                urn=response.urn,
                type=request.type,
                name=request.name,
                parent=self._names.get(request.parent, ""),
                inputs=without_secrets(wrapped),
                wrapped=wrapped,
                dependencies=frozenset(self._names.get(urn, urn) for urn in request.dependencies),
                options=request,
            )
        )
        return response

    def ReadResource(self, request: Any) -> Any:  # noqa: N802  # the protocol's name
        _refuse_inside_apply(request)
        self._deployed.read.append(request)
        return super().ReadResource(request)  # type: ignore[no-untyped-call]

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802  # the protocol's name
        name = self._names.get(request.urn, "")
        if name and name in self._deployed.registered:
            raise AssertionError(f"outputs registered twice: {name}")
        self._deployed.registered[name] = _plain(request.outputs)
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]


@contextlib.contextmanager
def event_loop() -> Iterator[None]:
    """A fresh event loop that runs everything in line."""
    loop = asyncio.new_event_loop()
    loop.set_default_executor(_Inline())
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        # What a program that failed inside an Output has left undone is none of the next one's.
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        # Whoever deployed it has been told; a traceback for each of its resources would hide what else is told.
        loop.set_exception_handler(lambda *_: None)
        settings.SETTINGS.outputs.clear()
        settings.SETTINGS.rpc_manager.clear()
        asyncio.set_event_loop(None)
        loop.close()


def deploy(
    program: Callable[[], object],
    config: Mapping[str, str] | None = None,
    *,
    preview: bool = False,
) -> Deployed:
    """Run `program` and return what it declared, after everything has settled.

    Args:
        program: Declares resources.
        config: The stack's configuration by full key.
        preview: Whether computed fields stay unknown.
    """
    deployed = Deployed()
    monitor = _Monitor(deployed)
    settings.ROOT.set(None)
    pulumi_mocks.set_mocks(monitor.mocks, project=PROJECT, stack=STACK, preview=preview, monitor=monitor)
    pulumi.runtime.set_all_config(dict(config or {}))
    # The stack that the mocks have made has ended already.
    settings.ROOT.set(None)

    def run() -> None:
        # To look up all of pytest's frames for each resource takes a fifth of the time.
        with sdk_costs.short_stacks(16):
            program()

    async def settled() -> None:
        await stack.run_in_stack(run)
        root = settings.get_root_resource()
        assert isinstance(root, stack.Stack)
        exports: pulumi.Output[dict[str, Any]] = pulumi.Output.from_input(dict(root.outputs))
        deployed.exports.update(await exports.future(with_unknowns=True) or {})
        deployed.exports_a_secret = await exports.is_secret()

    asyncio.get_event_loop().run_until_complete(settled())
    return deployed


def is_secret(value: object) -> bool:
    """Whether `value` is wrapped as a secret."""
    return isinstance(value, Mapping) and value.get(SECRET_KEY) == SECRET


def without_secrets(value: Any) -> Any:
    """`value` with every secret wrapper taken off."""
    if is_secret(value):
        return without_secrets(value["value"])
    if isinstance(value, Mapping):
        return {key: without_secrets(each) for key, each in value.items()}
    if isinstance(value, list):
        return [without_secrets(each) for each in value]
    return value


def _plain(struct: Any) -> dict[str, Any]:
    decoded = rpc.deserialize_properties(struct, keep_unknowns=True)
    return dict(decoded)


def _fill_metadata(state: dict[str, Any], name: str) -> None:
    state["metadata"].setdefault("name", f"{name}-0a1b2c3d")
    state["metadata"].setdefault("namespace", "default")


def _fill_service(state: dict[str, Any]) -> None:
    spec = state["spec"]
    kind = spec.get("type", "ClusterIP")
    if kind != "ExternalName":
        spec.setdefault("clusterIP", "10.96.0.10")
        spec.setdefault("clusterIPs", [spec["clusterIP"]])
    if kind in {"NodePort", "LoadBalancer"} and spec.get("allocateLoadBalancerNodePorts", True):
        for index, port in enumerate(spec["ports"]):
            port.setdefault("nodePort", 30080 + index)
    ingress = [{"ip": "192.0.2.10"}] if kind == "LoadBalancer" else []
    state["status"] = {"loadBalancer": {"ingress": ingress}}
