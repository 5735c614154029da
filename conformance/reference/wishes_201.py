"""The requests that the reference CSMS sends when its operator wishes, made from the wish's body.

The bodies are those of the operator's protocol; the CSMS chooses the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, TypeAlias

from conformance.reference.core_201 import stamp
from conformance.reference.link_201 import make_request
from conformance.reference.options_201 import CsmsOptions201

Body: TypeAlias = Mapping[str, Any]
_THREE = 3  # K01.FR.49: what a station assumes when numberPhases is left out


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the CSMS adds: a number that is used once, the time, and who charges where."""

    number: int
    now: datetime
    transactions: Mapping[int, str]
    options: CsmsOptions201

    def faulty(self, fault: str) -> bool:
        """Say whether the CSMS is to have this fault."""
        return fault in self.options.faults

    def evse(self, number: int) -> int:
        """Return the number of the EVSE that the request names."""
        return number + 1 if self.faulty("wrong-evse") else number


def _start(wish: Wish, body: Body) -> object:
    """F01, F02, K05: the profile has no transactionId, for there is no transaction yet."""
    profile = body.get("profile")
    made = _profile(wish, profile) if profile else None
    if made and wish.faulty("profile-with-transaction-id"):
        made["transaction_id"] = "no-transaction-yet"
    return make_request(
        "RequestStartTransaction",
        id_token={"id_token": str(body["token"]), "type": str(body["kind"])},
        remote_start_id=wish.number,
        evse_id=wish.evse(int(body["evse"])) if body.get("evse") else None,
        charging_profile=made,
    )


def _stop(_: Wish, body: Body) -> object:
    return make_request("RequestStopTransaction", transaction_id=str(body["transaction"]))


def _set_profile(wish: Wish, body: Body) -> object:
    """K01; a TxProfile names the transaction that goes on at the EVSE (K01.FR.03)."""
    evse, profile = int(body["evse"]), _profile(wish, body["profile"])
    if profile["charging_profile_purpose"] == "TxProfile":
        profile["transaction_id"] = wish.transactions[evse]
    return make_request("SetChargingProfile", evse_id=wish.evse(evse), charging_profile=profile)


def _composite(wish: Wish, body: Body) -> object:
    return make_request(
        "GetCompositeSchedule",
        evse_id=wish.evse(int(body["evse"])),
        duration=int(body["duration"]),
        charging_rate_unit=body.get("unit") or None,
    )


def _get_variables(wish: Wish, body: Body) -> object:
    variable = "HeartbeatInterval" if wish.faulty("wrong-variable") else str(body["variable"])
    data = {"component": {"name": str(body["component"])}, "variable": {"name": variable}}
    return make_request("GetVariables", get_variable_data=[data])


def _profile(wish: Wish, body: Body) -> dict[str, Any]:
    kind, duration = str(body["kind"]), int(body["duration"])
    period: dict[str, Any] = {"start_period": 0, "limit": float(body["limit"])}
    phases = int(body["number_phases"])
    if not (wish.options.omit_three_phases and phases == _THREE):
        period["number_phases"] = phases
    schedule: dict[str, Any] = {
        "id": wish.number,
        "charging_rate_unit": str(body["unit"]),
        "duration": duration,
        "charging_schedule_period": [period],
    }
    if kind != "Relative":
        schedule["start_schedule"] = stamp(wish.now)  # K01.FR.40
    profile: dict[str, Any] = {
        "id": int(body.get("profile_id") or wish.number),
        "stack_level": int(body["stack_level"]),
        "charging_profile_purpose": str(body["purpose"]),
        "charging_profile_kind": kind,
        "charging_schedule": [schedule],
    }
    if kind == "Recurring":
        profile["recurrency_kind"] = "Daily"
    if body.get("valid"):
        profile["valid_from"] = stamp(wish.now)
        profile["valid_to"] = stamp(wish.now + timedelta(seconds=duration))
    return profile


WISHES: Mapping[str, Callable[[Wish, Body], object]] = MappingProxyType(
    {
        "RequestStartTransaction": _start,
        "RequestStopTransaction": _stop,
        "SetChargingProfile": _set_profile,
        "GetCompositeSchedule": _composite,
        "GetVariables": _get_variables,
    }
)
