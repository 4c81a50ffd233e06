"""What samples of delivery amount to, and the course that takes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench import api_requests
from bench.delivery import course, helm
from bench.delivery.figures import Sample, figures, growth
from bench.delivery.notes import notes
from bench.delivery.ways import OURS, STEPS, TUTORIAL, Step, Tutorial
from bench.errors import BenchError
from bench.figures import Figure, Measured
from bench.measuring import Spent

_DELIVERED = "from nothing to the first verified HTTPS answer"


def _sample(
    way: str, step: Step, seconds: float, *, count: int = 1, number: int = 1, state: int | None = None
) -> Sample:
    return Sample(
        way=way, count=count, step=step, number=number, seconds=seconds, cpu_seconds=1, memory=3 << 20, requests=7,
        state=state,
    )  # fmt: skip


def _measured(samples: list[Sample], table: str) -> list[Figure]:
    counts = {sample.count for sample in samples}
    return [figure for figure in figures(samples, [*counts]) if figure.table == table and figure.values]


def _of(samples: list[Sample], table: str) -> dict[tuple[str, str], float]:
    return {(figure.subject, figure.quantity): figure.median for figure in _measured(samples, table)}


def test_every_quantity_of_a_step_is_a_figure_and_nothing_is_made_up() -> None:
    samples = [_sample(OURS, "deliver", 5, state=2048), _sample(OURS, "deliver", 7, state=2048)]

    assert _of(samples, "1 site: from nothing to the first verified HTTPS answer") == {
        (OURS, "wall time"): 6, (OURS, "processor time"): 1, (OURS, "memory"): 3, (OURS, "API requests"): 7,
        (OURS, "state"): 2,
    }  # fmt: skip
    assert not _of(samples, "1 site: removal")


def test_this_project_is_held_against_the_tutorials_way_in_each_round_that_both_have() -> None:
    samples = [
        _sample(OURS, "deliver", 3, number=1), _sample(TUTORIAL, "deliver", 6, number=1),
        _sample(OURS, "deliver", 4, number=2), _sample(TUTORIAL, "deliver", 16, number=2),
        _sample(OURS, "deliver", 9, number=3), _sample(OURS, "check", 1),
    ]  # fmt: skip

    (figure,) = _measured(samples, "1 site: wall time of this project against the tutorials' way")

    assert (figure.subject, figure.values) == (_DELIVERED, (0.5, 0.25))
    assert figure.met


def test_growth_is_the_time_of_each_further_site_by_the_medians_however_many_runs_there_are() -> None:
    few = [_sample(OURS, "deliver", seconds, number=number) for number, seconds in enumerate((1, 5, 6))]
    many = [_sample(OURS, "deliver", 9.5, count=10)]

    (figure,) = _measured([*few, *many], growth(1, 10))

    assert (figure.subject, figure.quantity, figure.values) == (OURS, _DELIVERED, (0.5,))
    assert not figure.met


def test_a_way_that_was_left_out_at_many_sites_has_no_growth() -> None:
    samples = [
        _sample(TUTORIAL, "deliver", 5, count=1), _sample(OURS, "deliver", 5), _sample(OURS, "deliver", 9.5, count=10),
    ]  # fmt: skip

    assert {subject for subject, _ in _of(samples, growth(1, 10))} == {OURS}


def test_a_comparison_with_the_live_objects_is_a_row_beside_the_plain_preview_and_held_against_kubectl_diff() -> None:
    samples = [_sample(OURS, "check", 2), _sample(OURS, "compare", 3), _sample(TUTORIAL, "check", 1.5)]

    times = {subject for subject, quantity in _of(samples, "1 site: nothing to do") if quantity == "wall time"}
    ratios = _of(samples, "1 site: wall time of this project against the tutorials' way")

    assert times == {OURS, f"{OURS}, with --refresh", TUTORIAL}
    assert ratios[("nothing to do, with --refresh", "ratio")] == 2


def test_no_goal_gets_lost_where_its_figure_was_not_measured() -> None:
    goals = {figure.name for figure in figures([_sample("Helm 4", "deliver", 1)], [1, 50]) if figure.goal}
    all_steps = [_sample(way, step, 1, count=count) for way in (OURS, TUTORIAL) for step in STEPS for count in (1, 50)]
    whole = figures(all_steps, [1, 50])

    assert goals == {figure.name for figure in whole if figure.goal}
    assert len(goals) == 4
    assert all(figure.values for figure in whole)


@pytest.mark.parametrize(("counts", "number"), [([1], 2), ([50, 100], 2), ([50], 0)], ids=["one", "many", "fifty"])
def test_numbers_of_sites_that_were_not_asked_for_have_no_goal_that_would_be_missing(
    counts: list[int], number: int
) -> None:
    assert sum(1 for figure in figures([_sample(OURS, "deliver", 1, count=counts[0])], counts) if figure.goal) == number


def test_the_notes_say_that_the_tutorials_deploy_less() -> None:
    said = " ".join(notes([_sample(OURS, "check", 1)]))

    assert "Kustomize and Helm deploy the same objects of a site as this project" in said
    assert "no readiness probe, no requests and limits" in said


def test_the_notes_say_what_each_way_s_check_is_and_what_is_smaller_with_many_sites() -> None:
    few, many = (" ".join(notes([_sample(OURS, "check", 1, count=count)])) for count in (1, 50))

    assert all(words in few for words in ("kubectl diff", "--dry-run=server", "--refresh", "kubectl exec"))
    assert "With 50 sites" in many
    assert "5m" in many
    assert "5m" not in few


@dataclass
class Lab:
    """A lab on which every command succeeds but those whose beginning is named here."""

    calls: list[str]
    failing: Mapping[str, BaseException]

    def measured(self, command: Sequence[str], **_: object) -> Spent:
        call = " ".join(command)
        self.calls.append(call)
        for beginning, error in self.failing.items():
            if call.startswith(beginning):
                raise error
        return Spent(seconds=1, cpu_seconds=1, memory=1, output="")


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    made = Lab([], {})
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text("users: []")
    monkeypatch.setattr("lab.paths.KUBECONFIG", kubeconfig)
    monkeypatch.setattr(course, "FOLDER", tmp_path)
    monkeypatch.setattr(course, "measured", made.measured)
    monkeypatch.setattr(course, "everyone", lambda count, _: [_Way(name, count) for name in ("a", "b")])
    monkeypatch.setattr(helm, "build", lambda: None)
    for name in ("prepare", "remove"):
        monkeypatch.setattr(api_requests, name, lambda: None)
    monkeypatch.setattr(api_requests, "count", lambda: 0)
    return made


class _Way(Tutorial):
    """A way whose commands are names."""

    def __init__(self, name: str, count: int) -> None:
        super().__init__(name=name, title=f"way {name}", count=count, kubeconfig=Path())

    def prepare(self, step: Step) -> None:
        """Needs nothing."""

    def command(self, step: Step) -> Sequence[str]:
        return [self.name, str(self.count), step]

    def discard(self) -> None:
        """Leaves nothing."""


def _wall_times(measured: Measured, table: str) -> dict[str, int]:
    return {
        figure.subject: len(figure.values)
        for figure in measured.figures
        if figure.table == table and figure.quantity == "wall time" and figure.values
    }


def test_a_way_that_fails_costs_its_own_rounds_with_that_number_of_sites_and_nothing_else(lab: Lab) -> None:
    lab.failing = {"b 1 rotate": BenchError("`b 1 rotate` failed:\n  error: no room\n  bye")}

    measured = course.measure([1, 10], [2])

    assert _wall_times(measured, "1 site: removal") == {"way a": 2}
    assert _wall_times(measured, f"1 site: {_DELIVERED}") == {"way a": 2, "way b": 1}
    assert _wall_times(measured, "10 sites: removal") == {"way a": 2, "way b": 2}
    assert measured.notes[0] == "way b was given up with 1 site in round 1 of 2: rotate: error: no room"
    assert not measured.broken_off
    assert lab.calls.count("b 1 remove") == 1


def test_what_was_measured_before_an_interruption_is_kept(lab: Lab) -> None:
    lab.failing = {"b 1 check": KeyboardInterrupt()}

    measured = course.measure([1, 10], [2])

    assert _wall_times(measured, f"1 site: {_DELIVERED}") == {"way a": 1, "way b": 1}
    assert measured.broken_off == "interrupted"
    assert lab.calls[-1] == "b 1 remove"


@pytest.mark.parametrize(("chosen", "built"), [([], 1), (["a", "helm"], 1), (["a"], 0)], ids=["all", "named", "others"])
def test_helm_is_built_where_it_is_measured(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, chosen: list[str], built: int
) -> None:
    builds: list[str] = []
    monkeypatch.setattr(helm, "build", lambda: builds.append("helm"))

    course.measure([1], [1], chosen)

    assert len(builds) == built
    assert "a 1 deliver" in lab.calls


def test_a_measurement_of_nothing_is_an_error_that_says_why(lab: Lab) -> None:
    lab.failing = {way: BenchError("broken") for way in "ab"}

    with pytest.raises(BenchError, match="way b was given up with 1 site in round 1 of 1: deliver: broken"):
        course.measure([1], [1])
