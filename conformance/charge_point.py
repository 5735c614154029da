"""The charge point that the tool plays for an OCPP 1.6 central system: small, but one of a piece.

Whatever the central system asks, at whatever time, is answered from here, and what it has
changed it can read back. A case that gives another answer has the last word: what was accepted
is kept, what was refused is not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from conformance import charge_point_security as security
from conformance.clock import now
from conformance.message import Request
from conformance.ocpp16.configuration import KEYS
from conformance.ocpp16.messages import (
    BootNotification,
    DiagnosticsStatusNotification,
    FirmwareStatusNotification,
    Heartbeat,
    MeterValues,
    StatusNotification,
)
from conformance.sut import Sut

Payload: TypeAlias = Mapping[str, Any]
Answer: TypeAlias = dict[str, Any]
PROFILES: Final = (
    "Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger"
)
_ENERGY: Final = "Energy.Active.Import.Register"
# The keys that a charge point must have, in the order of the specification (section 9).
_VALUES: Final[Mapping[str, str]] = {
    "AuthorizeRemoteTxRequests": "true",
    "ClockAlignedDataInterval": "0",
    "ConnectionTimeOut": "60",
    "ConnectorPhaseRotation": "NotApplicable",
    "GetConfigurationMaxKeys": "50",
    "HeartbeatInterval": "300",
    "LocalAuthorizeOffline": "true",
    "LocalPreAuthorize": "false",
    "MeterValuesAlignedData": _ENERGY,
    "MeterValuesSampledData": _ENERGY,
    "MeterValueSampleInterval": "0",
    "NumberOfConnectors": "1",
    "ResetRetries": "1",
    "StopTransactionOnEVSideDisconnect": "true",
    "StopTransactionOnInvalidId": "true",
    "StopTxnAlignedData": "",
    "StopTxnSampledData": "",
    "SupportedFeatureProfiles": PROFILES,
    "TransactionMessageAttempts": "3",
    "TransactionMessageRetryInterval": "60",
    "UnlockConnectorOnEVSideDisconnect": "true",
    "LocalAuthListEnabled": "true",
    "LocalAuthListMaxLength": "100",
    "SendLocalListMaxLength": "100",
    "ChargeProfileMaxStackLevel": "10",
    "ChargingScheduleAllowedChargingRateUnit": "Current,Power",
    "ChargingScheduleMaxPeriods": "24",
    "MaxChargingProfilesInstalled": "10",
}
AT_REST: Final = "Available"
_ACCEPTED: Final = {"status": "Accepted"}
_REJECTED: Final = {"status": "Rejected"}


@dataclass
class ChargePoint:
    """What the central system has made of the charge point, and the answers that follow from it.

    `statuses` are the connectors' as last reported, connector 0 included; `busy` are the
    connectors on which a transaction runs.
    """

    vendor: str
    model: str
    values: dict[str, str]
    connectors: tuple[int, ...]
    statuses: dict[int, str] = field(default_factory=dict)
    busy: set[int] = field(default_factory=set)
    list_version: int = 0
    inoperative: set[int] = field(default_factory=set)  # connectorIds, 0 for all
    reservations: dict[int, int] = field(default_factory=dict)  # reservationId: connectorId
    profiles: dict[int, tuple[int, Payload]] = field(default_factory=dict)
    roots: dict[str, tuple[str, ...]] = field(default_factory=dict)  # certificateType: PEM texts

    def copy(self) -> ChargePoint:
        """Return what the charge point is now, to go back to."""
        return deepcopy(self)

    def answer(self, action: str, payload: Payload) -> Answer | None:
        """Return the answer to a request, or None where the charge point does not know it."""
        answer = _ANSWERS.get(action)
        return answer(self, payload) if answer is not None else None

    def learn(self, action: str, payload: Payload, answer: Payload) -> list[Request]:
        """Keep what a request has changed, if it was accepted; return what is to be sent then."""
        if answer.get("status") != "Accepted" or action not in _CHANGES:
            return []
        return list(_CHANGES[action](self, payload))

    def restore(self, before: ChargePoint, actions: Collection[str]) -> None:
        """Go back to what was `before`, where requests with these actions can have changed it."""
        for name in {_CHANGED[action] for action in actions if action in _CHANGED}:
            setattr(self, name, getattr(before, name))

    def started(self, connector: int, reservation: int | None) -> None:
        """Take note that a transaction has started, and has used a reservation."""
        self.busy.add(connector)
        if reservation is not None:
            self.reservations.pop(reservation, None)

    def stopped(self, connector: int) -> None:
        """Take note that a transaction has ended, and with it the profiles that were for it."""
        self.busy.discard(connector)
        for profile_id, (where, profile) in list(self.profiles.items()):
            if where == connector and profile["chargingProfilePurpose"] == "TxProfile":
                del self.profiles[profile_id]

    def reported(self, connector: int, status: str) -> None:
        """Take note that a status was reported; a connector that is available is not reserved."""
        self.statuses[connector] = status
        if status == AT_REST:
            reserved = self.reservations.items()
            self.reservations = {n: where for n, where in reserved if where != connector}

    def restless(self) -> list[int]:
        """Return the connectors that were last reported as anything but available."""
        return [c for c, status in sorted(self.statuses.items()) if status != AT_REST]

    def status(self, connector: int) -> Request:
        """Return the report of a connector's status."""
        told: Any = self.statuses.get(connector, AT_REST)
        return StatusNotification.req(connectorId=connector, errorCode="NoError", status=told)


def charge_point(sut: Sut) -> ChargePoint:
    """Return a charge point as it comes from the factory, with the declared connectors."""
    values = {
        **_VALUES,
        **security.values(sut),
        "NumberOfConnectors": str(len(sut.connectors)),
        "ConnectionTimeOut": str(sut.values.connection_timeout),
    }
    names = sut.values.station_vendor, sut.values.station_model
    return ChargePoint(*names, values, sut.connectors)


# What it answers


def _configuration(it: ChargePoint, payload: Payload) -> Answer:
    names = {name.lower(): name for name in it.values}
    asked = payload.get("key") or list(it.values)
    known = [names[key.lower()] for key in asked if key.lower() in names]
    unknown = [key for key in asked if key.lower() not in names]
    entries = [
        {
            "key": name,
            "readonly": KEYS[name].access == "R",
            **({} if name == security.PASSWORD else {"value": it.values[name]}),
        }
        for name in known
    ]
    return {"configurationKey": entries, **({"unknownKey": unknown} if unknown else {})}


def _change_configuration(it: ChargePoint, payload: Payload) -> Answer:
    name = _name(it, payload)
    if name is None:
        return {"status": "NotSupported"}
    key, value = KEYS[name], str(payload["value"])
    if name in security.OF_CASES:
        return _ACCEPTED if security.accepts(name, value) else _REJECTED
    right = key.access != "R" and key.fits(value) and not value.startswith("-")
    return _ACCEPTED if right else _REJECTED


def _name(it: ChargePoint, payload: Payload) -> str | None:
    asked = str(payload["key"]).lower()
    return next((name for name in it.values if name.lower() == asked), None)


def _availability(it: ChargePoint, payload: Payload) -> Answer:
    if payload["connectorId"] not in (0, *it.connectors):
        return _REJECTED
    wanted = _targets(it, payload)
    return {"status": "Scheduled"} if it.busy & set(wanted) else _ACCEPTED


def _targets(it: ChargePoint, payload: Payload) -> tuple[int, ...]:
    connector = payload["connectorId"]
    return (connector,) if connector else (0, *it.connectors)


def _trigger(it: ChargePoint, payload: Payload) -> Answer:
    if payload["requestedMessage"] not in (*_OF_THE_STATION, *_OF_A_CONNECTOR):
        return {"status": "NotImplemented"}
    return _ACCEPTED if payload.get("connectorId", 0) in (0, *it.connectors) else _REJECTED


def _local_list(it: ChargePoint, payload: Payload) -> Answer:
    older = payload["listVersion"] <= it.list_version
    if payload["updateType"] == "Differential" and older:
        return {"status": "VersionMismatch"}
    return _ACCEPTED


def _cancel(it: ChargePoint, payload: Payload) -> Answer:
    return _ACCEPTED if payload["reservationId"] in it.reservations else _REJECTED


def _profile(it: ChargePoint, payload: Payload) -> Answer:
    connector, profile = payload["connectorId"], payload["csChargingProfiles"]
    purpose = profile["chargingProfilePurpose"]
    if connector not in (0, *it.connectors):
        return _REJECTED
    if purpose == "TxProfile" and connector not in it.busy:
        return _REJECTED
    return _REJECTED if purpose == "ChargePointMaxProfile" and connector else _ACCEPTED


def _clear_profiles(it: ChargePoint, payload: Payload) -> Answer:
    return _ACCEPTED if list(_meant(it, payload)) else {"status": "Unknown"}


def _meant(it: ChargePoint, payload: Payload) -> Iterator[int]:
    """Yield the ids of the profiles that all the given criteria hold for."""
    for profile_id, (connector, profile) in it.profiles.items():
        is_ = {
            "id": profile_id,
            "connectorId": connector,
            "chargingProfilePurpose": profile["chargingProfilePurpose"],
            "stackLevel": profile["stackLevel"],
        }
        if all(is_[name] == wanted for name, wanted in payload.items()):
            yield profile_id


_ANSWERS: Final[Mapping[str, Callable[[ChargePoint, Payload], Answer]]] = {
    "GetConfiguration": _configuration,
    "ChangeConfiguration": _change_configuration,
    "ChangeAvailability": _availability,
    "TriggerMessage": _trigger,
    "GetLocalListVersion": lambda it, _: {"listVersion": it.list_version},
    "SendLocalList": _local_list,
    "CancelReservation": _cancel,
    "SetChargingProfile": _profile,
    "ClearChargingProfile": _clear_profiles,
    "ClearCache": lambda _, __: _ACCEPTED,
    "DataTransfer": lambda _, __: {"status": "UnknownVendorId"},
    "GetDiagnostics": lambda _, __: {},
    # Nothing of this happens unless a case plays it.
    "RemoteStartTransaction": lambda _, __: _REJECTED,
    "RemoteStopTransaction": lambda _, __: _REJECTED,
    "Reset": lambda _, __: _REJECTED,
    "ReserveNow": lambda _, __: _REJECTED,
    "GetCompositeSchedule": lambda _, __: _REJECTED,
    "UnlockConnector": lambda _, __: {"status": "NotSupported"},
    **security.ANSWERS,
}


# What it keeps, and sends then


def _keep_value(it: ChargePoint, payload: Payload) -> Iterable[Request]:
    name = _name(it, payload)
    if name is not None and name != security.PASSWORD:
        it.values[name] = str(payload["value"])
    return ()


def _keep_availability(it: ChargePoint, payload: Payload) -> Iterable[Request]:
    operative = payload["type"] == "Operative"
    if operative:
        it.inoperative -= {payload["connectorId"], *_targets(it, payload)}
    else:
        it.inoperative.add(payload["connectorId"])
    status = AT_REST if operative else "Unavailable"
    it.statuses |= dict.fromkeys(_targets(it, payload), status)
    return map(it.status, _targets(it, payload))


def _keep_list(it: ChargePoint, payload: Payload) -> Iterable[Request]:
    it.list_version = payload["listVersion"]
    return ()


def _keep_reservation(it: ChargePoint, payload: Payload) -> Iterable[Request]:
    it.reservations[payload["reservationId"]] = payload["connectorId"]
    return ()


def _forget_reservation(it: ChargePoint, payload: Payload) -> Iterable[Request]:
    connector = it.reservations.pop(payload["reservationId"], 0)
    if it.statuses.get(connector) == "Reserved":
        it.statuses[connector] = AT_REST
        yield it.status(connector)


def _keep_profile(it: ChargePoint, payload: Payload) -> Iterable[Request]:
    profile = payload["csChargingProfiles"]
    it.profiles[profile["chargingProfileId"]] = (payload["connectorId"], profile)
    return ()


def _forget_profiles(it: ChargePoint, payload: Payload) -> Iterable[Request]:
    for profile_id in list(_meant(it, payload)):
        del it.profiles[profile_id]
    return ()


def _triggered(it: ChargePoint, payload: Payload) -> Iterable[Request]:
    connector = payload.get("connectorId")
    message = payload["requestedMessage"]
    if message == "StatusNotification":
        return map(it.status, (connector,) if connector is not None else (0, *it.connectors))
    if message == "MeterValues":
        return map(meter_values, (connector,) if connector else it.connectors)
    return (_OF_THE_STATION[message](it),)


_OF_A_CONNECTOR: Final = ("MeterValues", "StatusNotification")


def meter_values(connector: int) -> Request:
    """Return the meter values of a connector: nothing was charged yet."""
    return MeterValues.req(
        connectorId=connector,
        meterValue=[
            {"timestamp": now(), "sampledValue": [{"value": "0", "measurand": _ENERGY}]},
        ],
    )


_OF_THE_STATION: Final[Mapping[str, Callable[[ChargePoint], Request]]] = {
    "BootNotification": lambda it: BootNotification.req(
        chargePointVendor=it.vendor, chargePointModel=it.model
    ),
    "Heartbeat": lambda _: Heartbeat.req(),
    "DiagnosticsStatusNotification": lambda _: DiagnosticsStatusNotification.req(status="Idle"),
    "FirmwareStatusNotification": lambda _: FirmwareStatusNotification.req(status="Idle"),
}
_CHANGES: Final[Mapping[str, Callable[[ChargePoint, Payload], Iterable[Request]]]] = {
    "ChangeConfiguration": _keep_value,
    "ChangeAvailability": _keep_availability,
    "SendLocalList": _keep_list,
    "ReserveNow": _keep_reservation,
    "CancelReservation": _forget_reservation,
    "SetChargingProfile": _keep_profile,
    "ClearChargingProfile": _forget_profiles,
    "TriggerMessage": _triggered,
    **security.CHANGES,
}
_CHANGED: Final[Mapping[str, str]] = {
    "ChangeConfiguration": "values",
    "SendLocalList": "list_version",
    "ReserveNow": "reservations",
    "CancelReservation": "reservations",
    "SetChargingProfile": "profiles",
    "ClearChargingProfile": "profiles",
    **security.CHANGED,
}
