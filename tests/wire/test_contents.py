from __future__ import annotations

import pytest

from conformance.wire.contents import Contents
from conformance.wire.frames import Call


def found(contents: Contents, action: str, **payload: object) -> list[tuple[str, str, bool]]:
    call = Call("1", action, payload)
    return [(f.rule, f.where, f.fatal) for f in contents.called(call)]


@pytest.mark.parametrize(
    ("connector", "error", "status", "rule"),
    [
        (0, "NoError", "Available", None),
        (0, "OtherError", "Faulted", None),
        (0, "NoError", "Charging", ("status-of-connector-0", "payload.status", True)),
        (1, "NoError", "Charging", None),
        (-1, "NoError", "Charging", ("connector-number", "payload.connectorId", True)),
        (1, "NoError", "Faulted", ("error-code-of-status", "payload.errorCode", False)),
        (1, "HighTemperature", "Charging", None),
        (1, "EVCommunicationError", "SuspendedEVSE", None),
        (1, "EVCommunicationError", "Faulted", ("error-code-of-status", "payload.errorCode", True)),
    ],
)
def test_status_notification_of_1_6(
    connector: int, error: str, status: str, rule: tuple[str, str, bool] | None
) -> None:
    status_of = {"connectorId": connector, "errorCode": error, "status": status}
    expected = [rule] if rule else []
    assert found(Contents("1.6"), "StatusNotification", **status_of) == expected


@pytest.mark.parametrize(("connector", "ok"), [(1, True), (0, False), (-1, False)])
def test_a_transaction_of_1_6_starts_on_a_connector(connector: int, ok: bool) -> None:
    rule = ("connector-number", "payload.connectorId", True)
    assert found(Contents("1.6"), "StartTransaction", connectorId=connector) == [rule] * (not ok)


def test_status_notification_of_2_0_1_names_evse_and_connector_from_one() -> None:
    contents = Contents("2.0.1")
    assert found(contents, "StatusNotification", evseId=1, connectorId=1) == []
    assert found(contents, "StatusNotification", evseId=0, connectorId=0) == [
        ("evse-number", "payload.evseId", True),
        ("connector-number", "payload.connectorId", True),
    ]


def test_an_evse_anywhere_in_a_payload_is_numbered_from_one() -> None:
    data = [{"component": {"evse": {"id": 1}}}, {"component": {"evse": {"id": 0}}}]
    assert found(Contents("2.0.1"), "NotifyReport", reportData=data) == [
        ("evse-number", "payload.reportData[1].component.evse.id", True)
    ]


def test_the_main_controller_may_send_meter_values() -> None:
    assert found(Contents("2.0.1"), "MeterValues", evseId=0) == []


def test_what_a_vendor_adds_is_his_own() -> None:
    own = {"evse": {"id": 0}}
    assert found(Contents("2.0.1"), "DataTransfer", data=own, customData=own) == []


def event(number: int, name: str = "T1", **more: object) -> dict[str, object]:
    return {"seqNo": number, "transactionInfo": {"transactionId": name}, **more}


def test_a_seq_no_is_given_to_one_event_of_a_transaction_only() -> None:
    contents = Contents("2.0.1")
    assert found(contents, "TransactionEvent", **event(0, eventType="Started")) == []
    assert found(contents, "TransactionEvent", **event(0, "T2", eventType="Started")) == []
    assert found(contents, "TransactionEvent", **event(2, eventType="Ended")) == []
    assert found(contents, "TransactionEvent", **event(1, eventType="Updated")) == []
    assert found(contents, "TransactionEvent", **event(1, eventType="Updated")) == []  # a retry
    assert found(contents, "TransactionEvent", **event(1, eventType="Ended")) == [
        ("seq-no", "payload.seqNo", True)
    ]


def test_a_transaction_goes_on_over_connections() -> None:
    contents = Contents("2.0.1")
    found(contents, "TransactionEvent", **event(0, eventType="Started"))
    contents.reconnected()
    assert found(contents, "TransactionEvent", **event(0, eventType="Ended"))


@pytest.mark.parametrize(
    ("order", "report"),
    [
        ("GetBaseReport", "NotifyReport"),
        ("GetReport", "NotifyReport"),
        ("GetMonitoringReport", "NotifyMonitoringReport"),
        ("CustomerInformation", "NotifyCustomerInformation"),
    ],
)
def test_the_parts_of_a_report_are_numbered_from_zero(order: str, report: str) -> None:
    contents = Contents("2.0.1")
    found(contents, order, requestId=5)
    found(contents, order, requestId=6)
    assert found(contents, report, requestId=5, seqNo=0) == []
    assert found(contents, report, requestId=5, seqNo=0) == []  # sent again
    assert found(contents, report, requestId=6, seqNo=0) == []
    assert found(contents, report, requestId=5, seqNo=1) == []
    wrong = [("report-seq-no", "payload.seqNo", True)]
    assert found(contents, report, requestId=5, seqNo=3) == wrong
    assert found(contents, report, requestId=6, seqNo=0, tbc=True) == wrong


def test_a_report_that_was_not_asked_for_on_this_connection_is_not_judged() -> None:
    contents = Contents("2.0.1")
    assert found(contents, "NotifyReport", requestId=5, seqNo=3) == []
    found(contents, "GetReport", requestId=5)
    contents.reconnected()
    assert found(contents, "NotifyReport", requestId=5, seqNo=3) == []


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
@pytest.mark.parametrize("value", [None, "1", True, [], {}, 1.5])
def test_fields_of_the_wrong_type_are_left_to_the_schema(version: str, value: object) -> None:
    contents = Contents(version)
    fields = ("connectorId", "evseId", "evse", "seqNo", "requestId", "status", "transactionInfo")
    for action in ("StatusNotification", "StartTransaction", "TransactionEvent", "NotifyReport"):
        assert found(contents, action, **dict.fromkeys(fields, value)) == []


def test_memory_is_bounded() -> None:
    contents = Contents("2.0.1")
    for n in range(1000):
        found(contents, "TransactionEvent", **event(0, f"T{n}"))
        found(contents, "GetReport", requestId=n)
    assert len(contents._transactions) == 200
    assert len(contents._reports) == 200


def test_an_event_that_is_told_again_may_be_told_as_of_offline() -> None:
    contents = Contents("2.0.1")
    first = event(1, "t", offline=False)
    assert found(contents, "TransactionEvent", **first) == []
    assert found(contents, "TransactionEvent", **{**first, "offline": True}) == []
    assert found(contents, "TransactionEvent", **{**first, "triggerReason": "Trigger"}) != []
