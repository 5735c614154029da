"""The OCPP 2.0.1 reference CSMS."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ocpp.exceptions import OCPPError, SecurityError
from ocpp.v201 import call

from conformance.reference.core_201 import stamp
from conformance.reference.known import DONE, KINDS, UNKNOWN, with_token
from conformance.reference.link_201 import (
    LOG,
    Handler,
    Link,
    make_request,
    make_response,
    refusal,
)
from conformance.reference.options_201 import CsmsOptions201, csms_options
from conformance.reference.wire import WallClock, Wire, utc_now
from conformance.reference.wishes_201 import WISHES, Wish

_EMPTY_ANSWERS = (
    "StatusNotification",
    "NotifyEvent",
    "NotifyReport",
    "SecurityEventNotification",
    "MeterValues",
    "ReportChargingProfiles",
    "NotifyMonitoringReport",
    "NotifyChargingLimit",
    "ClearedChargingLimit",
    "NotifyCustomerInformation",
    "NotifyDisplayMessages",
    "FirmwareStatusNotification",
    "PublishFirmwareStatusNotification",
    "LogStatusNotification",
    "ReservationStatusUpdate",
)
_BEFORE_ACCEPTED = ("BootNotification", "NotifyReport")  # B02.FR.09; triggered ones beside


def csms(options: Mapping[str, str], faults: Iterable[str]) -> Csms201:
    """Build the CSMS that the shell runs; ValueError for a wrong option or fault."""
    return Csms201(csms_options(options, faults))


@dataclass(kw_only=True)
class Known:
    """What the CSMS knows of one station; `transactions` is the id that goes on, by EVSE.

    `registration` is the status it has given the station, "" before the first BootNotification.
    """

    identity: str
    boot_answers: deque[str]
    link: Link | None = None
    registration: str = ""
    transactions: dict[int, str] = field(default_factory=dict)
    afterwards: list[Any] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)


class Csms201:
    """A CSMS that conforms to OCPP 2.0.1, apart from the faults it is given."""

    def __init__(self, options: CsmsOptions201, clock: WallClock = utc_now) -> None:
        self._options, self._clock = options, clock
        self._groups: dict[str, str | None] = {}  # of the tokens that it was told of
        self._stations: dict[str, Known] = {}
        self._numbers = 0

    async def serve(self, wire: Wire, identity: str) -> None:
        """Serve one connected station until its connection is gone."""
        station = self._stations.get(identity)
        if station is None:
            answers = deque(self._options.boot_status)
            station = self._stations[identity] = Known(identity=identity, boot_answers=answers)
        link = Link(
            identity,
            wire,
            self._handlers(station),
            timeout=self._options.message_timeout,
            gate=lambda action: _gate(station, action),
            answered=lambda: self._send_waiting(station),
        )
        station.link = link
        try:
            await link.start()  # type: ignore[no-untyped-call]
        except ConnectionError:
            LOG.info("%s has gone", identity)
        finally:
            if station.link is link:
                station.link = None
                for task in station.tasks:
                    task.cancel()
            await wire.close()

    def know(self, kind: str, body: Mapping[str, Any]) -> int:
        """Know a token from now on; groups are just names, and every station may connect."""
        if kind == "Token":
            self._options = with_token(self._options, body)
            self._groups[str(body["token"]).casefold()] = body.get("group")
        return DONE if kind in KINDS else UNKNOWN

    async def ask(self, version: str, station: str, action: str, body: Mapping[str, Any]) -> int:
        """Send the request that the operator asks for and return an HTTP status.

        202: on its way; 400: a field is missing or wrong; 404: unknown version or action; 409: the
        station is not connected; 501: an action that is not supported here.
        """
        if version != "2.0.1" or not hasattr(call, action):
            return 404
        if action not in WISHES:
            return 501
        known = self._stations.get(station)
        if known is None or known.link is None:
            return 409
        try:
            request = WISHES[action](self._wish(known), body)
        except (KeyError, TypeError, ValueError):
            LOG.info("the operator's %s has a wrong body", action)
            return 400
        if "never-sends" not in self._options.faults:
            self._send(known, request)
        return 202

    def _wish(self, station: Known) -> Wish:
        self._numbers += 1
        return Wish(
            number=self._numbers,
            now=self._clock(),
            transactions=station.transactions,
            options=self._options,
        )

    def _handlers(self, station: Known) -> dict[str, Handler]:
        return {
            **{action: _empty(action) for action in _EMPTY_ANSWERS},
            "BootNotification": lambda **_: self._boot(station),
            "Heartbeat": lambda **_: make_response("Heartbeat", current_time=self._now()),
            "Authorize": lambda id_token, **_: make_response(
                "Authorize", id_token_info=self._judge(id_token)
            ),
            "TransactionEvent": lambda **event: self._transaction_event(station, event),
            "DataTransfer": lambda **_: make_response("DataTransfer", status="UnknownVendorId"),
        }

    def _boot(self, station: Known) -> object:
        answers = station.boot_answers
        status = answers.popleft() if len(answers) > 1 else answers[0]
        station.registration = status
        if status == "Accepted":
            station.transactions.clear()
            station.afterwards += [self._crossing(name) for name in self._options.after_boot]
        return make_response(
            "BootNotification",
            current_time=self._now(),
            interval=self._options.interval,
            status=status,
        )

    def _crossing(self, name: str) -> object:
        if name == "GetBaseReport":
            self._numbers += 1
            return make_request(name, request_id=self._numbers, report_base="FullInventory")
        data = {
            "component": {"name": "OCPPCommCtrlr"},
            "variable": {"name": "OfflineThreshold"},
            "attribute_value": "300",
        }
        return make_request(name, set_variable_data=[data])

    def _transaction_event(self, station: Known, event: Mapping[str, Any]) -> object:
        info, evse = event["transaction_info"], (event.get("evse") or {}).get("id", 0)
        if event["event_type"] == "Ended":
            gone = info["transaction_id"]
            station.transactions = {e: t for e, t in station.transactions.items() if t != gone}
        elif evse:
            station.transactions[evse] = info["transaction_id"]
        token = event.get("id_token")
        if token is None or "no-id-token-info" in self._options.faults:
            return make_response("TransactionEvent")
        return make_response("TransactionEvent", id_token_info=self._judge(token))

    def _judge(self, token: Mapping[str, Any]) -> dict[str, Any]:
        """Return the idTokenInfo of a token."""
        info: dict[str, Any] = {"status": self._status(token)}
        group = self._groups.get(token["id_token"].casefold(), self._options.group)
        if group and info["status"] == "Accepted":
            info["group_id_token"] = {"id_token": group, "type": "Central"}
        return info

    def _status(self, token: Mapping[str, Any]) -> str:
        """Return the authorization status of a token (C01.FR.07, C02.FR.02)."""
        options, name = self._options, token["id_token"].casefold()
        if token["type"] == "NoAuthorization" or _among(name, options.valid):
            return "Accepted"
        if _among(name, options.blocked):
            return _unless("blocked-is-accepted", options, options.blocked_answer)
        if _among(name, options.expired):
            return _unless("expired-is-accepted", options, options.expired_answer)
        return _unless("accepts-invalid-token", options, options.invalid_answer)

    def _send_waiting(self, station: Known) -> None:
        requests, station.afterwards = station.afterwards, []
        for request in requests:
            self._send(station, request)

    def _send(self, station: Known, request: object) -> None:
        if station.link is not None:
            task = asyncio.get_running_loop().create_task(_ask(station.link, request))
            station.tasks.add(task)
            task.add_done_callback(station.tasks.discard)

    def _now(self) -> str:
        return stamp(self._clock())


async def _ask(link: Link, request: object) -> None:
    try:
        await link.ask(request)
    except (TimeoutError, OCPPError, ConnectionError) as error:
        LOG.info("%s failed: %s", type(request).__name__, error)


def _empty(action: str) -> Handler:
    return lambda **_: make_response(action)


def _gate(station: Known, action: str) -> None:
    """Refuse what a station that is not accepted may not send (B01.FR.10)."""
    waiting = station.registration not in {"", "Accepted"}
    if waiting and action not in _BEFORE_ACCEPTED:
        raise refusal(SecurityError, f"{action} before the station is accepted")


def _among(name: str, tokens: tuple[str, ...]) -> bool:
    return name in {token.casefold() for token in tokens}


def _unless(fault: str, options: CsmsOptions201, status: str) -> str:
    return "Accepted" if fault in options.faults else status
