"""Checks of plain values: every problem names the field, the value and the remedy."""

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from ._problems import Problem

_DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
# A Service's name must begin with a letter: the API server holds it to RFC 1035.
_SERVICE_NAME = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_SIZE = re.compile(r"[0-9]+(\.[0-9]+)?(k|Ki|M|Mi|G|Gi|T|Ti)?")
_CPU = re.compile(r"[0-9]+(\.[0-9]+)?m?")
_MILLI = re.compile(r"[0-9]+(\.[0-9]+)?m")
_UNITS: Mapping[str, Decimal | int] = {
    "": 1, "m": Decimal("0.001"),
    "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12,
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40,
}  # fmt: skip
_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?")
_DATA_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}")
_LABEL_NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")

# What Go calls link-local multicast, in Python's longest form.
_LINK_MULTICAST = re.compile(r"224\.0\.0\.[0-9]+|ff[0-9a-f]2:.*")

_MISTYPED_ADDRESS = "is neither an IP address nor a DNS name, which is not of numbers alone; correct it"
_NUMBERS = re.compile(r"(?:\*\.)?[0-9.]+")

MAX_LABEL = 63
MAX_DNS_NAME = 253
MAX_PORT = 65535
NODE_PORTS = range(30000, 32768)


def no_effect(options: object, field: str, where: str) -> Iterator[Problem]:
    """The `field` of the dataclass instance `options` must be left at its default, as it changes nothing `where`."""
    value = getattr(options, field)
    if value != getattr(type(options), field):
        yield Problem(field=field, value=value, remedy=f"has no effect {where}; remove it", idle=True)


def dns_label(field: str, value: str) -> Iterator[Problem]:
    """`value` must be one DNS label of RFC 1123."""
    if len(value) > MAX_LABEL or not _DNS_LABEL.fullmatch(value):
        yield Problem(
            field=field,
            value=value,
            remedy=f"must be 1 to {MAX_LABEL} of a-z, 0-9 and '-', and begin and end with a letter or digit",
        )


def service_name(field: str, value: str, longest: int = MAX_LABEL) -> Iterator[Problem]:
    """`value` must be a Service name of at most `longest` characters."""
    if len(value) > longest or not _SERVICE_NAME.fullmatch(value):
        yield Problem(
            field=field,
            value=value,
            remedy=f"must be 1 to {longest} of a-z, 0-9 and '-', begin with a letter and end with a letter or digit",
        )


def dns_name(field: str, value: str) -> Iterator[Problem]:
    """`value` must be a DNS name, as names of objects are."""
    valid = len(value) <= MAX_DNS_NAME and all(
        len(label) <= MAX_LABEL and _DNS_LABEL.fullmatch(label) for label in value.split(".")
    )
    if not valid or is_ip(value):
        yield Problem(field=field, value=value, remedy="must be a lower-case DNS name such as www.example.com")


def host_name(field: str, value: str, *, wildcard: bool = False) -> Iterator[Problem]:
    """`value` must be the DNS name of a host; with `wildcard`, its first label may be `*`."""
    if _is_mistyped_address(value):
        yield Problem(field=field, value=value, remedy=_MISTYPED_ADDRESS)
    elif len(value) > MAX_DNS_NAME or any(dns_name(field, value.removeprefix("*.") if wildcard else value)):
        yield Problem(
            field=field,
            value=value,
            remedy="must be a lower-case DNS name such as www.example.com" + (" or *.example.com" if wildcard else ""),
        )


def ip_address(field: str, value: str) -> Iterator[Problem]:
    """`value` must be an IPv4 or IPv6 address."""
    if not is_ip(value):
        yield Problem(field=field, value=value, remedy="must be an IP address such as 192.0.2.10")


def routed_address(field: str, value: str) -> Iterator[Problem]:
    """`value` must be an IP address that a Service may lead to or answer on."""
    yield from ip_address(field, value)
    if is_ip(value) and _is_of_one_link(value):
        yield Problem(
            field=field,
            value=value,
            remedy="is of one machine or link alone: unspecified, loopback and link-local ones are refused; "
            "give a routed one",
        )


def ip_or_dns_name(field: str, value: str) -> Iterator[Problem]:
    """`value` must be an IP address or a DNS name."""
    if _is_mistyped_address(value):
        yield Problem(field=field, value=value, remedy=_MISTYPED_ADDRESS)
    elif not is_ip(value) and any(dns_name(field, value)):
        yield Problem(
            field=field,
            value=value,
            remedy="must be an IP address or a lower-case DNS name",
        )


def of_family(field: str, value: str, families: Sequence[str]) -> Iterator[Problem]:
    """The address `value` must be of the first one of the `families` of a Service, if any are given."""
    if families and is_ip(value) and family(value) != families[0]:
        remedy = f"must be of {families[0]}, the first of ip_families; or name {family(value)} first there"
        yield Problem(field=field, value=value, remedy=remedy)


def node_ports(https: int | None, http: int | None) -> Iterator[Problem]:
    """The ports on the nodes must be such ports, and two of them."""
    yield from node_port("https_node_port", https)
    yield from node_port("http_node_port", http)
    if https is not None and https == http:
        yield Problem(field="http_node_port", value=http, remedy="is also the HTTPS node port; choose another")


def cidr(field: str, value: str) -> Iterator[Problem]:
    """`value` must be an IP network in CIDR notation, without host bits."""
    try:
        ipaddress.ip_network(value)
    except ValueError:
        valid = False
    else:
        # Python takes a mask after the slash as well, the API server does not.
        valid = value.partition("/")[2].isdigit() and "%" not in value
    if not valid:
        yield Problem(field=field, value=value, remedy="must be a network such as 192.0.2.0/24")


def between(field: str, value: int, low: int, high: int) -> Iterator[Problem]:
    """`value` must lie between `low` and `high`, both included."""
    if not low <= value <= high:
        yield Problem(field=field, value=value, remedy=f"must be between {low} and {high}")


def port(field: str, value: int) -> Iterator[Problem]:
    """`value` must be a TCP port."""
    return between(field, value, 1, MAX_PORT)


def node_port(field: str, value: int | None) -> Iterator[Problem]:
    """`value` must be in Kubernetes' node port range, or None for a port chosen there."""
    if value is not None and value not in NODE_PORTS:
        yield Problem(
            field=field,
            value=value,
            remedy=f"must be between {NODE_PORTS[0]} and {NODE_PORTS[-1]}, or left out to let the cluster choose",
        )


def distinct(field: str, values: Iterable[object]) -> Iterator[Problem]:
    """No value may appear twice."""
    seen: list[object] = []
    for value in values:
        if value in seen:
            yield Problem(field=field, value=value, remedy="is given twice; keep one of them")
        seen.append(value)


def size(field: str, value: str) -> Iterator[Problem]:
    """`value` must be a quantity of bytes: a number without an exponent, and no thousandths."""
    if not _SIZE.fullmatch(value):
        remedy = "must be a number of bytes such as 64Mi, 1Gi or 134217728"
        if _MILLI.fullmatch(value):
            remedy = f"is in thousandths of a byte; write {value[:-1]}Mi for as many mebibytes"
        yield Problem(field=field, value=value, remedy=remedy)


def cpu(field: str, value: str) -> Iterator[Problem]:
    """`value` must be a quantity of CPU: a plain number, or one of thousandths."""
    if not _CPU.fullmatch(value):
        yield Problem(
            field=field,
            value=value,
            remedy="must be a number of CPUs such as 2 or 0.5, or of thousandths such as 250m",
        )


def amount(quantity: str) -> Decimal:
    """A quantity that has been checked, as a number of bytes or of CPUs."""
    number = quantity.rstrip("mkKMGTi")
    return Decimal(number) * _UNITS[quantity.removeprefix(number)]


def qualified_name(field: str, value: str, what: str = "name such as example.com/internal") -> Iterator[Problem]:
    """`value` must be a name alone, or one behind a DNS name and a slash; the remedy says `what` that is here."""
    prefix, slash, name = value.rpartition("/")
    if len(name) > MAX_LABEL or not _LABEL_NAME.fullmatch(name):
        yield Problem(field=field, value=value, remedy=f"must be a {what}")
    if slash and any(dns_name(field, prefix)):
        yield Problem(field=field, value=value, remedy="must have a DNS name before its slash")


def annotations(field: str, keys: Iterable[str]) -> Iterator[Problem]:
    """Every key must be allowed in Kubernetes annotations, where capital letters do as well."""
    for key in keys:
        found = qualified_name(field, key.lower(), "key such as example.com/team")
        yield from (replace(problem, value=key) for problem in found)


def labels(field: str, values: Mapping[str, str]) -> Iterator[Problem]:
    """Every key and value must be allowed in Kubernetes labels."""
    for key, value in values.items():
        yield from qualified_name(field, key, "label key such as team")
        if len(value) > MAX_LABEL or not _LABEL_VALUE.fullmatch(value):
            yield Problem(
                field=field,
                value=f"{key}={value}",
                remedy=f"must have a label value: at most {MAX_LABEL} of letters, digits, '-', '_' and '.'",
            )


def data_key(field: str, value: str) -> Iterator[Problem]:
    """`value` must do as a key of a ConfigMap or Secret, and so as a file's name."""
    if not _DATA_KEY.fullmatch(value) or value in {".", ".."}:
        yield Problem(
            field=field,
            value=value,
            remedy="must be 1 to 253 of letters, digits, '-', '_' and '.'",
        )


def family(address: str) -> str:
    """The family of an IP address, as Services have it."""
    return "IPv6" if ":" in address else "IPv4"


def is_ip(value: str) -> bool:
    """Whether `value` is an IPv4 or IPv6 address, without a zone: that may be any text, and means one node alone."""
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return "%" not in value


def _is_of_one_link(address: str) -> bool:
    """Whether an address is what the API server calls unspecified, loopback or link-local."""
    whole = ipaddress.ip_address(address)
    plain = getattr(whole, "ipv4_mapped", None) or whole
    special = plain.is_unspecified or plain.is_loopback or plain.is_link_local
    return special or _LINK_MULTICAST.fullmatch(plain.exploded) is not None


def _is_mistyped_address(value: str) -> bool:
    """Whether `value` is all numbers, as an address is, without being one. Domains of a cluster may end in a number."""
    return bool(_NUMBERS.fullmatch(value)) and not is_ip(value)
