"""What nginx, its pods and the probe know of each other: ports, paths, folders and names of files."""

# What nginx listens on; a Service may offer other ports.
POD_HTTPS_PORT = 8443
POD_HTTP_PORT = 8080

# What kubelet asks for.
LIVE_PATH = "/livez"
READY_PATH = "/readyz"

CONFIG_DIRECTORY = "/etc/secure-nginx/conf"
CONFIG_FILE = "nginx.conf"
TLS_DIRECTORY = "/etc/secure-nginx/tls"
CERTIFICATE_FILE = "tls.crt"
KEY_FILE = "tls.key"
CONTENT_DIRECTORY = "/srv/www"

# The authority that the probe is to trust: a key of a ConfigMap, and so a file where that is mounted.
CA_FILE = "ca.crt"
