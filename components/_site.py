"""The frame every object of one site is created in: its names, labels and parent."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pulumi
from pulumi_kubernetes import core, meta

from . import _exposure, _metadata, _names
from ._names import ServiceNames, SubjectNames
from .exposure import Headless
from .secure_nginx_args import ORIGIN_SUFFIX, SecureNginxArgs


@dataclass(frozen=True, kw_only=True)
class Site:
    """A site under construction.

    Attributes:
        name: Name of the site.
        subject: The site as refusals name it.
        args: Its arguments, already checked.
        parent: The component that owns every object.
    """

    name: str
    subject: str
    args: SecureNginxArgs
    parent: pulumi.Resource

    @property
    def child(self) -> pulumi.ResourceOptions:
        """Options of a child that is protected as the site is, and has no needs of its own."""
        return pulumi.ResourceOptions(parent=self.parent)

    def renewed(self, trigger: str | None = None) -> pulumi.ResourceOptions:
        """Options of a child that is made anew in time, whatever protects the site.

        Args:
            trigger: Another text here makes it anew. Default: nothing but its own fields does.
        """
        return pulumi.ResourceOptions(parent=self.parent, **_metadata.REMADE, replacement_trigger=trigger)

    @property
    def selector(self) -> dict[str, str]:
        """Labels that select the pods."""
        return _names.site_pod_labels(self.name)

    @property
    def labels(self) -> dict[str, str]:
        """Labels of every object."""
        return _names.with_part_of(_names.standard_labels(self.name), self.args.labels)

    @property
    def origin_name(self) -> str:
        """Name of the second Service, where the first one does not select the pods."""
        return f"{self.name}{ORIGIN_SUFFIX}"

    @property
    def names(self) -> pulumi.Output[ServiceNames]:
        """The DNS names of the Service."""
        return self._names_of(self.name)

    @property
    def origin_names(self) -> pulumi.Output[ServiceNames]:
        """The DNS names of the origin Service."""
        return self._names_of(self.origin_name)

    @property
    def subjects(self) -> pulumi.Output[SubjectNames]:
        """Everything the certificate must cover."""
        return self.names.apply(self._subjects)

    @property
    def covered_hosts(self) -> pulumi.Output[list[str]]:
        """Names that the certificate is sure to cover; a foreign one knows only its own."""
        own = self.args.certificate.covers_service
        return self.names.apply(lambda names: [*([names.fqdn] if own else []), *self.args.host_names])

    def metadata(self, name: str | None = None, annotations: dict[str, str] | None = None) -> meta.v1.ObjectMetaArgs:
        """Metadata of an object; without `name`, Pulumi makes up a unique one."""
        return _metadata.owned(self.args.namespace, self.labels, annotations, name=name)

    def config_map(
        self,
        role: str,
        data: Mapping[str, pulumi.Input[str]],
        binary_data: Mapping[str, str] | None = None,
    ) -> core.v1.ConfigMap:
        """Create an immutable ConfigMap; other data gives it another name."""
        return core.v1.ConfigMap(
            f"{self.name}-{role}",
            metadata=self.metadata(),
            immutable=True,
            data=data,
            binary_data=binary_data or None,
            opts=self.renewed(),
        )

    def _names_of(self, service: str) -> pulumi.Output[ServiceNames]:
        def names(namespace: str) -> ServiceNames:
            return ServiceNames(service=service, namespace=namespace, cluster_domain=self.args.cluster_domain)

        return pulumi.Output.from_input(self.args.namespace).apply(names)

    def _subjects(self, names: ServiceNames) -> SubjectNames:
        if not self.args.certificate.covers_service:
            return _names.subject_names(self.args.host_names)
        origin = replace(names, service=self.origin_name)
        pods = (f"*.{names.fqdn}",) if isinstance(self.args.service, Headless) else ()
        return _names.subject_names(
            (
                *names.all,
                *pods,
                *(origin.all if _exposure.origin(self.args.service) else ()),
                "localhost",
                "127.0.0.1",
                *_exposure.fixed_hosts(self.args.service),
                *self.args.host_names,
            )
        )
