"""What a central system was asked for is told from what it has chosen itself."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.operators import actions
from conformance.operators.actions import Action
from conformance.provenance import told
from tests.operators import samples


@pytest.mark.parametrize(
    ("action", "name", "payload", "text"),
    [
        (
            actions.RemoteStart(token="tag1", kind="ISO14443", evse=1),
            "RemoteStartTransaction",
            {"idTag": "TAG1", "connectorId": 2},
            "as asked for: idTag; not what was asked for: connectorId (1 was)",
        ),
        (
            actions.Reserve(evse=1, token="TAG1", kind="ISO14443", expires_in=60),
            "ReserveNow",
            {"connectorId": 1, "idTag": "TAG1", "reservationId": 1, "expiryDate": "2026"},
            "as asked for: connectorId, idTag; its own choice: reservationId, expiryDate",
        ),
        (
            actions.SetProfile(evse=1, profile=samples.WISH, transaction="42"),
            "SetChargingProfile",
            {
                "connectorId": 1,
                "csChargingProfiles": {
                    "chargingProfileId": 900,
                    "transactionId": 42,
                    "chargingSchedule": {
                        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6.0}]
                    },
                },
            },
            (
                "as asked for: connectorId, csChargingProfiles.transactionId,"
                " csChargingProfiles.chargingSchedule.chargingSchedulePeriod[0].limit;"
                " not what was asked for: csChargingProfiles.chargingProfileId (1 was);"
                " its own choice:"
                " csChargingProfiles.chargingSchedule.chargingSchedulePeriod[0].startPeriod"
            ),
        ),
        (
            actions.ChangeAvailability(evse=1, operative=False),
            "ChangeAvailability",
            {"connectorId": 1, "type": "Inoperative"},
            "as asked for: connectorId, type",
        ),
        (
            actions.AskConfiguration(keys=("A", "B")),
            "GetConfiguration",
            {"key": ["A", "C"]},
            "as asked for: key[0]; not what was asked for: key[1] (A or B was)",
        ),
        (actions.ClearCache(), "ClearCache", {}, "has no fields"),
    ],
)
def test_whose_values_they_are(
    action: Action, name: str, payload: dict[str, Any], text: str
) -> None:
    assert told(action, name, payload) == f"{name} {text}"
