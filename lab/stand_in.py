"""A Kubernetes plugin without a cluster: it takes everything that it is given for done.

With it a program is deployed on a throw-away state, for another version of the program to be compared with that. The
comparison itself is made by the real plugin, which needs no cluster for it.
"""

import base64
import math
import re
import secrets
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from fractions import Fraction
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
_SIGNATURE, _SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
"""By these the engine knows what is secret."""
_QUANTITIES = {"limits", "requests"}
_QUANTITY = re.compile(r"([0-9.]+)(m|[kMGT]|[KMGT]i|)")

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
        """Give an object its name and its form, as the real plugin would."""
        inputs = MessageToDict(request.news)
        metadata = inputs.setdefault("metadata", {})
        if "name" not in metadata:
            name = request.urn.rpartition("::")[2]
            metadata["name"] = f"{name}-{secrets.token_hex(4)}"
            metadata.setdefault("annotations", {})[_AUTONAMED] = "true"
        return provider_pb2.CheckResponse(inputs=_struct(normalized(inputs)))

    def Create(self, request: provider_pb2.CreateRequest, context: object) -> provider_pb2.CreateResponse:  # noqa: N802
        """Say that an object is there and ready."""
        inputs = MessageToDict(request.properties)
        metadata = inputs["metadata"]
        identity = "/".join(filter(None, [metadata.get("namespace"), metadata["name"]]))
        return provider_pb2.CreateResponse(id=identity, properties=_struct(outputs(inputs)))

    def Cancel(self, request: Empty, context: object) -> Empty:  # noqa: N802
        """Nothing is ever under way."""
        return Empty()


def outputs(inputs: Properties) -> Properties:
    """What the state gets of an object: the object, and what the real plugin goes on from.

    The real one compares with the inputs that it finds here, and with no others.
    """
    kept = {
        "__inputs": inputs,
        "__initialApiVersion": inputs["apiVersion"],
        "__fieldManager": "pulumi-kubernetes",
    }
    return {**_ready(inputs), **kept}


def normalized(inputs: Properties) -> Properties:
    """The inputs as the real plugin and a cluster write them: a Secret's texts as data, quantities in short."""
    written: Properties = _shortened(inputs)
    if inputs.get("kind") != "Secret":
        return written
    texts = {key: base64.b64encode(text.encode()).decode() for key, text in _revealed(written, "stringData").items()}
    written["data"] = {_SIGNATURE: _SECRET, "value": {**_revealed(written, "data"), **texts}}
    written.pop("stringData", None)
    return written


def _shortened(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _shortened(each, "quantity" if key in _QUANTITIES else name) for name, each in value.items()}
    if isinstance(value, list):
        return [_shortened(each) for each in value]
    return quantity(value) if key == "quantity" else value


def quantity(text: str) -> str:
    """A quantity as the API server writes it: in the largest unit of which it is a whole number."""
    found = _QUANTITY.fullmatch(text)
    if found is None:
        return text
    number, unit = Fraction(found[1]), found[2]
    binary, decimal = ["", "Ki", "Mi", "Gi", "Ti"], ["m", "", "k", "M", "G", "T"]
    base, units = (1024, binary) if unit.endswith("i") else (1000, decimal)
    number *= base ** units.index(unit)
    if base == 1024 and (number < base or number.denominator > 1):
        base, units, number = 1000, decimal, number * 1000
    whole, power = math.ceil(number), 0
    while whole % base == 0 and power + 1 < len(units):
        whole, power = whole // base, power + 1
    return f"{whole}{units[power]}" if whole else "0"


def _revealed(inputs: Properties, key: str) -> dict[str, str]:
    """The texts below a key, whether it or they are secret."""
    texts = _clear(inputs.get(key) or {})
    return {name: _clear(text) for name, text in texts.items()}


def _clear(value: Any) -> Any:
    return value["value"] if isinstance(value, dict) and _SIGNATURE in value else value


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
    if kind in ("NodePort", "LoadBalancer") and spec.get("allocateLoadBalancerNodePorts", True):
        numbered = enumerate(spec.get("ports", []), start=_NODE_PORT)
        filled["ports"] = [{"nodePort": number, **port} for number, port in numbered]
    balancer = {"ingress": [{"ip": _ADDRESS}]} if kind == "LoadBalancer" else {}
    return {"spec": filled, "status": {"loadBalancer": balancer}}


def _struct(properties: Properties) -> Struct:
    return ParseDict(properties, Struct())
