from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.features import feature_ids
from reports.clues import ACTIONS, KEYS, VARIABLES
from reports.exchange import told
from reports.pics import Holding, Seen, pics
from reports.run import Feature
from tests.reports.conftest import CASE, START, Reading

YES, NO, UNSEEN = Holding.CONFIRMED, Holding.CONTRADICTED, Holding.UNSEEN


def call(
    action: str, payload: object, answer: object, sender: str = "tool"
) -> list[dict[str, Any]]:
    """Return the frames of one exchange; a text as answer is the code of a CALLERROR."""
    other = "sut" if sender == "tool" else "tool"
    reply = [4, "1", answer, "", {}] if isinstance(answer, str) else [3, "1", answer]
    frames = ((sender, [2, "1", action, payload]), (other, reply))
    return [
        {"at": n, "sender": who, "connection": 1, "text": json.dumps(message)}
        for n, (who, message) in enumerate(frames)
    ]


def seen(
    reading: Reading, feature: str, *frames: dict[str, Any], declared: bool = True, **case: object
) -> Seen:
    """Return what a run with one case has seen of one feature."""
    version = "1.6" if feature.startswith("16-") else "2.0.1"
    run = reading(START, {**CASE, "version": version, "frames": list(frames), **case})
    known = Feature(id=feature, name="", kind="optional", declared=declared)
    return pics([known], told(run.cases))[0]


def configuration(**values: str) -> list[dict[str, Any]]:
    keys = [{"key": k, "readonly": True, "value": v} for k, v in values.items()]
    return call("GetConfiguration", {}, {"configurationKey": keys})


def changed(value: str, *, status: str = "Accepted") -> list[dict[str, Any]]:
    what = {"key": "LocalAuthListEnabled", "value": value}
    return call("ChangeConfiguration", what, {"status": status})


def variable(component: str, name: str, value: str) -> dict[str, Any]:
    return {"component": {"name": component}, "variable": {"name": name}, "attributeValue": value}


@pytest.mark.parametrize(
    ("feature", "frames", "holding"),
    [
        ("16-RESERVATION", call("ReserveNow", {}, {"status": "Accepted"}), YES),
        ("16-RESERVATION", call("ReserveNow", {}, {"status": "Occupied"}), YES),
        ("16-RESERVATION", call("ReserveNow", {}, {"status": "Rejected"}), UNSEEN),
        ("16-RESERVATION", call("ReserveNow", {}, "NotSupported"), NO),
        ("16-RESERVATION", call("ReserveNow", {}, "NotImplemented"), NO),
        ("16-RESERVATION", call("ReserveNow", {}, "InternalError"), UNSEEN),
        (
            "16-LOCAL-LIST",
            call("SendLocalList", {}, {"status": "NotSupported"}),
            NO,
        ),
        (
            "16-LOCAL-LIST",
            call("GetLocalListVersion", {}, {"listVersion": -1}),
            NO,
        ),
        ("16-LOCAL-LIST", call("GetLocalListVersion", {}, {"listVersion": 0}), YES),
        # Nobody has a list while it is switched off.
        (
            "16-LOCAL-LIST",
            [*changed("false"), *call("GetLocalListVersion", {}, {"listVersion": -1})],
            UNSEEN,
        ),
        (
            "16-LOCAL-LIST",
            [*changed("true"), *call("GetLocalListVersion", {}, {"listVersion": -1})],
            NO,
        ),
        ("16-LOCAL-LIST-DISABLE", changed("false"), YES),
        ("16-LOCAL-LIST-DISABLE", changed("true"), UNSEEN),
        ("16-LOCAL-LIST-DISABLE", changed("false", status="Rejected"), UNSEEN),
        # That one message is not implemented says nothing of the profile.
        (
            "16-REMOTE-TRIGGER",
            call("TriggerMessage", {}, {"status": "NotImplemented"}),
            UNSEEN,
        ),
        ("16-FIRMWARE", call("FirmwareStatusNotification", {}, {}, "sut"), YES),
        (
            "16-FIRMWARE",
            call("DiagnosticsStatusNotification", {"status": "Idle"}, {}, "sut"),
            UNSEEN,
        ),
        (
            "16-RESERVATION",
            configuration(SupportedFeatureProfiles="Core, Reservation"),
            YES,
        ),
        ("16-RESERVATION", configuration(SupportedFeatureProfiles="Core"), NO),
        ("16-MAX-PERIODS-5", configuration(ChargingScheduleMaxPeriods="5"), YES),
        ("16-MAX-PERIODS-5", configuration(ChargingScheduleMaxPeriods="4"), NO),
        ("16-MAX-PERIODS-5", configuration(ChargingScheduleMaxPeriods="many"), UNSEEN),
        ("16-AUTHORIZE-REMOTE", configuration(AuthorizeRemoteTxRequests="false"), UNSEEN),
        ("16-CACHE", configuration(AuthorizationCacheEnabled="false"), YES),
        (
            "smart-charging",
            call("SetChargingProfile", {}, {"status": "Accepted"}),
            YES,
        ),
        ("iso15118", call("Get15118EVCertificate", {}, {}, "sut"), YES),
    ],
)
def test_what_messages_say_of_a_declared_feature(
    reading: Reading, feature: str, frames: list[dict[str, Any]], holding: Holding
) -> None:
    assert seen(reading, feature, *frames).holding is holding


@pytest.mark.parametrize(("value", "holding"), [("true", "confirmed"), ("false", "contradicted")])
def test_what_a_variable_says_of_a_feature(reading: Reading, value: str, holding: str) -> None:
    asked = {**variable("ReservationCtrlr", "Available", value), "attributeStatus": "Accepted"}
    told_ = call("GetVariables", {}, {"getVariableResult": [asked]})
    assert seen(reading, "reservation", *told_).holding == holding
    report = {
        **{k: v for k, v in asked.items() if k in {"component", "variable"}},
        "variableAttribute": [{"value": value}, {"type": "Target", "value": "true"}],
    }
    told_ = call("NotifyReport", {"reportData": [report]}, {}, "sut")
    assert seen(reading, "reservation", *told_).holding == holding


def test_a_variable_that_was_refused_says_nothing(reading: Reading) -> None:
    asked = {**variable("ReservationCtrlr", "Available", ""), "attributeStatus": "UnknownComponent"}
    found = seen(reading, "reservation", *call("GetVariables", {}, {"getVariableResult": [asked]}))
    assert found.holding is Holding.UNSEEN


def test_an_undeclared_feature_that_works_is_told(reading: Reading) -> None:
    frames = call("ReserveNow", {}, {"status": "Accepted"})
    found = seen(reading, "16-RESERVATION", *frames, declared=False)
    assert found.holding is Holding.UNDECLARED
    assert [(c.case, c.text) for c in found.clues] == [
        ("TC_001_CS", "ReserveNow was answered Accepted")
    ]
    refused = call("ReserveNow", {}, "NotSupported")
    assert seen(reading, "16-RESERVATION", *refused, declared=False).holding is Holding.ABSENT
    assert seen(reading, "16-RESERVATION", declared=False).holding is Holding.ABSENT


@pytest.mark.parametrize(
    ("condition", "verdict", "holding"),
    [
        ("C-30", "PASS", Holding.CONFIRMED),
        ("C-31 and C-30 and not AQ-1", "PASS", Holding.CONFIRMED),
        ("not C-30", "PASS", Holding.UNSEEN),
        ("C-30 or C-31", "PASS", Holding.UNSEEN),
        ("C-30", "FAIL", Holding.UNSEEN),
    ],
)
def test_a_case_that_passed_confirms_what_it_needs(
    reading: Reading, condition: str, verdict: str, holding: Holding
) -> None:
    assert seen(reading, "C-30", condition=condition, verdict=verdict).holding is holding


def test_of_many_clues_the_first_ones_are_kept(reading: Reading) -> None:
    said = ("Accepted", "Accepted", "Occupied", "Faulted", "Unavailable")
    cases = [
        {**CASE, "id": f"TC_{n}_CS", "frames": call("ReserveNow", {}, {"status": status})}
        for n, status in enumerate(said)
    ]
    run = reading(START, *cases)
    known = Feature(id="16-RESERVATION", name="", kind="profile", declared=True)
    assert [c.case for c in pics([known], told(run.cases))[0].clues] == [
        *("TC_0_CS", "TC_2_CS", "TC_3_CS")  # TC_1_CS says the same as TC_0_CS
    ]


def test_the_tables_name_features_that_there_are() -> None:
    for version, table in ACTIONS.items():
        known = feature_ids(version, "CS") | feature_ids(version, "CSMS")
        assert set(table.values()) <= known
    settings = {id_ for table in (KEYS, VARIABLES) for found in table.values() for id_, _ in found}
    assert settings <= feature_ids("1.6", "CS") | feature_ids("2.0.1", "CS")
