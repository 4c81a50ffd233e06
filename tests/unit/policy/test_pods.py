"""Rules about pods: their privileges, their images and what their commands leave out."""

from typing import Any

import pytest

from policy.resource import UNKNOWN, Resource
from tests.unit.policy import objects
from tests.unit.policy.objects import broken, messages

RULE = "restricted-pods"
CONTEXT = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


def test_a_faultless_pod_breaks_no_rule() -> None:
    assert broken(objects.deployment(objects.pod())) == set()
    assert broken(objects.cron_job(objects.pod())) == set()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hostNetwork": True}, "hostNetwork is true"),
        ({"hostPID": True}, "hostPID is true"),
        ({"hostIPC": True}, "hostIPC is true"),
        ({"volumes": [{"name": "disk", "hostPath": {"path": "/"}}]}, "volume 'disk' is a hostPath"),
        ({"volumes": [{"name": "share", "nfs": {"server": "a", "path": "/"}}]}, "volume 'share' is a nfs"),
        (
            {"securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "Unconfined"}}},
            "the pod's seccompProfile.type is Unconfined",
        ),
        ({"securityContext": {"runAsNonRoot": True}}, "container 'curl': seccompProfile.type is None"),
        (
            {"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}},
            "container 'curl': runAsNonRoot is not true",
        ),
        (
            {
                "securityContext": {
                    "runAsNonRoot": True,
                    "seccompProfile": {"type": "Localhost"},
                    "sysctls": [{"name": "net.core.somaxconn", "value": "1"}],
                }
            },
            "the sysctl net.core.somaxconn is set",
        ),
    ],
)
def test_a_pod_keeps_to_the_standard(changes: dict[str, Any], message: str) -> None:
    assert messages(objects.deployment(objects.pod(**changes)), RULE) == [message]


@pytest.mark.parametrize(
    ("context", "problem"),
    [
        ({"runAsUser": 0}, "runAsUser is 0"),
        ({"runAsNonRoot": False}, "runAsNonRoot is not true"),
        ({"seccompProfile": {"type": "Unconfined"}}, "seccompProfile.type is Unconfined"),
        ({"appArmorProfile": {"type": "Unconfined"}}, "appArmorProfile.type is Unconfined"),
    ],
)
def test_a_pod_is_asked_even_where_its_containers_say_otherwise(context: dict[str, Any], problem: str) -> None:
    own = CONTEXT | {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}}
    pod = objects.pod(container={"securityContext": own}, securityContext=context)

    assert messages(objects.deployment(pod), RULE) == [f"the pod's {problem}"]


@pytest.mark.parametrize(
    ("profile", "is_allowed"),
    [
        ("runtime/default", True),
        ("localhost/nginx", True),
        ("", True),
        (UNKNOWN, True),
        ("unconfined", False),
    ],
)
def test_an_annotation_takes_no_profile_away(profile: object, is_allowed: bool) -> None:
    name = "container.apparmor.security.beta.kubernetes.io/curl"
    template = {"metadata": {"annotations": {name: profile, "team": "shop"}}, "spec": objects.pod()}
    made = Resource(type=objects.DEPLOYMENT, inputs={"spec": {"template": template}})
    alone = Resource(type="kubernetes:core/v1:Pod", inputs=template)

    expected = [] if is_allowed else [f"the annotation {name} is {profile!r}"]
    assert messages(made, RULE) == messages(alone, RULE) == expected


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"privileged": True}, "privileged is true"),
        ({"allowPrivilegeEscalation": True}, "allowPrivilegeEscalation is not false"),
        ({"allowPrivilegeEscalation": None}, "allowPrivilegeEscalation is not false"),
        ({"capabilities": None}, "capabilities.drop lacks ALL"),
        ({"capabilities": {"drop": ["NET_RAW"]}}, "capabilities.drop lacks ALL"),
        ({"capabilities": {"drop": ["ALL"], "add": ["SYS_ADMIN"]}}, "capabilities.add has SYS_ADMIN"),
        ({"procMount": "Unmasked"}, "procMount is Unmasked"),
        ({"runAsUser": 0}, "runAsUser is 0"),
        ({"runAsNonRoot": False}, "runAsNonRoot is not true"),
        ({"seccompProfile": {"type": "Unconfined"}}, "seccompProfile.type is Unconfined"),
        ({"appArmorProfile": {"type": "Unconfined"}}, "appArmorProfile.type is Unconfined"),
        ({"seLinuxOptions": {"type": "spc_t"}}, "seLinuxOptions name another type, user or role than containers have"),
        ({"seLinuxOptions": {"user": "root"}}, "seLinuxOptions name another type, user or role than containers have"),
        ({"seLinuxOptions": {"role": "admin"}}, "seLinuxOptions name another type, user or role than containers have"),
        ({"windowsOptions": {"hostProcess": True}}, "windowsOptions.hostProcess is true"),
        pytest.param({"capabilities": {"drop": [["ALL"]]}}, "capabilities.drop lacks ALL", id="list"),
        pytest.param({"capabilities": {"drop": [{"ALL": "ALL"}]}}, "capabilities.drop lacks ALL", id="mapping"),
    ],
)
def test_a_container_keeps_to_the_standard(changes: dict[str, Any], message: str) -> None:
    pod = objects.pod(container={"securityContext": CONTEXT | changes})

    assert messages(objects.deployment(pod), RULE) == [f"container 'curl': {message}"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ports": [{"containerPort": 8443, "hostPort": 443.0}]}, "hostPort is 443"),
        ({"livenessProbe": {"httpGet": {"host": "10.0.0.1"}}}, "livenessProbe asks the host 10.0.0.1"),
        ({"lifecycle": {"preStop": {"tcpSocket": {"host": "db"}}}}, "lifecycle.preStop asks the host db"),
        pytest.param({"ports": [{"hostPort": "abc"}]}, "hostPort is abc", id="no-number"),
    ],
)
def test_a_container_leaves_its_node_alone(changes: dict[str, Any], message: str) -> None:
    pod = objects.pod(container=changes)

    assert messages(objects.deployment(pod), RULE) == [f"container 'curl': {message}"]


def test_what_the_standard_allows_is_allowed() -> None:
    context = CONTEXT | {
        "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]},
        "procMount": "Default",
        "appArmorProfile": {"type": "RuntimeDefault"},
        "seLinuxOptions": {"type": "container_t", "user": "", "role": UNKNOWN},
        "seccompProfile": {"type": "Localhost"},
    }
    pod = objects.pod(container={"securityContext": context, "ports": [{"hostPort": 0}]})
    pod["securityContext"]["sysctls"] = [{"name": "net.ipv4.tcp_syncookies", "value": "1"}]

    assert messages(objects.deployment(pod), RULE) == []


def test_containers_that_only_prepare_count_as_well() -> None:
    pod = objects.pod()
    pod["initContainers"] = [{"name": "first", "image": "registry.example/setup:1"}]

    assert broken(objects.deployment(pod)) == {RULE, "image-digest"}


def test_a_namespace_holds_its_pods_to_the_standard() -> None:
    def namespace(labels: Any) -> Resource:
        return Resource(type=objects.NAMESPACE, inputs={"metadata": {"labels": labels}})

    enforce = "pod-security.kubernetes.io/enforce"
    assert messages(namespace({enforce: "restricted"}), RULE) == []
    assert messages(namespace(UNKNOWN), RULE) == []
    assert messages(namespace({enforce: "baseline"}), RULE) == [f"the namespace's label {enforce} is 'baseline'"]
    assert messages(namespace(None), RULE) == [f"the namespace's label {enforce} is None"]


@pytest.mark.parametrize(("version", "is_allowed"), [("latest", True), (UNKNOWN, True), ("v1.20", False), ("", False)])
def test_a_namespace_holds_its_pods_to_the_latest_standard(version: object, is_allowed: bool) -> None:
    enforce = "pod-security.kubernetes.io/enforce"
    labels = {enforce: "restricted", f"{enforce}-version": version}
    found = messages(Resource(type=objects.NAMESPACE, inputs={"metadata": {"labels": labels}}), RULE)

    assert found == ([] if is_allowed else [f"the namespace's label {enforce}-version is {version!r}"])


@pytest.mark.parametrize(
    ("image", "fixed"),
    [
        (f"nginx:1.30.1{objects.DIGEST}", True),
        (f"registry.example:5000/nginx{objects.DIGEST}", True),
        (f"nginx@sha512:{'0' * 128}", True),
        ("localhost/secure-nginx/nginx:1.30.6", True),
        ("nginx@sha256:x", False),
        (f"nginx@sha512:{'0' * 64}", False),
        (f"nginx{objects.DIGEST}0", False),
        (f"nginx{objects.DIGEST}:1", False),
        ("nginx:1.30.1", False),
        ("localhost.example/nginx:1.30.1", False),
        ("nginx", False),
    ],
)
def test_an_image_is_fixed_by_its_digest(image: str, fixed: bool) -> None:
    found = messages(objects.cron_job(objects.pod(container={"image": image})), "image-digest")

    assert found == ([] if fixed else [f"container 'curl' runs the image {image!r}"])
    volumes = [{"name": "pages", "image": {"reference": image}}, {"name": "late", "image": {"reference": UNKNOWN}}]
    found = messages(objects.deployment(objects.pod(volumes=volumes)), "image-digest")

    assert found == ([] if fixed else [f"volume 'pages' holds the image {image!r}"])


@pytest.mark.parametrize(
    "command",
    [
        ["curl", "-k", "https://shop/"],
        ["curl", "-sSk", "https://shop/"],
        ["curl", "-ko", "/dev/null", "https://shop/"],
        ["curl", "--insecure", "https://shop/"],
        ["curl", "--proxy-insecure", "https://shop/"],
        ["sh", "-c", "/usr/bin/curl -fsk 'https://shop/'"],
        ["sh", "-c", "x=$(curl --insecure https://shop/); echo $x"],
        ["wget", "--no-check-certificate", "https://shop/"],
        ["client", '--config={"insecureSkipVerify": true}', "InsecureSkipVerify: true"],
        ["kubectl", "--insecure-skip-tls-verify=true", "get", "pods"],
        ["kubectl", "--insecure-skip-tls-verify", "get", "pods"],
        ["kubectl", "--insecure-skip-tls-verify=T", "get", "pods"],
        ["kubectl", "logs", "--insecure-skip-tls-verify-backend", "shop"],
        ["helm", "--kube-insecure-skip-tls-verify", "list"],
        ["curl", "--ins", "https://shop/?a=1&b=2"],
        ["curl", "https://shop/?a=1&b=2", "-H", "it's; late", "-k"],
        ["sh", "-c", "curl 'https://shop/?a=1&b=2' -k"],
        ["sh", "-c", 'curl "$0" https://shop/', "-k"],
        ["wget", "--no-check-cert", "https://shop/"],
    ],
    ids=" ".join,
)
def test_no_client_leaves_a_certificate_unverified(command: list[str]) -> None:
    pod = objects.pod(container={"command": command})

    assert broken(objects.deployment(pod)) == {"verified-tls"}
    (message, *_) = messages(objects.deployment(pod), "verified-tls")
    assert message == "pod.containers[0].command turns the verification of certificates off"


@pytest.mark.parametrize(
    ("container", "place"),
    [
        ({"command": ["curl"], "args": ["-k", "https://shop/"]}, "command"),
        ({"command": UNKNOWN, "args": ["curl", "-k", "https://shop/"]}, "command"),
        ({"command": None, "args": ["--insecure-skip-tls-verify", "get", "pods"]}, "args"),
        ({"lifecycle": {"preStop": {"exec": {"command": ["curl", "-k"]}}}}, "lifecycle.preStop.exec.command"),
        ({"env": [{"name": "NODE_TLS_REJECT_UNAUTHORIZED", "value": "0"}]}, "env[0].value"),
        ({"env": [{"name": "OPTIONS", "value": "--insecure"}]}, "env[0].value"),
    ],
)
def test_a_command_line_is_looked_for_wherever_it_may_be(container: dict[str, Any], place: str) -> None:
    found = messages(objects.deployment(objects.pod(container={"command": ["a"], **container})), "verified-tls")

    assert found == [f"pod.containers[0].{place} turns the verification of certificates off"]


@pytest.mark.parametrize(
    "command",
    [
        ["curl", "--cacert", "/ca/ca.crt", "--key", "k", "https://shop/"],
        ["curl", "-o", "/dev/null", "https://shop/-k.html"],
        ["tar", "-xk"],
        ["sh", "-c", "echo --insecurely; curl https://shop/"],
        ["sh", "-c", "curl -so a https://shop/ && sort -k2 a"],
        ["sh", "-c", "# not curl -k\ncurl https://shop/"],
        ["kubectl", "--insecure-skip-tls-verify=false", "get", "pods"],
    ],
    ids=" ".join,
)
def test_a_client_that_verifies_is_left_alone(command: list[str]) -> None:
    assert broken(objects.deployment(objects.pod(container={"command": command}))) == set()


def test_a_switch_belongs_to_the_program_before_it_and_to_no_other_container() -> None:
    pod = objects.pod(initContainers=[{"name": "disk", "image": f"df{objects.DIGEST}", "command": ["df", "-k"]}])

    assert messages(objects.deployment(pod), "verified-tls") == []


@pytest.mark.parametrize(
    ("image", "args", "is_careless"),
    [
        (f"curlimages/curl{objects.DIGEST}", ["-k", "https://shop/"], True),
        (f"registry.example:5000/curl:8.17.0{objects.DIGEST}", ["https://shop/", "-k"], True),
        (f"curl{objects.DIGEST}", ["$(ADDRESS)", "-sSk"], True),
        (f"curlimages/curl{objects.DIGEST}", ["--cacert", "/ca/ca.crt", "https://shop/"], False),
        # The image starts what is a program in place of its own.
        (f"curlimages/curl{objects.DIGEST}", ["sh", "-c", "sort -k2 /tmp/a"], False),
        (f"curlimages/curl{objects.DIGEST}", ["/bin/df", "-k"], False),
        (f"curl/df{objects.DIGEST}", ["-k"], False),
        (UNKNOWN, ["-k", "https://shop/"], False),
    ],
)
@pytest.mark.parametrize("command", [{}, {"command": None}, {"command": []}], ids=str)
def test_without_a_command_the_arguments_are_those_of_the_images_own_program(
    image: object, args: list[str], is_careless: bool, command: dict[str, Any]
) -> None:
    container = {"name": "probe", "image": image, "args": args, **command}
    found = messages(objects.deployment(objects.pod(initContainers=[container])), "verified-tls")

    assert found == (["pod.initContainers[0].args turns the verification of certificates off"] if is_careless else [])
