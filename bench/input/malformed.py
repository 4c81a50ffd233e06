"""Bytes that no client should send: bad TLS, and bad HTTP inside of good TLS."""

import random
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Message:
    """What one client sends.

    Attributes:
        kind: What is wrong with it.
        secured: Whether it is sent inside a TLS connection.
        data: The bytes.
    """

    kind: str
    secured: bool
    data: bytes


_HELLO = bytes.fromhex("16030100c8010000c40303") + bytes(range(32)) + b"\x00\x00\x02\x13\x01\x01\x00"
_GET = b"GET / HTTP/1.1\r\nHost: my-nginx\r\n"


def messages(count: int, dice: random.Random) -> Iterator[Message]:
    """So many messages, of all kinds in turn."""
    kinds = (
        _noise,
        _cut_hello,
        _wrong_record,
        _plain_request,
        _huge_header,
        _many_headers,
        _wrong_request,
        _wrong_length,
    )
    for number in range(count):
        yield kinds[number % len(kinds)](dice)


def _noise(dice: random.Random) -> Message:
    return Message(kind="noise instead of TLS", secured=False, data=dice.randbytes(dice.randint(1, 4096)))


def _cut_hello(dice: random.Random) -> Message:
    return Message(kind="cut ClientHello", secured=False, data=_HELLO[: dice.randint(1, len(_HELLO))])


def _wrong_record(dice: random.Random) -> Message:
    kind, version = dice.randrange(256), dice.randrange(1 << 16)
    header = bytes([kind]) + version.to_bytes(2) + dice.randrange(1 << 16).to_bytes(2)
    return Message(kind="wrong TLS record", secured=False, data=header + dice.randbytes(dice.randint(0, 512)))


def _plain_request(dice: random.Random) -> Message:
    del dice
    return Message(kind="plain HTTP to the TLS port", secured=False, data=_GET + b"\r\n")


def _huge_header(dice: random.Random) -> Message:
    header = b"X-Big: " + b"a" * dice.randint(40_000, 200_000) + b"\r\n"
    return Message(kind="huge header", secured=True, data=_GET + header + b"\r\n")


def _many_headers(dice: random.Random) -> Message:
    headers = b"".join(b"X-%d: a\r\n" % number for number in range(dice.randint(2_000, 10_000)))
    return Message(kind="many headers", secured=True, data=_GET + headers + b"\r\n")


def _wrong_request(dice: random.Random) -> Message:
    # Wherever it is the path that is wrong, there is a Host: without one, nginx refuses any path.
    line = dice.choice(
        (
            b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x00\x01\x02\r\n\r\n",
            b"GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n",
            b"GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + dice.randbytes(64),
            b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GET " + b"/" * 20_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        )
    )  # fmt: skip
    return Message(kind="wrong request", secured=True, data=line)


def _wrong_length(dice: random.Random) -> Message:
    length = dice.choice((b"-1", b"99999999999999999999", b"1, 2", b"0x10", b""))
    headers = b"Content-Length: " + length + b"\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
    return Message(kind="wrong length", secured=True, data=b"POST / HTTP/1.1\r\nHost: a\r\n" + headers)
