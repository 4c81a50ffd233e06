"""What is hidden of a text where a secret goes on over several lines, or begins on the next one."""

import pytest

from previews.redaction import hide


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('password: "first\n  s3cr3t"\nb: c', 'password: "[secret]"\nb: c'),
        ("password: 'it''s\r\ns3cr3t' # c\r\nb: c", "password: '[secret]' # c\r\nb: c"),
        ('"password": "\n  s3cr3t"', '"password": "[secret]"'),
        ("PASSWORD='first\ns3cr3t'\nB=c", "PASSWORD='[secret]'\nB=c"),
        ('export PASSWORD="fir\\"st\\\ns3cr3t"; b', 'export PASSWORD="[secret]"; b'),
        ("f(token='first\ns3cr3t', a='b')", "f(token='[secret]', a='b')"),
        ('password = """\nfirst "b"\ns3cr3t\n"""\nb = 1', 'password = """[secret]"""\nb = 1'),
        ("f(password=r'''it's\ns3cr3t''')", "f(password=r'''[secret]''')"),
        ('password = """s3cr3t"""\nb', 'password = """[secret]"""\nb'),
        ("password = b'''s3''cr3t'''\nb", "password = b'''[secret]'''\nb"),
        ("- name: token\n  value: 'first\n    s3cr3t'\n", "- name: token\n  value: '[secret]'\n"),
        ('Authorization: "Digest a,\n  s3cr3t"\n', 'Authorization: "[secret]"\n'),
        ("# password: 'first\n# s3cr3t'\nb", "# password: '[secret]'\nb"),
        pytest.param('password: "first' + 100 * "\n a" + ' s3cr3t"\nb', 'password: "[secret]"\nb', id="100-lines"),
        # On the next line.
        ('password =\n  "s3cr3t"\nb', 'password =\n  "[secret]"\nb'),
        ("const password =\r\n\t's3cr3t';", "const password =\r\n\t'[secret]';"),
        ("'token' =>\n  's3cr3t',", "'token' =>\n  '[secret]',"),
    ],
)
def test_what_is_in_quotes_is_hidden_to_those_that_end_it(text: str, shown: str) -> None:
    assert hide(text) == shown
    assert hide(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        'print("the password: ")\nprint("b")',
        "curl -H 'X-Token: '$TOKEN -H 'X-Api-Key='$KEY\necho 'done'",
        'echo "password="\nread a\necho "$a"',
        'password = ""\nb = "c"',
        'password = """"""\nb = "c"',
        'password =\n"b" = "c"\npassword =\n\nc = "d"\npassword :=\n  d',
        'password:\n\n"b": "c"',
    ],
)
def test_a_quote_that_ends_a_text_begins_nothing_that_goes_on(text: str) -> None:
    assert hide(text).partition("\n")[2] == text.partition("\n")[2]


def test_what_nothing_ends_within_a_hundred_lines_ends_with_its_line() -> None:
    lines = 101 * "b\n"

    assert hide(f'password = "s3cr3t\n{lines}c = "d"') == f'password = "[secret]\n{lines}c = "d"'
    assert hide(f"password = '''a\n{lines}'''") == f"password = '[secret]\n{lines}'''"
