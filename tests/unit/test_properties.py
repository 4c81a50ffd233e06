"""What holds for every value, not only for chosen ones."""

import ipaddress
import string
from collections.abc import Iterator, Sequence

from hypothesis import given, settings
from hypothesis import strategies as some

import layers
from components import NginxOptions, nginx_directives
from components._checks import dns_name, is_ip
from components._names import subject_names, url
from components._nginx_conf import NginxConf, render
from components._nginx_syntax import structural_error
from policy import nginx

# Enough to find mistakes, few enough to keep the tests quick.
settings.register_profile("quick", max_examples=50, deadline=None, database=None)
settings.load_profile("quick")

LABEL = some.text(string.ascii_lowercase + string.digits, min_size=1, max_size=20)
DNS_NAME = some.lists(LABEL, min_size=1, max_size=4).map(".".join).filter(lambda n: not is_ip(n))
ADDRESS = some.ip_addresses().map(str)
TREE = some.recursive(
    some.integers() | some.booleans() | some.text(max_size=5),
    lambda inner: some.dictionaries(some.text(max_size=5), inner, max_size=4),
)
MAPPING = some.dictionaries(some.text(max_size=5), TREE, max_size=4)
# Every kind of word and gap that nginx has, and directives of them.
WORD = some.sampled_from(
    ["a", "$a", "${a}", "a}b", "a#b", "it's", "\\;", "\\{", "\\\n", "';'", '"}"', "'{'", r'"\"a"', "'\n#'", "'\\\n'"]
)
GAP = some.sampled_from([" ", "\t", " # ; } {\n", "\r\n"])
WORDS = some.builds(str.join, GAP, some.lists(WORD, min_size=1, max_size=4))
SNIPPET = some.recursive(
    some.lists(WORDS.map("{};".format), max_size=3).map(" ".join),
    lambda inner: some.tuples(WORDS, inner, inner).map(lambda parts: "{} {{ {} \n}} {}".format(*parts)),
    max_leaves=5,
)


def _directives(block: nginx.Directive, depth: int = 0) -> Iterator[tuple[int, Sequence[str]]]:
    """In how many blocks each directive is, and its words."""
    for each in block.block:
        yield depth, each.words
        yield from _directives(each, depth + 1)


@given(
    some.sampled_from(["modern", "intermediate"]),
    some.sampled_from(["off", "redirect", "serve"]),
    some.integers(0, 63072000),
    some.booleans(),
    some.integers(1, 65535),
)
def test_every_valid_choice_renders_a_sound_configuration(
    profile: str, http: str, hsts: int, renewed: bool, port: int
) -> None:
    options = NginxOptions(tls_profile=profile, http=http, hsts_seconds=hsts)  # type: ignore[arg-type]
    conf = NginxConf(
        options=options,
        workers=1,
        certificate_renewed_in_place=renewed,
        public_https_port=port,
    )

    assert not list(options.problems())
    assert structural_error(render(conf)) is None
    assert render(conf) == render(conf)


@given(SNIPPET | some.text(max_size=40) | some.text("a$ {};#'\"\\)\n", max_size=40))
def test_text_that_is_not_refused_stays_in_its_block_and_means_there_what_it_means_alone(text: str) -> None:
    if structural_error(text) is None:
        # The rules' own reader of the same language.
        server, after = nginx.parse(f"server {{\n{text}\n}}\nafter on;").block

        assert (server.words, after.words) == (("server",), ("after", "on"))
        assert list(_directives(server)) == list(nginx_directives(text))


@given(SNIPPET)
def test_whole_directives_are_accepted_but_not_with_what_is_none_after_them(text: str) -> None:
    assert structural_error(text) is None
    for more in ("}", "a; }", "} a {", "{", "a {", "{ }", ";", "a", "a }", "a { b }", "a '", 'a "b"c;'):
        assert structural_error(f"{text}\n{more}"), more


@given(some.lists(DNS_NAME | ADDRESS, max_size=8))
def test_hosts_are_sorted_without_loss_or_repeat(hosts: list[str]) -> None:
    subjects = subject_names(tuple(hosts))

    assert set(subjects.dns) == {host for host in hosts if not is_ip(host)}
    assert set(subjects.ip) == {str(ipaddress.ip_address(host)) for host in hosts if is_ip(host)}
    assert len(set(subjects.dns)) == len(subjects.dns)


@given(DNS_NAME)
def test_names_of_plain_labels_are_accepted(name: str) -> None:
    assert not list(dns_name("field", name))


@given(ADDRESS, some.integers(1, 65535))
def test_urls_of_addresses_can_be_read_back(address: str, port: int) -> None:
    host = url(address, port).removeprefix("https://").removesuffix("/")

    bare = host.removesuffix(f":{port}") if port != 443 else host
    assert ipaddress.ip_address(bare.strip("[]")) == ipaddress.ip_address(address)


@given(MAPPING)
def test_no_override_changes_nothing(shared: dict[str, object]) -> None:
    assert layers.merged(shared, {}) == shared


@given(MAPPING, MAPPING)
def test_an_override_wins_and_adds_nothing_else(shared: dict[str, object], override: dict[str, object]) -> None:
    result = layers.merged(shared, override)

    assert result.keys() == shared.keys() | override.keys()
    for key, value in override.items():
        if not isinstance(value, dict):
            assert result[key] == value
