"""The lab's own Kubernetes plugin, by its own tests, against the lab's API server."""

from lab import builds
from tests.e2e import driver

MODULE = driver.REPOSITORY / "lab" / "go" / "kubernetes"


def test_the_plugin_passes_its_own_tests_on_a_real_cluster() -> None:
    tests = ["go", "test", "-count=1", "-tags=cluster", *builds.COMPILING, "./..."]
    environment = {**builds.ENVIRONMENT, "KUBECONFIG": str(driver.KUBECONFIG)}

    result = driver.run(tests, folder=MODULE, environment=environment, seconds=900)

    assert result.code == 0, result.output
    assert "no test files" not in result.output
