"""Dev, staging and prod, deployed side by side: what they have in common and what sets them apart."""

import datetime
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from lab import engine
from tests.e2e import driver, environment_stacks, site_stack
from tests.e2e.environment_stacks import HOST, EnvironmentStack
from tests.e2e.probe_stack import engine_program
from tests.unit import output_schema

Stacks = Mapping[str, EnvironmentStack]
READER = driver.REPOSITORY / "tests" / "reader"
PROD_NAMESPACE = "secure-nginx-e2e-prod"


@pytest.fixture(scope="module")
def images() -> Iterator[dict[str, str]]:
    """The lab's images by digest, as staging and production want them."""
    pinned = {"nginx": environment_stacks.pinned(site_stack.NGINX), "curl": environment_stacks.pinned(site_stack.CURL)}
    yield pinned
    for image in pinned.values():
        environment_stacks.unpin(image)


@pytest.fixture(scope="module")
def stacks(images: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    """All three, deployed at the same time; production is a guest in a namespace of the company's."""
    project = driver.copy_project(tmp_path_factory.mktemp("environments") / "project")
    environment_stacks.company(PROD_NAMESPACE, tmp_path_factory.mktemp("company"))

    def probe(environment: str) -> dict[str, Any]:
        return {**environment_stacks.settings_of(project, environment)["probe"], "image": images["curl"]}

    made = {
        "dev": environment_stacks.make(project, "dev"),
        "staging": environment_stacks.make(
            project, "staging", pinnedContext="lab", image=images["nginx"], probe=probe("staging")
        ),
        "prod": environment_stacks.make(
            project,
            "prod",
            pinnedContext="lab",
            clusterUid=environment_stacks.cluster_uid(),
            createNamespace=False,
            image=images["nginx"],
            probe=probe("prod"),
            certificate={"source": "existing", "secretName": "company-tls", "caConfigMap": "company-ca"},
        ),
    }
    try:
        with ThreadPoolExecutor() as pool:
            for result in pool.map(lambda stack: stack.lab("deploy"), made.values()):
                driver.must(result)
        yield made
    finally:
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda stack: stack.destroy(), made.values()))
        driver.kubectl("delete", "namespace", PROD_NAMESPACE)


@pytest.fixture(scope="module")
def outputs(stacks: Stacks) -> dict[str, dict[str, Any]]:
    return {name: stack.outputs() for name, stack in stacks.items()}


def test_all_three_are_verified_in_namespaces_of_their_own(stacks: Stacks, outputs: dict[str, dict[str, Any]]) -> None:
    assert {each["probe"] for each in outputs.values()} == {"verified"}
    assert {each["namespace"] for each in outputs.values()} == {stack.namespace for stack in stacks.values()}
    assert len({stack.namespace for stack in stacks.values()}) == 3
    assert [len(stacks[name].pods()) for name in ("dev", "staging")] == [2, 3]
    site_stack.until(lambda: len(stacks["prod"].pods()) == 3, 180, "the autoscaler did not bring the fewest pods")


@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
def test_the_outputs_keep_to_the_schema_in_a_stable_order_without_a_secret(
    stacks: Stacks, outputs: dict[str, dict[str, Any]], name: str
) -> None:
    assert output_schema.violations(outputs[name]) == []
    assert list(outputs[name]) == sorted(outputs[name])
    again = json.dumps(stacks[name].outputs())
    assert again == json.dumps(outputs[name])
    assert "[secret]" not in again
    assert "PRIVATE KEY" not in again


@pytest.mark.parametrize("name", ["dev", "staging"])
def test_the_curl_line_works_as_it_is_printed(outputs: dict[str, dict[str, Any]], name: str) -> None:
    page = environment_stacks.shell(outputs[name]["curl"])

    assert page.code == 0, page.output
    assert "Welcome to nginx!" in page.output


def test_the_curl_line_takes_an_authority_of_others_from_the_cluster(
    outputs: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    kubectl = tmp_path / "kubectl"
    kubectl.write_text(f'#!/bin/sh\nexec {driver.LAB}/bin/kubectl --kubeconfig={driver.KUBECONFIG} "$@"\n')
    kubectl.chmod(0o755)

    page = environment_stacks.shell(f"PATH={tmp_path}:$PATH; {outputs['prod']['curl']}")

    assert page.code == 0, page.output
    assert "Welcome to nginx!" in page.output


def test_another_update_changes_nothing_and_prints_a_short_line_that_works(
    stacks: Stacks, outputs: dict[str, dict[str, Any]]
) -> None:
    with ThreadPoolExecutor() as pool:
        results = list(pool.map(lambda stack: stack.lab("deploy", "--", "--expect-no-changes"), stacks.values()))

    for name, result in zip(stacks, results, strict=True):
        printed = driver.must(result).output
        (line,) = [line.partition("from here")[2].strip() for line in printed.splitlines() if "from here" in line]
        assert line.startswith("curl --cacert /")
        assert line.endswith(outputs[name]["curl"].partition("--cacert /dev/stdin")[2])
        page = environment_stacks.shell(line)
        assert page.code == 0, page.output
        assert "Welcome to nginx!" in page.output


def test_dev_is_a_node_port_with_a_short_certificate_and_one_proof(
    stacks: Stacks, outputs: dict[str, dict[str, Any]]
) -> None:
    dev = stacks["dev"]

    assert outputs["dev"]["type"] == "NodePort"
    assert dev.objects("cronjobs") == []
    assert dev.objects("horizontalpodautoscalers") == []
    facts = outputs["dev"]["certificate"]
    left = datetime.datetime.fromisoformat(facts["notAfter"]) - datetime.datetime.now(datetime.UTC)
    assert facts["renewAfter"] < facts["notAfter"]
    assert left <= datetime.timedelta(hours=24)
    labels = json.loads(driver.kubectl("get", "namespace", dev.namespace, "--output=jsonpath={.metadata.labels}"))
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


@pytest.mark.parametrize("name", ["staging", "prod"])
def test_staging_and_prod_are_balanced_watched_and_guarded(
    stacks: Stacks, outputs: dict[str, dict[str, Any]], images: dict[str, str], name: str
) -> None:
    stack = stacks[name]

    (service,) = stack.objects("services")
    assert service["spec"]["type"] == "LoadBalancer"
    assert service["spec"]["loadBalancerSourceRanges"] == ["10.0.0.0/8"]
    assert outputs[name]["loadBalancerAddress"].startswith("10.89.0.2")
    (budget,) = stack.objects("poddisruptionbudgets")
    assert budget["status"]["desiredHealthy"] == 2
    (watch,) = stack.objects("cronjobs")
    assert watch["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["image"] == images["curl"]
    assert {pod["spec"]["containers"][0]["image"] for pod in stack.pods()} == {images["nginx"]}
    refused = [line for line in stack.probe_log().splitlines() if '"how":"refused"' in line]
    exits = {json.loads(line)["refusal"]: json.loads(line)["exit"] for line in refused}
    assert (exits["unrelated-ca"], exits["wrong-host"]) == (60, 60)


def test_prod_scales_and_keeps_no_key(stacks: Stacks, outputs: dict[str, dict[str, Any]]) -> None:
    prod = stacks["prod"]

    (scaler,) = prod.objects("horizontalpodautoscalers")
    assert (scaler["spec"]["minReplicas"], scaler["spec"]["maxReplicas"]) == (3, 12)
    kinds = {each["type"].rpartition(":")[2] for each in prod.export()["deployment"]["resources"]}
    assert not kinds & {"PrivateKey", "SelfSignedCert", "LocallySignedCert", "Secret"}
    assert "certificate" not in outputs["prod"]
    assert outputs["prod"]["urls"] == [f"https://{HOST}/"]


def test_prod_speaks_the_newest_tls_alone(stacks: Stacks, outputs: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    authority = tmp_path / "ca.crt"
    authority.write_text(
        driver.kubectl("get", "configmap", "company-ca", f"--namespace={PROD_NAMESPACE}",
                       r"--output=jsonpath={.data.ca\.crt}")
    )  # fmt: skip
    twin = outputs["prod"]["loadBalancerAddress"].replace("10.89.0.", "127.89.0.")

    old = driver.curl(f"https://{HOST}/", authority=authority, connect_to=f"{twin}:443", options=["--tls-max", "1.2"])
    new = driver.curl(f"https://{HOST}/", authority=authority, connect_to=f"{twin}:443")

    assert old.code == 35, old.output
    assert new.code == 0, new.output


def test_another_program_reads_all_three_by_their_names(
    stacks: Stacks, outputs: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    state = driver.LAB / "cluster" / "stacks"
    environment = engine.environment(state, driver.KUBECONFIG)
    names = [stack.name for stack in stacks.values()]
    folder = tmp_path / "reader"
    folder.mkdir()
    for file in READER.glob("*.*"):
        (folder / file.name).write_text(file.read_text())

    def pulumi(*arguments: str) -> str:
        command = [engine_program(environment), *arguments, "--non-interactive", "--color=never"]
        return driver.must(driver.run(command, environment=environment, folder=folder)).output

    pulumi("stack", "init", "e2e-reader")
    try:
        for index, each in enumerate(names):
            pulumi("config", "set", "--path", f"reader:stacks[{index}]", each)
        pulumi("up", "--yes", "--skip-preview")
        read = json.loads(pulumi("stack", "output", "--json"))
    finally:
        pulumi("destroy", "--yes", "--skip-preview", "--remove")

    for name, found in outputs.items():
        assert read[f"e2e-{name}"] == {
            "origin": found["urls"][0],
            "port": found["ports"]["https"],
            "verified": True,
            "authority": found.get("caCertificate"),
            "renewAfter": found.get("certificate", {}).get("renewAfter"),
        }
