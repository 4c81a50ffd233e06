"""What nginx.conf has already, so that a snippet cannot have it as well."""

from collections.abc import Collection, Iterator, Mapping

from ._nginx_syntax import nginx_directives
from ._pod_contract import LIVE_PATH, POD_HTTPS_PORT, READY_PATH
from ._problems import Problem

# How a directive begins that nginx.conf has in the block of a snippet, and that nginx refuses to read there twice, with
# what to do instead. What depends on more than these options counts as being there.
_Taken = Mapping[tuple[str, ...], str]
_WHOLE = "write a whole configuration"
_TAKEN_IN_MAIN: _Taken = {
    ("daemon",): f"take it out, or {_WHOLE}",
    ("pid",): f"take it out, or {_WHOLE}",
    ("worker_processes",): f"set cpu_limit of resources, or {_WHOLE}",
    ("worker_shutdown_timeout",): f"set shutdown_seconds, or {_WHOLE}",
    ("events",): f"take it out, or {_WHOLE}",
    ("http",): f"put what is in it into http_snippet, or {_WHOLE}",
}
_TAKEN_IN_HTTP: _Taken = {
    **{
        (name,): f"put it into server_snippet, or {_WHOLE}"
        for name in (
            "absolute_redirect", "client_body_temp_path", "client_body_timeout", "client_header_timeout",
            "default_type", "disable_symlinks", "fastcgi_temp_path", "keepalive_min_timeout", "keepalive_timeout",
            "proxy_temp_path", "scgi_temp_path", "send_timeout", "sendfile", "server_tokens", "ssl_certificate_cache",
            "ssl_prefer_server_ciphers", "ssl_session_timeout", "tcp_nopush", "uwsgi_temp_path",
        )
    },
    ("log_format", "access"): "choose another name",
    ("ssl_ciphers",): f"set tls_profile, put it into server_snippet, or {_WHOLE}",
    ("ssl_ecdh_curve",): f"set ecdh_curves, or {_WHOLE}",
}  # fmt: skip
_TAKEN_IN_SERVER: _Taken = {
    **{
        ("listen", f"{address}{POD_HTTPS_PORT}"): f"take it out, or {_WHOLE}"
        for address in ("", "*:", "0.0.0.0:", "[::]:")
    },
    ("http2",): f"take it out, or {_WHOLE}",
    **{("location", "=", path): "choose another path: kubelet asks this one" for path in (LIVE_PATH, READY_PATH)},
    ("root",): f"choose with content what is in it, put it into a location, or {_WHOLE}",
}

BY_SNIPPET: Mapping[str, _Taken] = {
    "main_snippet": _TAKEN_IN_MAIN,
    "http_snippet": _TAKEN_IN_HTTP,
    "server_snippet": _TAKEN_IN_SERVER,
}
"""How a directive begins that nginx takes once in the block of a snippet, and what to do instead."""

_OWN = "has no effect there, since the HTTPS server has its own"
_OVERRULED_IN_HTTP: Mapping[str, str] = {
    "add_header": f"{_OWN}; put it into server_snippet",
    "http2": f"{_OWN}; {_WHOLE}",
    "index": f"{_OWN}; put it into server_snippet",
    "root": f"{_OWN}; choose with content what is in it",
    "ssl_protocols": "takes away none of those of nginx.conf, as nginx adds them up; set tls_profile, or put it into "
    "server_snippet",
}
"""Directives that nginx takes in http_snippet without doing what they say, and what to do instead."""

_EVERY_PATH = {("location", "/"), ("location", "^~", "/")}


def problems(snippet: str, text: str, absent: Collection[tuple[str, ...]]) -> Iterator[Problem]:
    """Yield each directive of a snippet that nginx.conf has already.

    Args:
        snippet: Which one, as in `BY_SNIPPET`.
        text: What it says.
        absent: What nginx.conf has not, for all that it may have it.
    """
    for words in _outside_of_blocks(text):
        for begin, remedy in BY_SNIPPET[snippet].items():
            if begin not in absent and words[: len(begin)] == begin:
                yield Problem(
                    field=snippet,
                    value=" ".join(begin),
                    remedy=f"is in nginx.conf already, and nginx takes it once; {remedy}",
                )
    yield from _buffers(snippet, text)
    if snippet == "http_snippet":
        yield from _overruled(text, absent)


def _buffers(snippet: str, text: str) -> Iterator[Problem]:
    for _, words in nginx_directives(text):
        options = [word for word in words[2:] if word.startswith(("buffer=", "gzip"))]
        if words[:2] == ("access_log", "/dev/stdout") and options:
            yield Problem(
                field=snippet,
                value=" ".join(words),
                remedy="gives /dev/stdout a buffer, which it has in nginx.conf, and nginx takes one of a file; "
                f"take out {options[0]} and flush, write to another file, or {_WHOLE}",
            )


def _overruled(http_snippet: str, absent: Collection[tuple[str, ...]]) -> Iterator[Problem]:
    names = [words[0] for words in _outside_of_blocks(http_snippet)]
    # A server of the snippet's own takes what is written there.
    for name in [] if "server" in names else names:
        if name in _OVERRULED_IN_HTTP and (name,) not in absent:
            yield Problem(field="http_snippet", value=name, remedy=_OVERRULED_IN_HTTP[name])


def answers_every_path(server_snippet: str) -> bool:
    """Whether the text has a location for `/`, beside which nginx takes no other."""
    return any(words in _EVERY_PATH for words in _outside_of_blocks(server_snippet))


def _outside_of_blocks(text: str) -> Iterator[tuple[str, ...]]:
    return (words for depth, words in nginx_directives(text) if not depth)
