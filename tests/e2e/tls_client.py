"""OpenSSL's own client against a site on a node port: one handshake, and what came of it."""

import re
import socket
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography import x509

ANY_CIPHER = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"
"""Each cipher that the client has, even those that it would never use by itself."""

_HANDSHAKE = 22


@dataclass(frozen=True)
class Handshake:
    """What the client said.

    Attributes:
        output: All of it.
    """

    output: str

    @property
    def done(self) -> bool:
        """Whether there was a connection."""
        return self.protocol is not None

    @property
    def protocol(self) -> str | None:
        """The protocol, as in `TLSv1.3`."""
        return self._first(r"^New, (TLSv[\d.]+|SSLv\d)(?:/SSLv\d)?, Cipher is [A-Z]")

    @property
    def cipher(self) -> str | None:
        """The cipher suite."""
        return self._first(r"^New, \S+ Cipher is ([A-Z]\S+)")

    @property
    def cipher_bits(self) -> int:
        """How many bits the cipher's key has."""
        return 128 if "128" in (self.cipher or "128") else 256

    @property
    def key_exchange_bits(self) -> int:
        """How many bits the key of the key exchange has."""
        return int(self._first(r"^Server Temp Key: .*?(\d+) bits") or 0)

    @cached_property
    def certificates(self) -> list[x509.Certificate]:
        """What the server sent, the leaf first."""
        return x509.load_pem_x509_certificates(self.output.encode())

    def says(self, text: str) -> bool:
        """Whether the client said so in a line of its own."""
        return text in (line.strip() for line in self.output.splitlines())

    def _first(self, pattern: str) -> str | None:
        match = re.search(pattern, self.output, re.MULTILINE)
        return match[1] if match else None


@dataclass(frozen=True, kw_only=True)
class TlsSite:
    """A site as its clients see it.

    Attributes:
        name: The name that clients ask for.
        address: Where it is on this machine, `address:port`.
        authority: File with the certificate of its authority.
    """

    name: str
    address: str
    authority: Path

    def handshake(self, *options: str, text: str = "", trusted: bool = True) -> Handshake:
        """Try one; the client trusts the site's authority, or else no one, and nothing but it."""
        trust = ["-CAfile", str(self.authority)] if trusted else ["-no-CAfile"]
        command = [
            "openssl", "s_client", "-connect", self.address, "-servername", self.name, "-no-CApath", "-no-CAstore",
            *trust, "-verify_return_error", "-verify_hostname", self.name, "-x509_strict", "-showcerts", *options,
        ]  # fmt: skip
        done = subprocess.run(
            command, input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=20, check=False,
            errors="replace",  # the server's first frames of HTTP/2 are printed too, if they come before the end
        )  # fmt: skip
        return Handshake(done.stdout)

    def server_hello(self) -> tuple[int, set[int]]:
        """Offer TLS 1.2 with DEFLATE and heartbeats, which OpenSSL's client has no more; return what is chosen.

        Returns:
            The method of compression, 0 for none, and the numbers of the extensions (RFC 5246, 7.4.1.3).
        """
        with self._connected() as connection, connection.makefile("rb") as said:
            connection.sendall(_record(1, _client_hello(self.name)))
            kind = said.read(5)[0]
            assert kind == _HANDSHAKE, f"an answer of kind {kind}, where 21 is an alert, and no ServerHello"
            assert said.read(1) == b"\x02"
            body = said.read(int.from_bytes(said.read(3)))
        # A version, 32 random bytes, a session's number, a cipher.
        place = 2 + 32 + 1 + body[34] + 2
        method, place = body[place], place + 3
        extensions = set()
        while place < len(body):
            extensions.add(int.from_bytes(body[place : place + 2]))
            place += 4 + int.from_bytes(body[place + 2 : place + 4])
        return method, extensions

    def answer_to_ssl3(self) -> bytes:
        """What the server says to a client that speaks SSL 3.0 and nothing newer, which no OpenSSL of today does."""
        suites = bytes.fromhex("0005 000a 002f 0035")
        hello = b"\x03\x00" + bytes(32) + _counted(b"", 1) + _counted(suites, 2) + _counted(b"\x00", 1)
        with self._connected() as connection:
            connection.sendall(_record(0, b"\x01" + _counted(hello, 3)))
            return connection.recv(4096)

    def _connected(self) -> socket.socket:
        host, _, port = self.address.rpartition(":")
        return socket.create_connection((host, int(port)), timeout=20)


def _record(minor: int, message: bytes) -> bytes:
    return bytes((_HANDSHAKE, 3, minor)) + _counted(message, 2)


def _client_hello(name: str) -> bytes:
    asked_for = _counted(b"\x00" + _counted(name.encode(), 2), 2)
    extensions = {
        0: asked_for,
        10: bytes.fromhex("0004 001d 0017"),  # X25519, P-256
        11: bytes.fromhex("01 00"),  # points as they are
        13: bytes.fromhex("0004 0403 0804"),  # ECDSA with P-256, RSA-PSS
        15: bytes.fromhex("01"),  # heartbeats, also to us
        0xFF01: bytes.fromhex("00"),  # secure renegotiation
    }
    packed = b"".join(number.to_bytes(2) + _counted(content, 2) for number, content in extensions.items())
    ciphers = bytes.fromhex("c02b c02f")  # ECDHE with ECDSA or RSA, AES-128-GCM
    compression = bytes.fromhex("01 00")  # DEFLATE, or none
    hello = b"\x03\x03" + bytes(32) + _counted(b"", 1) + _counted(ciphers, 2) + _counted(compression, 1)
    return b"\x01" + _counted(hello + _counted(packed, 2), 3)


def _counted(content: bytes, size: int) -> bytes:
    return len(content).to_bytes(size) + content


def ciphers_before_tls13() -> list[str]:
    """Every cipher suite for TLS 1.2 and older that the client can try."""
    command = ["openssl", "ciphers", "-s", "-tls1_2", ANY_CIPHER]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip().split(":")
