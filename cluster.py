"""The one cluster that a stack may reach, and the namespace that it has there."""

import pulumi
import pulumi_kubernetes as k8s

from components import namespace_labels
from secret_settings import is_kubeconfig_text
from stack_settings import StackSettings


def provider(stack: StackSettings) -> k8s.Provider:
    """Create the provider of every Kubernetes object, for the stack's own context alone."""
    return k8s.Provider(
        "cluster",
        # A kubeconfig may hold credentials; a path is hidden along with it.
        kubeconfig=pulumi.Output.secret(stack.kubeconfig) if stack.kubeconfig else None,
        context=stack.context,
        cluster_identifier=stack.cluster_identifier or stack.context,
        opts=pulumi.ResourceOptions(transformations=[_without_path_from_environment]),
    )


def namespace(stack: StackSettings, options: pulumi.ResourceOptions) -> pulumi.Input[str]:
    """The name of the namespace, after which everything in it is created.

    Args:
        stack: Whether the stack owns it, and how its cluster is recognised.
        options: Options with the provider.

    Raises:
        pulumi.RunError: In the returned Output, where the context leads to another cluster.
    """
    name = _on_the_right_cluster(stack, options)
    if not stack.create_namespace:
        return name
    owned = k8s.core.v1.Namespace(
        "namespace",
        metadata=k8s.meta.v1.ObjectMetaArgs(
            name=name,
            labels=namespace_labels(stack.pod_security),
            # As with the components' objects: a stranger's hand on a label does not make it theirs.
            annotations={"pulumi.com/patchForce": "true"},
        ),
        opts=options,
    )
    return owned.metadata.name


def recognised(stack: StackSettings, found: str) -> str:
    """The name of the stack's namespace, if the cluster is the stack's own.

    Args:
        stack: Which cluster is expected.
        found: UID of the cluster that the context leads to.

    Raises:
        pulumi.RunError: It is another one.
    """
    if found != stack.cluster_uid:
        raise pulumi.RunError(
            f"secure-nginx:clusterUid: {stack.cluster_uid!r} is not the cluster that the context {stack.context!r} "
            f"leads to, which is {found!r}; mend the kubeconfig, or change clusterUid if the stack shall move there"
        )
    return stack.namespace


def _on_the_right_cluster(stack: StackSettings, options: pulumi.ResourceOptions) -> pulumi.Input[str]:
    """The namespace's name, as soon as the cluster has been recognised."""
    if stack.cluster_uid is None:
        return stack.namespace
    # The namespace kube-system is as old as the cluster: its UID tells clusters apart that have no other name.
    oldest = k8s.core.v1.Namespace.get("cluster-identity", "kube-system", options)
    return oldest.metadata.uid.apply(lambda found: recognised(stack, found))


def _without_path_from_environment(
    provider: pulumi.ResourceTransformationArgs,
) -> pulumi.ResourceTransformationResult | None:
    """Leave out the path in KUBECONFIG, which the SDK puts in where a stack has no kubeconfig of its own.

    It would stay in a state that others use on other machines. Without it, the plugin reads KUBECONFIG itself, as
    kubectl does.
    """
    kubeconfig = provider.props["kubeconfig"]
    if not isinstance(kubeconfig, str) or is_kubeconfig_text(kubeconfig):
        return None
    return pulumi.ResourceTransformationResult({**provider.props, "kubeconfig": None}, provider.opts)
