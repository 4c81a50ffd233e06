"""The objects of the tutorials, as plain as the tutorials have them: they request and limit nothing."""

from ..servers import MAIN_BY_HAND, SITE_BY_HAND, room_for_nginx
from .objects import Images, Object, deployment, made, node_ports


def tutorial_site(name: str, images: Images) -> list[Object]:
    """Deployment and Service as the tutorials have them; Secret and ConfigMap are made by commands."""
    labels = {"run": name}
    return [
        made("v1", "Service", name, spec=node_ports({"http": (80, 80), "https": (443, 443)}, labels)),
        deployment(
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
        deployment(
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
