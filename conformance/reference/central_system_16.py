"""The reference central system for OCPP 1.6: tokens, transactions, and what its operator asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

from ocpp.v16 import call, call_result
from ocpp.v16.enums import (
    AuthorizationStatus,
    ChargingProfilePurposeType,
    DataTransferStatus,
    RegistrationStatus,
)

from conformance.reference.faults import CSMS_16, SHARED, check, faulty
from conformance.reference.link_16 import LOG, Answer, Failure, Handler, Link, rfc3339
from conformance.reference.options_16 import CsmsOptions
from conformance.reference.rewrites_16 import CSMS_REWRITES
from conformance.reference.wire import WallClock, Wire, read_options, utc_now

_THREE_PHASES = 3


class CentralSystem16:
    """A central system for any number of charge points; `clock` is its machine's clock.

    `faults` maps the names in `faults.FAULTS` to their arguments. Raises ValueError for others.
    """

    def __init__(
        self,
        options: CsmsOptions,
        *,
        faults: Mapping[str, str] | None = None,
        clock: WallClock = utc_now,
    ) -> None:
        check(faults or {}, {**SHARED, **CSMS_16})
        self._options, self._faults, self._clock = options, faults or {}, clock
        self._tokens = _Tokens(options)
        self._links: dict[str, Link] = {}
        self._boots: dict[str, int] = {}
        self._transaction_ids = count(1)
        self._running: dict[int, str] = {}  # transaction: its token
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, wire: Wire, identity: str) -> None:
        """Serve one connected charge point until its connection is gone."""
        wire = faulty(wire, self._faults, CSMS_REWRITES)
        link = Link(identity, wire, self._handlers(identity), timeout=self._options.message_timeout)
        self._links[identity] = link
        try:
            await link.start()
        except ConnectionError as error:
            LOG.info("%s has left: %s", identity, error)
        finally:
            if self._links.get(identity) is link:
                del self._links[identity]
            await wire.close()

    async def ask(self, version: str, station: str, action: str, body: Mapping[str, Any]) -> int:
        """Send the request `action` that the operator asks for; return an HTTP status.

        200 as soon as it is on its way; 404 for an unknown version or action, 409 if the charge
        point is not connected. Raises KeyError or ValueError for a wrong body.
        """
        makers: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
            "RemoteStartTransaction": self._remote_start,
            "RemoteStopTransaction": _remote_stop,
            "SetChargingProfile": self._set_charging_profile,
            "GetCompositeSchedule": _get_composite_schedule,
            "UpdateFirmware": _update_firmware,
            "GetDiagnostics": _get_diagnostics,
        }
        if version != "1.6" or action not in makers:
            return 404
        request = makers[action](body)
        link = self._links.get(station)
        if not link:
            return 409
        if "never-sends" not in self._faults:
            self._send(link, request)
        return 200

    def _send(self, link: Link, request: Any) -> None:  # noqa: ANN401
        async def send() -> None:
            try:
                await link.ask(request)
            except (ConnectionError, *Failure) as error:
                LOG.info("%s failed: %s", type(request).__name__, error)

        task = asyncio.create_task(send())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- what it answers

    def _handlers(self, identity: str) -> Mapping[str, Handler]:
        return {
            "Authorize": self._authorize,
            "BootNotification": _taken(lambda: self._boot(identity)),
            "DataTransfer": _data_transfer,
            "DiagnosticsStatusNotification": _taken(call_result.DiagnosticsStatusNotification),
            "FirmwareStatusNotification": _taken(call_result.FirmwareStatusNotification),
            "Heartbeat": lambda: call_result.Heartbeat(current_time=rfc3339(self._clock())),
            "MeterValues": _taken(call_result.MeterValues),
            "StartTransaction": self._start_transaction,
            "StatusNotification": _taken(call_result.StatusNotification),
            "StopTransaction": self._stop_transaction,
        }

    def _boot(self, identity: str) -> Answer:
        answers = self._options.boot_status
        turn = self._boots.get(identity, 0)
        self._boots[identity] = turn + 1
        status = RegistrationStatus(answers[min(turn, len(answers) - 1)])
        if status == RegistrationStatus.accepted:
            self._after_boot(identity)
        return call_result.BootNotification(
            current_time=rfc3339(self._clock()),
            interval=self._options.boot_interval,
            status=status,
        )

    def _after_boot(self, identity: str) -> None:
        link = self._links[identity]
        for action in self._options.after_boot:
            request = getattr(call, action)()
            link.afterwards(partial(self._send, link, request))

    def _authorize(self, id_tag: str) -> Answer:
        return call_result.Authorize(id_tag_info=self._tokens.info(id_tag))

    def _start_transaction(self, id_tag: str, **_: object) -> Answer:
        number = next(self._transaction_ids)
        self._running[number] = id_tag
        return call_result.StartTransaction(
            transaction_id=number, id_tag_info=self._tokens.info(id_tag)
        )

    def _stop_transaction(
        self, transaction_id: int, id_tag: str | None = None, **_: object
    ) -> Answer:
        self._running.pop(transaction_id, None)
        return call_result.StopTransaction(
            id_tag_info=self._tokens.info(id_tag) if id_tag else None
        )

    # -- what it asks

    def _remote_start(self, body: Mapping[str, Any]) -> Any:  # noqa: ANN401
        wish = body.get("profile")
        return call.RemoteStartTransaction(
            id_tag=body["token"],
            connector_id=body["evse"],
            charging_profile=self._profile(wish) if wish else None,
        )

    def _set_charging_profile(self, body: Mapping[str, Any]) -> Any:  # noqa: ANN401
        return call.SetChargingProfile(
            connector_id=body["evse"], cs_charging_profiles=self._profile(body["profile"])
        )

    def _profile(self, wish: Mapping[str, Any]) -> dict[str, Any]:
        """Return the ChargingProfile that says what `wish` asks for."""
        now = self._clock()
        phases = wish.get("number_phases")
        period = {"startPeriod": 0, "limit": wish["limit"]}
        if phases and not (phases == _THREE_PHASES and self._options.omit_three_phases):
            period["numberPhases"] = phases
        schedule = {
            "duration": wish["duration"],
            "chargingRateUnit": wish["unit"],
            "chargingSchedulePeriod": [period],
        }
        if wish["kind"] == "Absolute":
            schedule["startSchedule"] = rfc3339(now)
        profile = {
            "chargingProfileId": wish.get("profile_id", 1),
            "stackLevel": wish["stack_level"],
            "chargingProfilePurpose": ChargingProfilePurposeType(wish["purpose"]),
            "chargingProfileKind": wish["kind"],
            "chargingSchedule": schedule,
        }
        if wish.get("valid"):
            profile["validFrom"] = rfc3339(now)
            profile["validTo"] = rfc3339(now + timedelta(seconds=wish["duration"]))
        return profile


@dataclass(frozen=True)
class _Tokens:
    """The table of tokens; they are compared without case (CiString20Type)."""

    options: CsmsOptions

    def info(self, token: str) -> Any:  # noqa: ANN401 - the package takes a dict as well
        """Return the IdTagInfo of `token`."""
        status = self._status(token)
        info: dict[str, Any] = {"status": status}
        for pair in self.options.parents:
            child, _, parent = pair.partition(":")
            if child.lower() == token.lower():
                info["parentIdTag"] = parent
        if status == AuthorizationStatus.expired:
            info["expiryDate"] = rfc3339(datetime(2020, 1, 1, tzinfo=UTC))
        return info

    def _status(self, token: str) -> AuthorizationStatus:
        tables = {
            AuthorizationStatus.accepted: self.options.valid,
            AuthorizationStatus.blocked: self.options.blocked,
            AuthorizationStatus.expired: self.options.expired,
        }
        for status, tokens in tables.items():
            if token.lower() in map(str.lower, tokens):
                return status
        return AuthorizationStatus.invalid


def _remote_stop(body: Mapping[str, Any]) -> Any:  # noqa: ANN401
    return call.RemoteStopTransaction(transaction_id=int(body["transaction"]))


def _get_composite_schedule(body: Mapping[str, Any]) -> Any:  # noqa: ANN401
    return call.GetCompositeSchedule(
        connector_id=body["evse"],
        duration=body["duration"],
        charging_rate_unit=body.get("unit"),
    )


def _update_firmware(body: Mapping[str, Any]) -> Any:  # noqa: ANN401
    return call.UpdateFirmware(
        location=body["location"],
        retrieve_date=body["retrieve_date"],
        retries=body.get("retries"),
        retry_interval=body.get("retry_interval"),
    )


def _get_diagnostics(body: Mapping[str, Any]) -> Any:  # noqa: ANN401
    names = ("retries", "retry_interval", "start_time", "stop_time")
    return call.GetDiagnostics(location=body["location"], **{n: body.get(n) for n in names})


def _taken(answer: Callable[[], Answer]) -> Handler:
    """Return a handler that takes whatever comes."""
    return lambda **_: answer()


def _data_transfer(**_: object) -> Answer:
    return call_result.DataTransfer(status=DataTransferStatus.unknown_vendor_id)


def csms(options: Mapping[str, str], faults: Mapping[str, str]) -> CentralSystem16:
    """Build the central system from texts; raise ValueError for a wrong option or fault."""
    return CentralSystem16(read_options(CsmsOptions, options), faults=faults)
