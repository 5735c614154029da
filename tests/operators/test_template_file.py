"""A template is read with everything that is wrong in it told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.operators.template_file import Template, read
from conformance.sut import load
from conformance.sut_errors import SutFileError

WRONG = """\
version = "2.0.1"
intent = 1

[request]
methd = "POST"
status = 200

[maps.kind]
Hard = "HARD"

[parts.profile]
level = "{profile.stak_level}"

[intents.RemoteStart]
url = "/start/{statoin}"
method = "SEND"
body = {tag = "{tokn}", level = "{part.profile}", note = "{part.profil}"}
headers = {Authorization = "Bearer {secret.tokne}"}

[intents.RemoteStp]
url = "/stop"

[intents.RemoteStop]
body = {id = "{transaction:nmber}"}
status = [20]

[intents.Reset]
url = "/reset"
body = {type = "{kind:kin}", tenant = "{option.tenent}", brace = "{"}

[intents.SendLocalList]
url = "/list"
body = {list = [{each = "token", value = "{item}"}, {each = "tokens", valu = 1}], odd = "{item}"}

[[intents.SetProfile]]
url = "/make"
take = {ident = 3}

[[intents.SetProfile]]
url = "/send/{taken.idnt}"
body = 3
query = "x"

[fixtures.Tokens]
url = "/tokens"
"""
TOLD = [
    '1: version: expected "1.6", as sut.toml says, found "2.0.1"',
    (
        "2: intent: expected one of version, request, options, maps, parts, login, intents,"
        " fixtures, found an unknown key - did you mean intents?"
    ),
    (
        "5: request.methd: expected one of method, query, headers, status, answer,"
        " found an unknown key - did you mean method?"
    ),
    (
        "12: parts.profile.level: expected a placeholder of token, kind, evse, profile,"
        " profile.purpose, profile.kind, profile.stack_level, "
    ),
    "15: intents.RemoteStart.url: expected a placeholder of ",
    '16: intents.RemoteStart.method: expected one of POST, PUT, PATCH, GET, DELETE, found "SEND"',
    "17: intents.RemoteStart.body.note: expected a part of [parts]",
    "17: intents.RemoteStart.body.tag: expected a placeholder of ",
    "18: intents.RemoteStart.headers.Authorization: expected a secret of the operator in sut.toml",
    (
        '20: intents.RemoteStp: expected a name of intents, found "RemoteStp"'
        " - did you mean RemoteStop?"
    ),
    "23: intents.RemoteStop.url: expected a path such as",
    (
        "24: intents.RemoteStop.body.id: expected one of number, text, time, list, upper, lower,"
        " kind after the colon, found {transaction:nmber} - did you mean number?"
    ),
    "25: intents.RemoteStop.status: expected HTTP status codes such as [200, 201], found [20]",
    "29: intents.Reset.body.brace: expected {name} or {name:filter}, and {{ or }} for a brace",
    "29: intents.Reset.body.tenant: expected an option of [options] here",
    "29: intents.Reset.body.type: expected one of number",
    (
        "33: intents.SendLocalList.body.list[0].each: expected each to be a list of the intent"
        ' (tokens, removed), found "token" - did you mean tokens?'
    ),
    "33: intents.SendLocalList.body.list[1]: expected each and value, and nothing else",
    "33: intents.SendLocalList.body.odd: expected a placeholder of update",
    "37: intents.SetProfile[0].take.ident: expected the place of a value in the answer",
    (
        "40: intents.SetProfile[1].url: expected what an earlier request or [login] has taken,"
        " found {taken.idnt} - did you mean ident?"
    ),
    '42: intents.SetProfile[1].query: expected a table, found "x"',
    '44: fixtures.Tokens: expected a name of fixtures, found "Tokens" - did you mean Token?',
]


def reading(folder: Path, text: str, **more: object) -> Template:
    path = folder / "csms.toml"
    path.write_text(text, encoding="utf-8")
    return read(path, version="1.6", **more)  # type: ignore[arg-type]


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SutFileError) as caught:
        reading(tmp_path, WRONG, secrets=("token",), options={"tenant": 1})
    head, *lines = str(caught.value).splitlines()
    file = tmp_path / "csms.toml"
    assert head == f"{file}: {len(TOLD)} problems"
    found = [line.removeprefix(f"  {file}:") for line in lines]
    for line, told in zip(found, TOLD, strict=True):
        assert line.startswith(told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[intents.Reset]\nurl = 3\n", "2: intents.Reset.url: expected a text in quotes, found 3"),
        ("[intents]\nReset = 3\n", "2: intents.Reset: expected a table with a url, found 3"),
        ("[[intents]]\nx = 1\n", "1: intents: expected a table, found [a table]"),
        ("parts = 3\n", "1: parts: expected a table, found 3"),
        (
            "[parts.a]\nb = '{part.a}'\n[intents.Reset]\nurl = '/'\nbody = '{part.a}'\n",
            "2: parts.a.b: expected a part of [parts], in a body and not in another part",
        ),
        (
            "[login]\nurl = '/login'\nbody = '{taken.token}'\ntake = {token = 'token'}\n",
            "3: login.body: expected what an earlier request or [login] has taken",
        ),
        (
            "[intents.Reset]\nurl = '/{part.a}'\n[parts.a]\nb = 1\n",
            "2: intents.Reset.url: expected a part of [parts], in a body",
        ),
        (
            "[intents.ClearCache]\nurl = '/'\nbody = {each = 'x', value = 1}\n",
            (
                "3: intents.ClearCache.body.each: expected each to be a list of the intent"
                ' (it has none), found "x"'
            ),
        ),
    ],
)
def test_a_single_fault_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SutFileError) as caught:
        reading(tmp_path, text)
    assert [told] == [
        line.removeprefix(f"  {tmp_path / 'csms.toml'}:")[: len(told)]
        for line in str(caught.value).splitlines()[1:]
    ]


def test_what_a_login_takes_is_known_to_every_request(tmp_path: Path) -> None:
    template = reading(
        tmp_path,
        "[login]\nurl = '/login'\ntake = {token = 'access.token'}\n"
        "[request]\nstatus = 204\nheaders = {A = 'Bearer {taken.token}'}\n"
        "[intents.ClearCache]\nurl = '/clear'\nheaders = {B = '{station}'}\nmethod = 'PUT'\n",
    )
    (clear,) = template.intents["ClearCache"]
    assert clear.headers == {"A": "Bearer {taken.token}", "B": "{station}"}
    assert (clear.status, clear.method, clear.body) == ((204,), "PUT", None)
    assert template.login[0].take == {"token": "access.token"}


SUT = """\
[sut]
name = "x"
version = "1.6"
role = "CSMS"

[connection]
url = "ws://127.0.0.1:1"

[operator]
kind = "http-template"
template = "csms.toml"
url = "http://127.0.0.1:1"
secrets = {token = {env = "TOKEN"}}
options = {tenant = 7}
"""


def test_sut_toml_names_the_template_and_what_it_needs(tmp_path: Path) -> None:
    (tmp_path / "sut.toml").write_text(SUT, encoding="utf-8")
    with pytest.raises(SutFileError, match=r"csms.toml: cannot be read: No such file"):
        load(tmp_path / "sut.toml", {"TOKEN": "hush-hush"})
    (tmp_path / "csms.toml").write_text("[intents.Reset\n", encoding="utf-8")
    with pytest.raises(SutFileError, match=r"csms.toml: is not TOML"):
        load(tmp_path / "sut.toml", {"TOKEN": "hush-hush"})
    text = "[intents.Reset]\nurl = '/{option.tenant}'\nquery = {key = '{secret.token}'}\n"
    (tmp_path / "csms.toml").write_text(text, encoding="utf-8")
    sut = load(tmp_path / "sut.toml", {"TOKEN": "hush-hush"})
    assert sut.secrets == {"hush-hush"}
    assert "hush" not in repr(sut.declaration())
    with pytest.raises(SutFileError, match=r"13: operator.secrets.token: .* TOKEN, found it not"):
        load(tmp_path / "sut.toml", {})
