"""Nothing secret reaches a journal."""

from __future__ import annotations

import json

import pytest

from conformance.cases import Result
from conformance.record import Record
from conformance.redact import hide, secrets_in
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
