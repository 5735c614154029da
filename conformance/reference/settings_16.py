"""What the OCPP 1.6 charge point answers about keys, its local list, triggers and vendor data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ocpp import exceptions
from ocpp.v16 import call_result
from ocpp.v16.enums import ConfigurationStatus, DataTransferStatus, TriggerMessageStatus

from conformance.reference.equipment_16 import Equipment
from conformance.reference.link_16 import Answer, Handler
from conformance.reference.triggers_16 import Triggers

_LOCAL_LIST = "LocalAuthListManagement"
_WITH_CONNECTOR = {"MeterValues", "StatusNotification"}


class Settings:
    """The answers; where the specification leaves it open, the options say which."""

    def __init__(self, equipment: Equipment, triggers: Triggers) -> None:
        self._all, self._triggers = equipment, triggers

    def handlers(self) -> Mapping[str, Handler]:
        """Return what answers each action, according to the feature profiles."""
        found: dict[str, Handler] = {
            "ChangeConfiguration": self.change_configuration,
            "DataTransfer": self.data_transfer,
            "GetConfiguration": self.get_configuration,
            "GetLocalListVersion": self.get_local_list_version,
            "SendLocalList": self.send_local_list,
        }
        if "RemoteTrigger" in self._all.options.profiles:
            found["TriggerMessage"] = self.trigger_message
        return found

    # -- configuration

    def change_configuration(self, key: str, value: str) -> Answer:
        """Change one key."""
        if "ignores-changes" in self._all.faults and self._all.configuration.text(key):
            return call_result.ChangeConfiguration(status=ConfigurationStatus.accepted)
        status = self._all.configuration.change(key, value)
        if status == "Rejected" and self._all.options.errors_for_refusals:
            raise _wrong(f"{key} cannot be {value}")
        return call_result.ChangeConfiguration(status=status)

    def get_configuration(self, key: list[str] | None = None) -> Answer:
        """Return the keys asked for, if they are not too many."""
        if len(key or ()) > self._all.options.max_keys:
            raise exceptions.OccurenceConstraintViolationError("too many keys")  # type: ignore[no-untyped-call]
        known, unknown = self._all.configuration.read(key or [])
        for entry in known:
            if self._all.options.small_keys:
                entry["key"] = entry["key"].lower()
            if self._all.options.omit_empty_values and entry.get("value") == "":
                del entry["value"]
        return call_result.GetConfiguration(
            configuration_key=known or None, unknown_key=[name[:50] for name in unknown] or None
        )

    # -- local list

    def get_local_list_version(self) -> Answer:
        """Return the version of the local list."""
        self._may_list()
        return call_result.GetLocalListVersion(list_version=self._all.authorization.version)

    def send_local_list(
        self,
        list_version: int,
        update_type: str,
        local_authorization_list: list[dict[str, Any]] | None = None,
    ) -> Answer:
        """Replace or update the local list."""
        self._may_list()
        status = self._all.authorization.update(
            list_version, update_type, local_authorization_list or []
        )
        return call_result.SendLocalList(status=status)

    def _may_list(self) -> None:
        """Raise the CALLERROR with which a station may refuse to have to do with a list."""
        options, code = self._all.options, "status"
        if _LOCAL_LIST not in options.profiles:
            code = options.unsupported
        elif options.errors_for_refusals and self._all.authorization.version < 0:
            code = "NotSupported"
        if code == "NotSupported":
            raise exceptions.NotSupportedError("no local list")  # type: ignore[no-untyped-call]
        if code == "NotImplemented":
            raise exceptions.NotImplementedError("no such action")  # type: ignore[no-untyped-call]

    # -- triggers

    def trigger_message(self, requested_message: str, connector_id: int | None = None) -> Answer:
        """Send a message once more."""
        # A connector that does not matter to the message is ignored (section 5.17).
        known = connector_id is None or connector_id in self._all.connectors
        if requested_message in _WITH_CONNECTOR and not known:
            if self._all.options.errors_for_refusals:
                raise _wrong(f"no connector {connector_id}")
            return call_result.TriggerMessage(status=TriggerMessageStatus.rejected)
        status, send = self._triggers.asked_for(requested_message, connector_id)
        if send and "ignores-triggers" not in self._all.faults:
            self._afterwards(send)
        return call_result.TriggerMessage(status=status)

    def _afterwards(self, consequence: Callable[[], None]) -> None:
        if self._all.link:
            self._all.link.afterwards(consequence)

    # -- vendors

    def data_transfer(
        self, vendor_id: str, message_id: str | None = None, data: str | None = None
    ) -> Answer:
        """Return the data of the own vendor's message "Echo"; know no other message or vendor."""
        if vendor_id != self._all.options.vendor:
            return call_result.DataTransfer(status=DataTransferStatus(self._all.options.foreign))
        if message_id != "Echo":
            return call_result.DataTransfer(status=DataTransferStatus.unknown_message_id)
        return call_result.DataTransfer(status=DataTransferStatus.accepted, data=data)


def _wrong(text: str) -> exceptions.OCPPError:
    return exceptions.PropertyConstraintViolationError(text)  # type: ignore[no-untyped-call]
