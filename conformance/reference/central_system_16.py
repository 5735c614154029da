"""The reference central system for OCPP 1.6: tokens, transactions, and what its operator asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from typing import Any

from ocpp.v16 import call, call_result
from ocpp.v16.enums import (
    AuthorizationStatus,
    DataTransferStatus,
    RegistrationStatus,
)

from conformance.reference.central_security_16 import Security
from conformance.reference.faults import CSMS_16, SHARED, check, faulty
from conformance.reference.gate import Gate
from conformance.reference.known import DONE, KINDS, UNKNOWN
from conformance.reference.link_16 import LOG, Answer, Failure, Handler, Link, rfc3339
from conformance.reference.options_16 import CsmsOptions
from conformance.reference.rewrites_16 import CSMS_REWRITES
from conformance.reference.tokens_16 import Tokens
from conformance.reference.wire import WallClock, Wire, read_options, utc_now
from conformance.reference.wishes_16 import MAKERS, OWN, Wishes, profile_of

_CROSSING = 0.01  # seconds between a request of its own and the answer that it comes before


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
        gate: Gate | None = None,
    ) -> None:
        check(faults or {}, {**SHARED, **CSMS_16})
        self._options, self._faults, self._clock = options, faults or {}, clock
        self._tokens = Tokens(options)
        self._wishes = Wishes(options, self._tokens, clock)
        self.security = Security(gate or Gate(), self._faults, clock, self._send_afterwards)
        self.security.gate.organization = options.cpo_name
        self.security.gate.faults = self._faults
        self._links: dict[str, Link] = {}
        self._boots: dict[str, int] = {}
        self._connectors: dict[str, set[int]] = {}
        self._transaction_ids = count(1)
        self._running: dict[int, str] = {}  # transaction: its token
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, wire: Wire, identity: str) -> None:
        """Serve one connected charge point until its connection is gone."""
        faults = dict(self._faults)
        if "ignores-unknown-vendor" in faults:
            faults["silent"] = "DataTransfer"
        wire = faulty(wire, faults, CSMS_REWRITES)
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

    def know(self, kind: str, body: Mapping[str, Any]) -> int:
        """Know a token or a station's credentials from now on; groups are just names."""
        if kind == "Token":
            self._tokens.know(body)
        elif kind == "Station":
            self._know_station(body)
        return DONE if kind in KINDS else UNKNOWN

    def _know_station(self, body: Mapping[str, Any]) -> None:
        station, password = str(body["station"]), body.get("password")
        self.security.gate.set_profile(station, int(body.get("security_profile", 0)))
        if password is not None:
            self.security.gate.change_password(station, str(password).encode())

    async def ask(self, version: str, station: str, action: str, body: Mapping[str, Any]) -> int:
        """Send the request `action` that the operator asks for; return an HTTP status.

        200 as soon as it is on its way; 404 for an unknown version, action or connector, 409 if
        the charge point is not connected. Raises KeyError or ValueError for a wrong body.
        """
        if version != "1.6" or action not in MAKERS or not self._can(station, action, body):
            return 404
        request = self._wishes.request(station, action, body)
        link = self._links.get(station)
        if not link:
            return 409
        if "never-sends" not in self._faults:
            first = [self._own(station, name) for name in self._options.before_wishes]
            self._send(link, *first, request)
        return 200

    def _can(self, station: str, action: str, body: Mapping[str, Any]) -> bool:
        known = self._connectors.get(station, {0})
        there = self._options.unknown_connectors or body.get("evse") in {None, *known}
        return there and profile_of(action) in self._options.profiles

    def _own(self, station: str, action: str) -> Any:  # noqa: ANN401
        return self._wishes.request(station, action, OWN[action])

    def _send(self, link: Link, *requests: Any) -> None:  # noqa: ANN401
        async def send() -> None:
            try:
                for request in requests:
                    self._learn(link.id, request, await link.ask(request))
            except (ConnectionError, *Failure) as error:
                LOG.info("%s: %s", [type(r).__name__ for r in requests], error)

        task = asyncio.create_task(send())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _send_afterwards(self, station: str, request: Any) -> None:  # noqa: ANN401
        link = self._links[station]
        link.afterwards(partial(self._send, link, request))

    def _learn(self, station: str, request: Any, answer: Answer) -> None:  # noqa: ANN401
        self.security.learn(station, request, answer)
        if isinstance(answer, call_result.GetInstalledCertificateIds):
            self._wishes.certificates[station] = list(answer.certificate_hash_data or ())

    # -- what it answers

    def _handlers(self, identity: str) -> Mapping[str, Handler]:
        firmware = {
            "DiagnosticsStatusNotification": _taken(call_result.DiagnosticsStatusNotification),
            "FirmwareStatusNotification": _taken(call_result.FirmwareStatusNotification),
        }
        return {
            **(self.security.handlers(identity) if self._options.security else {}),
            **(firmware if "FirmwareManagement" in self._options.profiles else {}),
            "Authorize": self._authorize,
            "BootNotification": _taken(lambda: self._boot(identity)),
            "DataTransfer": self._data_transfer,
            "Heartbeat": lambda: call_result.Heartbeat(current_time=rfc3339(self._clock())),
            "MeterValues": _taken(call_result.MeterValues),
            "StartTransaction": partial(self._start_transaction, identity),
            "StatusNotification": partial(self._status, identity),
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
            link.afterwards(partial(self._send, link, self._own(identity, action)))

    async def _status(self, identity: str, connector_id: int, **_: object) -> Answer:
        self._connectors.setdefault(identity, {0}).add(connector_id)
        for action in self._options.crossing:
            self._send(self._links[identity], self._own(identity, action))
            await asyncio.sleep(_CROSSING)
        return call_result.StatusNotification()

    def _authorize(self, id_tag: str) -> Answer:
        return call_result.Authorize(id_tag_info=self._tokens.info(id_tag))

    def _start_transaction(self, identity: str, id_tag: str, **_: object) -> Answer:
        number = 1 if "reuses-transaction-id" in self._faults else next(self._transaction_ids)
        self._running[number] = id_tag
        info = self._tokens.info(id_tag)
        if self._options.stops_refused and info["status"] != AuthorizationStatus.accepted:
            link, stop = self._links[identity], call.RemoteStopTransaction(transaction_id=number)
            link.afterwards(partial(self._send, link, stop))
        return call_result.StartTransaction(transaction_id=number, id_tag_info=info)

    def _stop_transaction(
        self, transaction_id: int, id_tag: str | None = None, **_: object
    ) -> Answer:
        self._running.pop(transaction_id, None)
        info: Any = {"status": "Accepted"} if self._options.info_at_stop else None
        return call_result.StopTransaction(
            id_tag_info=self._tokens.info(id_tag) if id_tag else info
        )

    def _data_transfer(self, **_: object) -> Answer:
        return call_result.DataTransfer(status=DataTransferStatus(self._options.foreign))


def _taken(answer: Callable[[], Answer]) -> Handler:
    """Return a handler that takes whatever comes."""
    return lambda **_: answer()


def csms(
    options: Mapping[str, str], faults: Mapping[str, str], gate: Gate | None = None
) -> CentralSystem16:
    """Build the central system from texts; raise ValueError for a wrong option or fault."""
    return CentralSystem16(read_options(CsmsOptions, options), faults=faults, gate=gate)
