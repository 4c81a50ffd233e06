"""Render nginx.conf: plain text from plain values."""

from collections.abc import Iterable
from dataclasses import dataclass

from ._nginx_taken import answers_every_path
from ._pod_contract import (
    CERTIFICATE_FILE,
    CONTENT_DIRECTORY,
    KEY_FILE,
    LIVE_PATH,
    POD_HTTP_PORT,
    POD_HTTPS_PORT,
    READY_PATH,
    TLS_DIRECTORY,
)
from .nginx_options import NginxOptions

_CERTIFICATE = f"{TLS_DIRECTORY}/{CERTIFICATE_FILE}"
_KEY = f"{TLS_DIRECTORY}/{KEY_FILE}"

_HAS_CACHE_AND_MIN_TIMEOUT = (1, 27, 4)
_INTERMEDIATE_CIPHERS = ":".join(
    (
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        "ECDHE-RSA-CHACHA20-POLY1305",
    )
)

# Written line by line, the log takes up to half of the time of a small request. Up to PIPE_BUF bytes, what several
# workers write does not mix (pipe(7)).
_LOG_BUFFER = 4096
_LOG_FIELDS = (
    ("time", "$time_iso8601"),
    ("remote_addr", "$remote_addr"),
    ("request_method", "$request_method"),
    ("request_uri", "$request_uri"),
    ("protocol", "$server_protocol"),
    ("status", "$status"),
    ("bytes_sent", "$bytes_sent"),
    ("request_time", "$request_time"),
    ("host", "$host"),
    ("user_agent", "$http_user_agent"),
    ("tls_protocol", "$ssl_protocol"),
    ("tls_cipher", "$ssl_cipher"),
    ("tls_curve", "$ssl_curve"),
    ("tls_server_name", "$ssl_server_name"),
    ("tls_session_reused", "$ssl_session_reused"),
)

_HEADERS = (
    'add_header X-Content-Type-Options "nosniff" always;',
    'add_header Referrer-Policy "no-referrer" always;',
    "add_header Content-Security-Policy \"frame-ancestors 'none'\" always;",
)
_HEALTH = "\n\n".join(
    f"""\
        location = {path} {{
            access_log off;
            default_type text/plain;
            return 200 "ok\\n";
        }}"""
    for path in (LIVE_PATH, READY_PATH)
)


@dataclass(frozen=True, kw_only=True)
class NginxConf:
    """Everything nginx.conf depends on.

    Attributes:
        options: The site's options.
        workers: Number of worker processes.
        certificate_renewed_in_place: Whether the certificate's files change while nginx runs.
        public_https_port: Port to which plain HTTP is redirected.
        content_of_others: Whether others fill the volume with the served files, and can put links there. Default: not.
    """

    options: NginxOptions
    workers: int
    certificate_renewed_in_place: bool
    public_https_port: int
    content_of_others: bool = False


def render(conf: NginxConf) -> str:
    """The complete nginx.conf; equal arguments give equal text."""
    options = conf.options
    if options.configuration is not None:
        return options.configuration
    blocks = [
        # nginx takes `load_module` before all blocks alone.
        *_snippet(options.main_snippet),
        _main(conf),
        _http_open(conf),
        _log_format(),
        _tls(conf),
        *_snippet(options.http_snippet),
        *_certificate_paths(conf),
        _https_server(conf),
    ]
    if conf.options.has_http_port:
        blocks.append(_http_server(conf))
    return "\n\n".join(blocks) + "\n}\n"


def _main(conf: NginxConf) -> str:
    return f"""\
daemon off;
pid /tmp/nginx.pid;
error_log stderr warn;
worker_processes {conf.workers};
worker_shutdown_timeout {conf.options.shutdown_seconds}s;

events {{
    worker_connections 1024;
}}"""


def _http_open(conf: NginxConf) -> str:
    shortest = "\n    keepalive_min_timeout 5s;" if conf.options.release >= _HAS_CACHE_AND_MIN_TIMEOUT else ""
    # nginx can read its key at any time, and a link to it would hand it to whoever asks. It cannot be said for all
    # volumes: what is in a ConfigMap's is links.
    # From a folder of its own, not $document_root: a snippet's alias can be the linked file itself.
    no_links = f"\n    disable_symlinks on from={CONTENT_DIRECTORY};" if conf.content_of_others else ""
    # In an absolute redirect, nginx would name the port that it listens on, which is not the Service's.
    return f"""\
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;

    client_body_temp_path /tmp/client_body;
    proxy_temp_path /tmp/proxy;
    fastcgi_temp_path /tmp/fastcgi;
    uwsgi_temp_path /tmp/uwsgi;
    scgi_temp_path /tmp/scgi;

    sendfile on;
    tcp_nopush on;
    server_tokens off;
    absolute_redirect off;{no_links}
    client_header_timeout 10s;
    client_body_timeout 10s;
    send_timeout 10s;
    keepalive_timeout 65s;{shortest}"""


def _log_format() -> str:
    # nginx joins the quoted pieces; escape=json makes each value safe inside its quotes.
    pieces = [f'"{name}":"{variable}"' for name, variable in _LOG_FIELDS]
    lines = "\n".join(f"        '{piece},'" for piece in pieces[:-1])
    return f"""\
    log_format access escape=json '{{'
{lines}
        '{pieces[-1]}'
        '}}';
    access_log /dev/stdout access buffer={_LOG_BUFFER} flush=1s;"""


def _tls(conf: NginxConf) -> str:
    lines = [f"ssl_certificate {_CERTIFICATE};", f"ssl_certificate_key {_KEY};"]
    if conf.certificate_renewed_in_place:
        # nginx loads a certificate whose path is a variable when it is needed, not at start.
        lines = ["ssl_certificate $certificate_file;", "ssl_certificate_key $key_file;"]
        if conf.options.release >= _HAS_CACHE_AND_MIN_TIMEOUT:
            lines.append("ssl_certificate_cache max=4 inactive=60s valid=10s;")
    lines += [
        "ssl_session_cache shared:tls:10m;",
        "ssl_session_timeout 1d;",
        "ssl_prefer_server_ciphers off;",
    ]
    if conf.options.tls_profile == "modern":
        lines.append("ssl_protocols TLSv1.3;")
    else:
        lines.append("ssl_protocols TLSv1.2 TLSv1.3;")
        lines.append(f"ssl_ciphers {_INTERMEDIATE_CIPHERS};")
    if conf.options.ecdh_curves:
        lines.append(f"ssl_ecdh_curve {':'.join(conf.options.ecdh_curves)};")
    return _indented(lines, 4)


def _certificate_paths(conf: NginxConf) -> list[str]:
    """The paths as variables, after the snippet, as nginx takes no size of maps after the first map."""
    if not conf.certificate_renewed_in_place:
        return []
    maps = [
        f"map $ssl_server_name $certificate_file {{ default {_CERTIFICATE}; }}",
        f"map $ssl_server_name $key_file {{ default {_KEY}; }}",
    ]
    return [_indented(maps, 4)]


def _https_server(conf: NginxConf) -> str:
    options = conf.options
    hsts = [f'add_header Strict-Transport-Security "max-age={options.hsts_seconds}" always;']
    return _server(
        _indented([*_listen(options, f"{POD_HTTPS_PORT} ssl"), "http2 on;", "server_name _;"], 8),
        _indented([*(hsts if options.hsts_seconds else []), *_HEADERS], 8),
        _HEALTH,
        _content(with_location=not answers_every_path(options.server_snippet)),
        *_snippet(options.server_snippet),
    )


def _http_server(conf: NginxConf) -> str:
    top = _indented([*_listen(conf.options, str(POD_HTTP_PORT)), "server_name _;"], 8)
    if conf.options.http == "serve":
        return _server(top, _indented(_HEADERS, 8), _content(with_location=True))
    port = "" if conf.public_https_port == 443 else f":{conf.public_https_port}"
    return _server(top, f"        return 308 https://$host{port}$request_uri;")


def _server(*parts: str) -> str:
    return "    server {\n" + "\n\n".join(parts) + "\n    }"


def _listen(options: NginxOptions, port: str) -> list[str]:
    addresses = ("", "[::]:") if options.ipv6 else ("",)
    return [f"listen {address}{port} default_server;" for address in addresses]


def _content(*, with_location: bool) -> str:
    location = ["location / {", "    try_files $uri $uri/ =404;", "}"]
    return _indented([f"root {CONTENT_DIRECTORY};", "index index.html;", *(location if with_location else [])], 8)


def _indented(lines: Iterable[str], depth: int) -> str:
    return "\n".join(" " * depth + line for line in lines)


def _snippet(text: str) -> list[str]:
    # Not a character within is altered: it might stand in quotes.
    return [text.strip("\n")] if text.strip() else []
