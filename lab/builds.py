"""The programs that the lab builds from Go modules, each once for a set of sources, flags and compiler."""

import hashlib
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lab import amendments, go_modules, paths, topology
from lab.amendments import Amendment
from lab.errors import LabError
from lab.progress import Steps
from lab.run import run

GO = paths.REPOSITORY / "lab" / "go"

COMPILING = ("-trimpath", "-gcflags=all=-dwarf=false")
"""Flags for Go's compiler. Nobody debugs these programs: without what that needs, they are there sooner.

Whoever compiles with the same flags takes from Go's cache what was compiled before."""

ENVIRONMENT = {"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly -buildvcs=false", **go_modules.ALONE}
"""The variables with which Go compiles."""

# kubelet sees only by looking that a container has started or ended, once a second, and looks twice before a Job's pod
# counts as ended. Here somebody waits for every pod, and there are few to look at. No flag or field sets it.
_KUBELET_PERIOD = Amendment(
    module="k8s.io/kubernetes",
    file="pkg/kubelet/kubelet.go",
    old="genericPlegRelistPeriod    = time.Second * 1\n",
    new="genericPlegRelistPeriod    = time.Millisecond * 200\n",
)


@dataclass(frozen=True, kw_only=True)
class Build:
    """One Go module of `lab/go` and what comes out of it."""

    module: str
    """The folder below `lab/go`."""

    title: str
    """What a person reads while it is built."""

    minutes: float
    """How long a first build takes on two cores, dependencies included."""

    programs: Sequence[str]
    """The files that it makes in the lab's `bin/`; the first package makes the first, and so on."""

    packages: Sequence[str] = (".",)
    """The Go packages of the programs."""

    variables: Sequence[tuple[str, str]] = ()
    """Go variables that the linker sets, mostly versions."""

    links: Sequence[str] = ()
    """Other names of the first program, which tells by its name what to be."""

    copies: Sequence[tuple[str, str, str]] = ()
    """Files or folders to take from a required module: the module, the path in it, the name in `bin/`."""

    amendments: Sequence[Amendment] = ()
    """What is compiled otherwise than it stands in required modules."""

    @property
    def folder(self) -> Path:
        """Where the module lies."""
        return GO / self.module

    @property
    def linker_flags(self) -> str:
        """The flags for Go's linker: no symbol tables, and the variables."""
        return " ".join(["-s -w", *(f"-X {name}={value}" for name, value in self.variables)])


def pinned(package: str) -> str:
    """Return the version of a Python package that the project pins in `requirements.txt`."""
    text = (paths.REPOSITORY / "requirements.txt").read_text()
    match = re.search(rf"^{re.escape(package)}==([0-9][^ \\;]*)", text, re.MULTILINE)
    if match is None:
        raise LabError(f"requirements.txt pins no version of {package}")
    return match[1]


def required(module: str, path: str) -> str:
    """Return the version at which one of our Go modules requires another."""
    text = (GO / module / "go.mod").read_text()
    match = re.search(rf"^(?:require )?\s*{re.escape(path)} (v\S+)", text, re.MULTILINE)
    if match is None:
        raise LabError(f"lab/go/{module}/go.mod requires no {path}")
    return match[1]


def engine() -> list[Build]:
    """Return the builds of Pulumi's CLI, its Python language host and its bridged plugins."""
    version = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
    return [
        Build(
            module="pulumi",
            title="the Pulumi CLI",
            minutes=3,
            programs=["pulumi"],
            packages=["github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"],
            variables=[(version, required("pulumi", "github.com/pulumi/pulumi/pkg/v3"))],
            copies=[
                (
                    "github.com/pulumi/pulumi/sdk/v3",
                    "python/cmd/pulumi-language-python-exec",
                    "pulumi-language-python-exec",
                )
            ],
        ),
        Build(
            module="language-python",
            title="Pulumi's Python language host",
            minutes=0.3,
            programs=["pulumi-language-python"],
            packages=["github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"],
        ),
        Build(
            module="bridged",
            title="the TLS and random plugins",
            minutes=2,
            programs=["bridged"],
            variables=[
                ("main.tlsVersion", pinned("pulumi-tls")),
                ("main.randomVersion", pinned("pulumi-random")),
            ],
        ),
    ]


def kubernetes_plugin() -> Build:
    """Return the build of the lab's own Kubernetes plugin."""
    return Build(
        module="kubernetes",
        title="the Kubernetes plugin",
        minutes=1,
        # Under the plugin's own name it would lie on PATH, of which the engine warns at every run.
        programs=["kubernetes-plugin"],
        variables=[("main.version", pinned("pulumi-kubernetes"))],
    )


def cluster() -> list[Build]:
    """Return the builds of Kubernetes, etcd and the add-ons."""
    major, minor, _ = topology.VERSION.split(".")
    prefix = "k8s.io/component-base/version"
    return [
        Build(
            module="cluster",
            title="Kubernetes and etcd",
            minutes=4,
            programs=["cluster"],
            variables=[
                (f"{prefix}.gitVersion", f"v{topology.VERSION}"),
                (f"{prefix}.gitMajor", major),
                (f"{prefix}.gitMinor", minor),
            ],
            links=[
                "etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet",
                "kubectl",
            ],
            amendments=[_KUBELET_PERIOD],
        ),
        Build(module="coredns", title="CoreDNS", minutes=1, programs=["coredns"]),
        Build(
            module="metallb",
            title="MetalLB",
            minutes=1.3,
            programs=["controller", "speaker"],
            packages=["go.universe.tf/metallb/controller", "go.universe.tf/metallb/speaker"],
            copies=[("go.universe.tf/metallb", "config/crd/bases", "metallb-crds")],
        ),
        Build(module="networkpolicy", title="the network policy agent", minutes=0.5, programs=["networkpolicy"]),
        Build(module="pause", title="the first process of nodes and pods", minutes=0.1, programs=["pause"]),
    ]  # fmt: skip


def missing(builds: Sequence[Build]) -> list[Build]:
    """Return the builds whose results are absent or were made from something else."""
    if not builds:
        # Who has Pulumi and a cluster needs no Go.
        return []
    compiler = run(["go", "env", "GOVERSION"]).strip()
    return [build for build in builds if not _is_current(build, compiler)]


def build(chosen: Build, steps: Steps) -> None:
    """Build one module's programs into the lab's `bin/`."""
    paths.BIN.mkdir(parents=True, exist_ok=True)
    compiler = run(["go", "env", "GOVERSION"]).strip()
    fingerprint = _fingerprint(chosen, compiler)
    with steps.step(f"build {chosen.title} (about {_minutes(chosen.minutes)} the first time)"):
        _stamp(chosen).unlink(missing_ok=True)
        flags = [*COMPILING, "-ldflags", chosen.linker_flags]
        amended = paths.ROOT / "amended"
        if chosen.amendments:
            flags += ["-modfile", str(amendments.write(chosen.amendments, chosen.folder, amended))]
        for program, package in zip(chosen.programs, chosen.packages, strict=True):
            run(
                ["go", "build", *flags, "-o", paths.BIN / program, package],
                folder=chosen.folder,
                environment=ENVIRONMENT,
                log=paths.ROOT / "build-logs" / f"{chosen.module}.log",
            )
        shutil.rmtree(amended, ignore_errors=True)
        for link in chosen.links:
            (paths.BIN / link).unlink(missing_ok=True)
            (paths.BIN / link).symlink_to(chosen.programs[0])
        for module, path, name in chosen.copies:
            _copy_from_module(chosen, module, path, paths.BIN / name)
        _stamp(chosen).write_text(fingerprint)


def _minutes(minutes: float) -> str:
    return f"{minutes:.0f} min" if minutes >= 1 else f"{minutes * 60:.0f} s"


def _copy_from_module(chosen: Build, module: str, path: str, target: Path) -> None:
    source = go_modules.source(module, chosen.folder) / path
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        for file in sorted(source.iterdir()):
            shutil.copyfile(file, target / file.name)
    else:
        target.unlink(missing_ok=True)
        shutil.copyfile(source, target)
        target.chmod(0o755)


def _stamp(chosen: Build) -> Path:
    return paths.BIN / f".{chosen.module}.built"


def _is_current(chosen: Build, compiler: str) -> bool:
    names = [*chosen.programs, *chosen.links, *(name for _, _, name in chosen.copies)]
    files = [_stamp(chosen), *(paths.BIN / name for name in names)]
    return all(file.exists() for file in files) and _stamp(chosen).read_text() == _fingerprint(chosen, compiler)


def _fingerprint(chosen: Build, compiler: str) -> str:
    """Return a digest of all that a build's result depends on: sources, module pins, flags, compiler."""
    parts = [compiler, *COMPILING, chosen.linker_flags, chosen.packages, chosen.links, chosen.amendments]
    digest = hashlib.sha256("\n".join(map(str, parts)).encode())
    for file in sorted(chosen.folder.rglob("*")):
        if file.is_file() and not file.name.endswith(("_test.go", ".md")):
            digest.update(f"{file.relative_to(chosen.folder)}\n".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()
