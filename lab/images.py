"""Container images from Debian packages and from the lab's own programs, and their way into the nodes.

Every image is named as what it is, below `localhost/secure-nginx`: none of them pretends to be a
public one.
"""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab import paths
from lab.node_config import PAUSE_IMAGE, RUNTIME_SOCKET
from lab.nodes import enter
from lab.progress import Steps
from lab.run import run
from lab.topology import Node

PREFIX = "localhost/secure-nginx"

SCRATCH = paths.IMAGES / "scratch"
"""Where one image at a time is put together."""

SUITE = "forky"
"""The Debian suite of the images' files. The machine may run another one; only the images hold this one."""

USER = 10001
"""Nobody's number on any system: above 10,000, as scanners of Kubernetes objects ask for."""

LEFT_OUT = (
    "usr/share/doc", "usr/share/man", "usr/share/info", "usr/share/locale", "usr/share/perl5", "usr/share/debconf",
    "usr/share/lintian", "usr/share/vim", "usr/share/zsh", "usr/share/fish", "usr/share/bash-completion",
    "usr/share/initramfs-tools", "usr/share/pixmaps", "usr/share/bug", "usr/share/ca-certificates",
    "usr/bin/openssl", "usr/bin/c_rehash", "usr/sbin/update-ca-certificates", "var/lib/apt", "var/cache", "etc/init.d",
    "etc/cron.daily", "etc/logrotate.d", "etc/ufw",
)  # fmt: skip
"""What a container never reads: documents, translations, files of package scripts (none is ever run), key tools."""

APPLETS = (
    "base64", "cat", "cut", "date", "env", "grep", "head", "hostname", "id", "ls", "mkdir", "mktemp", "nslookup",
    "ps", "rm", "sed", "sh", "sha256sum", "sleep", "sort", "tail", "tr", "wc",
)  # fmt: skip
"""The commands that busybox gives to whoever looks into a container, the steps of the tutorial among them."""


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image of the lab: from Debian packages, or from a few of the lab's own files."""

    name: str
    """The last part of the name, with the tag: `nginx:1.30.6`."""

    packages: Sequence[str] = ()
    """Debian packages, without their recommendations."""

    programs: Sequence[str] = ()
    """Files of the lab's `bin/`, put into the image's root."""

    command: Sequence[str]
    """What the container runs unless told otherwise."""

    @property
    def reference(self) -> str:
        """The full name, as a stack's `image` setting has it."""
        return f"{PREFIX}/{self.name}"

    @property
    def archive(self) -> Path:
        """The file that holds it."""
        return paths.IMAGES / f"{self.name.replace(':', '-')}.tar"


NGINX = Image(name="nginx:1.30.6", packages=["nginx"], command=["/usr/sbin/nginx", "-g", "daemon off;"])
CURL = Image(name="curl:8.22.0", packages=["curl", "ca-certificates"], command=["/usr/bin/sleep", "infinity"])
ALL = (
    Image(name=PAUSE_IMAGE.removeprefix(f"{PREFIX}/"), programs=["pause"], command=["/pause"]),
    Image(name="coredns:1", programs=["coredns"], command=["/coredns"]),
    Image(name="metallb:1", programs=["controller", "speaker"], command=["/controller"]),
    NGINX,
    CURL,
)


def missing() -> list[Image]:
    """Return the images that are absent or were made from something else."""
    return [image for image in ALL if not _is_current(image)]


def build(image: Image, steps: Steps) -> None:
    """Make one image as an archive in the lab's `images/`."""
    paths.IMAGES.mkdir(parents=True, exist_ok=True)
    with steps.step(f"image {image.name}"), _readable_by_all():
        _clear(SCRATCH)
        SCRATCH.mkdir()
        root = SCRATCH / "root"
        if image.packages:
            _install(image, root)
            if "ca-certificates" in image.packages:
                _add_authorities(root)
            _leave_out(root)
            _add_users(root)
            _add_applets(root)
        else:
            root.mkdir()
        for program in image.programs:
            shutil.copyfile(paths.BIN / program, root / program)
            # What was built may be for its owner alone.
            (root / program).chmod(0o755)
        _pack(image, root)
        _stamp_file(image).write_text(_stamp(image))
        _clear(SCRATCH)


def load(node: Node, chosen: Iterable[Image] = ALL) -> None:
    """Give images to a node's container runtime. Default: all of them."""
    for image in chosen:
        run([
            *enter(node), "ctr", f"--address={RUNTIME_SOCKET}", "--namespace=k8s.io", "images", "import", "--no-unpack",
            paths.inside(image.archive),
        ])  # fmt: skip


@contextmanager
def _readable_by_all() -> Iterator[None]:
    """Have files made for everyone to read, whatever the caller's umask is: a container's user owns none of them."""
    before = os.umask(0o022)
    try:
        yield
    finally:
        os.umask(before)


def _clear(folder: Path) -> None:
    """Remove a folder, also what an interrupted build has left in it."""
    if folder.exists():
        shutil.rmtree(folder)


def _install(image: Image, root: Path) -> None:
    """Unpack packages with all that they depend on. None of their scripts is run: the root is not a system.

    The suite is a testing one, whose index may be past its date; its signature is checked all the
    same.
    """
    merged = 'for d in bin lib lib64 sbin; do mkdir -p "$1/usr/$d"; ln -s usr/$d "$1/$d"; done'
    run(
        [
            "mmdebstrap", "--mode=root", "--variant=extract", "--format=directory", "--quiet",
            '--aptopt=Acquire::Check-Valid-Until "false"',
            '--aptopt=APT::Install-Recommends "false"',
            f"--setup-hook={merged}",
            f"--include={','.join(['busybox-static', *image.packages])}",
            SUITE, root,
        ],
        log=paths.ROOT / "build-logs" / f"{image.archive.stem}.log",
    )  # fmt: skip


def _add_authorities(root: Path) -> None:
    """Write the bundle of public authorities, as the script of ca-certificates would."""
    files = sorted((root / "usr" / "share" / "ca-certificates" / "mozilla").glob("*.crt"))
    bundle = root / "etc" / "ssl" / "certs" / "ca-certificates.crt"
    bundle.write_text("".join(file.read_text() for file in files))


def _leave_out(root: Path) -> None:
    for path in LEFT_OUT:
        target = root / path
        if target.is_dir():
            shutil.rmtree(target)
        else:
            target.unlink(missing_ok=True)


def _add_users(root: Path) -> None:
    """Name the two users that a container here can have."""
    (root / "etc" / "passwd").write_text(
        f"root:x:0:0:root:/:/usr/bin/sh\nsecure:x:{USER}:{USER}:secure nginx:/tmp:/usr/bin/sh\n"
    )
    (root / "etc" / "group").write_text(f"root:x:0:\nsecure:x:{USER}:\n")


def _add_applets(root: Path) -> None:
    for applet in APPLETS:
        target = root / "usr" / "bin" / applet
        if not target.exists():
            target.symlink_to("busybox")


def _pack(image: Image, root: Path) -> None:
    """Make an image of one layer, with buildah in a store of its own."""
    store = {"STORAGE_DRIVER": "vfs", "BUILDAH_ISOLATION": "chroot"}
    buildah = ["buildah", f"--root={SCRATCH / 'store'}", f"--runroot={SCRATCH / 'run'}"]
    container = run([*buildah, "from", "scratch"], environment=store).strip()
    run([*buildah, "add", "--quiet", container, root, "/"], environment=store)
    command = ", ".join(f'"{part}"' for part in image.command)
    run(
        [
            *buildah, "config", f"--user={USER}:{USER}", f"--cmd=[{command}]", "--stop-signal=SIGQUIT",
            "--env=PATH=/usr/sbin:/usr/bin", container,
        ],
        environment=store,
    )  # fmt: skip
    partial = image.archive.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    target = f"docker-archive:{partial}:{image.reference}"
    run(
        [*buildah, "commit", "--quiet", "--disable-compression", container, target],
        environment=store,
    )
    partial.rename(image.archive)


def _stamp_file(image: Image) -> Path:
    return image.archive.with_suffix(".built")


def _is_current(image: Image) -> bool:
    files = [image.archive, _stamp_file(image), *(paths.BIN / program for program in image.programs)]
    return all(file.exists() for file in files) and _stamp_file(image).read_text() == _stamp(image)


def _stamp(image: Image) -> str:
    """Return a digest of all that an image is made from, but the packages' versions: those are as old as the image."""
    digest = hashlib.sha256(repr(image).encode() + Path(__file__).read_bytes())
    for program in image.programs:
        digest.update((paths.BIN / program).read_bytes())
    return digest.hexdigest()
