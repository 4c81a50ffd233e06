"""What commands say when what they need is not there."""

from argparse import Namespace
from pathlib import Path

import pytest

from lab import commands, paths
from lab.errors import LabError


@pytest.mark.parametrize("missing", ["kubeconfig", "kubectl"])
def test_kubectl_of_a_lab_that_is_not_there_says_how_to_start_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    for name in {"kubeconfig", "kubectl"} - {missing}:
        (tmp_path / name).touch()
    monkeypatch.setattr(paths, "KUBECONFIG", tmp_path / "kubeconfig")
    monkeypatch.setattr(paths, "BIN", tmp_path)

    with pytest.raises(LabError, match="`make up` starts it"):
        commands.run(Namespace(command="kubectl", context=None, arguments=["get", "pods"]))
