"""The ways of delivery: the same objects for those that are compared, and what samples amount to."""

import json
import re
from pathlib import Path

import pytest
import yaml

from bench.delivery import chart, objects
from bench.delivery.figures import OURS, TUTORIAL, Sample, figures
from bench.delivery.objects import Images
from bench.delivery.ways import SCRIPTS, STEPS, Kustomize, Step, ThisProject, Tutorial, everyone
from bench.stack import configuration
from components import Resources

_IMAGES = Images(nginx="nginx:1", curl="curl:1")
_ACTION = re.compile(r"\{\{.*?\}\}")


def _sample(way: str, step: Step, seconds: float, count: int = 1, state: int | None = None) -> Sample:
    return Sample(
        way=way, count=count, step=step, seconds=seconds, cpu_seconds=1, memory=3 << 20, requests=7, state=state
    )  # fmt: skip


def _of(samples: list[Sample], table: str) -> dict[tuple[str, str], float]:
    found = [figure for figure in figures(samples) if figure.table == table]
    return {(figure.subject, figure.quantity): figure.median for figure in found}


def test_the_chart_deploys_the_same_kinds_as_the_kustomization_and_the_certificates_beside_them() -> None:
    kinds = re.findall(r"^kind: (\w+)$", chart.sites_template(_IMAGES), re.MULTILINE)
    plain = [each["kind"] for each in objects.site("a", _IMAGES)]

    assert sorted(kinds) == sorted([*plain, "Secret", "Secret", "ConfigMap"])


def test_no_action_of_the_template_is_broken_over_lines() -> None:
    for line in chart.sites_template(_IMAGES).splitlines():
        assert _ACTION.sub("", line).count("{{") == 0, line


def test_the_template_s_documents_are_objects_once_its_actions_are_gone() -> None:
    text = chart.sites_template(_IMAGES).partition("---\n")[2].replace("{{- end }}", "")

    documents = list(yaml.safe_load_all(_ACTION.sub("x", text)))

    assert {each["metadata"]["name"] for each in documents} >= {"x", "x-tls", "x-ca", "x-authority"}
    (deployment,) = (each for each in documents if each["kind"] == "Deployment")
    assert "checksum/certificate" in deployment["spec"]["template"]["metadata"]["annotations"]


def test_the_compared_pods_are_limited_as_this_project_s() -> None:
    (deployment,) = (each for each in objects.site("a", _IMAGES) if each["kind"] == "Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]

    assert container["resources"]["limits"] == Resources().limits()
    assert deployment["spec"]["replicas"] == 2


@pytest.mark.parametrize("script", ["tutorial", "kustomize", "helm"])
def test_no_script_skips_verification(script: str) -> None:
    text = (SCRIPTS / f"{script}.sh").read_text() + json.dumps(objects.proof("a", _IMAGES))

    assert not re.search(r"insecure|curl [^|]*-k\b", text)
    assert "--cacert" in text


@pytest.mark.parametrize("script", ["tutorial", "kustomize", "helm"])
def test_every_script_has_every_step(script: str) -> None:
    text = (SCRIPTS / f"{script}.sh").read_text() + (SCRIPTS / "common.sh").read_text()

    assert all(f"\n{step}() {{\n" in text for step in STEPS)


def test_every_way_has_a_namespace_of_its_own(tmp_path: Path) -> None:
    ways = [*everyone(1, tmp_path), *everyone(10, tmp_path)]

    assert len({way.namespace for way in ways}) == len(ways)
    assert everyone(3, tmp_path)[1].environment["SITES"] == "site-1 site-2 site-3"


def test_scripts_are_called_with_their_step(tmp_path: Path) -> None:
    way = Tutorial(name="tutorial", title="", count=1, kubeconfig=tmp_path)

    assert way.command("rotate") == ["sh", str(SCRIPTS / "tutorial.sh"), "rotate"]
    assert way.state is None


def test_files_of_scripts_are_written_before_the_first_step_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.delivery.ways.FOLDER", tmp_path)
    for way in everyone(2, tmp_path)[1:]:
        way.prepare("deliver")
        names = {file.name for file in (tmp_path / way.namespace).iterdir()}
        (tmp_path / way.namespace / "made").touch()
        way.prepare("rotate")

        assert (tmp_path / way.namespace / "made").exists()
        assert names
    kustomization = json.loads((tmp_path / "bench-kustomize-2" / "kustomization.yaml").read_text())
    assert kustomization["resources"] == ["site-1.yaml", "site-2.yaml"]
    assert isinstance(way, Kustomize) is False


def test_this_project_is_asked_for_a_preview_when_there_is_nothing_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.stack.FOLDER", tmp_path)
    way = ThisProject(name="ours", title=OURS, count=1, kubeconfig=tmp_path)
    file = tmp_path / way.namespace / f"Pulumi.{way.namespace}.yaml"
    file.parent.mkdir()
    file.write_text(yaml.safe_dump({"config": configuration(way.namespace, {})}))

    assert list(way.command("check"))[:2] == ["pulumi", "preview"]
    assert "--expect-no-changes" in way.command("check")
    assert "destroy" in way.command("remove")


def test_a_configuration_lies_over_the_project_s_own() -> None:
    whole = configuration("space", {"replicas": 5, "service": {"type": "ClusterIP"}})

    assert whole["secure-nginx:namespace"] == "space"
    assert whole["secure-nginx:replicas"] == 5
    assert whole["secure-nginx:service"] == {"type": "ClusterIP"}
    assert whole["secure-nginx:probe"]["expect"] == {"bodyText": "Welcome to nginx!"}


def test_every_quantity_of_a_step_is_a_figure_and_nothing_is_made_up() -> None:
    samples = [_sample(OURS, "deliver", 5, state=2048), _sample(OURS, "deliver", 7, state=2048)]

    assert _of(samples, "1 site: from nothing to the first verified HTTPS answer") == {
        (OURS, "wall time"): 6, (OURS, "processor time"): 1, (OURS, "memory"): 3, (OURS, "API requests"): 7,
        (OURS, "state"): 2,
    }  # fmt: skip
    assert not _of(samples, "1 site: removal")


def test_this_project_is_held_against_the_tutorials_way() -> None:
    samples = [_sample(OURS, "deliver", 3), _sample(TUTORIAL, "deliver", 6), _sample(OURS, "check", 1)]

    (figure,) = (each for each in figures(samples) if each.quantity == "ratio of medians")

    assert figure.median == 0.5
    assert figure.met


def test_growth_is_the_time_of_each_further_site() -> None:
    samples = [_sample(OURS, "deliver", 5, count=1), _sample(OURS, "deliver", 9.5, count=10)]

    grown = _of(samples, "Wall time for each further site, 1 to 10")

    assert grown == {(OURS, "from nothing to the first verified HTTPS answer"): 0.5}


def test_a_way_that_was_left_out_at_many_sites_has_no_growth() -> None:
    samples = [
        _sample(TUTORIAL, "deliver", 5, count=1), _sample(OURS, "deliver", 5), _sample(OURS, "deliver", 9.5, count=10),
    ]  # fmt: skip

    assert {subject for subject, _ in _of(samples, "Wall time for each further site, 1 to 10")} == {OURS}
