"""The Kubernetes objects that Kustomize and Helm deploy: those that this project deploys with its defaults.

The pods are the same, field by field: limits, probes, places on the nodes, nginx configuration. So are Service, budget
and NetworkPolicies, in all that they do. The proof differs (`proofs.py`): its pod has the limits of this project's
probe, but asks once, where the probe asks by every name and looks whether the wrong is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components import NginxOptions, Resources
from components._nginx_conf import NginxConf, render
from components.content import WELCOME_PAGE

Object = dict[str, Any]

_USER = {"runAsNonRoot": True, "runAsUser": 10001, "runAsGroup": 10001, "seccompProfile": {"type": "RuntimeDefault"}}
HARDENED = {
    **_USER,
    "privileged": False,
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
"""The security context of a container."""
NOBODY = {**_USER, "fsGroup": 10001, "fsGroupChangePolicy": "OnRootMismatch"}
"""The security context of a pod."""
_HOST = "kubernetes.io/hostname"


@dataclass(frozen=True, kw_only=True)
class Images:
    """What the containers are made of.

    Attributes:
        nginx: Image of the servers.
        curl: Image of the clients.
    """

    nginx: str
    curl: str


def site(
    name: str, images: Images, *, resources: Resources | None = None, annotations: Mapping[str, str] | None = None
) -> list[Object]:
    """What this project deploys for a site by default, without the Secret `NAME-tls` and the ConfigMap `NAME-ca`.

    Args:
        name: Name of the site.
        images: What the containers are made of.
        resources: Requests and limits of the pods. Default: the project's own.
        annotations: Annotations of the pods, which roll when one changes.
    """
    labels = {"app.kubernetes.io/name": "secure-nginx", "app.kubernetes.io/instance": name}
    ports = {"https": (443, "https"), "http": (80, "http")}
    tls = [{"key": key, "path": key} for key in ("tls.crt", "tls.key")]
    page = [{"key": "index.html", "path": "index.html"}]
    return [
        made("v1", "ServiceAccount", name, automountServiceAccountToken=False),
        made("v1", "ConfigMap", f"{name}-config", data={"nginx.conf": _configuration()}),
        made("v1", "ConfigMap", f"{name}-content", data={"index.html": WELCOME_PAGE}),
        made("v1", "Service", name, spec=node_ports(ports, labels)),
        made(
            "policy/v1",
            "PodDisruptionBudget",
            name,
            spec={
                "maxUnavailable": 1,
                "selector": {"matchLabels": labels},
                "unhealthyPodEvictionPolicy": "AlwaysAllow",
            },
        ),
        made(
            "networking.k8s.io/v1",
            "NetworkPolicy",
            name,
            spec={
                "podSelector": {"matchLabels": labels},
                # No rule for what goes out allows nothing. The API server keeps no empty list, so that one would be a
                # change in each `kubectl diff`.
                "policyTypes": ["Ingress", "Egress"],
                "ingress": [{"ports": [{"port": port, "protocol": "TCP"} for port in (8443, 8080)]}],
            },
        ),
        deployment(
            name,
            labels,
            replicas=2,
            containers=[_nginx(images, resources or Resources())],
            volumes=[
                {"name": "config", "configMap": {"name": f"{name}-config"}},
                {"name": "tls", "secret": {"secretName": f"{name}-tls", "defaultMode": 0o440, "items": tls}},
                {"name": "content", "configMap": {"name": f"{name}-content", "items": page}},
                {"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": "16Mi"}},
            ],
            annotations=annotations,
            serviceAccountName=name,
            automountServiceAccountToken=False,
            enableServiceLinks=False,
            securityContext=NOBODY,
            terminationGracePeriodSeconds=30,
            affinity=_affinity(labels),
            topologySpreadConstraints=[_spread(labels)],
        ),
    ]


def _affinity(labels: Mapping[str, str]) -> Object:
    elsewhere = {"topologyKey": _HOST, "labelSelector": {"matchLabels": dict(labels)}}
    preferred = [{"weight": 100, "podAffinityTerm": elsewhere}]
    return {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}}


def _spread(labels: Mapping[str, str]) -> Object:
    return {
        "maxSkew": 1,
        "topologyKey": _HOST,
        "whenUnsatisfiable": "DoNotSchedule",
        "nodeTaintsPolicy": "Honor",
        "labelSelector": {"matchLabels": dict(labels)},
        "matchLabelKeys": ["pod-template-hash"],
    }


def _nginx(images: Images, resources: Resources) -> Object:
    probe = {"path": "/readyz", "port": "https", "scheme": "HTTPS"}
    return {
        "name": "nginx",
        "image": images.nginx,
        "imagePullPolicy": "IfNotPresent",
        "command": ["/usr/sbin/nginx", "-e", "stderr", "-c", "/etc/secure-nginx/conf/nginx.conf"],
        "ports": [{"name": "https", "containerPort": 8443}, {"name": "http", "containerPort": 8080}],
        "securityContext": HARDENED,
        "resources": {"requests": resources.requests(), "limits": resources.limits()},
        "startupProbe": {"httpGet": probe, "periodSeconds": 1, "failureThreshold": 60, "timeoutSeconds": 2},
        "readinessProbe": {"httpGet": probe, "periodSeconds": 2, "failureThreshold": 2, "timeoutSeconds": 2},
        "livenessProbe": {
            "httpGet": {**probe, "path": "/livez"},
            "periodSeconds": 10,
            "failureThreshold": 3,
            "timeoutSeconds": 2,
        },
        "lifecycle": {"preStop": {"sleep": {"seconds": 5}}},
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [
            {"name": "config", "mountPath": "/etc/secure-nginx/conf", "readOnly": True},
            {"name": "tls", "mountPath": "/etc/secure-nginx/tls", "readOnly": True},
            {"name": "content", "mountPath": "/srv/www", "readOnly": True},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108  # in the pod
        ],
    }


def _configuration() -> str:
    return render(
        NginxConf(
            options=NginxOptions(),
            workers=Resources().workers,
            certificate_renewed_in_place=False,
            public_https_port=443,
        )
    )


def node_ports(ports: Mapping[str, tuple[int, int | str]], selector: Mapping[str, str]) -> Object:
    """A Service's spec: its ports by name, with the pods' ports that they lead to."""
    return {
        "type": "NodePort",
        "selector": dict(selector),
        "ports": [{"name": name, "port": port, "targetPort": target} for name, (port, target) in ports.items()],
    }


def deployment(  # noqa: PLR0913  # what differs between pods, and how many there are
    name: str,
    labels: Mapping[str, str],
    *,
    replicas: int,
    containers: list[Object],
    volumes: list[Object],
    annotations: Mapping[str, str] | None = None,
    **pod: Any,
) -> Object:
    """A Deployment that has a new pod ready before an old one goes."""
    template = {
        "metadata": {"labels": dict(labels), "annotations": dict(annotations or {})},
        "spec": {**pod, "containers": containers, "volumes": volumes},
    }
    spec = {
        "replicas": replicas,
        "selector": {"matchLabels": dict(labels)},
        "strategy": {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
        "template": template,
    }
    return made("apps/v1", "Deployment", name, spec=spec)


def made(version: str, kind: str, name: str, **content: Any) -> Object:
    """An object of any kind."""
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, **content}
