"""The electronics of the OCPP 1.6 charge point, from one boot to the next: how it connects."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ocpp.v16 import call
from ocpp.v16.enums import RegistrationStatus

from conformance.reference.cables_16 import Cables
from conformance.reference.charging_16 import Charging
from conformance.reference.connector_16 import Connector
from conformance.reference.equipment_16 import Equipment
from conformance.reference.faults import faulty
from conformance.reference.files_16 import Files
from conformance.reference.link_16 import LOG, Failure, Handler, Link
from conformance.reference.memory_16 import Memory, restore, state_of
from conformance.reference.metering_16 import Metering
from conformance.reference.options_16 import StationOptions
from conformance.reference.power_16 import Power
from conformance.reference.requests_16 import Requests
from conformance.reference.reservations_16 import Reservations
from conformance.reference.rewrites_16 import STATION_REWRITES
from conformance.reference.security_16 import Security
from conformance.reference.settings_16 import Settings
from conformance.reference.transfer import Carrier
from conformance.reference.triggers_16 import Triggers
from conformance.reference.vault_16 import Vault
from conformance.reference.wire import Dial, WallClock, Wire

_HEARTBEAT: Final = "HeartbeatInterval"
_PING: Final = "WebSocketPingInterval"


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What the electronics finds at each boot; `dial` shows what is in the `vault`."""

    options: StationOptions
    faults: Mapping[str, str]
    clock: WallClock
    dial: Dial
    carrier: Carrier
    vault: Vault
    memory: Memory


class Controller:
    """All the parts, put together at power-up: they know what was kept in the memory.

    What is no electronics stays as it was in the equipment `before`.
    """

    def __init__(self, given: Surroundings, before: Equipment | None = None) -> None:
        options = self._options = given.options
        self._dial, self._memory, self._vault = given.dial, given.memory, given.vault
        self.all = Equipment.of(options, given.faults, given.clock)
        self._metering = Metering(self.all)
        self.charging = Charging(self.all, self._metering)
        for number in range(options.connectors + 1):
            self.all.connectors[number] = Connector(number, self._metering.power)
        self.cables = Cables(self.all, self.charging)
        self.power = Power(self.all, self.charging)
        self._requests = Requests(self.all, self.charging, self.cables, self.power.reset)
        self.files = Files(self.all, self.charging, given.carrier, self.power.restart)
        sending = self._send_soon, self._boot_again, self.files
        triggers = Triggers(self.all, self.charging, self._metering, *sending)
        self._settings = Settings(self.all, triggers)
        self._reservations = Reservations(self.all, self.charging)
        self.security = Security(self.all, given.vault, self.files, triggers, self._send_soon)
        self._boot_asked_for = asyncio.Event()
        self._pinged_every = 0
        if before:
            self.all.wire_up(before)
        self._was_down = self._remember()
        self.security.wake()
        self._saving = False
        self.all.changed = self.all.outbox.changed = self._changed

    def _remember(self) -> str:
        """Know again what was kept; return why the station went down."""
        state = self._memory.load()
        if state is None:
            return ""
        restore(state, self.all, self.files, self._vault)
        for number, kept in state.connectors.items():
            if kept.reservation and number in self.all.connectors:
                reserved, connector = kept.reservation, self.all.connectors[number]
                seconds = max(0.0, (reserved.expires - self.all.clock()).total_seconds())
                self._reservations.keep(connector, reserved.ident, reserved.token, seconds)
            if "forgets-availability" in self.all.faults:
                self.all.connectors[number].operative = True
        self.all.hold()
        return state.down

    def _changed(self) -> None:
        """Save the state soon, where it could be needed at any time."""
        if self._memory.eager and not self._saving:
            self._saving = True
            asyncio.get_running_loop().call_soon(self._save)

    def _save(self) -> None:
        self._saving = False
        self._memory.save(state_of(self.all, self.files, self._vault, self.power.reason))

    async def run(self) -> None:
        """Connect, boot and live until it goes down; connect again when the connection drops."""
        self.power.wake(self._was_down, told=False)
        living = asyncio.create_task(self._live_on())
        ends = [
            living,
            asyncio.create_task(self.power.down.wait()),
            asyncio.create_task(self.all.fail()),
            asyncio.create_task(self._metering.align()),
        ]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for end in ends:
                if end.done():
                    end.result()
            self._save()
        finally:
            for end in ends:
                end.cancel()
            await asyncio.gather(*ends, return_exceptions=True)
            self.all.switch_off()

    # -- connections

    async def _live_on(self) -> None:
        back_off = self._options.reconnect_wait
        while True:
            self.security.show()
            try:
                wire = faulty(await self._dial(), self.all.faults, STATION_REWRITES)
            except ConnectionError as error:
                LOG.info("no connection: %s", error)
                self.security.refused(error)
                await asyncio.sleep(back_off)
                back_off = min(2 * back_off, self._options.reconnect_longest)
                continue
            back_off = self._options.reconnect_wait
            self.security.let_in()
            await self._connected(wire)
            if not self.security.hurries():
                await asyncio.sleep(back_off)

    async def _connected(self, wire: Wire) -> None:
        """Live on one connection until it drops."""
        link = Link(
            self._options.serial,
            wire,
            self._handlers(),
            timeout=lambda: float(
                self.all.configuration.text("MessageTimeout", str(self._options.message_timeout))
            ),
            deaf=lambda: self.all.registration == RegistrationStatus.rejected,
            slow=self._requests.slow,
            spawn=self.all.spawn,
        )
        self.all.link = link
        tasks = [asyncio.create_task(link.start()), asyncio.create_task(self._live(link))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ended = [task for task in tasks if task.done()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.all.offline()
            await wire.close()
        for task in ended:
            error = task.exception()
            if error and not isinstance(error, ConnectionError):
                raise error

    def _handlers(self) -> Mapping[str, Handler]:
        answers: dict[str, Handler] = {}
        for part in (self._requests, self._reservations, self._settings, self.security):
            answers |= part.handlers()
        answers = dict(self.files.handlers(answers))
        return {action: self._remembered(handler) for action, handler in answers.items()}

    def _remembered(self, handler: Handler) -> Handler:
        def handle(**fields: Any) -> Any:  # noqa: ANN401 - as any handler
            self._changed()
            return handler(**fields)

        return handle

    async def _live(self, link: Link) -> None:
        booting = self.all.registration != RegistrationStatus.accepted
        if booting or self._options.boot_after_reconnect:
            await self._register(link)
        if not booting:
            self.all.outbox.spoil(self.all.faults, self.all.clock.text())
        self.all.outbox.online = True
        self.all.outbox.holding = bool(self._options.queue_wait)
        if booting and self._options.heartbeat_after_boot:
            await self._heartbeat(link)
        self.files.booted(reported=False)
        for connector in self.all.connectors.values():
            if self._options.retells_statuses:
                connector.reported = None
            if not connector.settling:
                self.charging.notify(connector)
        self.files.booted(reported=True)
        if booting:
            self.power.wake(self._was_down, told=True)
        tasks = [
            asyncio.create_task(self.all.outbox.pump(link)),
            asyncio.create_task(self._beat(link)),
            asyncio.create_task(self._ping(link)),
            asyncio.create_task(self._release_later()),
        ]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _release_later(self) -> None:
        await asyncio.sleep(self._options.queue_wait)
        self.all.outbox.release()

    async def _register(self, link: Link) -> None:
        """Send BootNotification until it is accepted (section 4.2)."""
        self.all.registration = ""
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
            if "ignores-retry-interval" in self.all.faults:
                wait /= 10
            await _either(self._boot_asked_for, wait)

    def _registered(self, answer: Any) -> None:  # noqa: ANN401
        self.all.registration = answer.status
        self.all.clock.set(answer.current_time)
        if answer.status == RegistrationStatus.accepted and answer.interval > 0:
            self.all.configuration.put(_HEARTBEAT, str(answer.interval))

    def _boot_notification(self) -> Any:  # noqa: ANN401
        return call.BootNotification(
            charge_point_vendor=self._options.vendor,
            charge_point_model=self._options.model,
            charge_point_serial_number=self._options.serial,
            firmware_version=self.files.firmware.version,
        )

    async def _ping(self, link: Link) -> None:
        while True:
            if await self.all.configuration.pause(_PING, self._pings_every()):
                await link.wire.ping()

    def _pings_every(self) -> int:
        """Return the seconds between two pings, 0 for none."""
        if "ignores-ping-interval" in self.all.faults:
            return 60
        seconds = self.all.configuration.seconds(_PING)
        if seconds or "pings-though-off" not in self.all.faults:
            self._pinged_every = seconds
        return self._pinged_every

    async def _beat(self, link: Link) -> None:
        while "no-heartbeat" not in self.all.faults:
            if await self.all.configuration.pause(_HEARTBEAT):
                await self._heartbeat(link)
        await asyncio.Event().wait()

    async def _heartbeat(self, link: Link) -> None:
        await self._send(
            link, call.Heartbeat(), lambda answer: self.all.clock.set(answer.current_time)
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

    # -- TriggerMessage

    def _send_soon(self, *requests: Any) -> None:  # noqa: ANN401
        link = self.all.link

        async def send() -> None:
            if link:
                for request in requests:
                    await self._send(link, request)

        self.all.spawn(send())

    def _boot_again(self) -> None:
        if self.all.registration != RegistrationStatus.accepted:
            self._boot_asked_for.set()
        elif self.all.link:
            self.all.spawn(self._send(self.all.link, self._boot_notification(), self._registered))


async def _either(event: asyncio.Event, seconds: float) -> None:
    """Return when `event` is set or `seconds` have passed."""
    task = asyncio.create_task(event.wait())
    await asyncio.wait({task}, timeout=seconds)
    task.cancel()
