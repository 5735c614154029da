from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from conformance.wire.samples import full, longest, minimal, mutants
from conformance.wire.schema import Direction, Violation, actions, schema, validator

DIRECTIONS: tuple[Direction, ...] = ("Request", "Response")
EVERY = [
    pytest.param(version, action, direction, id=f"{version}-{action}{direction}")
    for version in ("1.6", "2.0.1")
    for action in actions(version)
    for direction in DIRECTIONS
]
CODES = {
    "1.6": {
        "FormationViolation",
        "OccurenceConstraintViolation",
        "PropertyConstraintViolation",
        "ProtocolError",
        "TypeConstraintViolation",
    },
    "2.0.1": {
        "FormatViolation",
        "OccurrenceConstraintViolation",
        "PropertyConstraintViolation",
        "ProtocolError",
        "TypeConstraintViolation",
    },
}

METER_VALUES: dict[str, Any] = {
    "connectorId": 1,
    "meterValue": [{"timestamp": "2026-02-01T10:00:00Z", "sampledValue": [{"value": "1"}]}],
}


def check(version: str, action: str, direction: Direction, payload: object) -> list[Violation]:
    checks = validator(version)
    if direction == "Request":
        return checks.check_request(action, payload)
    return checks.check_response(action, payload)


def only(found: list[Violation]) -> Violation:
    (violation,) = found
    return violation


def profile(limit: float) -> dict[str, Any]:
    return {
        "connectorId": 1,
        "csChargingProfiles": {
            "chargingProfileId": 1,
            "stackLevel": 0,
            "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Relative",
            "chargingSchedule": {
                "chargingRateUnit": "A",
                "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}],
            },
        },
    }


# Every action, both directions


@pytest.mark.parametrize(("version", "action", "direction"), EVERY)
def test_valid_payloads_pass(version: str, action: str, direction: Direction) -> None:
    rules = schema(version, action, direction)
    assert check(version, action, direction, minimal(rules)) == []
    assert check(version, action, direction, full(rules)) == []
    assert check(version, action, direction, longest(rules)) == []


@pytest.mark.parametrize(("version", "action", "direction"), EVERY)
def test_every_single_fault_is_found_in_its_place(
    version: str, action: str, direction: Direction
) -> None:
    for mutant in mutants(schema(version, action, direction)):
        found = check(version, action, direction, mutant.payload)
        assert (mutant.path, mutant.keyword) in [(v.path, v.keyword) for v in found]
        # An enum or a format is not to hide behind other findings, nor to bring false ones.
        assert {v.path for v in found} == {mutant.path}
        assert {v.error_code for v in found} <= CODES[version]


def test_every_version_has_all_its_actions() -> None:
    assert len(actions("1.6")) == 39
    assert len(actions("2.0.1")) == 64
    security = {"SignedUpdateFirmware", "SecurityEventNotification", "CertificateSigned", "GetLog"}
    assert security <= set(actions("1.6"))


# Unknown actions


@pytest.mark.parametrize(
    "action",
    ["../../v201/schemas/HeartbeatRequest", "Heartbeat.json", "HeartbeatResponse", "", "\ud800"],
)
def test_an_action_that_is_unknown_is_never_looked_for(action: str) -> None:
    checks = validator("1.6")
    assert not checks.knows(action)
    for found in (checks.check_request(action, {}), checks.check_response(action, {})):
        assert only(found).error_code == "NotImplemented"
        str(only(found)).encode()
    with pytest.raises(ValueError, match="has no action"):
        schema("1.6", action, "Request")


def test_an_action_of_the_other_version_is_unknown() -> None:
    assert not validator("2.0.1").knows("StartTransaction")
    assert not validator("1.6").knows("TransactionEvent")


def test_a_version_that_is_unknown_is_refused() -> None:
    with pytest.raises(ValueError, match=r"2\.1"):
        validator("2.1")


def test_a_validator_is_made_once() -> None:
    assert validator("1.6") is validator("1.6")


# Values


@pytest.mark.parametrize("limit", [8.1, 16, 32.0, 0.1, 0, 21.4, 16140.3])
def test_tenths_are_multiples_of_a_tenth(limit: float) -> None:
    assert validator("1.6").check_request("SetChargingProfile", profile(limit)) == []


def test_every_tenth_up_to_five_hundred_is_valid() -> None:
    checks = validator("1.6")
    refused = [
        i for i in range(5001) if checks.check_request("SetChargingProfile", profile(i / 10))
    ]
    assert refused == []


@pytest.mark.parametrize("limit", [8.15, 8.100000381469727, 1e-5])
def test_hundredths_are_no_multiples_of_a_tenth(limit: float) -> None:
    found = only(validator("1.6").check_request("SetChargingProfile", profile(limit)))
    assert found.path.endswith("chargingSchedulePeriod[0].limit")
    assert found.message == f"is {limit}, not a multiple of 0.1"


@pytest.mark.parametrize("value", [300, 300.0])
def test_a_whole_number_is_an_integer_with_or_without_a_fraction(value: float) -> None:
    answer = {"status": "Accepted", "currentTime": "2026-02-01T10:00:00Z", "interval": value}
    for version in CODES:
        assert validator(version).check_response("BootNotification", answer) == []


@pytest.mark.parametrize("value", [300.5, True, "300", None])
def test_anything_else_is_no_integer(value: object) -> None:
    answer = {"status": "Accepted", "currentTime": "2026-02-01T10:00:00Z", "interval": value}
    for version in CODES:
        found = only(validator(version).check_response("BootNotification", answer))
        assert (found.path, found.keyword) == ("interval", "type")


@pytest.mark.parametrize(
    "time",
    [
        "2026-02-01T10:00:00Z",
        "2026-02-01t10:00:00z",
        "2026-02-01T10:00:00.123456Z",
        "2026-02-01T10:00:00+05:45",
        "2026-02-01T10:00:00-00:00",
        "2024-02-29T10:00:00Z",
        "2016-12-31T23:59:60Z",  # a leap second
    ],
)
def test_date_times_of_rfc_3339(time: str) -> None:
    assert validator("1.6").check_response("Heartbeat", {"currentTime": time}) == []


@pytest.mark.parametrize(
    "time",
    [
        "2026-02-01T10:00:00",
        "2026-02-01 10:00:00Z",
        "2026-02-01T10:00:00+0100",
        "2026-02-01T24:00:00Z",
        "2026-02-01T10:00Z",
        "2026-02-29T10:00:00Z",
        "2026-02-01T10:00:60Z",
        "2026-02-01T10:00:00,5Z",
        "2026-02-01T10:00:00Z\n",
        "2026-02-01",
        "",
    ],
)
def test_what_is_no_date_time(time: str) -> None:
    found = only(validator("2.0.1").check_response("Heartbeat", {"currentTime": time}))
    assert (found.keyword, found.error_code) == ("format", "PropertyConstraintViolation")


def test_length_counts_characters_not_bytes() -> None:
    boot = {"chargePointModel": "m", "chargePointVendor": "😀" * 20}
    assert validator("1.6").check_request("BootNotification", boot) == []
    boot["chargePointVendor"] += "😀"
    found = only(validator("1.6").check_request("BootNotification", boot))
    assert "has 21 characters, 20 are allowed" in found.message


def test_a_payload_may_be_any_mapping() -> None:
    boot: Mapping[str, object] = MappingProxyType({"chargePointModel": "m"})
    assert only(validator("1.6").check_request("BootNotification", boot)).keyword == "required"


# Corrections of the shipped schemas


@pytest.mark.parametrize("unit", ["Celcius", "Celsius"])
def test_both_spellings_of_the_errata_are_legal(unit: str) -> None:
    value = {"timestamp": "2026-02-01T10:00:00Z", "sampledValue": [{"value": "1", "unit": unit}]}
    values = {"connectorId": 1, "meterValue": [value]}
    stop = {
        "transactionId": 1,
        "meterStop": 1,
        "timestamp": "2026-02-01T10:00:00Z",
        "transactionData": [value],
    }
    assert validator("1.6").check_request("MeterValues", values) == []
    assert validator("1.6").check_request("StopTransaction", stop) == []


def test_the_two_messages_with_meter_values_allow_the_same_units() -> None:
    values = schema("1.6", "MeterValues", "Request")["properties"]["meterValue"]["items"]
    stop = schema("1.6", "StopTransaction", "Request")["properties"]["transactionData"]["items"]
    assert values["properties"]["sampledValue"] == stop["properties"]["sampledValue"] | {
        "minItems": 1
    }


@pytest.mark.parametrize(("length", "findings"), [(5600, 0), (5601, 1)])
def test_an_exi_response_is_as_long_as_edition_3_says(length: int, findings: int) -> None:
    answer = {"status": "Accepted", "exiResponse": "x" * length}
    assert len(validator("2.0.1").check_response("Get15118EVCertificate", answer)) == findings


# Error codes


@pytest.mark.parametrize(
    ("version", "payload", "code"),
    [
        ("1.6", [], "FormationViolation"),
        ("1.6", {}, "ProtocolError"),
        ("1.6", METER_VALUES | {"surplus": 1}, "FormationViolation"),
        ("1.6", METER_VALUES | {"connectorId": "1"}, "TypeConstraintViolation"),
        ("1.6", METER_VALUES | {"meterValue": []}, "OccurenceConstraintViolation"),
        ("2.0.1", [], "FormatViolation"),
        ("2.0.1", {}, "OccurrenceConstraintViolation"),
        ("2.0.1", {"evseId": 1, "meterValue": []}, "OccurrenceConstraintViolation"),
    ],
)
def test_the_error_code_is_the_versions_own(version: str, payload: object, code: str) -> None:
    found = validator(version).check_request("MeterValues", payload)
    assert {v.error_code for v in found} == {code}


def test_several_faults_are_all_found() -> None:
    found = validator("1.6").check_request("BootNotification", {"iccid": 1, "a": 1, "b": 2})
    assert sorted((v.path, v.keyword) for v in found) == [
        ("a", "additionalProperties"),
        ("b", "additionalProperties"),
        ("chargePointModel", "required"),
        ("chargePointVendor", "required"),
        ("iccid", "type"),
    ]


# Texts


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        ({}, "chargePointVendor is missing"),
        ({"chargePointVendor": 7}, "chargePointVendor is 7, not a string"),
        ({"chargePointVendor": None}, "chargePointVendor is null, not a string"),
        ({"chargePointVendor": {"a": 1}}, "chargePointVendor is an object, not a string"),
        ({"chargePointVendor": [1, 2]}, "chargePointVendor is a list of 2, not a string"),
        (
            {"chargePointVendor": "v" * 50},
            f'chargePointVendor has 50 characters, 20 are allowed: "{"v" * 39}…"',
        ),
        ({"chargePointVendor": "v", "ICCID": "1"}, "ICCID is not a field here"),
        ([], "the payload is a list of 0, not an object"),
    ],
)
def test_what_a_violation_says(payload: object, text: str) -> None:
    if isinstance(payload, dict):
        payload["chargePointModel"] = "m"
    assert str(only(validator("1.6").check_request("BootNotification", payload))) == text


def test_a_long_list_of_values_is_shortened() -> None:
    request = {"connectorId": 1, "errorCode": "NoError", "status": "Idle"}
    assert str(only(validator("1.6").check_request("StatusNotification", request))) == (
        'status is "Idle", not one of Available, Preparing, Charging, SuspendedEVSE, SuspendedEV'
        " or 4 others"
    )


@pytest.mark.parametrize(
    ("version", "action", "payload"),
    [
        ("1.6", "ChangeConfiguration", {"key": "AuthorizationKey", "value": "hunter2" * 90}),
        ("1.6", "GetDiagnostics", {"location": "ftp //me:hunter2@host"}),
        (
            "2.0.1",
            "SetVariables",
            {
                "setVariableData": [
                    {
                        "attributeValue": "hunter2" * 200,
                        "component": {"name": "SecurityCtrlr"},
                        "variable": {"name": "BasicAuthPassword"},
                    }
                ]
            },
        ),
    ],
)
def test_a_value_that_may_be_secret_is_not_shown(
    version: str, action: str, payload: Mapping[str, object]
) -> None:
    found = only(validator(version).check_request(action, payload))
    assert "hunter2" not in str(found)
    assert "(not shown)" in str(found)


def test_names_of_the_peer_are_safe_to_print() -> None:
    found = only(validator("1.6").check_request("Heartbeat", {"\x1b[2J" + "n" * 500: 1}))
    assert found.path.isprintable()
    assert len(found.path) < 60


@pytest.mark.parametrize("payload", [{"idTag": object()}, {"idTag": "\ud800", "surplus": 1}])
def test_what_is_no_json_value_is_a_finding(payload: dict[str, object]) -> None:
    found = only(validator("1.6").check_request("Authorize", payload))
    assert (found.path, found.keyword) == ("", "payload")


# Cost


def test_schemas_are_compiled_when_they_are_needed() -> None:
    code = (
        "import json\nfrom conformance.wire.schema import validator\n"
        "checks = validator('2.0.1')\nbefore = len(checks._compiled)\n"
        "checks.check_request('Heartbeat', {})\nprint(json.dumps([before, len(checks._compiled)]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert json.loads(done.stdout) == [0, 1]
