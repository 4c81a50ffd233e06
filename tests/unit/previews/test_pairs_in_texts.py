"""What is hidden of a text because the name of a secret stands beside it: behind it, before it in a call, around it."""

import pytest

from previews.redaction import hide


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("- value: hunter2\n  name: DB_PASSWORD", "- value: [secret]\n  name: DB_PASSWORD"),
        ("- value: correct, horse\r\n  name: token\n", "- value: [secret]\r\n  name: token\n"),
        ("- value: 'it''s correct'\n  name: token\n", "- value: '[secret]'\n  name: token\n"),
        ("{value: hunter2, name: token}", "{value: [secret], name: token}"),
        ('{"value":"correct horse","name":"token"}', '{"value":"[secret]","name":"token"}'),
        ('{"value": "a\\"b", "name": "token"}', '{"value": "[secret]", "name": "token"}'),
        ('{\n "value": "a",\n "name": "token"\n}', '{\n "value": "[secret]",\n "name": "token"\n}'),
        (r"{\"value\":\"a\\\"b\",\n \"name\": \"token\"}", r"{\"value\":\"[secret]\",\n \"name\": \"token\"}"),
        ("map[value:hunter2 name:DB_PASSWORD]", "map[value:[secret] name:DB_PASSWORD]"),
        ('value = "correct horse"\nname = "token"', 'value = "[secret]"\nname = "token"'),
        ("- value: ApiKey a\n  name: Authorization", "- value: [secret]\n  name: Authorization"),
        ("- value: hunter2\n  key: DB_PASSWORD", "- value: [secret]\n  key: DB_PASSWORD"),
        ('<add value="correct horse" key="Password"/>', '<add value="[secret]" key="Password"/>'),
        # The other way round it is a setting.
        ("- key: DB_PASSWORD\n  value: hunter2", "- key: DB_PASSWORD\n  value: [secret]"),
        ('{"Key": "token", "Value": "correct horse"}', '{"Key": "token", "Value": "[secret]"}'),
        ('<add key="Password" value="correct horse"/>', '<add key="Password" value="[secret]"/>'),
    ],
)
def test_a_value_is_hidden_before_the_name_of_a_secret(text: str, shown: str) -> None:
    assert hide(text) == shown
    assert hide(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "- value: a\n  name: MODE\n",
        "- name: MODE\n  value: a\n- name: DB_PASSWORD\n  valueFrom: b",
        '[{"name":"MODE","value":"a"},{"name":"DB_PASSWORD","valueFrom":"b"}]',
        "default-value: a, name: token",
        "- value: a\n  rename: token",
        "value: true, name: token",
        "the value: name: token",
        "- key: MODE\n  value: a\n- value: b\n  key: node.kubernetes.io/role",
        '<add key="Mode" value="a"/><add monkey="token" value="b"/>',
    ],
)
def test_other_values_are_left_alone(text: str) -> None:
    assert hide(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("define('DB_PASSWORD', 'correct horse');", "define('DB_PASSWORD', '[secret]');"),
        ('define( "DB_PASSWORD" , "a" );', 'define( "DB_PASSWORD" , "[secret]" );'),
        ('os.environ.setdefault("DB_PASSWORD", "a")', 'os.environ.setdefault("DB_PASSWORD", "[secret]")'),
        (r'"define(\"DB_PASSWORD\", \"a b\");"', r'"define(\"DB_PASSWORD\", \"[secret]\");"'),
        ("setenv(\n    'TOKEN',\n    'a')", "setenv(\n    'TOKEN',\n    '[secret]')"),
    ],
)
def test_what_a_function_is_given_behind_the_name_of_a_secret_is_hidden(text: str, shown: str) -> None:
    assert hide(text) == shown
    assert hide(shown) == shown


@pytest.mark.parametrize(
    "text",
    ["define('DB_USER', 'bob');", "one of ('token', 'basic')", "getenv('TOKEN')", "define('TOKEN', PREFIX . 'a');"],
)
def test_what_other_functions_are_given_is_left_alone(text: str) -> None:
    assert hide(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<password>hunter2</password>", "<password>[secret]</password>"),
        ("<db:password a='b'>\n  correct horse\n</db:password>", "<db:password a='b'>\n  [secret]</db:password>"),
        ("<password><![CDATA[a]]></password>", "<password><![CDATA[[secret]]]></password>"),
        ("<a><apiKey>a</apiKey><b>c</b></a>", "<a><apiKey>[secret]</apiKey><b>c</b></a>"),
        ('<entry key="password">correct horse</entry>', '<entry key="password">[secret]</entry>'),
        (
            "<b:string\n  type='a' name='api_key' >a</b:string>",
            "<b:string\n  type='a' name='api_key' >[secret]</b:string>",
        ),
        (r'"<entry key=\"token\"><![CDATA[a]]></entry>"', r'"<entry key=\"token\"><![CDATA[[secret]]]></entry>"'),
    ],
)
def test_what_an_element_with_the_name_of_a_secret_holds_is_hidden(text: str, shown: str) -> None:
    assert hide(text) == shown
    assert hide(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "<user>bob</user><password></password><password/>",
        "cmd --token <token>, or <password> and more</p>",
        "<secret><name>a</name></secret>",
        "<token>true</token>",
        '<entry key="mode">a</entry><entry key="token">no</entry><entry key="token"/>a</entry>',
        '<entry monkey="token">a</entry><a key="token"><b>c</b></a>',
    ],
)
def test_other_elements_are_left_alone(text: str) -> None:
    assert hide(text) == text
