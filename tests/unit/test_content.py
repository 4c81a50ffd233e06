"""Every source of content, and the volume it becomes."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components import ExistingConfigMap, FolderContent, InlineContent, VolumeClaim
from components._content import split
from tests.unit import sites
from tests.unit.harness import Deploy, Deployed


def serve(deploy: Deploy, content: Any) -> Deployed:
    return deploy(sites.program("web", content=content))


def volume(deployed: Deployed) -> dict[str, Any]:
    pod = deployed.one("Deployment").inputs["spec"]["template"]["spec"]
    (found,) = [each for each in pod["volumes"] if each["name"] == "content"]
    return dict(found)


def test_a_site_greets_by_default(deploy: Deploy) -> None:
    deployed = serve(deploy, InlineContent())

    assert "Welcome to nginx!" in deployed.one("ConfigMap", "content").inputs["data"]["index.html"]


def test_files_keep_their_paths(deploy: Deploy) -> None:
    deployed = serve(deploy, InlineContent(files={"index.html": "a", "css/site.css": "b"}))

    data = deployed.one("ConfigMap", "content").inputs["data"]
    assert data == {"index.html": "a", "css__site.css": "b"}
    assert volume(deployed)["configMap"]["items"] == [
        {"key": "index.html", "path": "index.html"},
        {"key": "css__site.css", "path": "css/site.css"},
    ]


@pytest.mark.parametrize(
    ("paths", "wrong"),
    [
        (("docs", "docs/index.html"), "docs"),
        (("docs/a/b", "docs/a"), "docs/a"),
        (("..a",), "..a"),
        (("a/..b/c",), "a/..b/c"),
        (("a", "./a"), "./a"),
        (("a//b",), "a//b"),
        (("a/",), "a/"),
        (("docs.html", "docs/index.html"), None),
        ((".well-known/security.txt",), None),
    ],
)
def test_paths_that_no_pod_can_mount_are_refused(paths: tuple[str, ...], wrong: str | None) -> None:
    problems = list(InlineContent(files=dict.fromkeys(paths, "")).problems())

    assert [problem.value for problem in problems] == ([] if wrong is None else [wrong])


def test_a_folder_is_read_with_everything_below(deploy: Deploy, tmp_path: Path) -> None:
    (tmp_path / "img").mkdir()
    (tmp_path / "index.html").write_text("hello")
    (tmp_path / "img" / "dot.bin").write_bytes(b"\xff\x00")
    content = FolderContent(path=str(tmp_path))

    deployed = serve(deploy, content)

    assert not list(content.problems())
    inputs = deployed.one("ConfigMap", "content").inputs
    assert inputs["data"] == {"index.html": "hello"}
    assert inputs["binaryData"] == {"img__dot.bin": "/wA="}


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    (problem,) = FolderContent(path=str(tmp_path)).problems()

    assert problem.remedy == "must hold at least one file"


def test_a_folder_that_is_too_big_is_named_with_its_size(tmp_path: Path) -> None:
    (tmp_path / "film.bin").write_bytes(bytes(1024 * 1024))

    (problem,) = FolderContent(path=str(tmp_path)).problems()

    assert problem.value == f"{tmp_path}: 1048584 bytes"
    assert "use a volume" in problem.remedy


@pytest.mark.parametrize(("more", "wrong"), [(0, 0), (1, 1)])
def test_a_folder_and_its_names_leave_a_config_map_room_for_its_own(tmp_path: Path, more: int, wrong: int) -> None:
    (tmp_path / "film.bin").write_bytes(bytes((1024 - 16) * 1024 - len("film.bin") + more))

    assert len(list(FolderContent(path=str(tmp_path)).problems())) == wrong


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    (problem,) = FolderContent(path=str(tmp_path / "none")).problems()

    assert problem.remedy == "must be a folder that exists"


def test_text_and_the_rest_are_kept_apart() -> None:
    assert split({"a": b"x", "b": b"\xff"}) == ({"a": "x"}, {"b": "/w=="})


def test_an_existing_config_map_is_mounted_as_it_is(deploy: Deploy) -> None:
    deployed = serve(deploy, ExistingConfigMap(config_map="theirs"))

    assert volume(deployed) == {"name": "content", "configMap": {"name": "theirs"}}
    assert not [each for each in deployed.of("ConfigMap") if each.name == "web-content"]


def test_an_existing_claim_is_mounted_read_only(deploy: Deploy) -> None:
    deployed = serve(deploy, VolumeClaim(claim="theirs"))

    assert volume(deployed)["persistentVolumeClaim"] == {"claimName": "theirs", "readOnly": True}
    assert not deployed.of("PersistentVolumeClaim")


@pytest.mark.parametrize(
    ("content", "followed"),
    [
        (InlineContent(), True),
        (ExistingConfigMap(config_map="theirs"), True),
        (VolumeClaim(), False),
        (VolumeClaim(claim="theirs"), False),
    ],
)
def test_links_are_followed_only_where_nobody_else_can_put_them(deploy: Deploy, content: Any, followed: bool) -> None:
    """One to the key in its mount would hand the key to whoever asks."""
    deployed = serve(deploy, content)

    configuration = deployed.one("ConfigMap", "config").inputs["data"]["nginx.conf"]
    assert ("disable_symlinks on " not in configuration) is followed


@pytest.mark.parametrize("protect", [True, False])
def test_a_claim_of_its_own_is_not_waited_for(deploy: Deploy, protect: bool) -> None:
    deployed = serve(deploy, VolumeClaim(size="2Gi", storage_class="fast", protect=protect))

    claim = deployed.one("PersistentVolumeClaim")
    assert claim.inputs["metadata"]["annotations"]["pulumi.com/skipAwait"] == "true"
    assert claim.inputs["spec"] == {
        "accessModes": ["ReadWriteMany"], "storageClassName": "fast",
        "resources": {"requests": {"storage": "2Gi"}},
    }  # fmt: skip
    assert claim.options.protect is protect
    assert claim.parent == "web"
    assert volume(deployed)["persistentVolumeClaim"]["claimName"] == "web-content"


def test_what_is_hidden_is_not_served(tmp_path: Path) -> None:
    for name in (".env", ".git/config", "index.html", ".well-known/security.txt", "img/.DS_Store"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("text")

    assert set(FolderContent(path=str(tmp_path)).read()) == {"index.html", ".well-known/security.txt"}


def test_a_link_may_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("not for everyone")
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("hello")
    (site / "start.html").symlink_to("index.html")
    assert not list(FolderContent(path=str(site)).problems())

    (site / "other.html").symlink_to(tmp_path / "secret")

    (problem,) = FolderContent(path=str(site)).problems()
    assert problem.value == "other.html"
    assert problem.remedy == "leads out of the folder; put a copy there, or remove the link"


@pytest.mark.parametrize("place", ["site/real", "shared"], ids=["in the folder", "beside it"])
def test_what_is_in_a_folder_that_is_linked_would_not_be_served(tmp_path: Path, place: str) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("hello")
    (tmp_path / place).mkdir()
    (tmp_path / place / "a.css").write_text("b {}")
    (site / "alias").symlink_to(tmp_path / place)

    (problem,) = FolderContent(path=str(site)).problems()

    assert str(problem) == "path: 'alias' is a link to a folder; put a copy there, or remove the link"


@pytest.mark.parametrize("target", ["nowhere", "start.html", "/dev/null"])
def test_a_link_leads_to_a_file(tmp_path: Path, target: str) -> None:
    (tmp_path / "index.html").write_text("hello")
    (tmp_path / "start.html").symlink_to(target)

    (problem,) = FolderContent(path=str(tmp_path)).problems()

    assert str(problem) == "path: 'start.html' is a link to no file; mend it, or remove the link"


def test_a_hidden_link_may_lead_anywhere(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("hello")
    for name, target in ((".#index.html", "me@here.4711"), (".shared", tmp_path)):
        (tmp_path / name).symlink_to(target)
    site = tmp_path / "linked"
    site.symlink_to(tmp_path)

    (problem,) = FolderContent(path=str(tmp_path)).problems()

    assert problem.value == "linked"
    assert set(FolderContent(path=str(site)).read()) == {"index.html"}


@pytest.mark.parametrize(
    ("place", "value"), [("a.css", "a.css"), ("img", "img"), ("img/dot.svg", "img/dot.svg"), (".", None)]
)
def test_what_cannot_be_read_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str, value: str | None
) -> None:
    (tmp_path / "img").mkdir()
    for name in ("a.css", "img/dot.svg", "index.html"):
        (tmp_path / name).write_text("text")
    refuse(monkeypatch, tmp_path / place)

    (problem,) = FolderContent(path=str(tmp_path)).problems()

    assert (problem.field, problem.value) == ("path", value or str(tmp_path))
    assert problem.remedy == "cannot be read (Permission denied); let whoever runs Pulumi read it, or take it out"


def refuse(monkeypatch: pytest.MonkeyPatch, closed: Path) -> None:
    """Have one file or folder refuse to be read: root may read everything."""

    def guarded(name: str) -> Callable[..., Any]:
        real = getattr(Path, name)

        def guard(path: Path, *arguments: Any) -> Any:
            if path == closed:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
            return real(path, *arguments)

        return guard

    for name in ("open", "iterdir"):
        monkeypatch.setattr(Path, name, guarded(name))


def test_no_folder_is_not_the_programs_own() -> None:
    (problem,) = FolderContent(path="").problems()

    assert problem.remedy == "must be a folder that exists"
