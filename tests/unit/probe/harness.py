"""A real HTTPS site on loopback and the real probe.sh against it."""

import datetime
import http.server
import json
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from components._probe import plan, script_files
from components._probe.options import Timing
from components._probe.pin import Pin, pin_of
from components._probe.plan import Place
from components._probe.targets import Expectations, Target

HOST = "web.test"
LOOPBACK = "127.0.0.1"
_TRUSTING = {"CURL_CA_BUNDLE", "SSL_CERT_FILE"}
_SHELL = shutil.which("sh") or "sh"
# What the fixture `serve` gives: `serve()` starts a good site, keyword arguments a worse one.
Serve = Callable[..., "Site"]
# One try, no second.
QUICK = Timing(wait_seconds=0, settle_seconds=0)
# No test may hang: longer than the longest wait below, shorter than anybody's patience.
LONGEST_SECONDS = 20


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """A certificate with its key, as files that a server can load."""

    pem: str
    chain_file: Path

    @property
    def pin(self) -> Pin:
        return pin_of(self.pem)


class Authority:
    """A certificate authority that lives as long as the test."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _builder(self._name, self._name, self._key.public_key(), days=1)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.file = folder / f"{name}.crt"
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def leaf(
        self,
        *names: str,
        organization: str = "tests",
        days: int = 30,
        hours: int = 1,
        begins_in: float | None = None,
    ) -> Leaf:
        """A leaf for `names`, with so much time left; with negative `days` it expired that long ago.

        It has been valid for long, or will be in `begins_in` seconds.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([
            x509.NameAttribute(NameOID.COMMON_NAME, "leaf"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
        ])  # fmt: skip
        certificate = (
            _builder(subject, self._name, key.public_key(), days=days, hours=hours, begins_in=begins_in)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
        chain_file = self._folder / f"leaf-{certificate.serial_number}.pem"
        chain_file.touch(mode=0o600)
        chain_file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + pem.encode()
        )
        return Leaf(pem=pem, chain_file=chain_file)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    *,
    days: int,
    hours: int = 1,
    begins_in: float | None = None,
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    age = datetime.timedelta(days=400) if begins_in is None else datetime.timedelta(seconds=-begins_in)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - age)
        .not_valid_after(now + datetime.timedelta(days=days, hours=hours))
    )


@dataclass
class Answers:
    """What a site answers; tests may change it while the site runs."""

    status: int = 200
    body: bytes = b"<h1>Welcome to nginx!</h1>\n"
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0


class Site(http.server.ThreadingHTTPServer):
    """An HTTPS (or, without a context, HTTP) server on a port of loopback."""

    daemon_threads = True

    def __init__(self, answers: Answers, context: ssl.SSLContext | None, address: tuple[str, int]) -> None:
        self.answers = answers
        self._context = context
        super().__init__(address, _Handler)
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def port(self) -> int:
        return self.server_port

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        connection.settimeout(LONGEST_SECONDS)
        if self._context is not None:
            # The handshake happens in the thread of the request, which may fail at it.
            connection = self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that refuses the certificate is what these tests are about."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Site

    def do_GET(self) -> None:
        answers = self.server.answers
        time.sleep(answers.delay)
        self.send_response(answers.status)
        for name, value in answers.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answers.body)))
        self.end_headers()
        self.wfile.write(answers.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name there
        """Silence."""


def free_port() -> int:
    with socket.socket() as unused:
        unused.bind((LOOPBACK, 0))
        port: int = unused.getsockname()[1]
        return port


def server_context(leaf: Leaf, *, oldest: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(leaf.chain_file)
    if oldest is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = oldest
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return context


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one run of the probe said, and how long it took."""

    code: int
    text: str
    report: str
    seconds: float

    @property
    def facts(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


class Probe:
    """The real script with a plan of its own, in one folder as in a pod."""

    def __init__(self, folder: Path, ca: Path) -> None:
        self.folder = folder
        self.ca = ca
        self.report = folder / "termination-log"
        self.shell = _SHELL
        self._targets = 0
        self._work = folder / "work"
        self._work.mkdir(parents=True)
        for name, text in script_files.script().items():
            (folder / name).write_text(text)
        self.settings(QUICK)

    def settings(self, timing: Timing, *, negative_checks: bool = False, pin: Pin | None = None) -> None:
        text = plan.settings_text(timing, negative_checks=negative_checks, pin=pin)
        (self.folder / "settings").write_text(text)

    def add(
        self,
        port: int,
        *,
        name: str = "cluster-ip",
        host: str = HOST,
        expect: Expectations | None = None,
        http_port: int | None = None,
        trust: Literal["given", "public"] = "given",
    ) -> Path:
        """Adds a target on a port of loopback and returns its file."""
        self._targets += 1
        target = Target(name=name, host=host, address=LOOPBACK, trust=trust)
        place = Place(host=host, port=443, address=LOOPBACK, address_port=port, http_address_port=http_port)
        file = self.folder / f"target-{self._targets:03}"
        file.write_text(plan.target_text(target, expect or Expectations(), place))
        return file

    def plant(self, script: str, right: str, wrong: str) -> None:
        """Breaks the script on purpose."""
        file = self.folder / script
        text = file.read_text()
        assert text.count(right) == 1, f"{right!r} must occur once in {script}"
        file.write_text(text.replace(right, wrong))

    def stub(self, program: str, text: str) -> None:
        """Puts a shell script in the place of a program of the image."""
        folder = self.folder / "bin"
        folder.mkdir(exist_ok=True)
        file = folder / program
        file.write_text(f"#!{_SHELL}\n{text}\n")
        file.chmod(0o755)

    def run(self, *, stopped_when: Path | None = None, **environment: str) -> Run:
        """What the script says, which is told to stop as soon as the file `stopped_when` is there."""
        started = time.monotonic()
        with subprocess.Popen(
            [self.shell, self.folder / "probe.sh", self.folder, self.report, self.ca, self._work],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # What this machine trusts is not what an image does.
            env={
                **{name: value for name, value in os.environ.items() if name not in _TRUSTING},
                "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
                **environment,
            },
        ) as running:
            last = threading.Timer(LONGEST_SECONDS, running.kill)
            last.start()
            if stopped_when is not None:
                while running.poll() is None and not stopped_when.exists():
                    time.sleep(0.01)
                running.terminate()
            text, complaint = running.communicate(timeout=2 * LONGEST_SECONDS)
            last.cancel()
        assert running.returncode >= 0, "it took too long"
        assert complaint == "", f"the shell itself complained: {complaint}"
        return Run(
            code=running.returncode,
            text=text,
            report=self.report.read_text() if self.report.exists() else "",
            seconds=time.monotonic() - started,
        )
