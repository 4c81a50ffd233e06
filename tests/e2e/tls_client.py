"""OpenSSL's own client against a site on a node port: one handshake, and what came of it."""

import re
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography import x509

ANY_CIPHER = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"
"""Each cipher that the client has, even those that it would never use by itself."""


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


def ciphers_before_tls13() -> list[str]:
    """Every cipher suite for TLS 1.2 and older that the client can try."""
    command = ["openssl", "ciphers", "-s", "-tls1_2", ANY_CIPHER]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip().split(":")
