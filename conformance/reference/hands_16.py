"""What an operator does to the OCPP 1.6 charge point, with the power on or off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

from ocpp.v16.enums import ChargePointErrorCode, Reason

from conformance.reference.connector_16 import Connector
from conformance.reference.controller_16 import Controller
from conformance.reference.equipment_16 import Equipment
from conformance.reference.options_16 import StationOptions

_LOCKED: Final = 423  # the HTTP status
_DONE, _UNKNOWN, _CANNOT = 200, 404, 501


class Hands:
    """The actions; `controller()` is the electronics that there is now, `mains` the switch."""

    def __init__(
        self, options: StationOptions, mains: asyncio.Event, controller: Callable[[], Controller]
    ) -> None:
        self._options, self._mains, self._controller = options, mains, controller

    def act(self, name: str, query: Mapping[str, str]) -> int:
        """Do the action `name`; return an HTTP status."""
        actions: Mapping[str, Callable[[Mapping[str, str]], int]] = {
            "plugin": self._plug_in,
            "plugout": self._plug_out,
            "unplugev": self._unplug_ev,
            "authorize": self._present,
            "reboot": self._reboot,
            "power": self._power,
            "parkingbay": lambda _: _CANNOT,  # has no sensor
            "state": self._state,
            "security": self._secure,
        }
        return actions[name](query) if name in actions else _UNKNOWN

    @property
    def _dark(self) -> bool:
        return self._controller().power.down.is_set()

    @property
    def _all(self) -> Equipment:
        return self._controller().all

    # -- cables

    def _plug_in(self, query: Mapping[str, str]) -> int:
        connector, cables = self._named(query), self._controller().cables
        if not connector:
            return _UNKNOWN
        halfway = query.get("halfway") == "true"
        if self._dark:
            connector.plugged, connector.halfway = True, halfway
            connector.cable = not self._options.fixed_cable
        elif not connector.plugged:
            (cables.plug_in_halfway if halfway else cables.plug_in)(connector)
        return _DONE

    def _plug_out(self, query: Mapping[str, str]) -> int:
        connector = self._named(query)
        if not connector:
            return _UNKNOWN
        if self._dark:
            connector.plugged = connector.cable = connector.halfway = False
            return _DONE
        return _DONE if self._controller().cables.plug_out(connector) else _LOCKED

    def _unplug_ev(self, query: Mapping[str, str]) -> int:
        connector = self._named(query)
        if not connector:
            return _UNKNOWN
        if self._dark:
            connector.plugged = False
        elif connector.plugged:
            self._controller().cables.unplug_ev(connector)
        return _DONE

    # -- tokens

    def _present(self, query: Mapping[str, str]) -> int:
        token, charging = query.get("id", ""), self._controller().charging
        connector = self._named(query) if _number(query) else charging.choose(token)
        if not connector:
            return _UNKNOWN
        if not token:
            return _CANNOT  # has no start button
        if not self._dark and not self._controller().cables.unlock_with(token, connector):
            charging.present(token, connector)
        return _DONE

    # -- power

    def _power(self, query: Mapping[str, str]) -> int:
        if query["on"] == "true":
            self._mains.set()
        elif self._mains.is_set():
            self._mains.clear()
            if not self._dark:
                self._controller().power.lose()
        return _DONE

    def _reboot(self, _: Mapping[str, str]) -> int:
        self._power({"on": "false"})
        return self._power({"on": "true"})

    # -- faults

    def _state(self, query: Mapping[str, str]) -> int:
        if "faulted" in query:
            number = _number(query)
            for connector in self._all.connectors.values():
                if number in (0, connector.number):
                    self._break(connector, faulted=query["faulted"] == "true")
        if "unlock_failed" in query:
            self._all.unlock_fails = query["unlock_failed"] == "true"
        if "refused_local_auth_list" in query:
            self._all.authorization.refuses_lists = query["refused_local_auth_list"] == "true"
        if "charging_limit" in query:
            told, usual = query["charging_limit"], self._options.local_limit
            self._all.profiles.local_limit = usual if told == "none" else float(told)
        return _DONE

    def _secure(self, query: Mapping[str, str]) -> int:
        """Set the security profile; an installer may lower it, other than OCPP."""
        profile = query.get("profile", "")
        if not self._options.security or profile not in {"0", "1", "2", "3"}:
            return _CANNOT
        self._controller().security.set_profile(int(profile))
        return _DONE

    def _break(self, connector: Connector, *, faulted: bool) -> None:
        charging = self._controller().charging
        if not faulted:
            connector.mend(ChargePointErrorCode.other_error)
        else:
            connector.fail(ChargePointErrorCode.other_error)
        if self._dark:
            return
        if faulted:
            connector.release()
            connector.wait_no_more()
            if connector.transaction:
                charging.stop(connector, Reason.other)
        charging.report(connector)

    def _named(self, query: Mapping[str, str]) -> Connector | None:
        number = _number(query)
        return self._all.connectors.get(number) if number > 0 else None


def _number(query: Mapping[str, str]) -> int:
    """Return the connector that a query is about; on 1.6 evse_id and connector_id both are it."""
    return int(query.get("connector_id") or query.get("evse_id") or 0)
