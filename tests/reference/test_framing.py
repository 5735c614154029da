"""What the reference systems owe to frames that are no proper requests."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft4Validator  # type: ignore[import-untyped]
from jsonschema.exceptions import ValidationError  # type: ignore[import-untyped]
from ocpp import exceptions
from ocpp.messages import CallError

from conformance.reference.framing import any_code, loaded, refusal_owed
from conformance.reference.payloads import quick

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


def test_the_compiled_validators_say_what_those_of_the_package_say() -> None:
    profile = {"limit": 8.1, "startPeriod": 0}
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [profile]}
    kinds = [
        (2, "Heartbeat", {}),
        (2, "Heartbeat", {"surplus": 1}),
        (2, "Authorize", {"idTag": 1}),
        (2, "Authorize", {"idTag": "x" * 21}),
        (3, "GetCompositeSchedule", {"status": "Accepted", "chargingSchedule": schedule}),
        (3, "Authorize", {"idTagInfo": {"status": "Odd"}}),
    ]
    told = [_told(quick(_own), *kind) for kind in kinds]
    assert told == [_told(_own, *kind) for kind in kinds]
    assert [bool(why) for why in told] == [False, True, True, True, False, True]


def _own(*words: Any) -> Draft4Validator:  # noqa: ANN401
    kind, action, _ = words
    path = files("ocpp.v16") / "schemas" / f"{action}{'Response' if kind == 3 else ''}.json"
    return Draft4Validator(json.loads(path.read_text("utf-8-sig"), parse_float=Decimal))


def _told(get: Callable[..., Any], kind: int, action: str, payload: object) -> str:
    """Return what is wrong with a payload whose numbers are decimals, as the package's are."""
    try:
        get(kind, action, "1.6").validate(json.loads(json.dumps(payload), parse_float=Decimal))
    except ValidationError as wrong:
        return str(wrong)
    return ""
