"""The programs of the cluster and how each is started."""

from collections.abc import Callable
from pathlib import Path

from lab import nodes, paths, topology
from lab.node_config import inside
from lab.topology import Node

ETCD_PORT = 2379
POLICY_QUEUE = 100

Command = Callable[[Node], list[str]]


def on(node: Node) -> dict[str, Command]:
    """Return what runs on a node, in the order of start."""
    control_plane: dict[str, Command] = {
        "etcd": _etcd,
        "kube-apiserver": _api_server,
        "kube-controller-manager": _controller_manager,
        "kube-scheduler": _scheduler,
    }
    worker: dict[str, Command] = {
        "containerd": _containerd,
        "kubelet": _kubelet,
        "kube-proxy": _kube_proxy,
        "networkpolicy": _network_policy,
    }
    return {**control_plane, **worker} if node.control_plane else worker


def start(node: Node, program: str) -> None:
    """Start one of a node's programs, unless it runs."""
    nodes.start_daemon(node, program, on(node)[program](node))


def program_path(name: str) -> str:
    """Return the path of a built program as the nodes see it."""
    return paths.inside(paths.BIN / name)


def _pki(file: str) -> str:
    return paths.inside(paths.PKI / file)


def _kubeconfig(user: str) -> str:
    return paths.inside(paths.CONFIG / f"{user}.kubeconfig")


def _data(node: Node, name: str) -> str:
    folder: Path = paths.NODES / node.name / name
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return paths.inside(folder)


def _etcd(node: Node) -> list[str]:
    url = f"https://127.0.0.1:{ETCD_PORT}"
    peer = "http://127.0.0.1:2380"  # one member: nobody ever calls
    return [
        program_path("etcd"),
        "--name=lab",
        f"--data-dir={_data(node, 'etcd')}",
        f"--listen-client-urls={url}",
        f"--advertise-client-urls={url}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=lab={peer}",
        "--client-cert-auth",
        f"--trusted-ca-file={_pki('etcd-ca.crt')}",
        f"--cert-file={_pki('etcd.crt')}",
        f"--key-file={_pki('etcd.key')}",
        "--log-level=warn",
        # What a power cut would take is a lab that is made anew in seconds.
        "--unsafe-no-fsync",
    ]


def _api_server(node: Node) -> list[str]:
    return [
        program_path("kube-apiserver"),
        f"--etcd-servers=https://127.0.0.1:{ETCD_PORT}",
        f"--etcd-cafile={_pki('etcd-ca.crt')}",
        f"--etcd-certfile={_pki('etcd-client.crt')}",
        f"--etcd-keyfile={_pki('etcd-client.key')}",
        f"--advertise-address={node.address}",
        f"--secure-port={topology.API_PORT}",
        f"--tls-cert-file={_pki('kube-apiserver.crt')}",
        f"--tls-private-key-file={_pki('kube-apiserver.key')}",
        f"--client-ca-file={_pki('ca.crt')}",
        "--anonymous-auth=false",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        f"--service-cluster-ip-range={topology.SERVICE_NETWORK}",
        f"--service-node-port-range={topology.NODE_PORTS[0]}-{topology.NODE_PORTS[1]}",
        f"--service-account-issuer=https://kubernetes.default.svc.{topology.CLUSTER_DOMAIN}",
        f"--service-account-key-file={_pki('service-accounts.pub')}",
        f"--service-account-signing-key-file={_pki('service-accounts.key')}",
        f"--kubelet-certificate-authority={_pki('ca.crt')}",
        f"--kubelet-client-certificate={_pki('kube-apiserver-kubelet-client.crt')}",
        f"--kubelet-client-key={_pki('kube-apiserver-kubelet-client.key')}",
        # A node's name means nothing outside the lab and must not be looked up.
        "--kubelet-preferred-address-types=InternalIP",
        "--profiling=false",
    ]


def _controller_manager(node: Node) -> list[str]:
    del node
    return [
        program_path("kube-controller-manager"),
        *_with_kubeconfig("kube-controller-manager"),
        "--use-service-account-credentials",
        # At its own 20 requests a second, removing a stack of 160 objects takes half a minute.
        "--kube-api-qps=100",
        "--kube-api-burst=200",
        f"--root-ca-file={_pki('ca.crt')}",
        f"--service-account-private-key-file={_pki('service-accounts.key')}",
    ]


def _scheduler(node: Node) -> list[str]:
    del node
    return [program_path("kube-scheduler"), *_with_kubeconfig("kube-scheduler")]


def _with_kubeconfig(user: str) -> list[str]:
    """Return what controller manager and scheduler share: one of each needs no election."""
    file = _kubeconfig(user)
    return [
        f"--kubeconfig={file}",
        f"--authentication-kubeconfig={file}",
        f"--authorization-kubeconfig={file}",
        "--bind-address=127.0.0.1",
        "--leader-elect=false",
        "--profiling=false",
    ]


def _containerd(node: Node) -> list[str]:
    return ["containerd", f"--config={inside(node, 'containerd.toml')}", "--log-level=warn"]


def _kubelet(node: Node) -> list[str]:
    return [
        program_path("kubelet"),
        f"--config={inside(node, 'kubelet.yaml')}",
        f"--kubeconfig={_kubeconfig(node.name)}",
        f"--root-dir={_data(node, 'kubelet')}",
        f"--hostname-override={node.name}",
        f"--node-ip={node.address}",
        f"--node-labels=topology.kubernetes.io/zone={node.zone}",
    ]


def _kube_proxy(node: Node) -> list[str]:
    return [program_path("kube-proxy"), f"--config={inside(node, 'kube-proxy.yaml')}"]


def _network_policy(node: Node) -> list[str]:
    return [
        program_path("networkpolicy"),
        f"--kubeconfig={_kubeconfig('networkpolicy')}",
        f"--node={node.name}",
        f"--queue={POLICY_QUEUE}",
    ]


def all_names() -> list[str]:
    """Return the names by which `lab logs` knows the daemons."""
    return [f"{program}@{node.name}" for node in topology.NODES for program in on(node)]
