"""The OCPP 2.0.1 reference charging station."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial

from conformance.reference.authorization_201 import NO_AUTHORIZATION, Authorization
from conformance.reference.boot_201 import Boot
from conformance.reference.core_201 import Core, stamp
from conformance.reference.evse_201 import Connector, Evse
from conformance.reference.link_201 import LOG, Handler, Link, make_request
from conformance.reference.options_201 import StationOptions201, station_options
from conformance.reference.profiles_201 import Profiles
from conformance.reference.provisioning_201 import Provisioning, Switches
from conformance.reference.remote_control_201 import RemoteControl
from conformance.reference.schedules import Period
from conformance.reference.smart_charging_201 import SmartCharging
from conformance.reference.status_201 import Statuses
from conformance.reference.transaction_201 import Transactions
from conformance.reference.variables_201 import station_variables
from conformance.reference.wire import Dial, WallClock, Wire, utc_now

_PING = "WebSocketPingInterval"


def station(options: Mapping[str, str], faults: Iterable[str], dial: Dial) -> ChargingStation201:
    """Build the station that the shell runs; ValueError for a wrong option or fault."""
    return ChargingStation201(station_options(options, faults), dial)


class ChargingStation201:
    """A charging station that conforms to OCPP 2.0.1, apart from the faults it is given.

    `dial()` opens a connection and raises OSError when it cannot. It waits by the loop's timers
    only. Transactions, profiles and operative states outlive a reboot, as they have to.
    """

    def __init__(self, options: StationOptions201, dial: Dial, clock: WallClock = utc_now) -> None:
        self.core = Core(options, clock)
        self._dial = dial
        self._boot = Boot(self.core)
        self._power_cut = asyncio.Event()
        self._reset_pending = False
        self._pinged_every = 0
        self.profiles = Profiles(
            evses=options.evses,
            phases=options.phases,
            units=options.rate_units,
            transaction=lambda evse: self.evses[evse].transactions.identity,
        )
        self.statuses = Statuses(self.core)
        numbers = range(1, options.evses + 1)
        self.evses = {n: Evse(self.core, n, self._power, self.statuses.report) for n in numbers}
        self.statuses.evses = self.evses
        for evse in self.evses.values():
            evse.transactions.started = self._transaction_started
            evse.transactions.ended = partial(self._transaction_ended, evse)
        self.core.fit(
            station_variables(
                options,
                clock=lambda: stamp(self.core.now()),
                availability=self.statuses.availability,
                profiles=lambda: str(len(self.profiles.installed)),
            )
        )
        self._authorization = Authorization(self.core)
        self._remote = RemoteControl(self.core, self.evses, self._authorization, self.profiles)
        self._provisioning = Provisioning(
            self.core, self.evses, self._authorization, self._switches()
        )
        self._smart_charging = SmartCharging(self.core, self.profiles, self.evses)

    async def run(self) -> None:
        """Connect, boot and live until cancelled; connect again when the connection drops."""
        async with asyncio.TaskGroup() as group:
            self.core.group = group
            group.create_task(self._beat())
            await self._live()

    async def act(self, name: str, query: Mapping[str, str]) -> int:
        """Do the operator's action and return an HTTP status.

        2xx: done; 400: wrong query; 404: unknown; 409: not now; 501: never.
        What follows from the action goes on after the return.
        """
        actions: Mapping[str, Callable[[Mapping[str, str]], int]] = {
            "plugin": self._plug_in,
            "plugout": self._plug_out,
            "authorize": self._present,
            "reboot": self._cut_power,
            "parkingbay": self._park,
            "state": self._set_state,
        }
        if name not in actions:
            return 404
        try:
            return actions[name](query)
        except (KeyError, ValueError):
            LOG.info("the operator's %s has a wrong query", name)
            return 400

    async def _live(self) -> None:
        failed = -1  # attempts since a connection was lost
        while True:
            if self._power_cut.is_set():
                await self._start_up()
                failed = -1
            try:
                wire = await self._dial()
            except OSError as error:
                LOG.info("no connection: %s", error)
                failed += 1
                await self._pause(self._back_off(failed))
                continue
            lasted = await self._serve(wire)
            if self.core.registration == "Rejected":
                await self._pause(self._boot.not_before - asyncio.get_running_loop().time())
            else:
                anew = lasted and not self.core.faulty("keeps-back-off")
                failed = 0 if anew else max(failed, 0) + (not lasted)
                await self._pause(self._back_off(failed))

    def _back_off(self, failed: int) -> float:
        """Return the wait before the next attempt (Part 4, 5.3); it is random before the first."""
        here, model = "OCPPCommCtrlr", self.core.model
        random = min(
            self.core.options.reconnect_wait, model.number(here, "RetryBackOffRandomRange")
        )
        shortest = model.number(here, "RetryBackOffWaitMinimum") + random
        most = model.number(here, "RetryBackOffRepeatTimes")
        if self.core.options.backs_off_by_attempts:
            most = max(most - 1, 0)
        doubled = failed if self.core.faulty("doubles-for-ever") else min(failed, most)
        return float(shortest * 2**doubled)

    async def _pause(self, seconds: float) -> None:
        """Wait before connecting again, unless the power is cut meanwhile."""
        waiting = asyncio.create_task(self._power_cut.wait())
        try:
            await asyncio.wait([waiting], timeout=max(seconds, 0))
        finally:
            waiting.cancel()

    async def _serve(self, wire: Wire) -> bool:
        """Live on one connection until it is gone; say whether the station was accepted on it."""
        core = self.core
        timeout = core.model.number("OCPPCommCtrlr", "MessageTimeout", "Default")
        link = core.link = Link(
            core.options.serial,
            wire,
            self._handlers(),
            timeout=timeout,
            gate=core.gate,
            answered=core.answered,
        )
        tasks = [
            asyncio.create_task(link.start()),  # type: ignore[no-untyped-call]
            asyncio.create_task(self._talk(link)),
            asyncio.create_task(self._ping(wire)),
            asyncio.create_task(self._power_cut.wait()),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            lasted = core.online
            core.outbox.offline()
            core.link = None
            # Python 3.11's wait_for loses a cancellation that comes together with its result.
            while not all(task.done() for task in tasks):
                for task in tasks:
                    task.cancel()
                await asyncio.sleep(0)
            ends = await asyncio.gather(*tasks, return_exceptions=True)
            await wire.close()
        for end in ends:
            if isinstance(end, Exception) and not isinstance(end, ConnectionError):
                raise end
        return lasted

    async def _talk(self, link: Link) -> None:
        """Boot if that is due, then send what is to be sent."""
        accepted = self.core.registration == "Accepted"
        if accepted and self.core.options.boot_after_reconnect:
            self._boot.not_before, accepted = 0.0, False
        if accepted:
            if self.core.faulty("stamps-when-sent"):
                self.core.outbox.stamp(stamp(self.core.now()))
            self.core.outbox.online = True
            self.statuses.report_changed()
        elif await self._boot.accepted(link):
            self._report_boot()
        else:
            return
        await self.core.outbox.pump(link)

    def _report_boot(self) -> None:
        options, reason = self.core.options, self._boot.reason
        kind = options.security_event
        if kind == "auto":
            kind = "StartupOfTheDevice" if reason == "PowerUp" else "ResetOrReboot"
        steps = [self.statuses.report_all]
        if not self.core.faulty("no-security-event"):
            first = options.boot_order == "security-first"
            steps.insert(0 if first else 1, lambda: self._security_event(kind))
        if options.heartbeat_at_boot:
            self.core.say(make_request("Heartbeat"))
        for step in steps:
            step()

    def _security_event(self, kind: str) -> None:
        now = stamp(self.core.now())
        self.core.say(make_request("SecurityEventNotification", type=kind, timestamp=now))

    async def _beat(self) -> None:
        """Send a Heartbeat every interval (G02)."""
        while True:
            if await self._passes("HeartbeatInterval"):
                self.core.spawn(self._heartbeat())

    async def _ping(self, wire: Wire) -> None:
        """Send a ping every interval (Part 4, 8.4)."""
        while True:
            if await self._passes(_PING):
                await wire.ping()

    async def _passes(self, name: str) -> bool:
        """Wait for as long as a variable says, 0 for ever; tell whether it was not changed."""
        seconds = self._interval(name)
        try:
            async with asyncio.timeout(seconds or None):
                while self._interval(name) == seconds:
                    self.core.settings_changed.clear()
                    await self.core.settings_changed.wait()
        except TimeoutError:
            return True
        return False

    def _interval(self, name: str) -> int:
        seconds = self.core.model.number("OCPPCommCtrlr", name)
        if name != _PING:
            return seconds
        if self.core.faulty("ignores-ping-interval"):
            return 60
        if seconds or not self.core.faulty("pings-though-off"):
            self._pinged_every = max(0, seconds)
        return self._pinged_every

    async def _heartbeat(self) -> None:
        response = await self.core.say(make_request("Heartbeat"))
        if response is not None:
            self.core.set_clock(response.current_time)

    async def _start_up(self) -> None:
        """Go through the boot of the hardware; what was volatile is gone."""
        self._power_cut.clear()
        self.core.model.apply_pending()
        await asyncio.sleep(self.core.options.boot_seconds)

    def _reboot(self, reason: str) -> None:
        """Switch off, to boot for `reason`."""
        self._reset_pending = False
        self.core.outbox.offline()
        for evse in self.evses.values():
            evse.abort("AbnormalCondition", "PowerLoss")
            evse.parked = evse.parked and self.core.options.parking_sensor
        self._boot.begin(reason)
        self._power_cut.set()

    async def _reset(self) -> None:
        """End all transactions, wait until the CSMS knows, reboot (B12.FR.04, B12.FR.05)."""
        running = [e for e in self.evses.values() if e.transactions.current]
        for evse in running:
            evse.abort("ResetCommand", "ImmediateReset")
        if running:
            last = self.core.outbox.last()
            timeout = self.core.model.number("OCPPCommCtrlr", "MessageTimeout", "Default")
            await asyncio.wait([last], timeout=timeout)
        self._reboot("RemoteReset")

    def _switches(self) -> Switches:
        def reset_when_idle() -> None:
            self._reset_pending = True

        return Switches(
            reboot=self._reboot,
            reset_now=lambda: self.core.spawn(self._reset()),
            reset_when_idle=reset_when_idle,
            boot_again=self._boot.ask_again,
            report_status=self.statuses.report,
        )

    def _handlers(self) -> dict[str, Handler]:
        return {
            **self._provisioning.handlers(),
            **self._remote.handlers(),
            **self._smart_charging.handlers(),
        }

    def _transaction_started(self, transactions: Transactions) -> None:
        if transactions.profile is not None:
            self.profiles.install_for(
                transactions.evse, transactions.identity, transactions.profile
            )
            transactions.profile = None

    def _transaction_ended(self, evse: Evse, identity: str) -> None:
        self.profiles.forget_transaction(identity)
        evse.idle()
        if self._reset_pending and not any(e.transactions.current for e in self.evses.values()):
            self.core.spawn(self._reset_scheduled())

    async def _reset_scheduled(self) -> None:
        """Reboot as was asked for, when the CSMS knows of the end of the last transaction."""
        await self.core.outbox.last()
        self._reboot("ScheduledReset")

    def _power(self, evse: int, begin: datetime, seconds: int) -> list[Period]:
        """Return what an EVSE may deliver from `begin` on, in W."""
        session = self.evses[evse].transactions.ready_since
        return self.profiles.composite(evse, "W", begin, seconds, session)

    def _plug_in(self, query: Mapping[str, str]) -> int:
        evse, connector = self._place(query)
        if connector.plugged:
            return 200
        if evse.locked:
            return 409
        evse.plug_in(connector)
        return 200

    def _plug_out(self, query: Mapping[str, str]) -> int:
        evse, connector = self._place(query)
        if connector.plugged:
            evse.plug_out(connector)
        return 200

    def _present(self, query: Mapping[str, str]) -> int:
        evse, _ = self._place(query)
        token = {"id_token": query.get("id", ""), "type": query.get("type") or "ISO14443"}
        if self.core.options.start_button:
            token = dict(NO_AUTHORIZATION)
        self.core.spawn(self._authorization.present(evse, token))
        return 200

    def _cut_power(self, _: Mapping[str, str]) -> int:
        self._reboot("PowerUp")
        return 200

    def _park(self, query: Mapping[str, str]) -> int:
        if not self.core.options.parking_sensor:
            return 501
        evse, occupied = self.evses[self.core.options.parking_evse], query["occupied"] == "true"
        if evse.parked != occupied:
            evse.park(occupied)
        return 200

    def _set_state(self, query: Mapping[str, str]) -> int:
        if not query.keys() <= {"faulted", "unlock_failed", "evse_id", "connector_id"}:
            return 501
        if "unlock_failed" in query:
            self._remote.unlock_fails = query["unlock_failed"] == "true"
        if "faulted" in query:
            self.statuses.set_faulted(query["faulted"] == "true")
        return 200

    def _place(self, query: Mapping[str, str]) -> tuple[Evse, Connector]:
        evse = self.evses[int(query.get("evse_id") or 1)]
        number = int(query.get("connector_id") or 1)
        if not 1 <= number <= len(evse.connectors):
            raise ValueError(f"no connector {number}")
        return evse, evse.connectors[number - 1]
