"""The one hardened security context; it satisfies the Pod Security level "restricted"."""

from pulumi_kubernetes import core

# Above 10000, so that no user of a node shares the number.
USER_ID = 10001


def pod_security_context() -> core.v1.PodSecurityContextArgs:
    """Context of a pod: a numeric user, files of volumes owned by its group."""
    return core.v1.PodSecurityContextArgs(
        run_as_non_root=True,
        run_as_user=USER_ID,
        run_as_group=USER_ID,
        fs_group=USER_ID,
        fs_group_change_policy="OnRootMismatch",
        seccomp_profile=core.v1.SeccompProfileArgs(type="RuntimeDefault"),
    )


def container_security_context() -> core.v1.SecurityContextArgs:
    """Context of a container: no capability, no privilege, nothing to write to."""
    return core.v1.SecurityContextArgs(
        run_as_non_root=True,
        run_as_user=USER_ID,
        run_as_group=USER_ID,
        privileged=False,
        allow_privilege_escalation=False,
        read_only_root_filesystem=True,
        capabilities=core.v1.CapabilitiesArgs(drop=["ALL"]),
        seccomp_profile=core.v1.SeccompProfileArgs(type="RuntimeDefault"),
    )


def namespace_labels(level: str) -> dict[str, str]:
    """Labels that hold the pods of a namespace to a Pod Security level."""
    return {f"pod-security.kubernetes.io/{mode}": level for mode in ("enforce", "audit", "warn")}
