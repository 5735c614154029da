from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.test_sut import CSMS, only, read

SECRETS = [
    ('"hush"', b"hush"),
    ('{text = "hush"}', b"hush"),
    ('{env = "PASSWORD"}', b"hush"),
    ('{file = "secret"}', b"hush"),
    ('{text = "68757368", encoding = "hex"}', b"hush"),
    ('{env = "PASSWORD_HEX", encoding = "hex"}', b"\xff\x00"),
]


@pytest.mark.parametrize(("spelling", "revealed"), SECRETS)
def test_a_secret_shows_itself_to_those_who_ask(
    tmp_path: Path, spelling: str, revealed: bytes
) -> None:
    (tmp_path / "secret").write_text("hush\n", encoding="utf-8")
    text = f"{CSMS}security_profile = 1\npassword = {spelling}\n"
    sut = read(tmp_path, text, PASSWORD="hush", PASSWORD_HEX="ff00")
    assert sut.connection.password is not None
    assert sut.connection.password.reveal() == revealed
    shown = f"{sut!r} {sut} {sut.connection.password} {json.dumps(sut.declaration())}"
    assert "hush" not in shown
    assert "68757368" not in shown


@pytest.mark.parametrize(
    ("spelling", "told"),
    [
        ('{env = "NOT_SET"}', "expected the environment variable NOT_SET, found it not set"),
        ('{file = "none"}', "expected the file none to be readable, found No such file"),
        ('{text = "hush", encoding = "hex"}', "expected hexadecimal digits"),
        ('{text = "hush", encoding = "rot13"}', 'expected encoding = "text" or "hex"'),
        ('{text = "hush", env = "HUSH"}', "expected a text, {env"),
        ('{hush = "hush"}', "expected a text, {env"),
        ("{env = 1}", "expected a text after env ="),
        ("12345678", "expected a text, {env"),
    ],
)
def test_a_secret_that_is_wrong_is_told_without_it(
    tmp_path: Path, spelling: str, told: str
) -> None:
    text = f"{CSMS}security_profile = 1\npassword = {spelling}\n"
    found = only(tmp_path, text)
    assert found.removeprefix("9: connection.password: ").startswith(told)
    assert "hush" not in found.lower()
    assert "12345678" not in found


def test_a_misspelt_key_does_not_show_its_value(tmp_path: Path) -> None:
    found = only(tmp_path, CSMS + 'pasword = "hush"\n')
    assert found.endswith("found an unknown key - did you mean password?")
    assert "hush" not in found


def test_a_journal_tells_no_secret_of_an_operator(tmp_path: Path) -> None:
    http = '[operator]\nkind = "http"\nurl = "http://rig/x"\nbearer = "hush-hush"\n'
    program = '[operator]\nkind = "command"\nprogram = ["./rig", "--password", "hush"]\n'
    own = '[operator]\nkind = "python"\nclass = "a:B"\noptions = {password = "hush"}\n'
    for text in (http, program, own):
        sut = read(tmp_path, f"{CSMS}{text}")
        declared = sut.declaration()
        assert "hush" not in json.dumps(declared)
        assert declared["operator"] == sut.operator.kind
    assert read(tmp_path, f"{CSMS}{http}").secrets == {"hush-hush"}
    assert read(tmp_path, f"{CSMS}{http}").declaration()["configured"]["operator.bearer"] == "***"


def test_passwords_do_not_change_the_hash(tmp_path: Path) -> None:
    text = f"{CSMS}security_profile = 1\npassword = "
    first = read(tmp_path, text + '"one"\n').declaration()
    assert read(tmp_path, text + '"two"\n').declaration() == first
