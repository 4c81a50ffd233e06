"""What a site serves: one closed set of content sources."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import ClassVar, Literal

from . import _checks
from ._problems import Problem

WELCOME_PAGE = """\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Welcome to nginx!</title></head>
<body>
<h1>Welcome to nginx!</h1>
<p>This page reached you over TLS.</p>
</body>
</html>
"""

# A ConfigMap holds one MiB; some of it goes to its own metadata.
MAX_BYTES = 1024 * 1024 - 16 * 1024


def _welcome() -> Mapping[str, str]:
    return {"index.html": WELCOME_PAGE}


@dataclass(frozen=True, kw_only=True)
class InlineContent:
    """Files given as text; a change rolls the pods.

    Attributes:
        files: Text by path, for example `index.html` or `css/site.css`. Default: one page
            that greets.
    """

    tag: ClassVar[str] = "source"
    kind: ClassVar[str] = "inline"

    files: Mapping[str, str] = field(default_factory=_welcome)

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        yield from _file_problems("files", self.read())

    def read(self) -> dict[str, bytes]:
        """The files' bytes by path."""
        return {path: text.encode() for path, text in self.files.items()}


@dataclass(frozen=True, kw_only=True)
class FolderContent:
    """The files of a folder beside the program; a change rolls the pods.

    What is hidden, because its name or that of a folder above it begins with a dot, is not served; only what is in
    `.well-known` is.

    Attributes:
        path: The folder, relative to the folder in which Pulumi runs the program. Links in it
            may lead to files in it, but not to folders, nor out of it.
    """

    tag: ClassVar[str] = "source"
    kind: ClassVar[str] = "folder"

    path: str

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        root = Path(self.path)
        remedy = _unreadable_remedy(root)
        if remedy is None and not (self.path and root.is_dir()):
            remedy = "must be a folder that exists"
        if remedy is not None:
            yield Problem(field="path", value=self.path, remedy=remedy)
            return
        strays = list(self._strays(root.resolve()))
        yield from strays or _file_problems("path", self.read(), whose=f"{self.path}: ")

    def read(self) -> dict[str, bytes]:
        """The files' bytes by path below the folder."""
        return {path: file.read_bytes() for path, file in self._visible() if file.is_file()}

    def _strays(self, home: Path) -> Iterator[Problem]:
        for path, file in self._visible():
            remedy = _unreadable_remedy(file) or _link_remedy(file, home)
            if remedy is not None:
                yield Problem(field="path", value=path, remedy=remedy)

    def _visible(self) -> Iterator[tuple[str, Path]]:
        root = Path(self.path)
        for file in sorted(root.rglob("*")):
            path = file.relative_to(root)
            hidden = any(part.startswith(".") and part != ".well-known" for part in path.parts)
            if not hidden:
                yield path.as_posix(), file


@dataclass(frozen=True, kw_only=True)
class ExistingConfigMap:
    """A ConfigMap that someone else owns; changes appear without a rollout.

    Attributes:
        config_map: Its name, in the site's namespace.
    """

    tag: ClassVar[str] = "source"
    kind: ClassVar[str] = "config-map"

    config_map: str

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        yield from _checks.dns_name("config_map", self.config_map)


@dataclass(frozen=True, kw_only=True)
class VolumeClaim:
    """A persistent volume, filled by others; changes appear without a rollout.

    nginx follows no link in it, not even to another file in it: one could lead to the site's
    private key.

    Attributes:
        claim: Name of an existing claim in the site's namespace, of which `size`, `storage_class` and `protect`
            are somebody else's matter. Default: the site gets one.
        size: Size of the site's own claim. Default 1Gi.
        storage_class: Storage class of it. To set it, or to take it out, counts as another one, even if it names
            the class that is there: the claim is made anew, and all content is gone. Default: the
            cluster's default.
        access_mode: How nodes may mount it. Pods on several nodes need `ReadOnlyMany` or
            `ReadWriteMany`. With `ReadWriteOnce` a single pod ends before the next one starts, so
            nothing answers in between. Default `ReadWriteMany`.
        protect: Whether Pulumi refuses to delete the site's own claim. Another storage class or
            access mode means another, empty volume, and the site pauses meanwhile: with this, the
            update is refused. Default False.
    """

    tag: ClassVar[str] = "source"
    kind: ClassVar[str] = "volume-claim"

    claim: str | None = None
    size: str = "1Gi"
    storage_class: str | None = None
    access_mode: Literal["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany"] = "ReadWriteMany"
    protect: bool = False

    @property
    def holds_one_pod(self) -> bool:
        """Whether the claim can be in use on one node alone."""
        return self.access_mode == "ReadWriteOnce"

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        if self.claim is not None:
            yield from _checks.dns_name("claim", self.claim)
            for name in ("size", "storage_class", "protect"):
                yield from _checks.no_effect(self, name, "beside claim, which is made by somebody else")
        unreadable = list(_checks.size("size", self.size))
        yield from unreadable
        if not unreadable and not _checks.amount(self.size):
            yield Problem(field="size", value=self.size, remedy="must be more than nothing")
        if self.storage_class is not None:
            yield from _checks.dns_name("storage_class", self.storage_class)


Content = InlineContent | FolderContent | ExistingConfigMap | VolumeClaim


def data_key(path: str) -> str:
    """The key of a ConfigMap for a file: keys have no slash."""
    return path.replace("/", "__")


def _unreadable_remedy(file: Path) -> str | None:
    """What to do about a file or a folder that may not be read, or nothing."""
    try:
        if file.is_dir():
            next(file.iterdir(), None)
        elif file.is_file():
            file.open("rb").close()
    except OSError as error:
        return f"cannot be read ({error.strerror}); let whoever runs Pulumi read it, or take it out"
    return None


def _link_remedy(file: Path, home: Path) -> str | None:
    """What to do about a link through which something else would be served than is in the folder `home`, or nothing."""
    if file.is_file():
        inside = file.resolve().is_relative_to(home)
        return None if inside else "leads out of the folder; put a copy there, or remove the link"
    if not file.is_symlink():
        return None
    # What is in a folder is not found through a link.
    kind = "a folder; put a copy there" if file.is_dir() else "no file; mend it"
    return f"is a link to {kind}, or remove the link"


def _file_problems(name: str, files: Mapping[str, bytes], whose: str = "") -> Iterator[Problem]:
    if not files:
        yield Problem(field=name, value=f"{whose}no file", remedy="must hold at least one file")
    folders = {str(folder) for path in files for folder in PurePosixPath(path).parents}
    for path in files:
        pure = PurePosixPath(path)
        hidden = any(part.startswith("..") for part in pure.parts)
        if str(pure) != path or pure.is_absolute() or hidden or any(_checks.data_key(name, data_key(path))):
            yield Problem(
                field=name,
                value=path,
                remedy="must be a plain relative path of letters, digits, '-', '_', '.' and '/', and no part of it may "
                "begin with '..'",
            )
        elif path in folders:
            yield Problem(field=name, value=path, remedy="is also the folder of another file; rename one of them")
    yield from _checks.distinct(name, map(data_key, files))
    size = sum(_sizes(files.items()))
    if size > MAX_BYTES:
        yield Problem(
            field=name,
            value=f"{whose}{size} bytes",
            remedy=f"must not exceed {MAX_BYTES} bytes, which a ConfigMap holds; use a volume",
        )


def _sizes(files: Iterable[tuple[str, bytes]]) -> Iterator[int]:
    return (len(data_key(path)) + len(data) for path, data in files)
