"""What the reference systems owe to frames that are no proper requests."""

from __future__ import annotations

import json

import pytest
from ocpp import exceptions
from ocpp.messages import CallError

from conformance.reference.framing import any_code, loaded, refusal_owed

LONG = "x" * 37


@pytest.mark.parametrize(
    "text",
    [
        '[2,"1","Heartbeat",{}]',
        '[2,"1","Heartbeat",null]',
        '[3,"1",{}]',
        '[4,"1","InternalError","",{}]',
    ],
)
@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_a_frame_is_let_through(version: str, text: str) -> None:
    assert refusal_owed(loaded(text), version) is None


@pytest.mark.parametrize(
    ("text", "uid", "code"),
    [
        ("[2,", "-1", "RpcFrameworkError"),
        ("{}", "-1", "RpcFrameworkError"),
        ("[]", "-1", "RpcFrameworkError"),
        ('["2","1","Heartbeat",{}]', "1", "RpcFrameworkError"),
        ('[true,"1","Heartbeat",{}]', "1", "RpcFrameworkError"),
        ('[2,1,"Heartbeat",{}]', "-1", "RpcFrameworkError"),
        (f'[2,"{LONG}","Heartbeat",{{}}]', "-1", "RpcFrameworkError"),
        ('[2,"1","Heartbeat"]', "1", "RpcFrameworkError"),
        ('[2,"1",7,{}]', "1", "RpcFrameworkError"),
        ('[2,"1","Heartbeat",[]]', "1", "FormatViolation"),
        ('[9,"1",{}]', "1", "MessageTypeNotSupported"),
    ],
)
def test_201_refuses_everything_else(text: str, uid: str, code: str) -> None:
    owed = json.loads(refusal_owed(loaded(text), "2.0.1") or "")
    assert (owed[:3], owed[4]) == ([4, uid, code], {})


@pytest.mark.parametrize("text", ["[2,", "{}", "[]", '[2,1,"Heartbeat",{}]', '[9,"1",{}]'])
def test_16_drops_what_has_no_id_and_unknown_types(text: str) -> None:
    assert refusal_owed(loaded(text), "1.6") == ""


def test_16_refuses_what_has_an_id() -> None:
    owed = json.loads(refusal_owed(loaded('[2,"1","Heartbeat",[]]'), "1.6") or "")
    assert owed[:3] == [4, "1", "FormationViolation"]


def test_16_repeats_an_id_that_is_too_long() -> None:
    owed = json.loads(refusal_owed(loaded(f'[2,"{LONG}","Heartbeat",{{}}]'), "1.6") or "")
    assert owed[:3] == [4, LONG, "FormationViolation"]


def test_a_code_that_no_table_has_is_a_generic_error() -> None:
    with pytest.raises(exceptions.GenericError), any_code():
        CallError("1", "NoSuchCode", "").to_exception()  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_an_answer_that_is_not_whole_is_dropped(version: str) -> None:
    assert refusal_owed(loaded('[3,"1"]'), version) == ""
