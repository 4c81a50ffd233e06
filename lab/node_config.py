"""The configuration files of a node's daemons: containerd, the pod network, kubelet, kube-proxy."""

import json
from collections.abc import Mapping
from typing import Any

import yaml

from lab import paths, topology
from lab.topology import Node

RUNTIME_SOCKET = "/run/containerd/containerd.sock"
PAUSE_IMAGE = "localhost/secure-nginx/pause:1"


def write(node: Node) -> None:
    """Write all files of one node."""
    folder = paths.CONFIG / node.name
    (folder / "cni").mkdir(parents=True, exist_ok=True)
    (folder / "containerd.toml").write_text(_containerd(node))
    (folder / "cni" / "10-lab.conflist").write_text(json.dumps(_pod_network(node), indent=2))
    (folder / "kubelet.yaml").write_text(yaml.safe_dump(_kubelet(node), sort_keys=False))
    (folder / "kube-proxy.yaml").write_text(yaml.safe_dump(_kube_proxy(node), sort_keys=False))
    (folder / "resolv.conf").write_text("# The lab asks nobody outside.\n")


def inside(node: Node, file: str) -> str:
    """Return the path of a node's configuration file as its daemons see it."""
    return paths.inside(paths.CONFIG / node.name / file)


def _containerd(node: Node) -> str:
    """Version 2 of containerd's configuration, which 1.6 to 1.7 read and 2.x migrates.

    `restrict_oom_score_adj` serves machines where root lacks CAP_SYS_RESOURCE, as in many
    containers: there the first process of a pod could not lower its score and would not start.
    """
    root = paths.inside(paths.NODES / node.name / "containerd")
    return f"""\
version = 2
root = "{root}"
state = "/run/containerd"
disabled_plugins = [
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs",
]

[grpc]
address = "{RUNTIME_SOCKET}"

[plugins."io.containerd.internal.v1.opt"]
path = "/run/containerd/opt"

[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "{PAUSE_IMAGE}"
restrict_oom_score_adj = true

[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = "{inside(node, "cni")}"

[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "overlayfs"
default_runtime_name = "runc"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
BinaryName = "crun"
SystemdCgroup = false
"""


def _pod_network(node: Node) -> Mapping[str, Any]:
    """Every pod hangs on the node by a cable of its own, so that all its packets are routed, and judged, there.

    On a bridge, packets between two pods of one node would pass by the network policies.
    """
    return {
        "cniVersion": "1.0.0",
        "name": "lab",
        "plugins": [
            {
                "type": "ptp",
                "mtu": 1500,
                "ipam": {
                    "type": "host-local",
                    "ranges": [[{"subnet": str(node.pod_network)}]],
                    "routes": [{"dst": "0.0.0.0/0"}],
                    "dataDir": "/run/cni",
                },
            },
            {"type": "portmap", "capabilities": {"portMappings": True}},
        ],
    }


def _kubelet(node: Node) -> Mapping[str, Any]:
    pki = paths.PKI
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": paths.inside(pki / "ca.crt")},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": paths.inside(pki / f"{node.name}-server.crt"),
        "tlsPrivateKeyFile": paths.inside(pki / f"{node.name}-server.key"),
        "address": node.address,
        "healthzPort": 0,
        # As many as its /24 has addresses for: a hundred sites have more than the usual 110.
        "maxPods": 250,
        "clusterDNS": [topology.DNS_SERVICE],
        "clusterDomain": topology.CLUSTER_DOMAIN,
        "resolvConf": inside(node, "resolv.conf"),
        "containerRuntimeEndpoint": f"unix://{RUNTIME_SOCKET}",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{node.name}",
        "failCgroupV1": False,
        "failSwapOn": False,
        "makeIPTablesUtilChains": False,
        "oomScoreAdj": 0,
        "podLogsDir": paths.inside(paths.NODES / node.name / "pods"),
        "volumePluginDir": paths.inside(paths.NODES / node.name / "volume-plugins"),
        # The lab shares the machine's disk; a machine that is nearly full must not evict the lab's
        # pods.
        "evictionHard": {
            "memory.available": "100Mi",
            "nodefs.available": "1%",
            "imagefs.available": "1%",
        },
        "imageGCHighThresholdPercent": 100,
        "serializeImagePulls": False,
    }


def _kube_proxy(node: Node) -> Mapping[str, Any]:
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "clientConnection": {"kubeconfig": paths.inside(paths.CONFIG / "kube-proxy.kubeconfig")},
        "mode": "nftables",
        "hostnameOverride": node.name,
        "clusterCIDR": str(topology.POD_NETWORK),
        # The machine's own connection tracking table is not the lab's to resize.
        "conntrack": {"maxPerCore": 0},
        "healthzBindAddress": f"{node.address}:10256",
        "metricsBindAddress": "127.0.0.1:10249",
        "nftables": {"minSyncPeriod": "200ms"},
    }
