"""The clients of the load, against a real TLS server on this machine."""

import json
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bench.loss.client import Client, Tally, Trust, ask_steadily
from tests.unit.probe.harness import Authority

HOST = "site.example"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    body = b"Welcome to nginx!"
    status = 200
    closes_silently_after = 0
    connections = 0

    def setup(self) -> None:
        super().setup()
        type(self).connections += 1
        self.asked = 0

    def do_GET(self) -> None:
        self.asked += 1
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)
        if self.asked == self.closes_silently_after:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def handler() -> type[_Handler]:
    class Own(_Handler):
        pass

    return Own


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "ca")


@pytest.fixture
def address(handler: type[_Handler], authority: Authority) -> Iterator[tuple[str, int]]:
    leaf = authority.leaf(HOST)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a refused handshake is expected
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(leaf.chain_file)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield "127.0.0.1", server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def _client(address: tuple[str, int], authority: Authority, *, keep: bool, host: str = HOST) -> Client:
    return Client(host, address, Trust(authority.file), keep=keep)


def test_a_client_that_keeps_its_connection_has_one(
    address: tuple[str, int], authority: Authority, handler: type[_Handler]
) -> None:
    client = _client(address, authority, keep=True)

    assert [client.ask() for _ in range(5)] == [False] * 5
    client.close()
    assert handler.connections == 1


def test_a_client_that_keeps_none_has_a_new_one_for_each_request(
    address: tuple[str, int], authority: Authority, handler: type[_Handler]
) -> None:
    client = _client(address, authority, keep=False)

    assert [client.ask() for _ in range(3)] == [False] * 3
    assert handler.connections == 3


def test_a_kept_connection_that_the_server_has_closed_is_opened_anew_once(
    address: tuple[str, int], authority: Authority, handler: type[_Handler]
) -> None:
    handler.closes_silently_after = 1
    client = _client(address, authority, keep=True)

    asked = []
    for _ in range(3):
        asked.append(client.ask())
        time.sleep(0.05)

    client.close()
    assert asked == [False, True, True]


@pytest.mark.parametrize(("body", "status"), [(b"another page", 200), (b"Welcome to nginx!", 503)])
def test_another_answer_is_a_failure(
    address: tuple[str, int], authority: Authority, handler: type[_Handler], body: bytes, status: int
) -> None:
    handler.body, handler.status = body, status

    with pytest.raises(ValueError, match=f"status {status}, {len(body)} bytes"):
        _client(address, authority, keep=False).ask()


def test_another_authority_is_a_failure(address: tuple[str, int], tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()

    with pytest.raises(ssl.SSLCertVerificationError):
        _client(address, Authority(tmp_path / "other", "other"), keep=False).ask()


def test_another_name_is_a_failure(address: tuple[str, int], authority: Authority) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        _client(address, authority, keep=True, host="other.example").ask()


def test_a_refused_connection_is_a_failure_also_for_a_client_that_had_one(
    address: tuple[str, int], authority: Authority
) -> None:
    with pytest.raises(ConnectionRefusedError):
        _client(("127.0.0.1", 1), authority, keep=True).ask()


def test_changed_authorities_are_trusted_from_the_next_connection_on(
    address: tuple[str, int], authority: Authority, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    file = tmp_path / "trusted.crt"
    file.write_text(Authority(tmp_path / "other", "other").file.read_text())
    client = Client(HOST, address, Trust(file), keep=True)
    with pytest.raises(ssl.SSLCertVerificationError):
        client.ask()

    file.write_text(authority.file.read_text())

    assert client.ask() is False
    client.close()


def test_every_request_is_counted_and_every_failure_told(
    address: tuple[str, int], authority: Authority, handler: type[_Handler], capsys: pytest.CaptureFixture[str]
) -> None:
    tally, over = Tally(), threading.Event()
    threads = [
        threading.Thread(target=ask_steadily, args=(client, kind, 0.02, tally, over))
        for kind, client in (
            ("kept", _client(address, authority, keep=True)),
            ("new", _client(("127.0.0.1", 1), authority, keep=False)),
        )
    ]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    over.set()
    for thread in threads:
        thread.join()
    tally.report()
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert 5 < said[-1]["answered"] <= 27
    failures = [each for each in said if "failed" in each]
    assert 5 < len(failures) <= 27
    assert failures[0]["failed"] == "new"
    assert "ConnectionRefusedError" in failures[0]["why"]
