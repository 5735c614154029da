"""How the reference charging station answers requests about itself (chapters B, C, F, G, P)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ocpp.exceptions import OccurrenceConstraintViolationError

from conformance.reference.authorization_201 import Authorization
from conformance.reference.core_201 import Core, stamp
from conformance.reference.evse_201 import Connector, Evse
from conformance.reference.link_201 import Handler, make_request, make_response, refusal
from conformance.reference.smart_charging_201 import pages
from conformance.reference.variables_201 import MEASURANDS


@dataclass(frozen=True, kw_only=True)
class Switches:
    """What these requests make the station do."""

    reboot: Callable[[str], None]
    reset_now: Callable[[], None]
    reset_when_idle: Callable[[], None]
    boot_again: Callable[[], None]
    report_status: Callable[[int, Connector], None]


class Provisioning:
    """The handlers of the requests about the device model, resets, triggers and availability."""

    def __init__(
        self,
        core: Core,
        evses: Mapping[int, Evse],
        authorization: Authorization,
        switches: Switches,
    ) -> None:
        self._core, self._evses, self._switches = core, evses, switches
        self._authorization = authorization
        self._triggered: Mapping[str, Callable[[list[Evse], int], list[Any]]] = {
            "Heartbeat": lambda _e, _c: [make_request("Heartbeat")],
            "StatusNotification": self._statuses,
            "TransactionEvent": lambda evses, _c: self._update_transactions(evses),
            "MeterValues": lambda evses, _c: self._meter_values(evses),
            "LogStatusNotification": lambda _e, _c: [
                make_request("LogStatusNotification", status="Idle")
            ],
            "FirmwareStatusNotification": lambda _e, _c: [
                make_request("FirmwareStatusNotification", status="Idle")
            ],
        }

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers by action."""
        return {
            "GetVariables": self.get_variables,
            "SetVariables": self.set_variables,
            "GetBaseReport": self.get_base_report,
            "GetReport": self.get_report,
            "Reset": self.reset,
            "TriggerMessage": self.trigger,
            "ChangeAvailability": self.change_availability,
            "ClearCache": self.clear_cache,
            "DataTransfer": self.data_transfer,
        }

    def get_variables(self, get_variable_data: list[dict[str, Any]], **_: object) -> object:
        """Read variables (B06)."""
        self._check_length(get_variable_data)
        results = [self._core.model.answer_get(data) for data in get_variable_data]
        return make_response("GetVariables", get_variable_result=results)

    def set_variables(self, set_variable_data: list[dict[str, Any]], **_: object) -> object:
        """Set variables (B05)."""
        self._check_length(set_variable_data)
        results = [self._core.model.answer_set(data) for data in set_variable_data]
        self._core.settings_changed.set()
        return make_response("SetVariables", set_variable_result=results)

    def get_base_report(self, request_id: int, report_base: str, **_: object) -> object:
        """Report an inventory afterwards (B07)."""
        self._report(request_id, self._core.model.base_report(report_base))
        return make_response("GetBaseReport", status="Accepted")

    def get_report(
        self,
        request_id: int,
        component_variable: list[dict[str, Any]] | None = None,
        component_criteria: list[str] | None = None,
        **_: object,
    ) -> object:
        """Report what matches afterwards, if anything does (B08)."""
        found = self._core.model.report(component_criteria or (), component_variable)
        self._report(request_id, found)
        return make_response("GetReport", status="Accepted" if found else "EmptyResultSet")

    def reset(self, type: str, evse_id: int | None = None, **_: object) -> object:  # noqa: A002
        """Reset the station, at once or when no transaction goes on; never one EVSE (B11, B12)."""
        if evse_id is not None:
            status = "Rejected"  # B11.FR.09
        elif type == "Immediate":
            status = "Accepted"
            self._core.afterwards(self._switches.reset_now)
        elif any(e.transactions.current for e in self._evses.values()):
            status = "Scheduled"  # B12.FR.01
            self._switches.reset_when_idle()
        else:
            status = "Accepted"
            self._core.afterwards(lambda: self._switches.reboot("RemoteReset"))
        return make_response("Reset", status=status)

    def trigger(
        self, requested_message: str, evse: dict[str, Any] | None = None, **_: object
    ) -> object:
        """Send what is asked for afterwards (F06)."""
        status = self._trigger_status(requested_message, evse or {})
        if status == "Accepted":
            self._core.afterwards(lambda: self._send_triggered(requested_message, evse or {}))
        return make_response("TriggerMessage", status=status)

    def change_availability(
        self, operational_status: str, evse: dict[str, Any] | None = None, **_: object
    ) -> object:
        """Take connectors, EVSEs or the station into or out of operation (G03, G04)."""
        chosen = self._addressed(evse or {})
        if chosen is None:
            return make_response("ChangeAvailability", status="Rejected")
        operative = operational_status == "Operative"
        busy = [e for e, _c in chosen if e.transactions.current and not operative]

        def change() -> None:
            for one, connector in chosen:
                connector.operative = operative
                self._switches.report_status(one.number, connector)

        if busy:
            for one in busy:
                one.when_idle(change)
            return make_response("ChangeAvailability", status="Scheduled")
        self._core.afterwards(change)
        return make_response("ChangeAvailability", status="Accepted")

    def clear_cache(self, **_: object) -> object:
        """Empty the authorization cache (C11)."""
        status = "Accepted" if self._authorization.clear_cache() else "Rejected"
        return make_response("ClearCache", status=status)

    def data_transfer(self, **_: object) -> object:
        """Know no vendor (P01.FR.05)."""
        return make_response("DataTransfer", status="UnknownVendorId")

    def _report(self, request_id: int, found: list[dict[str, Any]]) -> None:
        if not found:
            return
        if self._core.faulty("other-request-id-in-report"):
            request_id += 1
        parts = pages(found, self._core.options.report_pages)
        requests = [
            make_request(
                "NotifyReport",
                request_id=request_id,
                generated_at=stamp(self._core.now()),
                seq_no=number,
                report_data=list(part),
                tbc=True if number + 1 < len(parts) else None,
            )
            for number, part in enumerate(parts)
        ]
        self._core.afterwards(lambda: self._core.say_asked(*requests))

    def _trigger_status(self, message: str, evse: Mapping[str, Any]) -> str:
        if self._core.options.trigger == "NotImplemented":
            return "NotImplemented"
        if message == "BootNotification":
            return "Rejected" if self._core.registration == "Accepted" else "Accepted"
        if message not in self._triggered:
            return "NotImplemented"  # F06.FR.08
        if evse and self._addressed(evse) is None:
            return "Rejected"
        if message == "TransactionEvent" and not self._running(evse):
            return "Rejected"
        return "Accepted"

    def _send_triggered(self, message: str, evse: Mapping[str, Any]) -> None:
        if message == "BootNotification":
            self._switches.boot_again()
            return
        evses = [e for e in self._evses.values() if evse.get("id") in {None, e.number}]
        requests = self._triggered[message](evses, evse.get("connector_id", 0))
        self._core.say_asked(*requests)

    def _running(self, evse: Mapping[str, Any]) -> list[Evse]:
        return [
            e
            for e in self._evses.values()
            if evse.get("id") in {None, e.number} and e.transactions.current
        ]

    def _update_transactions(self, evses: list[Evse]) -> list[Any]:
        for evse in evses:
            evse.transactions.update("Trigger", "Trigger")
        return []

    def _meter_values(self, evses: list[Evse]) -> list[Any]:
        wanted = self._core.model.members("AlignedDataCtrlr", "Measurands") or MEASURANDS[:1]
        return [
            make_request(
                "MeterValues", evse_id=e.number, meter_value=e.meter.value(wanted, "Trigger") or []
            )
            for e in evses
        ]

    def _statuses(self, evses: list[Evse], connector: int) -> list[Any]:
        return [
            make_request(
                "StatusNotification",
                timestamp=stamp(self._core.now()),
                connector_status=c.status,
                evse_id=e.number,
                connector_id=c.number,
            )
            for e in evses
            for c in e.connectors
            if connector in {0, c.number}
        ]

    def _addressed(self, evse: Mapping[str, Any]) -> list[tuple[Evse, Connector]] | None:
        """Return the connectors that an EVSEType means, all without one; None for unknown ones."""
        number, connector = evse.get("id"), evse.get("connector_id")
        found = [
            (e, c)
            for e in self._evses.values()
            for c in e.connectors
            if number in {None, e.number} and connector in {None, c.number}
        ]
        return found or None

    def _check_length(self, data: list[dict[str, Any]]) -> None:
        most = self._core.options.items_per_message
        if len(data) > most:  # B05.FR.11, B06.FR.16
            raise refusal(OccurrenceConstraintViolationError, f"more than {most} elements")
