"""The last lines of a deployment."""

from pathlib import Path
from typing import Any

import pytest

from lab import report
from lab.report import Outputs

NO_KUBECTL = ["/nonexistent/kubectl"]
BALANCED: dict[str, Any] = {
    "service": "web", "namespace": "shop", "type": "LoadBalancer", "clusterIp": "10.96.1.2",
    "nodePorts": {"https": 30443, "http": 30080}, "loadBalancerAddress": "10.89.0.200",
    "urls": ["https://web.shop.svc.cluster.local:8443/"], "caCertificate": "PEM",
    "certificate": {"notAfter": "2030-01-01T00:00:00Z"}, "probe": "verified",
    "curl": "echo UEVN | base64 -d | curl --cacert /dev/stdin --connect-to ::127.89.0.200: "
    "https://web.shop.svc.cluster.local:8443/",
}  # fmt: skip


def test_the_last_lines_name_every_way_to_the_site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report.show(BALANCED, stack="dev", folder=tmp_path, kubectl=NO_KUBECTL)

    text = capsys.readouterr().out
    for part in ("10.96.1.2", "https 30443", "10.89.0.200", "2030-01-01", "verdict         verified"):
        assert part in text
    authority = tmp_path / "dev-web-ca.crt"
    assert f"curl --cacert {authority} --connect-to ::127.89.0.200: https://web.shop.svc.cluster.local:8443/\n" in text
    assert authority.read_text() == "PEM"


def test_the_command_line_is_one_also_where_the_folder_has_a_blank(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "our shop"
    folder.mkdir()

    report.show(BALANCED, stack="dev", folder=folder, kubectl=NO_KUBECTL)

    assert f"curl --cacert '{folder}/dev-web-ca.crt' --connect-to" in capsys.readouterr().out


def test_a_stack_without_outputs_has_nothing_to_show(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report.show({}, stack="dev", folder=tmp_path, kubectl=NO_KUBECTL)

    assert capsys.readouterr().out == "The stack dev has no outputs: nothing of it is deployed\n"
    assert not list(tmp_path.iterdir())


def test_every_site_of_several_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sites: Outputs = {"sites": {"web": BALANCED, "blog": {**BALANCED, "service": "blog"}}}

    report.show(sites, stack="dev", folder=tmp_path, kubectl=NO_KUBECTL)

    assert capsys.readouterr().out.count("verdict         verified") == 2
    assert sorted(file.name for file in tmp_path.iterdir()) == ["dev-blog-ca.crt", "dev-web-ca.crt"]


def test_an_authority_that_only_the_cluster_knows_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = {**BALANCED, "caCertificate": None, "caConfigMap": "company-ca"}

    report.show(outputs, stack="dev", folder=tmp_path, kubectl=["echo", "asked:"])

    asked = (tmp_path / "dev-web-ca.crt").read_text()
    assert asked == "asked: get configmap company-ca --namespace=shop --output=jsonpath={.data.ca\\.crt}\n"
    assert f"curl --cacert {tmp_path / 'dev-web-ca.crt'} --connect-to" in capsys.readouterr().out


def test_a_cluster_that_is_not_to_be_asked_is_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outputs = {**BALANCED, "caCertificate": None, "caConfigMap": "company-ca"}

    report.show(outputs, stack="dev", folder=tmp_path, kubectl=[])

    said = capsys.readouterr().out
    assert "could not be fetched for the command line below: secure-nginx:kubeconfig is no path of a file" in said


def test_what_everyone_trusts_needs_no_authority(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outputs = {**BALANCED, "caCertificate": None, "curl": "curl --connect-to ::192.0.2.1: https://www.example.com/"}

    report.show(outputs, stack="dev", folder=tmp_path, kubectl=NO_KUBECTL)

    assert "from here       curl --connect-to ::192.0.2.1: https://www.example.com/\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    "nothing",
    [{}, dict.fromkeys(("clusterIp", "nodePorts", "loadBalancerAddress", "caCertificate", "certificate"))],
    ids=["left out", "null"],
)
def test_outputs_that_have_no_value_are_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], nothing: dict[str, None]
) -> None:
    outputs = {
        "service": "web", "namespace": "shop", "type": "ClusterIP", "urls": ["https://web.shop.svc/"],
        "probe": "not run", "curl": "curl https://web.shop.svc/", **nothing,
    }  # fmt: skip

    report.show(outputs, stack="dev", folder=tmp_path, kubectl=NO_KUBECTL)

    text = capsys.readouterr().out
    assert "node ports      none" in text
    assert "load balancer   none" in text
    assert "from here" not in text


def test_an_authority_that_cannot_be_fetched_makes_no_failure_of_a_deployment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = {**BALANCED, "caCertificate": None, "caConfigMap": "company-ca"}

    report.show(outputs, stack="dev", folder=tmp_path, kubectl=NO_KUBECTL)

    said = capsys.readouterr().out
    assert "could not be fetched for the command line below: /nonexistent/kubectl is not there" in said
    assert "verdict         verified" in said
