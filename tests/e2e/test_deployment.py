"""The dev stack from nothing to nothing: deployed, verified, unchanged, changed, drifted, destroyed."""

import hashlib
import re
import ssl
import statistics
from pathlib import Path
from typing import Any

from lab.stacks import Stack
from tests.e2e import driver

URL = f"https://{driver.SITE}.{driver.NAMESPACE}.svc.cluster.local/"


def test_make_up_deploys_from_nothing_and_shows_the_verdict(measurements: driver.Measurements) -> None:
    driver.must(driver.make("destroy"))

    result = driver.must(driver.make("up"))

    assert re.search(r"verdict +verified", result.output)
    assert re.search(r"cluster IP +10\.96\.", result.output)
    assert re.search(r"node ports +.*https 3\d{4}", result.output)
    assert URL in result.output
    took = re.search(r"pulumi up took ([\d.]+) s", result.output)
    assert took
    measurements.add("pulumi up from nothing to the verified answer (s)", float(took[1]), 6)


def test_the_probe_says_what_it_saw_and_proves_that_it_could_have_failed(deployed: dict[str, Any]) -> None:
    log = driver.kubectl("logs", "--namespace", driver.NAMESPACE, "--selector=job-name", "--tail=-1")

    assert '"verdict":"verified"' in log
    assert deployed["certificate"]["fingerprintSha256"].replace(":", "").lower() in log
    for negative in ("unrelated-ca", "wrong-host"):
        assert f'{{"refusal":"{negative}","how":"refused","exit":60}}' in log


def test_the_page_is_fetched_from_outside_by_every_node_port(deployed: dict[str, Any], authority: Path) -> None:
    for twin in driver.NODE_TWINS.values():
        page = driver.curl(URL, authority=authority, connect_to=f"{twin}:{deployed['nodePorts']['https']}")

        assert page.code == 0, page.output
        assert "Welcome to nginx!" in page.output


def test_another_authority_is_not_trusted(deployed: dict[str, Any]) -> None:
    stranger = driver.LAB / "cluster" / "pki" / "ca.crt"
    node = driver.NODE_TWINS["10.89.0.11"]

    page = driver.curl(URL, authority=stranger, connect_to=f"{node}:{deployed['nodePorts']['https']}")

    assert page.code == 60, page.output


def test_the_served_certificate_is_the_one_that_the_stack_issued(deployed: dict[str, Any]) -> None:
    address = (driver.NODE_TWINS["10.89.0.12"], deployed["nodePorts"]["https"])

    served = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(address))

    issued = deployed["certificate"]["fingerprintSha256"].replace(":", "").lower()
    assert hashlib.sha256(served).hexdigest() == issued


def test_the_pods_are_spread_hardened_and_hold_the_key_read_only(deployed: dict[str, Any]) -> None:
    pods = driver.objects("pods", selector=f"app.kubernetes.io/instance={deployed['service']}")

    assert {pod["spec"]["nodeName"] for pod in pods} == {"lab-node-1", "lab-node-2"}
    files = driver.kubectl(
        "exec", f"--namespace={driver.NAMESPACE}", f"deployment/{driver.SITE}", "--",
        "sh", "-c", "id -u; ls -lLn /etc/secure-nginx/tls/tls.key",
    ).split()  # fmt: skip
    assert files[0] == "10001"
    assert files[1] == "-r--r-----"
    namespace = driver.kubectl("get", "namespace", driver.NAMESPACE, "--output=jsonpath={.metadata.labels}")
    assert '"pod-security.kubernetes.io/enforce":"restricted"' in namespace


def test_no_authority_key_and_no_second_copy_of_the_key_is_in_the_cluster(deployed: dict[str, Any]) -> None:
    everything = driver.kubectl(
        "get", "configmaps,secrets,pods,jobs", f"--namespace={driver.NAMESPACE}", "--output=yaml"
    )
    secrets = driver.objects("secrets")

    assert [sorted(secret["data"]) for secret in secrets] == [["tls.crt", "tls.key"]]
    assert "PRIVATE KEY" not in everything
    assert everything.count(secrets[0]["data"]["tls.key"]) == 1


def test_the_state_holds_no_key_in_the_clear(deployed: dict[str, Any]) -> None:
    text = driver.must(driver.make("pulumi", "ARGS=stack export")).output

    assert "tls.key" in text
    assert "PRIVATE KEY" not in text


def test_a_second_preview_finds_nothing_to_do(deployed: dict[str, Any], measurements: driver.Measurements) -> None:
    seconds = []
    for _ in range(3):
        preview = driver.must(driver.make("preview", "ARGS=-- --expect-no-changes"))
        took = re.search(r"pulumi preview took ([\d.]+) s", preview.output)
        assert took
        seconds.append(float(took[1]))

    measurements.add("make preview without changes, policy pack included (s)", statistics.median(seconds))


def test_the_engine_alone_is_quick_to_find_that_out(
    deployed: dict[str, Any], measurements: driver.Measurements
) -> None:
    stack = Stack("dev")
    command = [part for part in stack.command("preview", "--expect-no-changes") if "--policy-pack" not in part]

    previews = [driver.must(driver.run(command, environment=stack.environment)) for _ in range(3)]

    seconds = statistics.median(preview.seconds for preview in previews)
    measurements.add("pulumi preview without changes, median of 3 (s)", seconds, 2)


def test_make_up_without_changes_changes_nothing_and_starts_no_probe(
    deployed: dict[str, Any], measurements: driver.Measurements
) -> None:
    before = _identities()

    result = driver.must(driver.make("up"))

    assert _identities() == before
    measurements.add("make up with nothing to do (s)", result.seconds, 5)


def test_a_change_of_the_content_rolls_the_pods_once_and_is_verified(
    deployed: dict[str, Any], authority: Path, project: Path
) -> None:
    before = _identities()
    _append(
        project / "Pulumi.dev.yaml",
        "  secure-nginx:content: {source: inline, files: {index.html: 'Welcome to nginx! Twice.'}}\n",
    )

    result = driver.must(driver.make("up", folder=project, environment={"LAB_DIR": str(driver.LAB)}))

    assert re.search(r"verdict +verified", result.output)
    after = _identities()
    assert after["pods"].isdisjoint(before["pods"])
    assert after["jobs"].isdisjoint(before["jobs"])
    assert after["services"] == before["services"]
    assert len(driver.objects("replicasets")) <= 3
    page = driver.curl(
        URL, authority=authority,
        connect_to=f"{driver.NODE_TWINS['10.89.0.11']}:{driver.outputs()['nodePorts']['https']}",
    )  # fmt: skip
    assert page.output.strip() == "Welcome to nginx! Twice."
    driver.must(driver.make("up"))


def test_drift_is_seen_by_refresh_and_mended_by_up(deployed: dict[str, Any]) -> None:
    driver.must(driver.make("refresh", "ARGS=-- --preview-only --expect-no-changes"))
    driver.kubectl("scale", f"deployment/{driver.SITE}", "--replicas=1", f"--namespace={driver.NAMESPACE}")

    drifted = driver.make("refresh", "ARGS=-- --preview-only --expect-no-changes")
    driver.must(driver.make("refresh"))
    driver.must(driver.make("up"))

    assert drifted.code != 0, drifted.output
    assert driver.objects("deployments")[0]["spec"]["replicas"] == 2
    driver.must(driver.make("preview", "ARGS=-- --expect-no-changes"))


def test_the_users_own_files_stay_untouched(deployed: dict[str, Any]) -> None:
    status = driver.must(driver.run(["git", "status", "--porcelain", "--untracked-files=all"])).output

    assert not re.findall(r"^.*(?:Pulumi\.\w+\.yaml|\.lab|kubeconfig)$", status, re.MULTILINE)
    assert "encryptionsalt" not in (driver.REPOSITORY / "Pulumi.dev.yaml").read_text()
    assert driver.KUBECONFIG.stat().st_mode & 0o777 == 0o600


def test_destroying_leaves_nothing_in_the_cluster(deployed: dict[str, Any]) -> None:
    driver.must(driver.make("destroy"))

    assert driver.kubectl("get", "namespace", driver.NAMESPACE, "--ignore-not-found") == ""
    assert "nothing" in driver.must(driver.make("destroy")).output


def _identities() -> dict[str, set[str]]:
    """Return who is there of each kind, but for those that are on their way out."""
    selectors = {"pods": f"app.kubernetes.io/instance={driver.SITE}", "jobs": "", "services": ""}
    return {
        kind: {
            each["metadata"]["uid"]
            for each in driver.objects(kind, selector=selector)
            if "deletionTimestamp" not in each["metadata"]
        }
        for kind, selector in selectors.items()
    }


def _append(file: Path, text: str) -> None:
    file.write_text(file.read_text() + text)
