"""Build the probe's pod: pure values, no resources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import core, meta

from .. import _placement, _pod_security
from .._pod_contract import CA_FILE
from ..scheduling import Scheduling

_CA_FOLDER = "/ca"
_PROBE_FOLDER = "/probe"
_WORK_FOLDER = "/tmp"  # noqa: S108  # in the pod, where nobody else writes
# Room for 15 MiB of bodies, and for what curl says. It counts as memory, beside 3 MiB of sh and curl.
WORK_MEBIBYTES = 16
_RUN = (
    "sh",
    f"{_PROBE_FOLDER}/probe.sh",
    _PROBE_FOLDER,
    "/dev/termination-log",
    f"{_CA_FOLDER}/{CA_FILE}",
    _WORK_FOLDER,
)
# `wait` ends at a signal, `sleep` would first have to end by itself.
_SLEEP = ("sh", "-c", "trap 'exit 0' TERM INT; while :; do sleep 3600 & wait; done")

# A sidecar would keep a Job from completing, and would answer in the site's place.
_NO_MESH = {
    "sidecar.istio.io/inject": "false",
    "linkerd.io/inject": "disabled",
    "kuma.io/sidecar-injection": "disabled",
    "consul.hashicorp.com/connect-inject": "false",
}


@dataclass(frozen=True, kw_only=True)
class ProbePod:
    """A pod that can run the probe.

    Attributes:
        image: Image with sh, curl and the programs that probe.sh names.
        image_pull_policy: When nodes pull it.
        image_pull_secrets: Names of the Secrets for its registry.
        script_config_map: Name of the ConfigMap with the script.
        plan_config_map: Name of the ConfigMap with the plan.
        ca_config_map: Name of the ConfigMap with the CA; None if no target needs it.
        triggers_digest: Changes when something changes that the pod cannot see.
        labels: Labels of the pod.
        scheduling: Where the pod may run.
    """

    image: pulumi.Input[str]
    image_pull_policy: str
    image_pull_secrets: Sequence[str]
    script_config_map: pulumi.Input[str]
    plan_config_map: pulumi.Input[str]
    ca_config_map: pulumi.Input[str] | None
    triggers_digest: pulumi.Input[str]
    labels: Mapping[str, str]
    scheduling: Scheduling

    def run_once(self) -> core.v1.PodTemplateSpecArgs:
        """A pod that gives the verdict and ends."""
        return self._template(_RUN, self.labels, restart_policy="Never")

    def sleep(self, selector: Mapping[str, str]) -> core.v1.PodTemplateSpecArgs:
        """A pod that does nothing and that `selector` selects, whatever its other labels are."""
        return self._template(_SLEEP, {**self.labels, **selector}, restart_policy="Always")

    def _template(
        self, command: Sequence[str], labels: Mapping[str, str], *, restart_policy: str
    ) -> core.v1.PodTemplateSpecArgs:
        return core.v1.PodTemplateSpecArgs(
            metadata=meta.v1.ObjectMetaArgs(
                labels=labels,
                annotations={**_NO_MESH, "securenginx/triggers": self.triggers_digest},
            ),
            spec=core.v1.PodSpecArgs(
                restart_policy=restart_policy,
                automount_service_account_token=False,
                enable_service_links=False,
                **_placement.fields(self.scheduling),
                termination_grace_period_seconds=2,
                dns_config=_soon_asked_again(),
                security_context=_pod_security.pod_security_context(),
                image_pull_secrets=[core.v1.LocalObjectReferenceArgs(name=name) for name in self.image_pull_secrets],
                containers=[self._container(command)],
                volumes=self._volumes(),
            ),
        )

    def _container(self, command: Sequence[str]) -> core.v1.ContainerArgs:
        mounts = [
            core.v1.VolumeMountArgs(name="probe", mount_path=_PROBE_FOLDER, read_only=True),
            core.v1.VolumeMountArgs(name="tmp", mount_path=_WORK_FOLDER),
        ]
        if self.ca_config_map is not None:
            mounts.append(core.v1.VolumeMountArgs(name="ca", mount_path=_CA_FOLDER, read_only=True))
        return core.v1.ContainerArgs(
            name="curl",
            image=self.image,
            image_pull_policy=self.image_pull_policy,
            command=list(command),
            security_context=_pod_security.container_security_context(),
            resources=core.v1.ResourceRequirementsArgs(
                requests={"cpu": "10m", "memory": "16Mi", "ephemeral-storage": "1Mi"},
                limits={"cpu": "50m", "memory": "32Mi", "ephemeral-storage": "8Mi"},
            ),
            termination_message_policy="FallbackToLogsOnError",
            volume_mounts=mounts,
        )

    def _volumes(self) -> list[core.v1.VolumeArgs]:
        volumes = [
            core.v1.VolumeArgs(
                name="probe",
                projected=core.v1.ProjectedVolumeSourceArgs(
                    sources=[
                        core.v1.VolumeProjectionArgs(config_map=core.v1.ConfigMapProjectionArgs(name=name))
                        for name in (self.script_config_map, self.plan_config_map)
                    ]
                ),
            ),
            core.v1.VolumeArgs(
                name="tmp",
                empty_dir=core.v1.EmptyDirVolumeSourceArgs(medium="Memory", size_limit=f"{WORK_MEBIBYTES}Mi"),
            ),
        ]
        if self.ca_config_map is not None:
            only_it = [core.v1.KeyToPathArgs(key=CA_FILE, path=CA_FILE)]
            source = core.v1.ConfigMapVolumeSourceArgs(name=self.ca_config_map, items=only_it)
            volumes.append(core.v1.VolumeArgs(name="ca", config_map=source))
        return volumes


def _soon_asked_again() -> core.v1.PodDNSConfigArgs:
    # A new pod's first question to the DNS can get lost, as two at once meet in the node's connection tracking.
    # Resolvers wait five seconds for the answer by themselves, longer than some probes may take.
    return core.v1.PodDNSConfigArgs(
        options=[
            core.v1.PodDNSConfigOptionArgs(name="timeout", value="1"),
            core.v1.PodDNSConfigOptionArgs(name="attempts", value="5"),
        ]
    )
