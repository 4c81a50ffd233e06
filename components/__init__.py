"""Reusable components: a secure web site, and the probe that proves it."""

from ._images import image_problems
from ._names import site_pod_labels
from ._nginx_syntax import nginx_directives
from ._pod_contract import POD_HTTP_PORT, POD_HTTPS_PORT
from ._pod_security import namespace_labels
from ._problems import Problem, nested, raise_all
from ._types import field_types, plain_types
from .access import Access
from .certificate import (
    Certificate,
    CertManagerCertificate,
    ExistingSecret,
    GeneratedCertificate,
    ProvidedCertificate,
)
from .content import (
    Content,
    ExistingConfigMap,
    FolderContent,
    InlineContent,
    VolumeClaim,
)
from .curl_probe import (
    LONGEST_PROBE_NAME,
    CronJobMode,
    CurlProbe,
    CurlProbeArgs,
    Expectations,
    HttpsExpectations,
    NetworkAccess,
    PlainHttp,
    ShellMode,
    Target,
    Timing,
    mode_problems,
    probe_pod_labels,
)
from .exposure import (
    ClusterIP,
    Exposure,
    ExternalName,
    Headless,
    LoadBalancer,
    NodePort,
    SelectorLess,
)
from .nginx_options import NginxOptions
from .probe_script import ProbeScript, ProbeScriptArgs
from .resources import Resources
from .scheduling import Autoscaling, Scheduling, Toleration
from .secure_nginx import SecureNginx
from .secure_nginx_args import SecureNginxArgs, name_problems

__all__ = [
    "LONGEST_PROBE_NAME",
    "POD_HTTPS_PORT",
    "POD_HTTP_PORT",
    "Access",
    "Autoscaling",
    "CertManagerCertificate",
    "Certificate",
    "ClusterIP",
    "Content",
    "CronJobMode",
    "CurlProbe",
    "CurlProbeArgs",
    "ExistingConfigMap",
    "ExistingSecret",
    "Expectations",
    "Exposure",
    "ExternalName",
    "FolderContent",
    "GeneratedCertificate",
    "Headless",
    "HttpsExpectations",
    "InlineContent",
    "LoadBalancer",
    "NetworkAccess",
    "NginxOptions",
    "NodePort",
    "PlainHttp",
    "ProbeScript",
    "ProbeScriptArgs",
    "Problem",
    "ProvidedCertificate",
    "Resources",
    "Scheduling",
    "SecureNginx",
    "SecureNginxArgs",
    "SelectorLess",
    "ShellMode",
    "Target",
    "Timing",
    "Toleration",
    "VolumeClaim",
    "field_types",
    "image_problems",
    "mode_problems",
    "name_problems",
    "namespace_labels",
    "nested",
    "nginx_directives",
    "plain_types",
    "probe_pod_labels",
    "raise_all",
    "site_pod_labels",
]
