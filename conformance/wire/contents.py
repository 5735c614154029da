"""What the documents say of the contents of requests, and the schemas cannot express."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeGuard

from conformance.wire.frames import Call, Finding

_REMEMBERED: Final = 200
_REPORTS: Final = {
    "NotifyReport": "OCPP 2.0.1 Part 2, B07.FR.10, B08.FR.14",
    "NotifyMonitoringReport": "OCPP 2.0.1 Part 2, N02.FR.09",
    "NotifyCustomerInformation": "OCPP 2.0.1 Part 2, seqNo of NotifyCustomerInformationRequest",
}
_ORDERS: Final = {
    "GetBaseReport": "NotifyReport",
    "GetReport": "NotifyReport",
    "GetMonitoringReport": "NotifyMonitoringReport",
    "CustomerInformation": "NotifyCustomerInformation",
}
_CONTROLLER_STATUS: Final = ("Available", "Unavailable", "Faulted")
_EV_ERROR_STATUS: Final = ("Preparing", "SuspendedEV", "SuspendedEVSE", "Finishing")

Found = Iterator[tuple[str, str, str, bool]]  # rule, place in the payload, text, fatal


class Contents:
    """Follows the requests of both sides and finds what a schema cannot, within and between them.

    What was seen of reports ends with a connection (`reconnected`), transactions go on. Fields of
    the wrong type are the schema's business and are passed over here.
    """

    def __init__(self, version: str) -> None:
        self._transactions: dict[str, dict[int, str]] = {}
        self._reports: dict[tuple[str, int], tuple[int, str]] = {}
        self._checks: dict[str, Callable[[Mapping[str, Any]], Found]] = (
            {"StatusNotification": _status_16, "StartTransaction": _start_16}
            if version == "1.6"
            else {"StatusNotification": _status_201, "TransactionEvent": self._sequence}
        )
        self._version = version

    def called(self, call: Call) -> list[Finding]:
        """Return what is wrong with the contents of a CALL, whichever side sent it."""
        found = list(self._checks.get(call.action, _nothing)(call.payload))
        if self._version != "1.6":
            found += _evses(call.payload, "")
            self._ordered(call)
            found += self._part(call)
        return [
            Finding(rule, f"payload.{path}", text, call.uid, fatal)
            for rule, path, text, fatal in found
        ]

    def reconnected(self) -> None:
        """Forget the reports: their parts may have been lost with the connection."""
        self._reports.clear()

    def _sequence(self, payload: Mapping[str, Any]) -> Found:
        number, info = payload.get("seqNo"), payload.get("transactionInfo")
        name = info.get("transactionId") if isinstance(info, Mapping) else None
        if not _is_int(number) or not isinstance(name, str):
            return
        events = self._transactions.setdefault(name, {})
        # Told again, an event may have become one of the time offline: it could not be delivered.
        content = _text({k: v for k, v in payload.items() if k != "offline"})
        if events.setdefault(number, content) != content:
            text = (
                f"seqNo {number} was given to another event of this transaction; it grows by 1 "
                "with each (OCPP 2.0.1 Part 2, E 1.3.2.1, E01.FR.07)"
            )
            yield "seq-no", "seqNo", text, True
        if len(self._transactions) > _REMEMBERED:
            self._transactions.pop(next(iter(self._transactions)))

    def _ordered(self, call: Call) -> None:
        number = call.payload.get("requestId")
        if call.action in _ORDERS and _is_int(number):
            self._reports[_ORDERS[call.action], number] = (-1, "")
            if len(self._reports) > _REMEMBERED:
                self._reports.pop(next(iter(self._reports)))

    def _part(self, call: Call) -> Found:
        number, report = call.payload.get("seqNo"), call.payload.get("requestId")
        if call.action not in _REPORTS or not _is_int(number) or not _is_int(report):
            return
        if (call.action, report) not in self._reports:
            return  # asked for before the tool could see it
        last, before = self._reports[call.action, report]
        content = _text(call.payload)
        if content == before:
            return  # sent again, because its answer was late
        self._reports[call.action, report] = (number, content)
        if number != last + 1:
            text = (
                f"seqNo is {number} where {last + 1} is due: the first part of a report has 0, "
                f"and each one more ({_REPORTS[call.action]})"
            )
            yield "report-seq-no", "seqNo", text, True


def _nothing(_: Mapping[str, Any]) -> Found:
    yield from ()


def _status_16(payload: Mapping[str, Any]) -> Found:
    connector, status = payload.get("connectorId"), payload.get("status")
    error = payload.get("errorCode")
    if _is_int(connector) and connector < 0:
        text = "a connectorId is 0 or more (OCPP 1.6, 6.47)"
        yield "connector-number", "connectorId", text, True
    if connector == 0 and isinstance(status, str) and status not in _CONTROLLER_STATUS:
        text = f"connector 0 is Available, Unavailable or Faulted, never {status} (OCPP 1.6, 7.7)"
        yield "status-of-connector-0", "status", text, True
    if error == "EVCommunicationError" and status not in _EV_ERROR_STATUS:
        text = (
            "EVCommunicationError goes with Preparing, SuspendedEV, SuspendedEVSE and Finishing "
            f"only, not with {status} (OCPP 1.6, 4.9)"
        )
        yield "error-code-of-status", "errorCode", text, True
    if error == "NoError" and status == "Faulted":
        text = "a status of Faulted comes with NoError: which fault is it? (OCPP 1.6, 7.6, 7.7)"
        yield "error-code-of-status", "errorCode", text, False


def _start_16(payload: Mapping[str, Any]) -> Found:
    connector = payload.get("connectorId")
    if _is_int(connector) and connector < 1:
        text = f"a transaction starts on a connector from 1 up, not {connector} (OCPP 1.6, 6.45)"
        yield "connector-number", "connectorId", text, True


def _status_201(payload: Mapping[str, Any]) -> Found:
    yield from _numbers(payload.get("evseId"), payload.get("connectorId"), "evseId", "connectorId")


def _evses(node: object, path: str) -> Found:
    """Check every EVSEType in a payload, wherever it stands; what is custom is the vendor's."""
    if isinstance(node, Mapping):
        for name, child in node.items():
            place = f"{path}.{name}" if path else name
            if name == "evse" and isinstance(child, Mapping):
                yield from _numbers(
                    child.get("id"), child.get("connectorId"), f"{place}.id", f"{place}.connectorId"
                )
            elif name not in ("customData", "data"):
                yield from _evses(child, place)
    elif isinstance(node, list):
        for index, child in enumerate(node):
            yield from _evses(child, f"{path}[{index}]")


def _numbers(evse: object, connector: object, evse_path: str, connector_path: str) -> Found:
    if _is_int(evse) and evse < 1:
        source = "Part 2, 2.23" if evse_path.endswith("evse.id") else "Part 1, 7.1"
        text = f"EVSEs are numbered from 1, this one is {evse} (OCPP 2.0.1 {source})"
        yield "evse-number", evse_path, text, True
    if _is_int(connector) and connector < 1:
        text = f"connectors are numbered from 1, this one is {connector}"
        yield "connector-number", connector_path, f"{text} (OCPP 2.0.1 Part 1, 7.2)", True


def _is_int(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _text(payload: Mapping[str, Any]) -> str:
    return json.dumps(payload, sort_keys=True, default=str)
