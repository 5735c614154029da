"""Nothing secret reaches a journal."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest

from conformance.cases import Result
from conformance.record import Record
from conformance.redact import HIDDEN, forms, hide, secrets_in
from conformance.selection import implemented
from conformance.verdict import Verdict

SECRET = "pa55-w0rd"
CARRIERS = [
    [2, "1", "ChangeConfiguration", {"key": "AuthorizationKey", "value": SECRET}],
    [3, "1", {"configurationKey": [{"key": "authorizationkey", "value": SECRET}]}],
    [
        2,
        "1",
        "SetVariables",
        {
            "setVariableData": [
                {
                    "component": {"name": "SecurityCtrlr"},
                    "variable": {"name": "BasicAuthPassword"},
                    "attributeValue": SECRET,
                }
            ]
        },
    ],
    [2, "1", "SetNetworkProfile", {"connectionData": {"apn": {"apnPassword": SECRET}}}],
    [2, "1", "SetNetworkProfile", {"connectionData": {"vpn": {"password": SECRET}}}],
]


@pytest.mark.parametrize("frame", CARRIERS, ids=str)
def test_a_secret_in_a_frame_is_found(frame: object) -> None:
    assert secrets_in(json.dumps(frame)) == {SECRET}


def test_ordinary_values_are_no_secrets() -> None:
    frame = [2, "1", "ChangeConfiguration", {"key": "HeartbeatInterval", "value": "3600"}]
    assert secrets_in(json.dumps(frame)) == set()
    assert secrets_in("no json") == set()


def test_a_secret_is_hidden_wherever_it_stands() -> None:
    told = {"steps": [f"sends value='{SECRET}'"], "reason": SECRET, "n": 1}
    assert hide(told, {SECRET}) == {"steps": ["sends value='***'"], "reason": "***", "n": 1}
    assert hide("ftp://user:word@host/file", set()) == "ftp://***@host/file"


def test_a_record_holds_no_secret() -> None:
    record = Record(lambda: 0.0)
    for frame in CARRIERS:
        record.frame("sut", json.dumps(frame), finding="", connection=1)
    record.note("1", "tool", "", f"sends ChangeConfiguration(value='{SECRET}')")
    record.note("2", "tool", "", "connects with open-sesame")
    result = Result(
        case=implemented()["TC_001_CS"],
        verdict=Verdict.FAIL,
        reason=f"got {SECRET}",
        record=record,
        secrets=frozenset({"open-sesame"}),
    )
    written = json.dumps(result.as_record())
    assert SECRET not in written
    assert "open-sesame" not in written


REPORTED = [
    2,
    "1",
    "NotifyReport",
    {
        "reportData": [
            {
                "variable": {"name": "BasicAuthPassword"},
                "variableAttribute": [{"type": "Actual", "value": SECRET}],
            },
            {"variable": {"name": "Interval"}, "variableAttribute": [{"value": "an interval"}]},
        ]
    },
]


def test_a_secret_that_a_station_reports_is_found() -> None:
    assert secrets_in(json.dumps(REPORTED)) == {SECRET}


KEYS = 'p"ä55 w0rd+/\\x'


@pytest.mark.parametrize("user", ["", "C", "CP", "CP1", "CP01", "a longer name"])
@pytest.mark.parametrize("secret", [SECRET, KEYS])
def test_a_secret_is_hidden_in_every_form(user: str, secret: str) -> None:
    pair = base64.b64encode(f"{user}:{secret}".encode())
    written = [
        secret,
        json.dumps(secret),
        json.dumps({"x": secret}, ensure_ascii=False),
        f"ws://host/?p={quote(secret, safe='')}",
        secret.encode().hex(),
        secret.encode().hex().upper(),
        f"Basic {pair.decode()}",
        base64.urlsafe_b64encode(f"{user}:{secret}:more".encode()).decode(),
        base64.b64encode(pair).decode(),
    ]
    for text in written:
        hidden = hide([text], {secret})[0]
        assert HIDDEN in hidden, text
        assert len(hidden) < len(text), text
    core = secret.encode().hex()[2:-2]
    assert core not in json.dumps(hide(written, {secret}))


def test_a_password_of_bytes_is_hidden_as_digits_and_in_a_basic_header() -> None:
    password = bytes(range(200, 220))
    header = base64.b64encode(b"CP01:" + password).decode()
    hidden = hide([password.hex(), header], forms(password))
    assert hidden[0] == HIDDEN
    assert HIDDEN in hidden[1]
    assert header[10:-6] not in hidden[1]


@pytest.mark.parametrize("kind", ["", "RSA ", "EC ", "ENCRYPTED "])
def test_a_private_key_is_hidden_whole_or_cut_off(kind: str) -> None:
    whole = f"-----BEGIN {kind}PRIVATE KEY-----\nMIIE\n-----END {kind}PRIVATE KEY-----"
    assert hide(f"sent {whole} twice", set()) == "sent *** twice"
    assert hide(json.dumps(whole[:-30]), set()) == '"***'


def test_a_short_secret_is_not_found_everywhere() -> None:
    assert hide({"data": "QUJD and 414243"}, {"ABC"}) == {"data": "QUJD and 414243"}
