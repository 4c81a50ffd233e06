"""What is served, from every source, and when a change of it rolls the pods."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import driver, site_stack
from tests.e2e.site_stack import SiteStack

# A folder of the machine that both nodes see: the lab's own.
_FOLDER = "/run/lab/cluster/shared-pages"


@pytest.fixture
def stack(project: Path) -> Iterator[SiteStack]:
    with site_stack.made(project, "content") as made:
        yield made


def test_a_change_rolls_the_pods_once_and_ten_updates_without_one_change_nothing(stack: SiteStack) -> None:
    stack.up(content={"source": "inline", "files": {"index.html": "first"}})
    first, revision = stack.identities(), stack.revision()

    stack.up(content={"source": "inline", "files": {"index.html": "second"}})

    second = stack.identities()
    assert len(second) == 2
    assert first.isdisjoint(second)
    assert stack.revision() == revision + 1
    site_stack.until(lambda: not _leaving(stack), 120, "the old pods do not go")
    before = _versions(stack)
    for _ in range(10):
        assert site_stack.changes(stack.up().output).keys() == {"unchanged"}
    assert _versions(stack) == before
    assert stack.identities() == second


def test_a_folder_too_big_is_refused_with_its_name_and_size(stack: SiteStack) -> None:
    folder = stack.project / "film"
    folder.mkdir()
    (folder / "film.bin").write_bytes(bytes(1024 * 1024))

    red = stack.try_up(content={"source": "folder", "path": "film"})

    assert red.code != 0
    assert "secure-nginx:content.path: 'film: 1048584 bytes' must not exceed" in red.output
    assert "Traceback" not in red.output
    assert driver.kubectl("get", "namespace", stack.namespace, "--ignore-not-found") == ""


def test_a_folder_a_config_map_and_a_shared_volume_are_served_and_no_link_to_the_key(
    stack: SiteStack, tmp_path: Path
) -> None:
    folder = stack.project / "site"
    (folder / "css").mkdir(parents=True)
    (folder / "index.html").write_text("from a folder")
    (folder / "css" / "site.css").write_text("body {}")
    (folder / "dot.bin").write_bytes(b"\xff\x00")
    stack.configure(
        probe={"image": site_stack.CURL, "negativeChecks": False, "expect": {"bodyText": "from a"}},
        service={"type": "NodePort"},
    )
    stack.up(content={"source": "folder", "path": "site"})
    assert _page(stack, "css/site.css") == "body {}"

    site_stack.apply(_config_map(stack.namespace), *_shared_volume(stack.namespace))
    pages_on_disk = driver.LAB / "cluster" / "shared-pages"
    pages_on_disk.mkdir(exist_ok=True)
    (pages_on_disk / "index.html").write_text("from a shared volume")
    (pages_on_disk / "page").symlink_to("index.html")
    for link in ("key", "robots.txt"):
        (pages_on_disk / link).symlink_to("/etc/secure-nginx/tls/tls.key")
    try:
        stack.up(content={"source": "config-map", "configMap": "their-pages"})
        assert _page(stack, "") == "from a config map"

        stack.up(
            content={"source": "volume-claim", "claim": "their-pages"},
            nginx={"serverSnippet": "location = /robots.txt { alias /srv/www/robots.txt; }"},
        )
        nodes = {pod["spec"]["nodeName"] for pod in stack.pods()}
        assert nodes == {"lab-node-1", "lab-node-2"}
        pages = {_page(stack, "", pod["metadata"]["name"]) for pod in stack.pods()}
        assert pages == {"from a shared volume"}
        assert _page(stack, "key").startswith("-----BEGIN")
        assert _answer(stack, tmp_path, "") == "200 from a shared volume"
        refused = [_answer(stack, tmp_path, link)[:3] for link in ("page", "key", "robots.txt")]
        assert refused == ["404", "404", "403"]
    finally:
        stack.up(content={"source": "folder", "path": "site"})
        driver.kubectl(
            "delete", "persistentvolumeclaim", "their-pages", f"--namespace={stack.namespace}", "--wait=false"
        )
        driver.kubectl("delete", "persistentvolume", "their-pages", "--wait=false")
        shutil.rmtree(pages_on_disk)


def _page(stack: SiteStack, path: str, pod: str = f"deployment/{site_stack.SITE}") -> str:
    """Return a file as a pod serves it; an empty path stands for the page."""
    command = ["exec", f"--namespace={stack.namespace}", pod, "--", "cat", f"/srv/www/{path or 'index.html'}"]
    return driver.kubectl(*command)


def _answer(stack: SiteStack, folder: Path, path: str) -> str:
    """Return status and body of what a client gets."""
    outputs = stack.outputs()
    authority = folder / "ca.crt"
    authority.write_text(outputs["caCertificate"])
    address = f"{next(iter(driver.NODE_TWINS.values()))}:{outputs['nodePorts']['https']}"
    page = driver.curl(
        f"{outputs['urls'][0]}{path}", authority=authority, connect_to=address, options=["--write-out", " %{http_code}"]
    )
    body, _, status = driver.must(page).output.rpartition(" ")
    return f"{status} {body}"


def _leaving(stack: SiteStack) -> bool:
    """Return whether old pods are still ending, which changes the Deployment once more when they have."""
    pods = driver.objects("pods", namespace=stack.namespace)
    statuses = [each["status"] for each in stack.objects("deployments")]
    return any("deletionTimestamp" in pod["metadata"] for pod in pods) or any(
        status.get("terminatingReplicas") for status in statuses
    )


def _versions(stack: SiteStack) -> dict[str, str]:
    kinds = "configmaps,secrets,services,deployments,networkpolicies,jobs,pods"
    return {
        f"{each['kind']}/{each['metadata']['name']}": each["metadata"]["resourceVersion"]
        for each in stack.objects(kinds)
    }


def _config_map(namespace: str) -> dict[str, object]:
    metadata = {"name": "their-pages", "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"index.html": "from a config map"}}


def _shared_volume(namespace: str) -> list[dict[str, object]]:
    """Return a volume of the kind of a folder that every node has, and a claim on it."""
    where = {"name": "their-pages", "namespace": namespace}
    size = {"storage": "1Mi"}
    volume = {"accessModes": ["ReadWriteMany"], "capacity": size, "storageClassName": "", "hostPath": {"path": _FOLDER}}
    claim = {
        "accessModes": ["ReadWriteMany"], "storageClassName": "", "volumeName": "their-pages",
        "resources": {"requests": size},
    }  # fmt: skip
    return [
        {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "their-pages"}, "spec": volume},
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": where, "spec": claim},
    ]
