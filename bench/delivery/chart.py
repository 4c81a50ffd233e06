"""The Helm chart of the bench: this project's objects, with certificates by Helm's own functions."""

from pathlib import Path

import yaml

from components import Resources

from . import objects, proofs
from .objects import Images, Object

_CHART = {"apiVersion": "v2", "name": "secure-nginx-bench", "version": "1.0.0"}

_CERTIFICATE = """\
{{- range $site := .Values.sites }}
{{- $names := list $site (printf "%s.%s" $site $.Release.Namespace) }}
{{- $names = append $names (printf "%s.%s.svc" $site $.Release.Namespace) }}
{{- $names = append $names (printf "%s.%s.svc.cluster.local" $site $.Release.Namespace) }}
{{- $old := lookup "v1" "Secret" $.Release.Namespace (printf "%s-authority" $site) | default dict }}
{{- $now := lookup "v1" "Secret" $.Release.Namespace (printf "%s-tls" $site) | default dict }}
{{- $caCert := "" }}{{ $caKey := "" }}{{ $cert := "" }}{{ $key := "" }}
{{- if $old.data }}
{{- $caCert = index $old.data "tls.crt" }}{{ $caKey = index $old.data "tls.key" }}
{{- else }}
{{- $made := genCAWithKey (printf "%s authority" $site) 365 (genPrivateKey "ecdsa") }}
{{- $caCert = $made.Cert | b64enc }}{{ $caKey = $made.Key | b64enc }}
{{- end }}
{{- $revision := dig "metadata" "annotations" "revision" "" $now }}
{{- if and $now.data (eq $revision $.Values.revision) }}
{{- $cert = index $now.data "tls.crt" }}{{ $key = index $now.data "tls.key" }}
{{- else }}
{{- $leaf := genSignedCertWithKey $site nil $names 90 (buildCustomCert $caCert $caKey) (genPrivateKey "ecdsa") }}
{{- $cert = $leaf.Cert | b64enc }}{{ $key = $leaf.Key | b64enc }}
{{- end }}
"""
"""For each site: the authority that there is, or a new one; the certificate of this revision, or a new one. Helm keeps
its authority's key in the cluster, having no other place for it."""


def write(folder: Path, images: Images, resources: Resources) -> None:
    """Write the chart; its values are `sites`, a list of names, and `revision`, a text."""
    templates = folder / "templates"
    templates.mkdir(parents=True, exist_ok=True)
    (folder / "Chart.yaml").write_text(yaml.safe_dump(_CHART))
    (folder / "values.yaml").write_text(yaml.safe_dump({"sites": [], "revision": "1"}))
    (templates / "sites.yaml").write_text(sites_template(images, resources))
    (templates / "proofs.yaml").write_text(_for_each_site([proofs.hook("{{ $site }}", images)], ""))


def sites_template(images: Images, resources: Resources) -> str:
    """The template of all sites' objects."""
    rolling = {"checksum/certificate": "{{ $cert | sha256sum }}"}
    listed = [
        _secret("{{ $site }}-authority", "{{ $caCert }}", "{{ $caKey }}"),
        _secret("{{ $site }}-tls", "{{ $cert }}", "{{ $key }}", revision="{{ $.Values.revision }}"),
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "{{ $site }}-ca"},
            "binaryData": {"ca.crt": "{{ $caCert }}"},
        },
        *objects.site("{{ $site }}", images, resources=resources, annotations=rolling),
        proofs.policy("{{ $site }}"),
    ]
    return _for_each_site(listed, _CERTIFICATE)


def _for_each_site(listed: list[Object], beginning: str) -> str:
    start = beginning or "{{- range $site := .Values.sites }}\n"
    # Wide, so that no template is broken in the middle of an action.
    documents = "".join(f"---\n{yaml.safe_dump(each, width=1000)}" for each in listed)
    return f"{start}{documents}{{{{- end }}}}\n"


def _secret(name: str, certificate: str, key: str, **annotations: str) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/tls",
        "metadata": {"name": name, "annotations": annotations},
        "data": {"tls.crt": certificate, "tls.key": key},
    }
