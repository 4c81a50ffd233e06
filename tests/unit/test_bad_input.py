"""Wrong arguments: each is refused before anything is declared, and its field is named."""

from typing import Any

import pytest

from components import (
    Access,
    Autoscaling,
    ClusterIP,
    ExistingConfigMap,
    Headless,
    InlineContent,
    LoadBalancer,
    NginxOptions,
    NodePort,
    Resources,
    Scheduling,
    SecureNginx,
    Toleration,
    VolumeClaim,
)
from tests.unit import sites
from tests.unit.sites import mistake

WHOLE = """\
daemon off;
events {}
http {
    server {
        listen 8443 ssl;
        ssl_certificate /etc/secure-nginx/tls/tls.crt;
        ssl_certificate_key /etc/secure-nginx/tls/tls.key;
        location /livez { return 200; }
        location /readyz { return 200; }
    }
}
"""


CASES = [
    mistake("namespace", namespace="Shop"),
    mistake("image", image="nginx"),
    mistake("image", image="registry.example/nginx:latest"),
    mistake("image", image="Registry.example/NGINX:1"),
    mistake("image", image=f"nginx@sha256:{'0' * 63}"),
    mistake("replicas", replicas=-1),
    mistake("replicas", replicas=101),
    mistake("cluster_domain", cluster_domain="cluster..local"),
    mistake("pre_stop_seconds", pre_stop_seconds=-1),
    mistake("labels", labels={"-a": "b"}),
    mistake("labels", labels={"UPPER/a": "b"}),
    mistake("labels", labels={"a": "b c"}),
    mistake("labels", labels={"a": "b" * 64}),
    mistake("image_pull_secrets", image_pull_secrets=("Not_A_Name",)),
    mistake("host_names", host_names=("a..b",)),
    mistake("host_names", host_names=("a.example", "a.example")),
    mistake("host_names", host_names=("::1%$(id>pwned)",)),
    mistake("host_names", host_names=("10.0.0",)),
    mistake("host_names", host_names=("*.10.0.0.1",)),
    mistake("host_names", host_names=(f"*.{'.'.join(['a' * 63] * 3)}.{'b' * 61}",)),
    mistake("cluster_domain", cluster_domain="10.0"),
    mistake("cluster_domain", cluster_domain="*.local"),
    mistake("resources.cpu_limit", resources=Resources(cpu_limit="half")),
    mistake("resources.cpu_limit", resources=Resources(cpu_limit="1k")),
    mistake("resources.cpu_request", resources=Resources(cpu_request="1Mi")),
    mistake("resources.cpu_request", resources=Resources(cpu_request="0.6")),
    mistake("resources.memory_request", resources=Resources(memory_request="64 Mi")),
    mistake("resources.memory_request", resources=Resources(memory_request="256Mi")),
    mistake("resources.memory_request", resources=Resources(memory_limit="65M")),
    mistake("resources.memory_limit", resources=Resources(memory_limit="128m")),
    mistake("resources.storage_request", resources=Resources(storage_request="16.5m")),
    mistake("resources.storage_request", resources=Resources(storage_request="1Gi", storage_limit="1000M")),
    mistake("nginx.ecdh_curves", nginx=NginxOptions(ecdh_curves=("X25519", "X25519"))),
    mistake("nginx.version", nginx=NginxOptions(version="1.25.0")),
    mistake("nginx.version", nginx=NginxOptions(version="stable")),
    mistake("nginx.ecdh_curves", nginx=NginxOptions(ecdh_curves=("X25519; evil",))),
    mistake("nginx.hsts_seconds", nginx=NginxOptions(hsts_seconds=-1)),
    mistake("nginx.shutdown_seconds", nginx=NginxOptions(shutdown_seconds=0)),
    mistake("nginx.server_snippet", nginx=NginxOptions(server_snippet="a b")),
    mistake("nginx.server_snippet", nginx=NginxOptions(server_snippet='a "b"c;')),
    mistake("nginx.http_snippet", nginx=NginxOptions(http_snippet="} server {")),
    mistake("nginx.main_snippet", nginx=NginxOptions(main_snippet="worker_processes 4;")),
    mistake("nginx.main_snippet", nginx=NginxOptions(main_snippet="worker_shutdown_timeout 5s;")),
    mistake("nginx.main_snippet", nginx=NginxOptions(main_snippet="events { worker_connections 9; }")),
    mistake("nginx.main_snippet", nginx=NginxOptions(main_snippet="http { gzip on; }")),
    mistake("nginx.http_snippet", nginx=NginxOptions(http_snippet="keepalive_timeout 9s;")),
    mistake("nginx.http_snippet", nginx=NginxOptions(http_snippet="ssl_ciphers HIGH;")),
    mistake("nginx.http_snippet", nginx=NginxOptions(http_snippet="ssl_ecdh_curve X448;", ecdh_curves=("X25519",))),
    mistake("nginx.http_snippet", nginx=NginxOptions(http_snippet="log_format access $uri;")),
    mistake("nginx.server_snippet", nginx=NginxOptions(server_snippet="root /srv/www/shop;")),
    mistake("nginx.server_snippet", nginx=NginxOptions(server_snippet="http2 off;")),
    mistake("nginx.server_snippet", nginx=NginxOptions(server_snippet="listen *:8443 ssl;")),
    mistake("nginx.server_snippet", nginx=NginxOptions(server_snippet="location =/livez { return 204; }")),
    mistake("nginx.configuration", nginx=NginxOptions(configuration="events {}")),
    mistake("nginx.configuration", nginx=NginxOptions(configuration="events {")),
    mistake(
        "nginx.server_snippet",
        nginx=NginxOptions(configuration=WHOLE, server_snippet="gzip on;"),
    ),
    mistake("nginx.tls_profile", nginx=NginxOptions(configuration=WHOLE, tls_profile="modern")),
    mistake("nginx.ecdh_curves", nginx=NginxOptions(configuration=WHOLE, ecdh_curves=("X25519",))),
    mistake("nginx.ipv6", nginx=NginxOptions(configuration=WHOLE, ipv6=False)),
    mistake("nginx.hsts_seconds", nginx=NginxOptions(configuration=WHOLE, hsts_seconds=0)),
    mistake("labels", labels={"app.kubernetes.io/instance": "other"}),
    mistake("content.files", content=InlineContent(files={})),
    mistake("content.files", content=InlineContent(files={"../a": "b"})),
    mistake("content.files", content=InlineContent(files={"/a": "b"})),
    mistake("content.files", content=InlineContent(files={"a b": "c"})),
    mistake("content.files", content=InlineContent(files={"a/b": "", "a__b": ""})),
    mistake("content.files", content=InlineContent(files={"a": "x" * 1024 * 1024})),
    mistake("content.config_map", content=ExistingConfigMap(config_map="A")),
    mistake("content.claim", content=VolumeClaim(claim="A")),
    mistake("content.size", content=VolumeClaim(claim="a", size="2Gi")),
    mistake("content.storage_class", content=VolumeClaim(claim="a", storage_class="b")),
    mistake("content.protect", content=VolumeClaim(claim="a", protect=True)),
    mistake("content.size", content=VolumeClaim(size="big")),
    mistake("content.size", content=VolumeClaim(size="0")),
    mistake("content.size", content=VolumeClaim(size="0.0Gi")),
    mistake("content.size", content=VolumeClaim(size="1000m")),
    mistake("content.storage_class", content=VolumeClaim(storage_class="A")),
    mistake("access.namespaces", access=Access(namespaces=("A",))),
    mistake("access.pods", access=Access(pods=({},))),
    mistake("access.pods", access=Access(pods=({"a b": "c"},))),
    mistake("access.networks", access=Access(networks=("everyone",))),
    mistake("access.networks", access=Access(networks=("10.0.0.0/0.255.255.255",))),
    mistake("access.networks", access=Access(networks=("fe80::%eth0/64",))),
    mistake("access.restricted", access=Access(restricted=False, namespaces=("ops",))),
    mistake("access.dns", access=Access(restricted=False, dns=True)),
    mistake("access.networks", access=Access(namespaces=("ops",)), service=NodePort()),
    mistake("access.networks", access=Access(pods=({"a": "b"},)), service=LoadBalancer()),
    mistake("access.networks", access=Access(pods=({"a": "b"},)), service=ClusterIP(external_ips=("192.0.2.1",))),
    mistake("autoscaling.max_replicas", autoscaling=Autoscaling(max_replicas=1)),
    mistake("replicas", autoscaling=Autoscaling(max_replicas=1), replicas=0),
    mistake("autoscaling.cpu_percent", autoscaling=Autoscaling(max_replicas=3, cpu_percent=0)),
    mistake("resources.cpu_request", autoscaling=Autoscaling(max_replicas=3), resources=Resources(cpu_request="0")),
    mistake("resources.cpu_request", autoscaling=Autoscaling(max_replicas=3), resources=Resources(cpu_request="0.0m")),
    mistake("resources.cpu_request", autoscaling=Autoscaling(max_replicas=3), resources=Resources(cpu_request="none")),
    mistake("scheduling.node_selector", scheduling=Scheduling(node_selector={"a b": "c"})),
    mistake("scheduling.tolerations", scheduling=Scheduling(tolerations=(Toleration(key=""),))),
    mistake("scheduling.priority_class", scheduling=Scheduling(priority_class="A")),
    mistake("rollout_seconds", rollout_seconds=-1),
    mistake("rollout_seconds", rollout_seconds=3601),
]


@pytest.mark.parametrize(("arguments", "field"), CASES)
def test_a_mistake_is_named_by_its_field(arguments: dict[str, Any], field: str) -> None:
    assert field in sites.fields_with_problems(arguments)


@pytest.mark.parametrize("name", ["", "-web", "1web", "Web", "w" * 57])
def test_a_wrong_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name: "):
        SecureNginx(name, sites.args())


def test_all_mistakes_are_named_at_once() -> None:
    with pytest.raises(ValueError, match="3 problem") as caught:
        SecureNginx("Web", sites.args(replicas=-1, image="nginx"))

    assert [line.split(":")[0] for line in str(caught.value).splitlines()[1:]] == [
        "  - name", "  - image", "  - replicas",
    ]  # fmt: skip


VALID: list[dict[str, Any]] = [
    {},
    {"replicas": 0},
    {"image": f"registry.example:5000/a/b_c/nginx-x@sha256:{'0' * 64}"},
    {"image": "nginx:1.30.6-alpine"},
    {"nginx": NginxOptions(version="1.25.1")},
    {"namespace": "a" * 63, "labels": {"team": "b" * 63}},
    {"host_names": (f"{'a.' * 126}a", f"{'b' * 63}.example")},
    {"nginx": NginxOptions(configuration=WHOLE)},
    {"nginx": NginxOptions(configuration=WHOLE, version="1.30.6", http="off", shutdown_seconds=9)},
    {"service": ClusterIP(ip_family_policy="PreferDualStack", cluster_ip="10.96.0.7", ip_families=("IPv4", "IPv6"))},
    {"service": Headless(ip_family_policy="RequireDualStack", ip_families=("IPv6", "IPv4"))},
    {"service": LoadBalancer(load_balancer_class="internal", source_ranges=("10.0.0.0/8", "fd00::/8"))},
    {"service": NodePort(annotations={"Example.COM/a.b_C": "", "team": "a b"})},
    {"service": ClusterIP(ip_families=("IPv4",)), "nginx": NginxOptions(ipv6=False)},
    {"image_pull_secrets": ("registry.2026",), "host_names": ("2026.example.com", "a.x2")},
    {"nginx": NginxOptions(ecdh_curves=("X25519MLKEM768", "X25519"))},
    {"host_names": ("*.example.com", "192.0.2.1", "2001:db8::1")},
    {"labels": {"example.com/team": "", "a": "B.c_d-e"}},
    {"resources": Resources(cpu_request="0.5", memory_request="134217728", storage_limit="16384Ki")},
    {"resources": Resources(cpu_request="1500m", cpu_limit="1.5", memory_request="1Gi", memory_limit="1024Mi")},
    {"resources": Resources(cpu_request="0")},
    {"resources": Resources(cpu_request="1m"), "autoscaling": Autoscaling(max_replicas=3)},
    {"replicas": 3, "autoscaling": Autoscaling(max_replicas=3)},
    {"rollout_seconds": 0},
    {"rollout_seconds": 3600},
    {"resources": Resources(memory_limit="0.1G", storage_request="1Ti", storage_limit="1100G")},
]


def test_a_namespace_of_digits_makes_no_address_of_a_name() -> None:
    assert not list(sites.args(host_names=("web.2026", "*.shop.1")).problems())


def test_a_mistyped_address_is_said_to_be_none() -> None:
    service = NodePort(node_addresses=("10.0.0.256",))
    found = sites.args(service=service, host_names=("10.0.0",)).problems()

    said = "is neither an IP address nor a DNS name, which is not of numbers alone; correct it"
    assert [str(problem) for problem in found] == [
        f"service.node_addresses: '10.0.0.256' {said}", f"host_names: '10.0.0' {said}",
    ]  # fmt: skip


def test_what_cannot_be_of_one_family_is_said_with_what_to_change() -> None:
    service = ClusterIP(cluster_ip="10.96.0.7", ip_families=("IPv6",))

    assert [str(problem) for problem in sites.args(service=service, nginx=NginxOptions(ipv6=False)).problems()] == [
        "service.cluster_ip: '10.96.0.7' must be of IPv6, the first of ip_families; or name IPv4 first there",
        "service.ip_families: ('IPv6',) leads clients to IPv6, on which nginx does not listen; set nginx.ipv6, or take "
        "IPv6 out",
    ]


def test_a_request_above_its_limit_is_said_with_both() -> None:
    (problem,) = sites.args(resources=Resources(memory_request="256Mi")).problems()

    assert str(problem) == (
        "resources.memory_request: '256Mi' must not exceed memory_limit (128Mi); lower it, or raise the limit"
    )


def test_thousandths_of_a_byte_are_told_from_mebibytes() -> None:
    found = sites.args(resources=Resources(memory_limit="128m", storage_request="16.5m")).problems()

    remedy = "is in thousandths of a byte; write {}Mi for as many mebibytes"
    assert [str(problem) for problem in found] == [
        f"resources.memory_limit: '128m' {remedy.format('128')}",
        f"resources.storage_request: '16.5m' {remedy.format('16.5')}",
    ]


def test_a_quantity_that_cannot_be_read_is_not_compared() -> None:
    problems = [str(each) for each in sites.args(resources=Resources(cpu_request="1k", cpu_limit="1")).problems()]

    assert problems == [
        "resources.cpu_request: '1k' must be a number of CPUs such as 2 or 0.5, or of thousandths such as 250m"
    ]


@pytest.mark.parametrize("arguments", VALID)
def test_what_is_right_is_accepted(arguments: dict[str, Any]) -> None:
    assert not list(sites.args(**arguments).problems())
