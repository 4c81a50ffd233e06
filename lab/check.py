"""The one look at the machine before any work: what is needed, what is missing, what mends it.

This module and what it imports run before the virtual environment exists, on whatever Python there is: standard
library only, and nothing that an old interpreter could not read.
"""

import contextlib
import fcntl
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from lab import disk, kernel

PYTHON = (3, 11)
GO = (1, 26)
# The first that hears of replacement triggers, by which keys are renewed on request.
PULUMI = (3, 214)

ALWAYS = {"curl": "curl", "git": "git"}
"""What is needed with any cluster: a site is fetched from here, and commits are compared and gone back to."""

PACKAGES = {
    "containerd": "containerd",
    "crun": "crun",
    "haproxy": "haproxy",
    "buildah": "buildah",
    "mmdebstrap": "mmdebstrap",
    "nft": "nftables",
    "iptables": "iptables",
    "ip": "iproute2",
    "nsenter": "util-linux",
    "openssl": "openssl",
    "/usr/lib/cni/ptp": "containernetworking-plugins",
    "/usr/share/keyrings/debian-archive-keyring.gpg": "debian-archive-keyring",
}
"""Commands and files that the cluster needs, or who looks at what is on it, and the Debian packages that bring them."""

FOR_TESTS = {
    "unit": {"openssl": "openssl"},
    "e2e": {
        "chromium": "chromium",
        "chromedriver": "chromium-driver",
        "certutil": "libnss3-tools",
        "openssl": "openssl",
    },
}
"""What tests need besides: servers with certificates of their own; a browser, and a client that speaks any TLS."""

OWN_CLUSTER = 'With a cluster of your own, no lab is needed: see "Your own cluster" in README.md.'

POLICY = Path("/usr/sbin/policy-rc.d")
"""Where Debian asks whether a service may be started."""

_SYSTEM = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_NO_SERVICES = "#!/bin/sh\n# The lab of secure-nginx installs packages. Without that, this file may go.\nexit 101\n"
_FINISHED = "apt-get was waited for: no package is half installed. The same command goes on from here"


class UnfitError(Exception):
    """The machine lacks something; the text lists all of it, with remedies."""


def ensure(root: Path, cluster: bool, engine: bool, tests: str = "", pulumi: bool = False) -> None:
    """Check the machine, and install missing Debian packages unless LAB_INSTALL=0.

    Args:
        root: the lab's folder.
        cluster: whether a cluster will be started here.
        engine: whether Pulumi's engine may have to be built from source.
        tests: which tests will run here: `unit` or `e2e`; none if empty.
        pulumi: whether an installed Pulumi is needed, as for a cluster that is not the lab's.

    Raises:
        UnfitError: something is missing that could not be mended.
    """
    if cluster:
        _refuse_other_systems()
    problems = []
    packages = missing_packages(cluster, tests)
    if packages and os.environ.get("LAB_INSTALL", "1") != "0" and os.geteuid() == 0 and shutil.which("apt-get"):
        install(packages)
        packages = missing_packages(cluster, tests)
    if packages:
        names = " ".join(packages)
        problems.append(f"Debian packages are missing: {names}\n    apt-get install {names}")
    problems += _wrong_python()
    if pulumi:
        problems += _wrong_pulumi()
    builds = engine or cluster
    if builds or tests:
        problems += [*_wrong_go(), *(disk.problems(root) if builds else [])]
    if cluster:
        problems += [*kernel.problems(), *_taken_addresses()]
    if problems:
        listed = "\n- ".join(problems)
        raise UnfitError(f"This machine is not ready. What is missing:\n- {listed}")


def missing_packages(cluster: bool, tests: str = "") -> "list[str]":
    """Return the names of Debian packages that are needed and not there."""
    of_the_lab = PACKAGES if cluster else {}
    things = {**ALWAYS, **of_the_lab, **FOR_TESTS.get(tests, {})}
    # What the lab is made of has a PATH of its own; all else is found as the user finds it.
    anywhere = os.pathsep.join([_SYSTEM, os.environ.get("PATH") or _SYSTEM])
    needed = [
        package for thing, package in things.items() if not _exists(thing, _SYSTEM if thing in of_the_lab else anywhere)
    ]
    try:
        import ensurepip  # noqa: F401, PLC0415 (Debian keeps it in a package of its own)
    except ImportError:
        needed.append("python3-venv")
    return sorted(set(needed))


def install(packages: "list[str]") -> None:
    """Install Debian packages, without starting the services that some of them bring along.

    Whoever ends the command, by Ctrl-C as well, waits for apt-get: cut off, it would leave packages half installed, and
    services would start after all.

    Raises:
        SystemExit: somebody ended the command; the code is 128 and the number of the signal.
    """
    print(f"Installing Debian packages: {' '.join(packages)}", flush=True)
    with _one_at_a_time(), _ending_later() as ended, _no_services():
        for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
            _apt_get(command)
            if ended:
                # A terminal that is gone takes no words any more.
                with contextlib.suppress(OSError):
                    print(f"lab: {signal.Signals(ended[0]).name} came, and {_FINISHED}", file=sys.stderr)
                raise SystemExit(128 + ended[0])


@contextlib.contextmanager
def _one_at_a_time() -> "Iterator[None]":
    """Wait until no other command of ours installs anything: the first to end would let services start again."""
    folder = os.open(str(POLICY.parent), os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


@contextlib.contextmanager
def _ending_later() -> "Iterator[list[int]]":
    """Collect the signals that would end the command, until the context ends; what is ignored (nohup) stays so."""
    ended = []  # type: list[int]
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    heard = [each for each, handler in before.items() if handler != signal.SIG_IGN]
    for each in heard:
        signal.signal(each, lambda number, _: ended.append(number))
    try:
        yield ended
    finally:
        for each in heard:
            signal.signal(each, before[each])


@contextlib.contextmanager
def _no_services() -> "Iterator[None]":
    """Have Debian start no service until the context ends; what somebody else says of that stays."""
    # An installation that was ended by force has left its own.
    ours = not POLICY.exists() or POLICY.read_text(errors="replace") == _NO_SERVICES
    try:
        if ours:
            POLICY.write_text(_NO_SERVICES)
            POLICY.chmod(0o755)
        yield
    finally:
        if ours and POLICY.exists():
            POLICY.unlink()


def _apt_get(command: "list[str]") -> None:
    """Run apt-get to its end, and show the end of what it said if nothing was installed."""
    result = subprocess.run(
        # Another apt-get, as of unattended upgrades, is waited for.
        ["apt-get", "--quiet", "--option", "DPkg::Lock::Timeout=600", *command],
        env=dict(os.environ, DEBIAN_FRONTEND="noninteractive"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        # The terminal's signals are for this command alone, which waits for it.
        start_new_session=True,
    )
    if result.returncode != 0 and command[0] == "install":
        print("\n".join(result.stdout.splitlines()[-8:]), file=sys.stderr)


def pulumi_on_path() -> "str | None":
    """Return the version of a `pulumi` on PATH that is new enough, as in `3.259.0`."""
    if os.environ.get("LAB_ENGINE") == "source":
        return None
    version = _pulumi_version()
    match = re.match(r"v?(\d+)\.(\d+)\.\S+", version)
    if match and (int(match[1]), int(match[2])) >= PULUMI:
        return match[0].lstrip("v")
    return None


def is_about_lab(kubeconfig: Path) -> bool:
    """Tell whether KUBECONFIG names the lab's own file, by whatever path, as if its cluster were one of the user's."""
    return Path(os.environ.get("KUBECONFIG") or "/").resolve() == kubeconfig.resolve()


def _pulumi_version() -> str:
    """Return what the `pulumi` on PATH calls its version, or nothing if there is none."""
    if not shutil.which("pulumi"):
        return ""
    environment = dict(os.environ, PULUMI_SKIP_UPDATE_CHECK="true")
    said = subprocess.run(["pulumi", "version"], env=environment, stdout=subprocess.PIPE, text=True, check=False)
    return said.stdout.strip()


def _refuse_other_systems() -> None:
    if platform.system() != "Linux":
        raise UnfitError(f"The lab runs on Linux; this is {platform.system()}. {OWN_CLUSTER}")
    if os.geteuid() != 0:
        command = '`sudo env "PATH=$PATH" make up`'
        reason = f"The lab makes network namespaces and starts containers, for which it has to be root: {command}."
        raise UnfitError(f"{reason} {OWN_CLUSTER}")


def _exists(thing: str, folders: str) -> bool:
    if thing.startswith("/"):
        return Path(thing).exists()
    return shutil.which(thing, path=folders) is not None


def _wrong_python() -> "list[str]":
    if sys.version_info >= PYTHON:
        return []
    wanted = ".".join(map(str, PYTHON))
    remedy = "install a newer one and name it: make PYTHON=python3.12 up"
    return [f"Python {wanted} or newer is needed; this is {platform.python_version()}\n    {remedy}"]


def _wrong_pulumi() -> "list[str]":
    if pulumi_on_path():
        return []
    wanted = ".".join(map(str, PULUMI))
    there = _pulumi_version()
    remedy = (
        "install it as its documentation says; what the lab builds is for the lab (LAB_ENGINE=source uses it anyway)"
    )
    on_path = f"PATH has {there.lstrip('v')}" if there else "PATH has none"
    return [f"Pulumi {wanted} or newer is needed for a cluster of your own; {on_path}\n    {remedy}"]


def _wrong_go() -> "list[str]":
    wanted = ".".join(map(str, GO))
    remedy = f"install Go {wanted} or newer from your system's packages or the Go project's download page"
    if not shutil.which("go"):
        return [f"Go is not installed\n    {remedy}"]
    asked = ["go", "env", "GOVERSION", "GOCACHE", "GOMODCACHE"]
    said = subprocess.run(asked, stdout=subprocess.PIPE, text=True, check=False).stdout
    version, cache, modules = [*said.splitlines(), "", "", ""][:3]
    match = re.match(r"go(\d+)\.(\d+)", version)
    if not (match and (int(match[1]), int(match[2])) >= GO):
        return [f"Go {wanted} or newer is needed; this is {version or 'broken'}\n    {remedy}"]
    if cache in ("", "off") or not modules:
        return ["Go has no folders for its caches\n    set HOME, or GOCACHE and GOMODCACHE"]
    return []


def _taken_addresses() -> "list[str]":
    if sys.version_info < PYTHON:
        return []
    from lab import gateway  # noqa: PLC0415 (an old interpreter could not read it)

    taken = gateway.taken()
    if not taken:
        return []
    remedy = "`ss -ltnp` names the program: stop it, or have it listen on certain addresses instead of all"
    return [f"the lab's gateway cannot listen on {', '.join(taken)}\n    {remedy}"]
