"""A shop in somebody else's program: three sites side by side, no stack configuration at all."""

import pulumi
import pulumi_kubernetes as k8s
from secure_nginx import (
    CurlProbe,
    CurlProbeArgs,
    GeneratedCertificate,
    Headless,
    InlineContent,
    NodePort,
    SecureNginx,
    SecureNginxArgs,
    Target,
    namespace_labels,
)

IMAGE = "localhost/secure-nginx/nginx:1.30.6"

cluster = k8s.Provider("lab", context="lab", cluster_identifier="lab")
market = k8s.core.v1.Namespace(
    "market",
    metadata=k8s.meta.v1.ObjectMetaArgs(labels=namespace_labels("restricted")),
    opts=pulumi.ResourceOptions(provider=cluster),
)
namespace = market.metadata.name
on_cluster = pulumi.ResourceOptions(providers=[cluster])

shop = SecureNginx("shop", SecureNginxArgs(namespace=namespace, image=IMAGE, pre_stop_seconds=1), on_cluster)
till = SecureNginx(
    "till",
    SecureNginxArgs(
        namespace=namespace,
        image=IMAGE,
        replicas=1,
        pre_stop_seconds=1,
        service=NodePort(),
        certificate=GeneratedCertificate(key_algorithm="ECDSA-P384"),
        content=InlineContent(files={"index.html": "till"}),
    ),
    on_cluster,
)
store = SecureNginx(
    "store",
    SecureNginxArgs(namespace=namespace, image=IMAGE, replicas=1, pre_stop_seconds=1, service=Headless()),
    on_cluster,
)
for name, site, port in (("shop", shop, 443), ("till", till, 443), ("store", store, 8443)):
    probe = CurlProbe(
        f"{name}-probe",
        CurlProbeArgs(
            namespace=namespace,
            image="localhost/secure-nginx/curl:8.22.0",
            targets=(Target(name="service", host=site.fqdn, port=port),),
            ca_config_map=site.ca_config_map.apply(str),
            certificate_pem=site.certificate_pem,
            triggers={"rollout": site.rollout},
        ),
        pulumi.ResourceOptions(providers=[cluster], depends_on=[site]),
    )
    pulumi.export(name, {"url": site.urls[0], "verdict": probe.verdict, "ca": site.ca_certificate})
