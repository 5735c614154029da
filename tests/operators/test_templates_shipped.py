"""The templates that come with the tool, request by request, against a stand-in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, Final

import pytest

from conformance.operators.actions import (
    Action,
    AskConfiguration,
    ClearCache,
    ClearProfile,
    RemoteStart,
    Reset,
    SetProfile,
    Trigger,
)
from conformance.operators.fixtures import GroupFixture, StationFixture, TokenFixture
from conformance.operators.http import csms_orders
from conformance.wire.schema import validator
from tests.operators import samples
from tests.operators.stand_in import stand_in
from tests.operators.template_bench import SHIPPED, operator, refused, told

# CitrineOS

PATHS: Final = {
    "RemoteStart": ("evdriver/remoteStartTransaction", "RemoteStartTransaction"),
    "RemoteStop": ("evdriver/remoteStopTransaction", "RemoteStopTransaction"),
    "Unlock": ("evdriver/unlockConnector", "UnlockConnector"),
    "ClearCache": ("evdriver/clearCache", "ClearCache"),
    "Trigger": ("configuration/triggerMessage", "TriggerMessage"),
    "ChangeConfiguration": ("configuration/changeConfiguration", "ChangeConfiguration"),
    "AskConfiguration": ("configuration/getConfiguration", "GetConfiguration"),
    "Reset": ("configuration/reset", "Reset"),
    "ChangeAvailability": ("configuration/changeAvailability", "ChangeAvailability"),
    "UpdateFirmware": ("configuration/updateFirmware", "UpdateFirmware"),
    "TransferData": ("configuration/dataTransfer", "DataTransfer"),
    "SetProfile": ("smartcharging/setChargingProfile", "SetChargingProfile"),
    "ClearProfile": ("smartcharging/clearChargingProfile", "ClearChargingProfile"),
    "AskCompositeSchedule": ("smartcharging/getCompositeSchedule", "GetCompositeSchedule"),
    "AskDiagnostics": ("reporting/getDiagnostics", "GetDiagnostics"),
}
MORE: Final = (
    RemoteStart(token="T", kind="ISO14443", evse=1),
    SetProfile(evse=1, transaction="7", profile=replace(samples.WISH, kind="Absolute")),
    AskConfiguration(),
    ClearProfile(),
    ClearProfile(profile=3),
    Trigger(message="Heartbeat"),
)


@pytest.mark.parametrize("action", [*samples.CSMS, *MORE], ids=lambda a: type(a).__name__)
def test_citrineos_gets_what_it_is_to_send(action: Action) -> None:
    with stand_in() as csms:
        subject = operator(SHIPPED / "citrineos-1.6.toml", csms.url)
        name = type(action).__name__
        assert subject.supports(type(action)) == (name in PATHS)
        if name not in PATHS:
            assert f"has no [intents.{name}]" in refused(subject, action)
            return
        told(subject, action)
    (asked,) = csms.asked
    path, message = PATHS[name]
    assert (asked.method, asked.path) == ("POST", f"/ocpp/1.6/{path}")
    assert asked.query == {"identifier": "CP 1/2", "tenantId": "1"}
    assert asked.headers["Content-Type"] == "application/json"
    assert validator("1.6").check_request(message, asked.body) == []
    assert values(asked.body) >= known(action)


def values(body: object) -> set[str]:
    """Return every value in a body, as text."""
    if isinstance(body, dict | list):
        inner = body.values() if isinstance(body, dict) else body
        return set().union(*map(values, inner))
    return {str(body)}


def known(action: Action) -> set[str]:
    """Return the values of an action that a message about it has to have."""
    left_out = {"kind", "extended", "operative", "valid"}
    if isinstance(action, Reset):
        left_out.discard("kind")
    plain = asdict(action)
    both = {**plain, **(plain["profile"] if isinstance(plain.get("profile"), dict) else {})}
    flat = {k: v for k, v in both.items() if k not in left_out and not isinstance(v, dict)}
    return {str(one) for v in flat.values() for one in (v if isinstance(v, tuple) else (v,))} - {
        "None"
    }


@pytest.mark.parametrize(
    ("action", "body"),
    [
        (MORE[0], {"connectorId": 1, "idTag": "T"}),
        (samples.STOP, {"transactionId": 42}),
        (AskConfiguration(), {}),
        (ClearProfile(), {}),
        (ClearProfile(profile=3), {"id": 3}),
        (
            SetProfile(evse=0, profile=replace(samples.WISH, valid=True, profile_id=9)),
            {
                "connectorId": 0,
                "csChargingProfiles": {
                    "chargingProfileId": 9,
                    "stackLevel": 0,
                    "chargingProfilePurpose": "TxProfile",
                    "chargingProfileKind": "Relative",
                    "validFrom": "2026-03-01T12:00:00.000Z",
                    "validTo": "2026-03-01T12:05:00.000Z",
                    "chargingSchedule": {
                        "duration": 300,
                        "chargingRateUnit": "A",
                        "chargingSchedulePeriod": [
                            {"startPeriod": 0, "limit": 6, "numberPhases": 3}
                        ],
                    },
                },
            },
        ),
        (
            MORE[1],
            {
                "connectorId": 1,
                "csChargingProfiles": {
                    "chargingProfileId": 1,
                    "transactionId": 7,
                    "stackLevel": 0,
                    "chargingProfilePurpose": "TxProfile",
                    "chargingProfileKind": "Absolute",
                    "chargingSchedule": {
                        "duration": 300,
                        "startSchedule": "2026-03-01T12:00:00.000Z",
                        "chargingRateUnit": "A",
                        "chargingSchedulePeriod": [
                            {"startPeriod": 0, "limit": 6, "numberPhases": 3}
                        ],
                    },
                },
            },
        ),
    ],
)
def test_what_was_not_wished_for_is_not_sent(action: Action, body: object) -> None:
    with stand_in() as csms:
        told(operator(SHIPPED / "citrineos-1.6.toml", csms.url), action)
    assert csms.asked[0].body == body


@pytest.mark.parametrize("said", [{"success": False}, [{"success": True}, {"success": False}], {}])
def test_citrineos_did_nothing_although_the_status_is_200(said: object) -> None:
    with stand_in(lambda _: (200, said)) as csms:
        text = refused(operator(SHIPPED / "citrineos-1.6.toml", csms.url), ClearCache())
    assert 'the answer does not have {"success": true}: HTTP 200 ' + json.dumps(said) in text


# The reference CSMS


@pytest.mark.parametrize("action", [*samples.CSMS, *MORE], ids=lambda a: type(a).__name__)
def test_the_reference_is_told_as_the_contract_says(action: Action) -> None:
    orders = csms_orders("1.6", "CP 1/2")
    with stand_in(lambda _: (200, b"")) as csms:
        subject = operator(SHIPPED / "reference-1.6.toml", f"{csms.url}/api/v1")
        assert subject.supports(type(action)) == (type(action) in orders)
        if type(action) not in orders:
            return
        told(subject, action)
    order = orders[type(action)](action)
    assert csms.asked[0].path == f"/api/v1{order.path}"
    assert csms.asked[0].body == without_none(order.body or {})


def without_none(body: Mapping[str, Any]) -> dict[str, Any]:
    plain = json.loads(json.dumps(body))
    return {
        k: without_none(v) if isinstance(v, dict) else v for k, v in plain.items() if v is not None
    }


def test_the_reference_is_told_what_it_has_to_know() -> None:
    fixtures = (
        StationFixture(station="CP01", security_profile=1, password="hush-hush"),
        GroupFixture(token="G", kind="Central"),
        TokenFixture(token="T", kind="ISO14443", status="Blocked"),
    )
    with stand_in(lambda _: (201, b"")) as csms:
        subject = operator(SHIPPED / "reference-1.6.toml", csms.url)
        assert all(subject.creates(type(fixture)) for fixture in fixtures)
        accounts = [asyncio.run(subject.create(fixture)) for fixture in fixtures]
    assert [asked.path for asked in csms.asked] == [
        *("/fixtures/Station", "/fixtures/Group", "/fixtures/Token")
    ]
    assert [asked.body for asked in csms.asked] == [without_none(asdict(f)) for f in fixtures]
    assert '"password": "***"' in accounts[0]
    assert "hush" not in accounts[0]
