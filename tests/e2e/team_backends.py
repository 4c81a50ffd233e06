"""Places for a state that several people share, as real servers on loopback."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e import driver, site_stack

_POSTGRES = Path("/usr/lib/postgresql/15/bin")
# Below those that the kernel gives to anybody who asks for none.
_POSTGRES_PORT = 24399
_OBJECTS_PORT = 24398


@dataclass(frozen=True)
class Backend:
    """Where a state is: its URL, and the variables with which a client may use it."""

    url: str
    variables: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def files(folder: Path) -> Iterator[Backend]:
    """A folder that everybody sees."""
    state = folder / "state"
    state.mkdir()
    yield Backend(f"file://{state}")


@contextmanager
def postgres(_folder: Path) -> Iterator[Backend]:
    """A PostgreSQL server with an empty database."""
    if not _POSTGRES.exists():
        driver.must(driver.run(["apt-get", "install", "--quiet=2", "--yes", "postgresql-15"]))
    # The server's user reads no folder of root's.
    data = Path("/var/tmp") / f"secure-nginx-postgres-{os.getpid()}"
    as_postgres: list[str | Path] = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    options = f"-c listen_addresses=127.0.0.1 -c port={_POSTGRES_PORT} -c unix_socket_directories="
    try:
        data.mkdir(mode=0o700)
        shutil.chown(data, "postgres", "postgres")
        driver.must(driver.run([*as_postgres, _POSTGRES / "initdb", "--auth=trust", "--pgdata", data], folder=data))
        start = [*as_postgres, _POSTGRES / "pg_ctl", "start", "--wait", "--pgdata", data, "--log", data / "log"]
        driver.must(driver.run([*start, "--options", options], folder=data))
        yield Backend(f"postgres://postgres@127.0.0.1:{_POSTGRES_PORT}/postgres?sslmode=disable")
    finally:
        driver.run([*as_postgres, _POSTGRES / "pg_ctl", "stop", "--mode=fast", "--pgdata", data], folder=data)
        shutil.rmtree(data)


@contextmanager
def s3(folder: Path) -> Iterator[Backend]:
    """A server that speaks S3, built from its Go module, with an empty bucket."""
    server = folder / "versitygw"
    driver.go_build("object-store", server, "github.com/versity/versitygw/cmd/versitygw")
    (folder / "buckets" / "team").mkdir(parents=True)
    (folder / "attributes").mkdir()
    keys = {"AWS_ACCESS_KEY_ID": "team", "AWS_SECRET_ACCESS_KEY": "not for other machines"}
    command: list[str | Path] = [
        server, "--port", f"127.0.0.1:{_OBJECTS_PORT}", "--access", keys["AWS_ACCESS_KEY_ID"],
        "--secret", keys["AWS_SECRET_ACCESS_KEY"], "posix", "--sidecar", folder / "attributes", folder / "buckets",
    ]  # fmt: skip
    with (folder / "log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as running:
        try:
            site_stack.until(lambda: _serves(running, folder / "log"), 60, f"nothing listens at {_OBJECTS_PORT}")
            place = f"region=us-east-1&endpoint=http://127.0.0.1:{_OBJECTS_PORT}&s3ForcePathStyle=true"
            yield Backend(f"s3://team?{place}", keys)
        finally:
            running.terminate()


BACKENDS: Mapping[str, Callable[[Path], AbstractContextManager[Backend]]] = {
    "file": files,
    "postgres": postgres,
    "s3": s3,
}


def _serves(server: subprocess.Popen[bytes], log: Path) -> bool:
    assert server.poll() is None, log.read_text()
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", _OBJECTS_PORT)) == 0
