"""The lab's files: addresses that do not meet, manifests that parse, builds that notice a change."""

import shutil
from itertools import combinations
from pathlib import Path
from string import Template

import pytest
import yaml

from lab import builds, cluster, images, node_config, paths, topology
from lab.errors import LabError
from lab.run import run


def test_no_two_networks_of_the_lab_overlap() -> None:
    networks = [topology.NODE_NETWORK, topology.POD_NETWORK, topology.SERVICE_NETWORK]

    assert not [pair for pair in combinations(networks, 2) if pair[0].overlaps(pair[1])]
    for node in topology.NODES:
        assert node.pod_network.subnet_of(topology.POD_NETWORK)


def test_every_address_of_the_lab_has_a_twin_on_loopback() -> None:
    assert topology.on_loopback("10.89.0.11") == "127.89.0.11"
    assert topology.on_loopback(topology.LOAD_BALANCERS[-1]) == "127.89.0.215"


@pytest.mark.parametrize("file", sorted(cluster.MANIFESTS.glob("*.yaml")), ids=lambda file: file.stem)
def test_manifests_parse_and_use_only_images_of_the_lab(file: Path) -> None:
    values = dict.fromkeys(
        ("cluster_domain", "dns_service", "first_load_balancer", "last_load_balancer", "memberlist_key"), "x"
    )

    documents = list(yaml.safe_load_all(Template(file.read_text()).substitute(values)))

    assert all({"apiVersion", "kind", "metadata"} <= document.keys() for document in documents)
    known = {image.reference for image in images.ALL}
    for document in documents:
        if document["kind"] in {"Deployment", "DaemonSet"}:
            containers = document["spec"]["template"]["spec"]["containers"]
            assert {container["image"] for container in containers} <= known


def test_the_pause_image_of_the_runtime_is_one_that_the_lab_builds() -> None:
    assert node_config.PAUSE_IMAGE in {image.reference for image in images.ALL}


def test_a_build_is_due_again_when_its_sources_or_flags_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builds, "GO", tmp_path / "go")
    monkeypatch.setattr(paths, "BIN", tmp_path / "bin")
    (tmp_path / "go").mkdir()
    shutil.copytree(paths.REPOSITORY / "lab" / "go" / "pause", tmp_path / "go" / "pause")
    (tmp_path / "bin").mkdir()
    program = builds.Build(module="pause", title="", minutes=0, programs=["pause"])
    assert builds.missing([program]) == [program]

    (tmp_path / "bin" / "pause").touch()
    builds._stamp(program).write_text(builds._fingerprint(program, run(["go", "env", "GOVERSION"]).strip()))
    assert builds.missing([program]) == []

    flagged = builds.Build(module="pause", title="", minutes=0, programs=["pause"], variables=[("main.x", "1")])
    assert builds.missing([flagged]) == [flagged]
    (tmp_path / "go" / "pause" / "main.go").write_text("package main\n")
    assert builds.missing([program]) == [program]


def test_every_build_has_a_module_with_pinned_sums() -> None:
    for build in [*builds.engine(), builds.kubernetes_plugin(), *builds.cluster()]:
        assert (build.folder / "go.mod").exists(), build.module
        assert len(build.programs) == len(build.packages), build.module


def test_a_package_without_a_pin_is_an_error_that_names_it() -> None:
    with pytest.raises(LabError, match="pins no version of no-such-package"):
        builds.pinned("no-such-package")
