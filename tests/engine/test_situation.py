"""What the tool knows of a station from its messages."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.situation import MOST, Situation, connector_statuses


def booted(version: str = "1.6") -> Situation:
    """Return the situation after a boot that was accepted."""
    situation = Situation()
    situation.observe(version, "BootNotification", {})
    situation.answered("BootNotification", {}, {"status": "Accepted"})
    return situation


def reported(situation: Situation, connector: int, status: str) -> None:
    """Report a status of OCPP 1.6."""
    payload = {"connectorId": connector, "status": status}
    situation.observe("1.6", "StatusNotification", payload)


def test_nothing_is_known_at_first() -> None:
    situation = Situation()
    assert not situation.idle()
    assert situation.why_not_idle() == "the station has not booted and been accepted"


@pytest.mark.parametrize("status", ["Pending", "Rejected"])
def test_a_boot_that_is_not_accepted(status: str) -> None:
    situation = Situation()
    situation.observe("1.6", "BootNotification", {})
    situation.answered("BootNotification", {}, {"status": status})
    assert not situation.idle()


def test_idle_after_the_boot() -> None:
    assert booted().idle()


@pytest.mark.parametrize("status", ["Preparing", "Charging", "Finishing", "Faulted", "Reserved"])
def test_a_connector_that_is_not_available(status: str) -> None:
    situation = booted()
    reported(situation, 1, status)
    assert not situation.idle()
    assert situation.why_not_idle() == f"connector 1/1 is {status}"
    reported(situation, 1, "Available")
    assert situation.idle()


def test_the_main_controller_is_no_connector() -> None:
    situation = booted()
    reported(situation, 0, "Unavailable")
    assert situation.idle()


def test_the_status_before() -> None:
    situation = booted()
    assert situation.before(1, 1) == ""
    reported(situation, 1, "Available")
    assert situation.before(1, 1) == ""
    reported(situation, 1, "Preparing")
    assert situation.before(1, 1) == "Available"


def test_a_transaction_of_16() -> None:
    situation = booted()
    situation.observe("1.6", "StartTransaction", {"connectorId": 2})
    assert situation.idle()
    situation.answered("StartTransaction", {"connectorId": 2}, {"transactionId": 7})
    assert situation.transactions == {"7": 2}
    assert situation.why_not_idle() == "transaction 7 is still running"
    situation.observe("1.6", "StopTransaction", {"transactionId": 7})
    assert situation.idle()


def _event(kind: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"eventType": kind, "transactionInfo": {"transactionId": "T"}, **more}


def test_a_transaction_of_201() -> None:
    situation = booted("2.0.1")
    situation.observe("2.0.1", "TransactionEvent", _event("Started", evse={"id": 2}))
    situation.observe("2.0.1", "TransactionEvent", _event("Updated"))
    assert situation.transactions == {"T": 2}
    situation.observe("2.0.1", "TransactionEvent", _event("Ended"))
    assert situation.idle()


def test_a_boot_forgets_what_was() -> None:
    situation = booted()
    reported(situation, 1, "Charging")
    situation.answered("StartTransaction", {"connectorId": 1}, {"transactionId": 7})
    situation.observe("1.6", "BootNotification", {})
    situation.answered("BootNotification", {}, {"status": "Accepted"})
    assert situation.why_not_idle() == "transaction 7 is still running"
    assert situation.boots == 2
    reported(situation, 1, "Finishing")
    assert situation.transactions == {"7": 1}
    reported(situation, 1, "Available")
    assert situation.idle()


def test_a_transaction_that_outlives_a_boot_is_over_when_it_is_stopped() -> None:
    situation = booted()
    situation.answered("StartTransaction", {"connectorId": 1}, {"transactionId": 7})
    situation.observe("1.6", "BootNotification", {})
    situation.answered("BootNotification", {}, {"status": "Accepted"})
    reported(situation, 2, "Available")
    assert not situation.idle()
    situation.observe("1.6", "StopTransaction", {"transactionId": 7})
    reported(situation, 1, "Available")
    assert situation.idle()


def test_without_a_boot_an_available_connector_ends_no_transaction() -> None:
    situation = booted()
    situation.answered("StartTransaction", {"connectorId": 1}, {"transactionId": 7})
    reported(situation, 1, "Available")
    assert situation.transactions == {"7": 1}


def test_the_first_report_after_a_boot() -> None:
    situation = Situation()
    reported(situation, 1, "Available")
    assert not situation.untold(1, 1)  # nobody knows when it has booted
    situation.observe("1.6", "BootNotification", {})
    reported(situation, 1, "Available")
    assert situation.untold(1, 1)
    reported(situation, 1, "Available")
    assert not situation.untold(1, 1)


@pytest.mark.parametrize(
    ("version", "action", "payload", "found"),
    [
        ("1.6", "StatusNotification", {"connectorId": 2, "status": "Faulted"}, (2, 2, "Faulted")),
        (
            "2.0.1",
            "StatusNotification",
            {"evseId": 1, "connectorId": 2, "connectorStatus": "Occupied"},
            (1, 2, "Occupied"),
        ),
        (
            "2.0.1",
            "NotifyEvent",
            {
                "eventData": [
                    {
                        "component": {"name": "Connector", "evse": {"id": 1, "connectorId": 2}},
                        "variable": {"name": "AvailabilityState"},
                        "actualValue": "Occupied",
                    }
                ]
            },
            (1, 2, "Occupied"),
        ),
        (
            "2.0.1",
            "NotifyEvent",
            {
                "eventData": [
                    {
                        "component": {"name": "EVSE", "evse": {"id": 1}},
                        "variable": {"name": "AvailabilityState"},
                        "actualValue": "Occupied",
                    }
                ]
            },
            None,
        ),
        ("2.0.1", "NotifyEvent", {"eventData": []}, None),
        ("1.6", "Heartbeat", {}, None),
    ],
)
def test_the_status_of_a_connector(
    version: str, action: str, payload: dict[str, Any], found: tuple[int, int, str] | None
) -> None:
    assert connector_statuses(version, action, payload) == ([found] if found else [])


def test_several_connectors_in_one_event() -> None:
    def data(connector: int, value: str) -> dict[str, Any]:
        return {
            "component": {"name": "Connector", "evse": {"id": 1, "connectorId": connector}},
            "variable": {"name": "AvailabilityState"},
            "actualValue": value,
        }

    situation = booted("2.0.1")
    both = {"eventData": [data(1, "Available"), data(2, "Occupied")]}
    situation.observe("2.0.1", "NotifyEvent", both)
    assert situation.statuses == {(1, 1): "Available", (1, 2): "Occupied"}


def test_a_flood_of_connectors_and_transactions_is_not_kept() -> None:
    situation = booted()
    for number in range(2 * MOST):
        reported(situation, number, "Charging")
        started = {"connectorId": number}
        situation.answered("StartTransaction", started, {"transactionId": number})
    assert len(situation.statuses) == len(situation.transactions) == MOST
    reported(situation, 1, "Available")
    assert situation.statuses[1, 1] == "Available"
