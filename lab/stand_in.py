"""A Kubernetes plugin without a cluster: it takes everything that it is given for done.

With it a program is deployed on a throw-away state, for another version of the program to be compared with that. The
comparison itself is made by the real plugin, which needs no cluster for it.
"""

import secrets
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from lab import builds

_AUTONAMED = "pulumi.com/autonamed"
_ADDRESS = "192.0.2.1"
"""Reserved for documentation: nobody has it."""
_NODE_PORT = 30000
_MOMENT = "2000-01-01T00:00:00Z"

Properties = dict[str, Any]


@contextmanager
def serving() -> Iterator[Mapping[str, str]]:
    """Serve the plugin on loopback and yield the variables by which the engine takes it for the real one."""
    server = grpc.server(ThreadPoolExecutor(max_workers=8))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(StandIn(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield {"PULUMI_DEBUG_PROVIDERS": f"kubernetes:{port}"}
    finally:
        server.stop(grace=None).wait()


class StandIn(provider_pb2_grpc.ResourceProviderServicer):
    """What the engine calls. It is asked to create, and nothing else: the state that it fills was empty."""

    def GetPluginInfo(self, request: Empty, context: object) -> plugin_pb2.PluginInfo:  # noqa: N802
        """Tell the version that the program asks for."""
        return plugin_pb2.PluginInfo(version=builds.pinned("pulumi-kubernetes"))

    def Attach(self, request: plugin_pb2.PluginAttach, context: object) -> Empty:  # noqa: N802
        """Take note of the engine."""
        return Empty()

    def CheckConfig(self, request: provider_pb2.CheckRequest, context: object) -> provider_pb2.CheckResponse:  # noqa: N802
        """Accept any configuration."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def Configure(self, request: provider_pb2.ConfigureRequest, context: object) -> provider_pb2.ConfigureResponse:  # noqa: N802
        """Ask for secrets as secrets, so that they are encrypted in the state."""
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Check(self, request: provider_pb2.CheckRequest, context: object) -> provider_pb2.CheckResponse:  # noqa: N802
        """Give an object its name, as the real plugin would."""
        inputs = MessageToDict(request.news)
        metadata = inputs.setdefault("metadata", {})
        if "name" not in metadata:
            name = request.urn.rpartition("::")[2]
            metadata["name"] = f"{name}-{secrets.token_hex(4)}"
            metadata.setdefault("annotations", {})[_AUTONAMED] = "true"
        return provider_pb2.CheckResponse(inputs=_struct(inputs))

    def Create(self, request: provider_pb2.CreateRequest, context: object) -> provider_pb2.CreateResponse:  # noqa: N802
        """Say that an object is there and ready."""
        inputs = MessageToDict(request.properties)
        metadata = inputs["metadata"]
        identity = "/".join(filter(None, [metadata.get("namespace"), metadata["name"]]))
        return provider_pb2.CreateResponse(id=identity, properties=_struct(_ready(inputs)))

    def Cancel(self, request: Empty, context: object) -> Empty:  # noqa: N802
        """Nothing is ever under way."""
        return Empty()


def _ready(inputs: Properties) -> Properties:
    """An object as a cluster would show it, as far as a program reads it."""
    match inputs.get("kind"):
        case "Job":
            return {**inputs, "status": {"succeeded": 1, "completionTime": _MOMENT}}
        case "Service":
            return {**inputs, **_service(inputs["spec"])}
        case _:
            return inputs


def _service(spec: Properties) -> Properties:
    kind = spec.get("type", "ClusterIP")
    filled = dict(spec)
    if kind != "ExternalName" and "clusterIP" not in spec:
        filled |= {"clusterIP": _ADDRESS, "clusterIPs": [_ADDRESS]}
    if kind in ("NodePort", "LoadBalancer"):
        numbered = enumerate(spec.get("ports", []), start=_NODE_PORT)
        filled["ports"] = [{"nodePort": number, **port} for number, port in numbered]
    balancer = {"ingress": [{"ip": _ADDRESS}]} if kind == "LoadBalancer" else {}
    return {"spec": filled, "status": {"loadBalancer": balancer}}


def _struct(properties: Properties) -> Struct:
    return ParseDict(properties, Struct())
