"""The Kubernetes objects that the other ways deploy.

Those of Kustomize and Helm are the ones that this project deploys with its defaults: same pods, same checks, same nginx
configuration. Those of the tutorials are as plain as the tutorials have them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components import NginxOptions, Resources
from components._nginx_conf import NginxConf, render
from components.content import WELCOME_PAGE

from ..servers import MAIN_BY_HAND, SITE_BY_HAND, room_for_nginx

Object = dict[str, Any]

_HARDENED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
_NOBODY = {
    "runAsNonRoot": True,
    "runAsUser": 10001,
    "runAsGroup": 10001,
    "fsGroup": 10001,
    "seccompProfile": {"type": "RuntimeDefault"},
}


@dataclass(frozen=True, kw_only=True)
class Images:
    """What the containers are made of.

    Attributes:
        nginx: Image of the servers.
        curl: Image of the clients.
    """

    nginx: str
    curl: str


def tutorial_site(name: str, images: Images) -> list[Object]:
    """Deployment and Service as the tutorials have them; Secret and ConfigMap are made by commands."""
    labels = {"run": name}
    return [
        _object("v1", "Service", name, spec=_node_ports({"http": (80, 80), "https": (443, 443)}, labels)),
        _deployment(
            name,
            labels,
            replicas=2,
            containers=[
                {
                    "name": "nginx",
                    "image": images.nginx,
                    "command": ["/usr/sbin/nginx", "-c", "/etc/nginx/conf.d/main", "-g", "daemon off;"],
                    "ports": [{"containerPort": 443}, {"containerPort": 80}],
                    "livenessProbe": {
                        "httpGet": {"path": "/index.html", "port": 80},
                        "initialDelaySeconds": 30,
                        "timeoutSeconds": 1,
                    },
                    "volumeMounts": [
                        {"name": "secret-volume", "mountPath": "/etc/nginx/ssl"},
                        {"name": "configmap-volume", "mountPath": "/etc/nginx/conf.d"},
                        *room_for_nginx()[0],
                    ],
                }
            ],
            volumes=[
                {"name": "secret-volume", "secret": {"secretName": f"{name}-secret"}},
                {"name": "configmap-volume", "configMap": {"name": f"{name}-config"}},
                *room_for_nginx()[1],
            ],
            # The tutorials' image runs as root; the one here runs as nobody, who may not use low ports otherwise.
            securityContext={"sysctls": [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}]},
        ),
    ]


def tutorial_files() -> dict[str, str]:
    """The files of which the tutorials' ConfigMap is made: their site, and the configuration around it."""
    return {"default.conf": SITE_BY_HAND, "main": MAIN_BY_HAND}


def tutorial_client(name: str, images: Images) -> list[Object]:
    """The pod in which the tutorials run curl; it mounts the site's Secret."""
    return [
        _deployment(
            f"{name}-curl",
            {"app": f"{name}-curl"},
            replicas=1,
            containers=[
                {
                    "name": "curl",
                    "image": images.curl,
                    "command": ["sh", "-c", "while true; do sleep 1; done"],
                    "volumeMounts": [{"name": "secret-volume", "mountPath": "/etc/nginx/ssl"}],
                }
            ],
            volumes=[{"name": "secret-volume", "secret": {"secretName": f"{name}-secret"}}],
        )
    ]


def site(name: str, images: Images, *, annotations: Mapping[str, str] | None = None) -> list[Object]:
    """What this project deploys for a site by default, without the Secret `NAME-tls` and the ConfigMap `NAME-ca`.

    Args:
        name: Name of the site.
        images: What the containers are made of.
        annotations: Annotations of the pods, which roll when one changes.
    """
    labels = {"app.kubernetes.io/name": "secure-nginx", "app.kubernetes.io/instance": name}
    ports = {"https": (443, "https"), "http": (80, "http")}
    return [
        _object("v1", "ServiceAccount", name, automountServiceAccountToken=False),
        _object("v1", "ConfigMap", f"{name}-config", data={"nginx.conf": _configuration()}),
        _object("v1", "ConfigMap", f"{name}-content", data={"index.html": WELCOME_PAGE}),
        _object("v1", "Service", name, spec=_node_ports(ports, labels)),
        _object(
            "policy/v1",
            "PodDisruptionBudget",
            name,
            spec={"maxUnavailable": 1, "selector": {"matchLabels": labels}},
        ),
        _object(
            "networking.k8s.io/v1",
            "NetworkPolicy",
            name,
            spec={
                "podSelector": {"matchLabels": labels},
                "policyTypes": ["Ingress", "Egress"],
                "ingress": [{"ports": [{"port": "https"}, {"port": "http"}]}],
            },
        ),
        _deployment(
            name,
            labels,
            replicas=2,
            containers=[_nginx(images)],
            volumes=[
                {"name": "config", "configMap": {"name": f"{name}-config"}},
                {"name": "content", "configMap": {"name": f"{name}-content"}},
                {"name": "tls", "secret": {"secretName": f"{name}-tls", "defaultMode": 0o440}},
                {"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": "16Mi"}},
            ],
            annotations=annotations,
            serviceAccountName=name,
            automountServiceAccountToken=False,
            enableServiceLinks=False,
            securityContext=_NOBODY,
            terminationGracePeriodSeconds=30,
        ),
    ]


def proof(name: str, images: Images) -> Object:
    """A pod's spec that fetches a site's page once it answers, trusting the site's authority and no other."""
    ask = (
        "curl --silent --show-error --fail --cacert /ca/ca.crt --capath /dev/null --retry 20 --retry-delay 1 "
        f"--retry-connrefused --max-time 5 https://{name}/ | grep 'Welcome to nginx!'"
    )
    return {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "securityContext": _NOBODY,
        "containers": [
            {
                "name": "curl",
                "image": images.curl,
                "command": ["sh", "-c", ask],
                "securityContext": _HARDENED,
                "volumeMounts": [{"name": "ca", "mountPath": "/ca"}],
            }
        ],
        "volumes": [{"name": "ca", "configMap": {"name": f"{name}-ca"}}],
    }


def proof_job(name: str, images: Images) -> Object:
    """The proof as a Job, for those who wait for one."""
    spec = {"backoffLimit": 0, "template": {"spec": proof(name, images)}}
    return _object("batch/v1", "Job", f"{name}-proof", spec=spec)


def proof_hook(name: str, images: Images) -> Object:
    """The proof as a test of Helm's."""
    pod = _object("v1", "Pod", f"{name}-proof", spec=proof(name, images))
    pod["metadata"]["annotations"] = {"helm.sh/hook": "test", "helm.sh/hook-delete-policy": "before-hook-creation"}
    return pod


def _nginx(images: Images) -> Object:
    probe = {"path": "/readyz", "port": "https", "scheme": "HTTPS"}
    return {
        "name": "nginx",
        "image": images.nginx,
        "command": ["/usr/sbin/nginx", "-e", "stderr", "-c", "/etc/secure-nginx/conf/nginx.conf"],
        "ports": [{"name": "https", "containerPort": 8443}, {"name": "http", "containerPort": 8080}],
        "securityContext": _HARDENED,
        "resources": {"requests": Resources().requests(), "limits": Resources().limits()},
        "startupProbe": {"httpGet": probe, "periodSeconds": 1, "failureThreshold": 60, "timeoutSeconds": 2},
        "readinessProbe": {"httpGet": probe, "periodSeconds": 2, "failureThreshold": 2, "timeoutSeconds": 2},
        "livenessProbe": {"httpGet": {**probe, "path": "/livez"}, "periodSeconds": 10, "timeoutSeconds": 2},
        "lifecycle": {"preStop": {"sleep": {"seconds": 5}}},
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


def _node_ports(ports: Mapping[str, tuple[int, int | str]], selector: Mapping[str, str]) -> Object:
    return {
        "type": "NodePort",
        "selector": dict(selector),
        "ports": [{"name": name, "port": port, "targetPort": target} for name, (port, target) in ports.items()],
    }


def _deployment(  # noqa: PLR0913  # what differs between pods, and how many there are
    name: str,
    labels: Mapping[str, str],
    *,
    replicas: int,
    containers: list[Object],
    volumes: list[Object],
    annotations: Mapping[str, str] | None = None,
    **pod: Any,
) -> Object:
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
    return _object("apps/v1", "Deployment", name, spec=spec)


def _object(version: str, kind: str, name: str, **content: Any) -> Object:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, **content}
