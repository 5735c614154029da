"""The http-template operator, request by request, against a stand-in."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from conformance.operators.actions import (
    Action,
    ClearCache,
    Reset,
    SendLocalList,
    Trigger,
)
from conformance.operators.base import CannotActError
from conformance.operators.fixtures import TokenFixture
from tests.operators import samples
from tests.operators.stand_in import Asked, StandIn, stand_in
from tests.operators.template_bench import NOW, operator, refused, told


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "csms.toml"


SECRET = """
[request]
headers = {Authorization = "Bearer {secret.token}"}
query = {key = "{secret.token}", station = "{station}"}
[intents.Reset]
url = "/{kind}/{secret.token}?now={now}"
body = {type = "{kind}", password = "{secret.token}", number = "{serial}"}
method = "PUT"
"""


def test_secrets_are_sent_and_never_told(written: Path) -> None:
    written.write_text(SECRET, encoding="utf-8")
    echo = {"said": "hush-hush is your token"}
    with stand_in(lambda _: (200, echo)) as csms:
        subject = operator(written, csms.url)
        (account,) = told(subject, Reset(kind="Hard"))
        csms.answer = lambda _: (500, echo)
        text = refused(subject, Reset(kind="Hard"))
    first, second = csms.asked
    assert (first.method, first.path) == ("PUT", "/Hard/hush-hush")
    assert first.query == {
        "now": "2026-03-01T12:00:00.000Z",
        "key": "hush-hush",
        "station": "CP 1/2",
    }
    assert first.headers["Authorization"] == "Bearer hush-hush"
    assert first.body["password"] == "hush-hush"
    assert second.body["number"] == first.body["number"] + 1 == int(NOW.timestamp()) + 1
    assert account.startswith(f"PUT {csms.url}/Hard/***?now=2026")
    assert account.endswith('HTTP 200 {"said": "*** is your token"}')
    assert "hush" not in account + text
    assert "answered 500" in text


LOGIN = """
[login]
url = "/login"
body = {password = "{secret.token}"}
take = {token = "access.token"}
[request]
headers = {Authorization = "Bearer {taken.token}"}
[[intents.SetProfile]]
url = "/profiles"
body = {limit = "{profile.limit}"}
take = {profile = "made.0.id"}
[[intents.SetProfile]]
url = "/profiles/{taken.profile}/send"
status = [202, 204]
[intents.ClearCache]
url = "/clear"
"""


def interface(tokens: list[str]) -> Any:  # noqa: ANN401 - a function of the stand-in
    """Answer a login with the next token; only the last one is good."""
    current: list[str] = []

    def answer(asked: Asked) -> tuple[int, Any]:
        if asked.path == "/login":
            current[:] = [tokens.pop(0)]
            return 200, {"access": {"token": current[0]}}
        if asked.headers["Authorization"] != f"Bearer {current[0]}" or current[0] == "expired":
            return 401, {"said": "who are you?"}
        return (200, {"made": [{"id": 17}]}) if asked.path == "/profiles" else (204, b"")

    return answer


def paths(csms: StandIn) -> list[str]:
    return [asked.path for asked in csms.asked]


def test_requests_are_made_one_after_the_other_after_one_login(written: Path) -> None:
    written.write_text(LOGIN, encoding="utf-8")
    with stand_in(interface(["secret-token"])) as csms:
        accounts = told(operator(written, csms.url), samples.SET_PROFILE, ClearCache())
    assert paths(csms) == ["/login", "/profiles", "/profiles/17/send", "/clear"]
    assert accounts[0] == (
        f'POST {csms.url}/profiles {{"limit": 6}}: HTTP 200 {{"made": [{{"id": 17}}]}};'
        f" POST {csms.url}/profiles/17/send: HTTP 204"
    )


def test_a_login_that_is_over_is_made_once_more(written: Path) -> None:
    written.write_text(LOGIN, encoding="utf-8")
    with stand_in(interface(["expired", "secret-token"])) as csms:
        told(operator(written, csms.url), ClearCache())
    assert paths(csms) == ["/login", "/clear", "/login", "/clear"]
    with stand_in(interface(["expired", "expired"])) as csms:
        text = refused(operator(written, csms.url), ClearCache())
    assert paths(csms) == ["/login", "/clear", "/login", "/clear"]
    assert "answered 401" in text


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((200, b"<html>"), "the answer is no JSON: HTTP 200 <html>"),
        ((200, {"access": []}), "the answer has no access.token"),
        ((200, {"access": {"tok": 1}}), "the answer has no access.token"),
        ((404, b""), "answered 404, so it cannot do /login"),
    ],
)
def test_a_login_that_fails_is_told(written: Path, answer: tuple[int, Any], why: str) -> None:
    written.write_text(LOGIN, encoding="utf-8")
    with stand_in(lambda _: answer) as csms:
        assert why in refused(operator(written, csms.url), ClearCache())


@pytest.mark.parametrize(
    ("text", "action", "why"),
    [
        ("url = '/x/{evse}'", Trigger(message="Heartbeat"), "a value of /x/{evse} was not given"),
        ("url = '/'\nheaders = {A = '{message}'}", Trigger(message="a\nb"), "more than one line"),
        ("url = '/{message:number}'", Trigger(message="a"), "cannot be made a number"),
    ],
)
def test_a_request_that_cannot_be_made_is_told(
    written: Path, text: str, action: Action, why: str
) -> None:
    written.write_text(f"[intents.Trigger]\n{text}\n", encoding="utf-8")
    assert why in refused(operator(written, "http://127.0.0.1:1"), action)


def test_a_whole_address_stands_alone(written: Path) -> None:
    with stand_in() as csms:
        text = f"[intents.ClearCache]\nurl = '{csms.url}/x'\nmethod = 'GET'\n"
        written.write_text(text, encoding="utf-8")
        told(operator(written, "http://127.0.0.1:1/base"), ClearCache())
    assert (csms.asked[0].method, csms.asked[0].path, csms.asked[0].body) == ("GET", "/x", None)


def test_lists_become_lists_of_what_the_interface_wants(written: Path) -> None:
    written.write_text(
        "[intents.SendLocalList]\nurl = '/'\nbody = {version = 1, list = ["
        "{each = 'tokens', value = {tag = '{item}', info = {status = 'Accepted'}}},"
        "{each = 'removed', value = {tag = '{item}'}}]}\n",
        encoding="utf-8",
    )
    wish = SendLocalList(update="Differential", tokens=("A", "B"), kind="", removed=("C",))
    with stand_in() as csms:
        told(operator(written, csms.url), wish)
    known_to_it = {"status": "Accepted"}
    assert csms.asked[0].body["list"] == [
        {"tag": "A", "info": known_to_it},
        {"tag": "B", "info": known_to_it},
        {"tag": "C"},
    ]


def test_what_a_template_does_not_create_is_told(written: Path) -> None:
    written.write_text("[intents]\n", encoding="utf-8")
    subject = operator(written, "http://127.0.0.1:1")
    assert not subject.creates(TokenFixture)
    with pytest.raises(CannotActError, match=r"has no \[fixtures.Token\]"):
        asyncio.run(subject.create(TokenFixture(token="T", kind="", status="Accepted")))
