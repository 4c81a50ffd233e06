"""Counting the requests of one user alone."""

import yaml

from bench import api_requests

_METRICS = f"""\
# TYPE apiserver_flowcontrol_dispatched_requests_total counter
apiserver_flowcontrol_dispatched_requests_total{{flow_schema="exempt",priority_level="exempt"}} 900
apiserver_flowcontrol_dispatched_requests_total{{flow_schema="{api_requests.USER}",priority_level="exempt"}} 41
apiserver_flowcontrol_dispatched_requests_total{{flow_schema="{api_requests.USER}",priority_level="other"}} 1e+03
apiserver_flowcontrol_dispatched_requests_total{{flow_schema="{api_requests.USER}-2",priority_level="exempt"}} 7
"""


def test_only_the_counted_user_s_requests_are_counted() -> None:
    assert api_requests.total(_METRICS) == 1041


def test_nothing_is_counted_before_the_first_request() -> None:
    assert api_requests.total("") == 0


def test_clients_act_as_the_counted_user_with_the_credentials_they_had() -> None:
    kubeconfig = {"users": [{"name": "lab", "user": {"client-certificate": "c", "client-key": "k"}}], "contexts": []}

    changed = yaml.safe_load(api_requests.acting_as_user(yaml.safe_dump(kubeconfig)))

    assert changed["users"][0]["user"] == {"client-certificate": "c", "client-key": "k", "as": api_requests.USER}
    assert changed["contexts"] == []


def test_the_user_of_binding_and_counter_is_the_same() -> None:
    binding, counter = api_requests.objects()

    assert binding["subjects"][0]["name"] == api_requests.USER
    assert counter["spec"]["rules"][0]["subjects"][0]["user"]["name"] == api_requests.USER
    assert counter["metadata"]["name"] == api_requests.USER
