"""nginx as others configure it: by hand after the tutorials, and as the distribution's package does."""

from typing import Any

SITE_BY_HAND = """\
server {
    listen 80 default_server;
    listen [::]:80 default_server ipv6only=on;
    listen 443 ssl;
    server_name localhost;
    root /usr/share/nginx/html;
    index index.html;
    ssl_certificate /etc/nginx/ssl/nginx.crt;
    ssl_certificate_key /etc/nginx/ssl/nginx.key;
    location / {
        try_files $uri $uri/ =404;
    }
}
"""
"""A site with the tutorials' settings: nothing about TLS but the certificate and the key."""

MAIN_BY_HAND = """\
worker_processes auto;
error_log /dev/stderr notice;
pid /run/nginx.pid;
events {
    worker_connections 1024;
}
http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    log_format main '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
                    '"$http_referer" "$http_user_agent" "$http_x_forwarded_for"';
    access_log /dev/stdout main;
    sendfile on;
    keepalive_timeout 65;
    include /etc/nginx/conf.d/*.conf;
}
"""
"""What is around it in the images that the tutorials use: the settings of nginx's own public image."""

SITE_OF_DISTRIBUTION = """\
server {
    listen 80 default_server;
    listen [::]:80 default_server;
    listen 443 ssl default_server;
    listen [::]:443 ssl default_server;
    ssl_certificate /etc/nginx/ssl/nginx.crt;
    ssl_certificate_key /etc/nginx/ssl/nginx.key;
    root /usr/share/nginx/html;
    index index.html;
    server_name _;
    location / {
        try_files $uri $uri/ =404;
    }
}
"""
"""Debian's default site with its lines for TLS switched on; around it is the package's own nginx.conf."""

_WRITABLE = {"run": "/run", "state": "/var/lib/nginx", "logs": "/var/log/nginx"}


def room_for_nginx() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Mounts and volumes where nginx of a package writes: it is not root here."""
    mounts = [{"name": name, "mountPath": path} for name, path in _WRITABLE.items()]
    return mounts, [{"name": name, "emptyDir": {}} for name in _WRITABLE]
