"""A state that travels or rests in the clear is refused, in whatever form that is said."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.unit.test_guard_rails import PRODUCTION, STAGING, complaints

ENDPOINTS = [
    ("http://state.example/", "http://"),
    ("s3://states?disableSSL=true", "disableSSL=true"),
    ("s3://states?disable_https=true", "disable_https=true"),
    ("s3://states?disable_https=1", "disable_https=1"),
    ("s3://states?disable_https=t", "disable_https=t"),
    ("s3://states?region=x&endpoint=http://me:hidden@s3.example:9000", "endpoint=http://"),
    ("s3://states?endpoint=HTTP://s3.example", "endpoint=HTTP://"),
    ("azblob://states?protocol=http", "protocol=http"),
    ("azblob://states?localemu=true", "localemu=true"),
    ("postgres://me:hidden@db.example/states?sslmode=disable", "sslmode=disable"),
    ("postgres://me:hidden@db.example/states?sslmode=allow", "sslmode=allow"),
    ("postgres://me:hidden@db.example/states?sslmode=prefer", "sslmode=prefer"),
    ("postgres://me:hidden@db.example/states?sslmode=require", "sslmode=require"),
    ("postgres://me:hidden@db.example/states", "postgres:// without sslmode"),
    ("postgres://db.example/states?sslmode=disable&sslmode=verify-full", "sslmode=disable"),
]
CLIENTS = [
    ("s3://states", "AWS_ENDPOINT_URL_S3", "http://s3.example", "http://"),
    ("s3://states", "AWS_ENDPOINT_URL", "HTTP://s3.example", "HTTP://"),
    ("azblob://states", "AZURE_STORAGE_PROTOCOL", "http", "http"),
    ("azblob://states", "AZURE_STORAGE_IS_LOCAL_EMULATOR", "1", "1"),
    (
        "azblob://states",
        "AZURE_STORAGE_CONNECTION_STRING",
        "AccountKey=hidden;DefaultEndpointsProtocol=http;AccountName=a",
        "DefaultEndpointsProtocol=http",
    ),
    (
        "azblob://states",
        "AZURE_STORAGE_CONNECTION_STRING",
        "BlobEndpoint=http://a.example/;SharedAccessSignature=hidden",
        "BlobEndpoint=http://",
    ),
    ("gs://states", "STORAGE_EMULATOR_HOST", "127.0.0.1:9000", "127.0.0.1:9000"),
    ("postgres://db.example/states", "PGSSLMODE", "disable", "disable"),
    ("postgres://db.example/states", "PGSSLMODE", "prefer", "prefer"),
    ("postgres://db.example/states", "PGSSLMODE", "require", "require"),
]


STATES: list[tuple[Mapping[str, str], str]] = [
    *(({"PULUMI_BACKEND_URL": url}, f"PULUMI_BACKEND_URL: '{part}' ") for url, part in ENDPOINTS),
    *(({"PULUMI_BACKEND_URL": url, name: value}, f"{name}: '{part}' ") for url, name, value, part in CLIENTS),
    ({"PULUMI_CONFIG_PASSPHRASE": ""}, "PULUMI_CONFIG_PASSPHRASE: '' "),
    ({"PULUMI_CONFIG_PASSPHRASE_FILE": "/dev/null"}, "PULUMI_CONFIG_PASSPHRASE_FILE: '/dev/null' "),
]


@pytest.mark.parametrize(("variables", "shown"), STATES, ids=str)
def test_production_refuses_a_state_in_the_clear_and_shows_no_password(
    variables: Mapping[str, str], shown: str
) -> None:
    (complaint,) = complaints(PRODUCTION, variables)

    assert complaint.startswith(shown)
    assert "hidden" not in complaint
    assert complaints(STAGING, variables) == []


@pytest.mark.parametrize(
    "variables",
    [
        {"PULUMI_BACKEND_URL": "s3://states?disable_https=0&endpoint=https://s3.example"},
        {"PULUMI_BACKEND_URL": "azblob://states?protocol=https&localemu=false"},
        {"PULUMI_BACKEND_URL": "postgres://db.example/states?sslmode=verify-full", "PGSSLMODE": "disable"},
        {"PULUMI_BACKEND_URL": "postgres://db.example/states", "PGSSLMODE": "verify-ca"},
        {"PULUMI_BACKEND_URL": "s3://states", "PGSSLMODE": "disable", "AWS_ENDPOINT_URL_S3": "https://s3.example"},
        {"PULUMI_BACKEND_URL": "file:///states", "AWS_ENDPOINT_URL": "http://s3.example"},
        {
            "PULUMI_BACKEND_URL": "azblob://states",
            "AZURE_STORAGE_CONNECTION_STRING": "DefaultEndpointsProtocol=https;AccountName=a",
        },
        {
            "PULUMI_BACKEND_URL": "azblob://states",
            "AZURE_STORAGE_CONNECTION_STRING": "BlobEndpoint=https://a.example/;SharedAccessSignature=hidden",
        },
        {"PULUMI_CONFIG_PASSPHRASE": "ours", "PULUMI_CONFIG_PASSPHRASE_FILE": "/dev/null"},
        {"PULUMI_CONFIG_PASSPHRASE_FILE": "/nowhere/passphrase"},
    ],
    ids=str,
)
def test_production_accepts_an_encrypted_state(variables: Mapping[str, str]) -> None:
    assert complaints(PRODUCTION, variables) == []


@pytest.mark.parametrize(("text", "refused"), [("ours\n", False), ("", True), (" \n", True)])
def test_a_passphrase_in_a_file_is_one_if_there_is_any(tmp_path: Path, text: str, refused: bool) -> None:
    file = tmp_path / "passphrase"
    file.write_text(text)

    assert bool(complaints(PRODUCTION, {"PULUMI_CONFIG_PASSPHRASE_FILE": str(file)})) is refused


def test_a_passphrase_that_cannot_be_read_is_left_to_pulumi() -> None:
    # Its name is longer than that of any file.
    assert complaints(PRODUCTION, {"PULUMI_CONFIG_PASSPHRASE_FILE": "p" * 5000}) == []
