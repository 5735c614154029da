"""The reference charge point for OCPP 1.6: how it boots, lives, and what an operator does to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from ocpp.v16 import call
from ocpp.v16.enums import (
    ChargePointErrorCode,
    Reason,
    RegistrationStatus,
    ResetType,
)

from conformance.reference.cables_16 import Cables
from conformance.reference.charging_16 import Charging
from conformance.reference.connector_16 import Connector
from conformance.reference.credentials import Credentials
from conformance.reference.equipment_16 import Equipment
from conformance.reference.faults import SHARED, STATION_16, check, faulty
from conformance.reference.files_16 import Files
from conformance.reference.link_16 import LOG, Failure, Link
from conformance.reference.metering_16 import Metering
from conformance.reference.options_16 import StationOptions
from conformance.reference.requests_16 import Requests
from conformance.reference.rewrites_16 import STATION_REWRITES
from conformance.reference.settings_16 import Settings
from conformance.reference.transfer import Carrier, NetworkCarrier
from conformance.reference.triggers_16 import Triggers
from conformance.reference.wire import Dial, WallClock, Wire, read_options, utc_now

_RESET_SECONDS = 10.0  # how long a reset waits for the transactions to be reported
_LONGEST_BACK_OFF = 30.0
_HEARTBEAT = "HeartbeatInterval"
_LOCKED = 423  # the HTTP status


class ChargePoint16:
    """A charge point that connects by `dial`; `clock` is its machine's clock.

    It moves files by `carrier`, or else over the network. `faults` maps the names in
    `faults.FAULTS` to their arguments. Raises ValueError for others.
    """

    def __init__(
        self,
        options: StationOptions,
        dial: Dial,
        carrier: Carrier | None = None,
        credentials: Credentials | None = None,
        *,
        faults: Mapping[str, str] | None = None,
        clock: WallClock = utc_now,
    ) -> None:
        check(faults or {}, {**SHARED, **STATION_16})
        self._options, self._dial = options, dial
        self._credentials = credentials or Credentials()
        self._all = Equipment.of(options, faults or {}, clock)
        self._metering = Metering(self._all)
        self._charging = Charging(self._all, self._metering)
        for number in range(options.connectors + 1):
            self._all.connectors[number] = Connector(number, self._metering.power)
        self._cables = Cables(self._all, self._charging)
        self._requests = Requests(self._all, self._charging, self._cables, self._begin_reset)
        self._files = Files(
            self._all, self._charging, carrier or NetworkCarrier(), self._restart_soon
        )
        sending = self._send_soon, self._boot_again, self._files
        triggers = Triggers(self._all, self._charging, self._metering, *sending)
        self._settings = Settings(self._all, triggers)
        self._powered_off = asyncio.Event()
        self._boot_asked_for = asyncio.Event()

    async def run(self) -> None:
        """Connect, boot and live until cancelled; connect again when the connection drops."""
        back_off = self._options.reconnect_wait
        try:
            while True:
                if self._powered_off.is_set():
                    await self._restart()
                try:
                    wire = faulty(await self._dial(), self._all.faults, STATION_REWRITES)
                except ConnectionError as error:
                    LOG.info("no connection: %s", error)
                    await asyncio.sleep(back_off)
                    back_off = min(2 * back_off, _LONGEST_BACK_OFF)
                    continue
                back_off = self._options.reconnect_wait
                await self._connected(wire)
                if not self._powered_off.is_set():
                    await asyncio.sleep(back_off)
        finally:
            self._all.cancel_all()

    # -- one connection

    async def _connected(self, wire: Wire) -> None:
        """Live on one connection until it drops or the power goes."""
        link = Link(
            self._options.serial,
            wire,
            self._files.handlers({**self._requests.handlers(), **self._settings.handlers()}),
            timeout=lambda: float(
                self._all.configuration.text("MessageTimeout", str(self._options.message_timeout))
            ),
            deaf=lambda: self._all.registration == RegistrationStatus.rejected,
            slow=self._requests.slow,
            spawn=self._all.spawn,
        )
        self._all.link = link
        tasks = [
            asyncio.create_task(link.start()),
            asyncio.create_task(self._live(link)),
            asyncio.create_task(self._powered_off.wait()),
            asyncio.create_task(self._all.fail()),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ended = [task for task in tasks if task.done()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._all.link = None
            self._all.outbox.offline()
            for connector in self._all.connectors.values():
                connector.reported = connector.confirmed
            await wire.close()
        for task in ended:
            error = task.exception()
            if error and not isinstance(error, ConnectionError):
                raise error

    async def _live(self, link: Link) -> None:
        booting = self._all.registration != RegistrationStatus.accepted
        if booting or self._options.boot_after_reconnect:
            await self._register(link)
        self._all.outbox.online = True
        if booting and self._options.heartbeat_after_boot:
            await self._heartbeat(link)
        self._files.booted(reported=False)
        for connector in self._all.connectors.values():
            if not connector.settling:
                self._charging.notify(connector)
        self._files.booted(reported=True)
        tasks = [
            asyncio.create_task(self._all.outbox.pump(link)),
            asyncio.create_task(self._beat(link)),
            asyncio.create_task(self._metering.align()),
        ]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _register(self, link: Link) -> None:
        """Send BootNotification until it is accepted (section 4.2)."""
        self._all.registration = ""
        while True:
            self._boot_asked_for.clear()
            wait = self._options.boot_retry
            try:
                answer = await link.ask(self._boot_notification(), self._registered)
            except Failure as error:
                LOG.info("BootNotification failed: %s", error)
            else:
                if answer.status == RegistrationStatus.accepted:
                    return
                wait = answer.interval or wait
            if "ignores-retry-interval" in self._all.faults:
                wait /= 10
            await _either(self._boot_asked_for, wait)

    def _registered(self, answer: Any) -> None:  # noqa: ANN401
        self._all.registration = answer.status
        self._all.clock.set(answer.current_time)
        if answer.status == RegistrationStatus.accepted and answer.interval > 0:
            self._all.configuration.put(_HEARTBEAT, str(answer.interval))

    def _boot_notification(self) -> Any:  # noqa: ANN401
        return call.BootNotification(
            charge_point_vendor=self._options.vendor,
            charge_point_model=self._options.model,
            charge_point_serial_number=self._options.serial,
            firmware_version=self._files.firmware.version,
        )

    async def _beat(self, link: Link) -> None:
        while "no-heartbeat" not in self._all.faults:
            if await self._all.configuration.pause(_HEARTBEAT):
                await self._heartbeat(link)
        await asyncio.Event().wait()

    async def _heartbeat(self, link: Link) -> None:
        await self._send(
            link, call.Heartbeat(), lambda answer: self._all.clock.set(answer.current_time)
        )

    async def _send(
        self,
        link: Link,
        request: Any,  # noqa: ANN401
        heard: Callable[[Any], None] | None = None,
    ) -> None:
        """Send a request at once; a failure is the central system's concern."""
        try:
            await link.ask(request, heard)
        except Failure as error:
            LOG.info("%s failed: %s", type(request).__name__, error)

    # -- power

    def _begin_reset(self, kind: str) -> None:
        reason = Reason.soft_reset if kind == ResetType.soft else Reason.hard_reset
        self._all.spawn(self._go_down(reason))

    def _restart_soon(self) -> None:
        self._all.spawn(self._go_down(Reason.reboot))

    async def _go_down(self, reason: Reason) -> None:
        """Stop all transactions, give them time to be reported, and restart."""
        for connector in self._all.connectors.values():
            if connector.transaction:
                self._charging.stop(connector, reason)
        reported = asyncio.create_task(self._all.outbox.empty())
        if self._all.outbox.online:
            await asyncio.wait({reported}, timeout=_RESET_SECONDS)
        reported.cancel()
        self._powered_off.set()

    async def _restart(self) -> None:
        """Boot; availability, profiles, lists, reservations and what is queued are kept."""
        await asyncio.sleep(self._options.boot_seconds)
        self._powered_off.clear()
        self._all.registration = ""
        self._all.configuration.rebooted()
        self._files.power_lost()
        for connector in self._all.connectors.values():
            connector.forget()

    # -- the operator

    async def act(self, name: str, query: Mapping[str, str]) -> int:
        """Do the operator's action `name`; return an HTTP status."""
        actions: Mapping[str, Callable[[Mapping[str, str]], int]] = {
            "plugin": self._plug_in,
            "plugout": self._plug_out,
            "unplugev": self._unplug_ev,
            "authorize": self._present,
            "reboot": self._reboot,
            "parkingbay": lambda _: 501,  # has no sensor
            "state": self._state,
        }
        return actions[name](query) if name in actions else 404

    def _plug_in(self, query: Mapping[str, str]) -> int:
        connector = self._named(query)
        if not connector:
            return 404
        if not connector.plugged:
            halfway = query.get("halfway") == "true"
            plug_in = self._cables.plug_in_halfway if halfway else self._cables.plug_in
            plug_in(connector)
        return 200

    def _plug_out(self, query: Mapping[str, str]) -> int:
        connector = self._named(query)
        if not connector:
            return 404
        return 200 if self._cables.plug_out(connector) else _LOCKED

    def _unplug_ev(self, query: Mapping[str, str]) -> int:
        connector = self._named(query)
        if not connector:
            return 404
        if connector.plugged:
            self._cables.unplug_ev(connector)
        return 200

    def _present(self, query: Mapping[str, str]) -> int:
        token = query.get("id", "")
        connector = self._named(query) if _number(query) else self._charging.choose(token)
        if not connector:
            return 404
        if not token:
            return 501  # has no start button
        if not self._cables.unlock_with(token, connector):
            self._charging.present(token, connector)
        return 200

    def _reboot(self, _: Mapping[str, str]) -> int:
        self._all.spawn(self._go_down(Reason.power_loss))
        return 200

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
            told = query["charging_limit"]
            usual = self._options.local_limit
            self._all.profiles.local_limit = usual if told == "none" else float(told)
        return 200

    def _break(self, connector: Connector, *, faulted: bool) -> None:
        if not faulted:
            connector.mend(ChargePointErrorCode.other_error)
        else:
            connector.fail(ChargePointErrorCode.other_error)
            connector.free()
            connector.wait_no_more()
            if connector.transaction:
                self._charging.stop(connector, Reason.other)
        self._charging.report(connector)

    def _named(self, query: Mapping[str, str]) -> Connector | None:
        number = _number(query)
        return self._all.connectors.get(number) if number > 0 else None

    # -- TriggerMessage

    def _send_soon(self, *requests: Any) -> None:  # noqa: ANN401
        link = self._all.link

        async def send() -> None:
            if link:
                for request in requests:
                    await self._send(link, request)

        self._all.spawn(send())

    def _boot_again(self) -> None:
        if self._all.registration != RegistrationStatus.accepted:
            self._boot_asked_for.set()
        elif self._all.link:
            self._all.spawn(self._send(self._all.link, self._boot_notification(), self._registered))


def _number(query: Mapping[str, str]) -> int:
    """Return the connector that a query is about; on 1.6 evse_id and connector_id both are it."""
    return int(query.get("connector_id") or query.get("evse_id") or 0)


async def _either(event: asyncio.Event, seconds: float) -> None:
    """Return when `event` is set or `seconds` have passed."""
    task = asyncio.create_task(event.wait())
    await asyncio.wait({task}, timeout=seconds)
    task.cancel()


def station(
    options: Mapping[str, str],
    faults: Mapping[str, str],
    dial: Dial,
    carrier: Carrier,
    credentials: Credentials,
) -> ChargePoint16:
    """Build the charge point from texts; raise ValueError for a wrong option or fault."""
    read = read_options(StationOptions, options)
    return ChargePoint16(read, dial, carrier, credentials, faults=faults)
