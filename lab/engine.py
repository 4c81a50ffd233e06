"""Which Pulumi runs, with which plugins, and in what environment. Nothing of the user's own Pulumi home is touched."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from lab import builds, check, paths
from lab.builds import Build
from lab.errors import LabError
from lab.run import run

PLUGINS = paths.PULUMI_HOME / "plugins"
OFFICIAL_PLUGINS = Path(os.environ.get("PULUMI_HOME") or paths.at_home("~/.pulumi")) / "plugins"
"""Where the user's own Pulumi keeps its plugins."""
_NO_PROXY = "no_grpc_proxy"
_CLOUD = ("https://", "http://")
"""How the address of Pulumi Cloud begins, wherever it runs."""


def is_built_here() -> bool:
    """Tell whether the lab's own engine is used, since no `pulumi` on PATH is new enough (or LAB_ENGINE=source)."""
    return check.pulumi_on_path() is None


def wanted() -> list[Build]:
    """Return all that the engine needs to have built."""
    if not is_built_here():
        return []
    return [*builds.engine(), *([] if _official_kubernetes() else [builds.kubernetes_plugin()])]


def install() -> None:
    """Put the plugins where the engine looks for them, and say once which engine and Kubernetes plugin are in use."""
    _keep_no_logs()
    if not is_built_here():
        _download_plugins()
        _announce(f"Engine: pulumi {check.pulumi_on_path()} from PATH. Kubernetes plugin: the official one")
        return
    for name in ("tls", "random"):
        _place(name, paths.BIN / "bridged")
    official = _official_kubernetes()
    _place("kubernetes", official or paths.BIN / "kubernetes-plugin")
    plugin = f"the official one ({official})" if official else "the lab's own, built from source"
    engine = builds.required("pulumi", "github.com/pulumi/pulumi/pkg/v3").removeprefix("v")
    _announce(f"Engine: pulumi {engine}, built from source. Kubernetes plugin: {plugin}")


def require_official() -> None:
    """Refuse to let the lab's own Kubernetes plugin loose on a cluster of the user's; LAB_ENGINE=source allows it.

    Raises:
        LabError: It would be used, for there is neither a `pulumi` on PATH nor the official plugin.
    """
    if (
        check.is_about_lab(paths.KUBECONFIG)
        or os.environ.get("LAB_ENGINE") == "source"
        or not is_built_here()
        or _official_kubernetes()
    ):
        return
    oldest = ".".join(map(str, check.PULUMI))
    raise LabError(
        f"for a cluster of your own, install Pulumi {oldest} or newer and put it into PATH: without, the lab's own "
        "Kubernetes plugin would be used, which is made for the lab. `LAB_ENGINE=source` uses it all the same",
        code=2,
    )


def require_state() -> None:
    """Refuse variables that are set and empty, as those of a pipeline are whose secret is not there.

    An empty address would be a state on this machine, which a pipeline throws away. Pulumi would take an empty
    passphrase for one, with which everyone can open the keys in the state; Pulumi Cloud alone has keys of its own.

    Raises:
        LabError: The state would not be where, or not as safe as, somebody means it to be.
    """
    backend = os.environ.get("PULUMI_BACKEND_URL")
    missing = "in a pipeline, the secret of this name is missing, or the job does not get it"
    if backend == "":
        remedy = f"set it to where the state is ({missing}), or unset it to have the state on this machine"
        raise LabError(f"PULUMI_BACKEND_URL is '': {remedy}", code=2)
    if backend and _is_relative(backend):
        whole = f"file://{paths.REPOSITORY / backend.removeprefix('file://')}"
        remedy = f"give the whole path, such as {whole}: Pulumi runs in several folders, and would keep several states"
        raise LabError(f"PULUMI_BACKEND_URL is {backend!r}: {remedy}", code=2)
    if backend and not backend.startswith(_CLOUD) and os.environ.get("PULUMI_CONFIG_PASSPHRASE") == "":
        remedy = f"set it to the passphrase of the shared state ({missing}); with none, everyone opens the keys in it"
        raise LabError(f"PULUMI_CONFIG_PASSPHRASE is '': {remedy}", code=2)


def _is_relative(backend: str) -> bool:
    """Whether the address of a state in files leads elsewhere from each folder; `~` is a home everywhere."""
    return backend.startswith("file://") and not backend.removeprefix("file://").startswith(("/", "~"))


def state_in(folder: Path) -> str:
    """Return the address of a state in a folder of this machine.

    The engine writes the whole state twice for each resource that changes. Beside each it would put a file with its
    checksum and its type, `.attrs`, which nothing needs (docs/decisions/0005-*.md).
    """
    return f"{folder.as_uri()}?metadata=skip"


def environment(stacks: Path, kubeconfig: Path | None) -> Mapping[str, str]:
    """Return the variables with which Pulumi runs.

    Args:
        stacks: the folder with the stacks' state and passphrase; PULUMI_BACKEND_URL and the user's own passphrase
            variables take precedence.
        kubeconfig: the cluster's kubeconfig, or None to leave the user's.
    """
    # The Python that runs this has the program's packages; a virtual environment that is active besides need not.
    python = Path(sys.executable)
    variables = {
        "PULUMI_HOME": str(paths.PULUMI_HOME),
        "PULUMI_BACKEND_URL": os.environ.get("PULUMI_BACKEND_URL") or state_in(stacks),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        # Pulumi lists the Python packages at each run, and pip would ask for a newer pip.
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PULUMI_PYTHON_CMD": str(python),
        # gRPC would send what the program says to the engine on this machine through a proxy that leads out of it.
        _NO_PROXY: ",".join(filter(None, [os.environ.get(_NO_PROXY), "127.0.0.1"])),
        "PATH": os.pathsep.join([str(python.parent), os.environ.get("PATH", "")]),
    }
    if not os.environ.get("PULUMI_BACKEND_URL"):
        # A state of this machine's own is read here, too: before and after updates, and where one was killed.
        variables.update({f"PULUMI_DIY_BACKEND_{compression}": "false" for compression in ("GZIP", "ZSTD")})
    if is_built_here():
        variables["PATH"] = os.pathsep.join([str(paths.BIN), variables["PATH"]])
        variables["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true"
    if not {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"} & os.environ.keys():
        variables["PULUMI_CONFIG_PASSPHRASE_FILE"] = str(stacks / "passphrase")
    elif file := os.environ.get("PULUMI_CONFIG_PASSPHRASE_FILE"):
        # Pulumi runs in several folders.
        variables["PULUMI_CONFIG_PASSPHRASE_FILE"] = str(paths.REPOSITORY / file)
    if kubeconfig is not None:
        variables["KUBECONFIG"] = str(kubeconfig)
    return variables


def _keep_no_logs() -> None:
    """Put a file where the engine would keep a log of every run, with all properties that it has seen.

    Nothing else turns these logs off. They take two fifths of the engine's processor time (docs/decisions/0013-*.md).
    """
    logs = paths.PULUMI_HOME / "logs"
    if logs.is_dir():
        shutil.rmtree(logs)
    logs.parent.mkdir(parents=True, exist_ok=True)
    logs.touch()


def _download_plugins() -> None:
    """Let the `pulumi` on PATH fetch its own plugins into the lab's Pulumi home, once."""
    variables = {"PULUMI_HOME": str(paths.PULUMI_HOME), "PULUMI_SKIP_UPDATE_CHECK": "true"}
    for name in ("kubernetes", "random", "tls"):
        version = builds.pinned(f"pulumi-{name}")
        program = _program(PLUGINS, name)
        if program.is_symlink():
            # What the lab's own engine was given (`_place`). Pulumi would take it for the official one.
            shutil.rmtree(program.parent)
        if program.parent.exists():
            continue
        _tell(f"Pulumi downloads its plugin for {name} {version}, once.")
        try:
            run(["pulumi", "plugin", "install", "resource", name, version], environment=variables)
        except LabError as error:
            hint = "`LAB_ENGINE=source make up` builds the engine and all plugins here instead"
            raise LabError(f"{error}\n{hint}") from error


def _official_kubernetes() -> Path | None:
    """Return the official Kubernetes plugin at the SDK's version, from PATH or the user's own Pulumi home."""
    installed = _program(OFFICIAL_PLUGINS, "kubernetes")
    if installed.exists() and OFFICIAL_PLUGINS != PLUGINS:
        return installed
    on_path = shutil.which(installed.name)
    return Path(on_path) if on_path else None


def _program(plugins: Path, name: str) -> Path:
    """Where Pulumi looks for the program of a plugin, at the version that the Python SDK asks for."""
    return plugins / f"resource-{name}-v{builds.pinned(f'pulumi-{name}')}" / f"pulumi-resource-{name}"


def _place(name: str, program: Path) -> None:
    """Make a plugin known to the engine."""
    if not program.exists():
        raise LabError(f"the {name} plugin is not there ({program}); run `make up`, which builds it")
    link = _program(PLUGINS, name)
    if link.is_symlink() and link.readlink() == program:
        return
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(program)


def _announce(text: str) -> None:
    """Say something unless it was the last thing said: what stays the same is said once."""
    file = paths.PULUMI_HOME / "announced"
    if file.exists() and file.read_text() == text:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    _tell(text)


def _tell(text: str) -> None:
    # What is asked for goes to stdout alone: `make --silent pulumi ARGS='stack output ...' | ...`.
    print(text, file=sys.stderr, flush=True)
