"""The messages that a central system can ask the OCPP 1.6 charge point for (section 5.17)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeAlias

from ocpp.v16 import call
from ocpp.v16.enums import (
    ReadingContext,
    RegistrationStatus,
    TriggerMessageStatus,
)

from conformance.reference.charging_16 import Charging
from conformance.reference.connector_16 import Connector
from conformance.reference.equipment_16 import Equipment
from conformance.reference.files_16 import Files
from conformance.reference.metering_16 import Metering

Send: TypeAlias = Callable[..., None]
_FILES = {"DiagnosticsStatusNotification", "FirmwareStatusNotification"}


class Triggers:
    """What is sent on demand; `send(*requests)` and `boot()` do it."""

    def __init__(
        self,
        equipment: Equipment,
        charging: Charging,
        metering: Metering,
        send: Send,
        boot: Callable[[], None],
        files: Files,
    ) -> None:
        self._all, self._charging, self._metering = equipment, charging, metering
        self._send, self._boot, self._files = send, boot, files

    def asked_for(
        self, message: str, number: int | None
    ) -> tuple[TriggerMessageStatus, Callable[[], None] | None]:
        """Return the answer for `message` about connector `number`, and what then sends it."""
        if message == "BootNotification":
            accepted = self._all.registration == RegistrationStatus.accepted
            if accepted and not self._all.options.boots_when_triggered:  # erratum 3.35
                return TriggerMessageStatus.rejected, None
            return TriggerMessageStatus.accepted, self._boot
        if message not in self._requests(number) or not self._has(message):
            return TriggerMessageStatus.not_implemented, None

        def send() -> None:
            self._send(*self._requests(number)[message]())

        return TriggerMessageStatus.accepted, send

    def _has(self, message: str) -> bool:
        if message not in _FILES:
            return True
        managed = "FirmwareManagement" in self._all.options.profiles
        left_out = message == "FirmwareStatusNotification" and self._all.options.no_firmware_trigger
        return managed and not left_out

    def _requests(self, number: int | None) -> Mapping[str, Callable[[], list[Any]]]:
        chosen = [c for c in self._all.connectors.values() if number in (None, c.number)]
        return {
            "Heartbeat": lambda: [call.Heartbeat()],
            **{name: partial(self._of_files, name) for name in _FILES},
            "StatusNotification": lambda: [self._charging.status(c) for c in chosen],
            "MeterValues": lambda: [self._values(c) for c in chosen if self._metered(c, number)],
        }

    def _of_files(self, message: str) -> list[Any]:
        return [self._files.statuses()[message]]

    def _values(self, connector: Connector) -> Any:  # noqa: ANN401 - the package has no types
        return self._metering.request(connector, "MeterValuesSampledData", ReadingContext.trigger)

    def _metered(self, connector: Connector, number: int | None) -> bool:
        """Tell whether a connector has a meter; the station itself may have one."""
        return connector.number > 0 or number == 0 or self._all.options.main_meter
