"""SecureNginx: one HTTPS site on Kubernetes."""

import dataclasses

import pulumi
from pulumi_kubernetes import apps, core

from . import (
    _certificate_facts,
    _certificates,
    _content,
    _exposure,
    _guards,
    _namespace,
    _nginx_conf,
    _rollout,
    _routing,
    _service_outputs,
    _services,
    _workload,
)
from ._certificate_facts import CertificateFacts
from ._issued import Issued
from ._pod_contract import CONFIG_FILE
from ._problems import raise_all
from ._service_outputs import Ports
from ._site import Site
from ._types import type_problems
from .exposure import NodePort
from .secure_nginx_args import SecureNginxArgs, name_problems

TOKEN = "securenginx:index:SecureNginx"


class SecureNginx(pulumi.ComponentResource):
    """One HTTPS site: certificate, nginx, Service, and what keeps them available.

    Creates:
        - for a generated certificate, tls.PrivateKey, tls.SelfSignedCert and random.RandomId of
          each CA, and tls.PrivateKey, tls.CertRequest and tls.LocallySignedCert of the leaf, by
          the providers tls and random; for one of cert-manager's, a Certificate
        - Secret with the leaf and its key, unless someone else owns it
        - ConfigMaps with the CA, nginx.conf and the content, where none of them is someone else's;
          a PersistentVolumeClaim for the content on request
        - ServiceAccount, Deployment, Service; where that does not select the pods, a second Service
          that does, and an EndpointSlice of the endpoints that are listed
        - NetworkPolicy unless `access.restricted` is False, a HorizontalPodAutoscaler on request,
          and a PodDisruptionBudget where there may be more than one pod

    A change of certificate, configuration or content replaces the immutable object that holds
    it under a new name, and so rolls the pods. cert-manager keeps the name of its Secret: there
    a change of issuer, names, kind of key or validity rolls them. So does a change of whatever
    else is said of each pod: image, resources, labels, scheduling. What others change in place
    does not: a certificate that they renew, files in a ConfigMap or a volume of theirs.

    It does not create the namespace, and it does not prove that the site answers: CurlProbe
    does.
    """

    service_name: pulumi.Output[str]
    """Name of the Service."""
    namespace: pulumi.Output[str]
    """Namespace of every object."""
    fqdn: pulumi.Output[str]
    """Full DNS name of the Service inside the cluster."""
    service_type: pulumi.Output[str]
    """The exposure: `ClusterIP`, `Headless`, `NodePort`, `LoadBalancer`, ..."""
    ports: pulumi.Output[Ports]
    """The Service's ports."""
    origin_name: pulumi.Output[str | None]
    """Name of the second Service, where the first one does not select the pods."""
    cluster_ips: pulumi.Output[list[str]]
    """The Service's virtual addresses; empty if it has none."""
    node_ports: pulumi.Output[Ports]
    """The ports on the nodes; None for types without them."""
    load_balancer_address: pulumi.Output[str | None]
    """The load balancer's address or host name; None while pending or for other types."""
    urls: pulumi.Output[list[str]]
    """The https URLs of the names and addresses by which clients are said to come, where the certificate covers them;
    the one inside the cluster first."""
    ca_certificate: pulumi.Output[str | None]
    """The public CA certificate as PEM, for clients."""
    ca_config_map: pulumi.Output[str | None]
    """Name of the ConfigMap with the CA under the key ca.crt; None for public trust."""
    certificate_pem: pulumi.Output[str | None]
    """The public certificate in use as PEM; None if Pulumi does not know it."""
    certificate: pulumi.Output[CertificateFacts | None]
    """Fingerprint, serial and dates of the certificate in use; None if unknown."""
    revision: pulumi.Output[str]
    """Changes when the pods roll because certificate, configuration or content are in another object, or because
    cert-manager is asked for another certificate. Other keys of an ExistingSecret, or other paths in InlineContent, can
    roll them without a change here: `rollout` changes then as well."""
    rollout: pulumi.Output[str]
    """Changes whenever an update has replaced the pods, whatever the reason: another template, or a Deployment that was
    gone."""
    routing: pulumi.Output[str]
    """Changes whenever an update has made or changed what leads clients to the pods or keeps them away: Services,
    listed endpoints, the network policy. To put back what somebody else has changed there is a change, too."""

    def __init__(self, name: str, args: SecureNginxArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Create the site.

        Args:
            name: Name of the site: of its Service and Deployment, and the first part of every
                other name.
            args: What the site is made of.
            opts: Options of the component.

        Raises:
            ValueError: An argument is wrong; the message lists every problem.
        """
        subject = f"SecureNginx {name!r}"
        raise_all(subject, [*type_problems("name", name, str), *type_problems("", args, SecureNginxArgs)])
        raise_all(subject, [*name_problems(name), *args.problems()])
        args = dataclasses.replace(args, namespace=_namespace.checked(subject, args.namespace))
        super().__init__(TOKEN, name, None, opts)
        site = Site(name=name, subject=subject, args=args, parent=self)
        issued = _certificates.issue(site)
        configuration = site.config_map("config", _configuration(site, issued))
        content = _content.create(site)
        account = core.v1.ServiceAccount(
            f"{name}-account",
            metadata=site.metadata(name),
            automount_service_account_token=False,
            opts=site.child,
        )
        mounted = _workload.Mounted(
            service_account=account.metadata.name,
            configuration=configuration.metadata.name,
            content=content.volume,
            tls=issued.files,
        )
        service, beside = _services.create(site)
        deployment = apps.v1.Deployment(
            f"{name}-deployment",
            metadata=site.metadata(name, {"pulumi.com/timeoutSeconds": str(_workload.await_seconds(args))}),
            spec=_workload.deployment_spec(args, site.labels, site.selector, mounted),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[service] if args.service_links else None,
                # The autoscaler goes on from the live number, and updates keep what it decides.
                ignore_changes=["spec.replicas"] if args.autoscaling else None,
            ),
        )
        policies = _guards.create(site, deployment.metadata.name)

        self.service_name = service.metadata.name
        self.namespace = pulumi.Output.from_input(args.namespace)
        self.fqdn = site.names.apply(lambda names: names.fqdn)
        self.service_type = pulumi.Output.from_input(args.service.kind)
        self.ports = pulumi.Output.from_input(
            _service_outputs.service_ports(args.service, has_http_port=args.nginx.has_http_port)
        )
        self.origin_name = pulumi.Output.from_input(site.origin_name if _exposure.origin(args.service) else None)
        # What the cluster gives out is known together with the status: before, a preview has at best made-up addresses.
        given: pulumi.Output[_service_outputs.Spec] = service.status.apply(lambda _: service.spec)
        self.cluster_ips = given.apply(_service_outputs.cluster_ips)
        self.node_ports = given.apply(_service_outputs.node_ports)
        self.load_balancer_address = service.status.apply(_service_outputs.load_balancer_address)
        ports_in_urls = self.node_ports if isinstance(args.service, NodePort) else Ports(https=None, http=None)
        self.urls = pulumi.Output.all(site.covered_hosts, ports_in_urls).apply(
            lambda known: _service_outputs.urls(args.service, *known, covers_service=args.certificate.covers_service)
        )
        self.ca_certificate = issued.ca_pem
        self.ca_config_map = issued.ca_config_map
        self.certificate_pem = issued.certificate_pem
        self.certificate = issued.certificate_pem.apply(
            lambda pem: _certificate_facts.facts(pem, issued.renew_before_hours)
        )
        self.revision = pulumi.Output.all(issued.files.revision, configuration.metadata.name, content.revision).apply(
            " ".join
        )
        self.rollout = _rollout.rollout(deployment)
        self.routing = _routing.routing([service, *beside, *policies])
        self.register_outputs({each: getattr(self, each) for each in SecureNginx.__annotations__})


def _configuration(site: Site, issued: Issued) -> dict[str, str]:
    conf = _nginx_conf.NginxConf(
        options=site.args.nginx,
        workers=site.args.resources.workers,
        certificate_renewed_in_place=issued.files.renewed_in_place,
        public_https_port=site.args.service.https_port,
        content_of_others=_content.is_of_others(site.args.content),
    )
    return {CONFIG_FILE: _nginx_conf.render(conf)}
