"""The program: settings, then the cluster, then sites and probes, then outputs."""

import pulumi
import pulumi_kubernetes as k8s

import settings
from components import CurlProbe, SecureNginx, namespace_labels, probe_pod_labels
from outputs import site_outputs, stack_outputs
from verification import probe_args


def main() -> None:
    """Declare everything the current stack holds."""
    loaded = settings.read()
    stack = loaded.stack
    cluster = k8s.Provider(
        "cluster",
        # A kubeconfig may hold credentials; a path is hidden along with it.
        kubeconfig=pulumi.Output.secret(stack.kubeconfig) if stack.kubeconfig else None,
        context=stack.context,
        cluster_identifier=stack.cluster_identifier or stack.context,
    )
    namespace: pulumi.Input[str] = stack.namespace
    if stack.create_namespace:
        owned = k8s.core.v1.Namespace(
            "namespace",
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=stack.namespace,
                labels=namespace_labels(stack.pod_security),
            ),
            opts=pulumi.ResourceOptions(provider=cluster),
        )
        namespace = owned.metadata.name
    outputs = {}
    for name, site in loaded.sites.items():
        nginx = SecureNginx(
            name,
            site.component_args(namespace, probe_pod_labels(f"{name}-probe")),
            pulumi.ResourceOptions(providers=[cluster]),
        )
        probe = None
        if site.probe is not None:
            probe = CurlProbe(
                f"{name}-probe",
                probe_args(nginx, site, site.probe),
                pulumi.ResourceOptions(providers=[cluster], depends_on=[nginx]),
            )
        outputs[name] = site_outputs(nginx, probe)
    for key, value in stack_outputs(outputs, single=loaded.single).items():
        pulumi.export(key, value)


if __name__ == "__main__":
    main()
