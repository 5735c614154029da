"""The requests that the 1.6 reference central system sends when its operator wishes.

The bodies are those of the operator's protocol; the central system chooses the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from itertools import count
from typing import Any, Final

from cryptography import x509
from ocpp.v16 import call
from ocpp.v16.enums import AvailabilityType, ChargingProfilePurposeType

from conformance.reference.central_security_16 import own_hashes
from conformance.reference.link_16 import rfc3339
from conformance.reference.options_16 import CsmsOptions
from conformance.reference.tokens_16 import Tokens
from conformance.reference.wire import WallClock

Body = Mapping[str, Any]
_THREE_PHASES = 3


class Wishes:
    """What has been sent before, as far as it counts for what is sent next."""

    def __init__(self, options: CsmsOptions, tokens: Tokens, clock: WallClock) -> None:
        self._options, self._tokens, self._clock = options, tokens, clock
        self._numbers = count(1)  # of reservations, and of what has a requestId
        self._lists: dict[str, int] = {}  # station: the version of its list
        self.certificates: dict[str, list[dict[str, str]]] = {}  # station: what it told of them

    def request(self, station: str, action: str, body: Body) -> Any:  # noqa: ANN401
        """Return the request that a wish asks for; raise KeyError or ValueError for a wrong one."""
        return MAKERS[action](self, station, body)

    def next_number(self) -> int:
        """Return a number that has not been used."""
        return next(self._numbers)

    def later(self, seconds: float) -> str:
        """Return the time in so many seconds."""
        return rfc3339(self._clock() + timedelta(seconds=seconds))

    def list_version(self, station: str) -> int:
        """Return the next version of a station's local list."""
        self._lists[station] = self._lists.get(station, 0) + 1
        return self._lists[station]

    def entries(self, tokens: Sequence[str], *, full: bool) -> list[dict[str, Any]]:
        """Return the entries of tokens in a local list, and of all others that may be in it."""
        more = self._options.valid if full and self._options.whole_list else ()
        listed = dict.fromkeys((*tokens, *more))
        return [{"idTag": token, "idTagInfo": self._tokens.info(token)} for token in listed]

    def named(self, certificate: x509.Certificate, told: dict[str, str]) -> dict[str, str]:
        """Return the hash data of a certificate, with the algorithm that a station has told."""
        algorithm = str(told["hash_algorithm"])
        return own_hashes(certificate, algorithm) if self._options.own_hashes else told

    def keys(self, asked: list[str]) -> list[str] | None:
        """Return the list of keys to ask for; to leave it out asks for all, as an empty one."""
        return asked if asked or self._options.empty_keys else None

    def connector_to_start(self, body: Body) -> int | None:
        """Return the connectorId of a remote start, which may be left out without a profile."""
        omitted = self._options.omit_connector and not body.get("profile")
        return None if omitted else int(body["evse"])

    def profile(self, wish: Body, transaction: str | None = None) -> dict[str, Any]:
        """Return the ChargingProfile that says what `wish` asks for."""
        period = {"startPeriod": 0, "limit": wish["limit"]}
        phases = wish.get("number_phases")
        if phases and not (phases == _THREE_PHASES and self._options.omit_three_phases):
            period["numberPhases"] = phases
        schedule = {
            "duration": wish["duration"],
            "chargingRateUnit": wish["unit"],
            "chargingSchedulePeriod": [period],
        }
        if wish["kind"] == "Absolute":
            schedule["startSchedule"] = self.later(0)
        profile = {
            "chargingProfileId": wish.get("profile_id", 1),
            "stackLevel": wish["stack_level"],
            "chargingProfilePurpose": ChargingProfilePurposeType(wish["purpose"]),
            "chargingProfileKind": wish["kind"],
            "chargingSchedule": schedule,
        }
        if transaction is not None:
            profile["transactionId"] = int(transaction)
        if wish.get("valid"):
            profile["validFrom"] = self.later(0)
            profile["validTo"] = self.later(wish["duration"])
        return profile


def _remote_start(wishes: Wishes, _: str, body: Body) -> object:
    """Make the request; its profile has no transactionId: there is no transaction yet (5.16.1)."""
    wish = body.get("profile")
    return call.RemoteStartTransaction(
        id_tag=body["token"],
        connector_id=wishes.connector_to_start(body),
        charging_profile=wishes.profile(wish) if wish else None,
    )


def _set_profile(wishes: Wishes, _: str, body: Body) -> object:
    return call.SetChargingProfile(
        connector_id=body["evse"],
        cs_charging_profiles=wishes.profile(body["profile"], body.get("transaction")),
    )


def _clear_profile(_: Wishes, __: str, body: Body) -> object:
    return call.ClearChargingProfile(
        id=body.get("profile"),
        connector_id=body.get("evse"),
        charging_profile_purpose=body.get("purpose"),
        stack_level=body.get("stack_level"),
    )


def _composite_schedule(_: Wishes, __: str, body: Body) -> object:
    return call.GetCompositeSchedule(
        connector_id=body["evse"],
        duration=body["duration"],
        charging_rate_unit=body.get("unit"),
    )


def _configuration(wishes: Wishes, _: str, body: Body) -> object:
    return call.GetConfiguration(key=wishes.keys(list(body.get("keys", ()))))


def _availability(_: Wishes, __: str, body: Body) -> object:
    kind = AvailabilityType.operative if body["operative"] else AvailabilityType.inoperative
    return call.ChangeAvailability(connector_id=body["evse"], type=kind)


def _transfer(_: Wishes, __: str, body: Body) -> object:
    return call.DataTransfer(
        vendor_id=body["vendor"], message_id=body.get("message"), data=body.get("data")
    )


def _trigger(_: Wishes, __: str, body: Body) -> object:
    kind = call.ExtendedTriggerMessage if body.get("extended") else call.TriggerMessage
    return kind(requested_message=body["message"], connector_id=body.get("evse"))


def _local_list(wishes: Wishes, station: str, body: Body) -> object:
    """Make the request; an entry without idTagInfo takes a token out (5.15)."""
    entries = wishes.entries(body["tokens"], full=body["update"] == "Full")
    entries += [{"idTag": token} for token in body.get("removed", ())]
    return call.SendLocalList(
        list_version=wishes.list_version(station),
        update_type=body["update"],
        local_authorization_list=entries,
    )


def _reserve(wishes: Wishes, _: str, body: Body) -> object:
    return call.ReserveNow(
        connector_id=body["evse"],
        expiry_date=wishes.later(body["expires_in"]),
        id_tag=body["token"],
        reservation_id=wishes.next_number(),
        parent_id_tag=body.get("group"),
    )


def _firmware(_: Wishes, __: str, body: Body) -> object:
    return call.UpdateFirmware(
        location=body["location"], retrieve_date=body["retrieve_date"], **_retries(body)
    )


def _signed_firmware(wishes: Wishes, _: str, body: Body) -> object:
    return call.SignedUpdateFirmware(
        request_id=wishes.next_number(),
        firmware={
            "location": body["location"],
            "retrieveDateTime": body["retrieve_date"],
            "signingCertificate": body["certificate"],
            "signature": body["signature"],
        },
    )


def _diagnostics(_: Wishes, __: str, body: Body) -> object:
    return call.GetDiagnostics(
        location=body["location"],
        start_time=body.get("start_time"),
        stop_time=body.get("stop_time"),
        **_retries(body),
    )


def _log(wishes: Wishes, _: str, body: Body) -> object:
    return call.GetLog(
        log={"remoteLocation": body["location"]},
        log_type=body["log"],
        request_id=wishes.next_number(),
        **_retries(body),
    )


def _retries(body: Body) -> dict[str, int | None]:
    return {name: body.get(name) for name in ("retries", "retry_interval")}


def _delete_certificate(wishes: Wishes, station: str, body: Body) -> object:
    """Make the request; the hash data is what the station has told of its certificates."""
    certificate = x509.load_pem_x509_certificate(body["certificate"].encode())
    for known in wishes.certificates.get(station, []):
        if int(known["serial_number"], 16) == certificate.serial_number:
            return call.DeleteCertificate(certificate_hash_data=wishes.named(certificate, known))
    raise ValueError(f"{station} has not told of a certificate {certificate.serial_number:x}")


# What the central system asks for of its own accord, as if its operator had wished it.
OWN: Final[Mapping[str, Body]] = {
    "GetConfiguration": {},
    "ChangeConfiguration": {"key": "HeartbeatInterval", "value": "300"},
    "GetLocalListVersion": {},
    "ClearCache": {},
    "TriggerMessage": {"message": "StatusNotification"},
    "SetChargingProfile": {
        "evse": 0,
        "profile": {
            "purpose": "TxDefaultProfile",
            "kind": "Relative",
            "stack_level": 0,
            "unit": "A",
            "limit": 16,
            "duration": 86400,
            "profile_id": 900,
        },
    },
}
_PROFILES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("UpdateFirmware", "GetDiagnostics"), "FirmwareManagement"),
    **dict.fromkeys(("GetLocalListVersion", "SendLocalList"), "LocalAuthListManagement"),
    **dict.fromkeys(("ReserveNow", "CancelReservation"), "Reservation"),
    **dict.fromkeys(
        ("SetChargingProfile", "ClearChargingProfile", "GetCompositeSchedule"), "SmartCharging"
    ),
    "TriggerMessage": "RemoteTrigger",
}


def profile_of(action: str) -> str:
    """Return the feature profile that a request belongs to (1.6: 3.3)."""
    return _PROFILES.get(action, "Core")


Maker = Callable[[Wishes, str, Body], Any]
MAKERS: Final[Mapping[str, Maker]] = {
    "RemoteStartTransaction": _remote_start,
    "RemoteStopTransaction": lambda _w, _s, body: call.RemoteStopTransaction(
        transaction_id=int(body["transaction"])
    ),
    "SetChargingProfile": _set_profile,
    "ClearChargingProfile": _clear_profile,
    "GetCompositeSchedule": _composite_schedule,
    "UnlockConnector": lambda _w, _s, body: call.UnlockConnector(connector_id=body["evse"]),
    "Reset": lambda _w, _s, body: call.Reset(type=body["kind"]),
    "ChangeAvailability": _availability,
    "GetConfiguration": _configuration,
    "ChangeConfiguration": lambda _w, _s, body: call.ChangeConfiguration(
        key=body["key"], value=body["value"]
    ),
    "ClearCache": lambda _w, _s, _b: call.ClearCache(),
    "DataTransfer": _transfer,
    "TriggerMessage": _trigger,
    "GetLocalListVersion": lambda _w, _s, _b: call.GetLocalListVersion(),
    "SendLocalList": _local_list,
    "ReserveNow": _reserve,
    "CancelReservation": lambda _w, _s, body: call.CancelReservation(
        reservation_id=body["reservation"]
    ),
    "UpdateFirmware": _firmware,
    "SignedUpdateFirmware": _signed_firmware,
    "GetDiagnostics": _diagnostics,
    "GetLog": _log,
    "GetInstalledCertificateIds": lambda _w, _s, body: call.GetInstalledCertificateIds(
        certificate_type=body["kind"]
    ),
    "InstallCertificate": lambda _w, _s, body: call.InstallCertificate(
        certificate_type=body["kind"], certificate=body["certificate"]
    ),
    "DeleteCertificate": _delete_certificate,
}
