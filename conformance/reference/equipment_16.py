"""What the parts of the OCPP 1.6 charge point have in common."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from conformance.reference.authorization_16 import Authorization
from conformance.reference.configuration_16 import Configuration
from conformance.reference.connector_16 import Connector, Token
from conformance.reference.link_16 import Link, moment, rfc3339
from conformance.reference.options_16 import StationOptions
from conformance.reference.outbox_16 import Outbox
from conformance.reference.profiles_16 import Profiles
from conformance.reference.wire import WallClock

_NEARLY_RIGHT = timedelta(seconds=0.1)


class Clock:
    """The station's clock: the machine's, set by the central system when it is a bit off."""

    def __init__(self, machine: WallClock) -> None:
        self._machine = machine
        self._offset = timedelta()

    @property
    def offset(self) -> float:
        """By how many seconds it is ahead of the machine's clock."""
        return self._offset.total_seconds()

    @offset.setter
    def offset(self, seconds: float) -> None:
        self._offset = timedelta(seconds=seconds)

    def set(self, text: str) -> None:
        """Set the clock to the time that `text` says (sections 4.2, 4.6)."""
        offset = moment(text) - self._machine()
        if abs(offset - self._offset) >= _NEARLY_RIGHT:
            self._offset = offset

    def __call__(self) -> datetime:  # noqa: D102 - as any WallClock
        return self._machine() + self._offset

    def text(self) -> str:
        """Return the time as it goes into a message."""
        return rfc3339(self())


@dataclass
class Equipment:
    """The station's memory and its ways out; `link` is None while offline.

    `changed` is called when something is new that outlives a loss of power.
    """

    options: StationOptions
    faults: Mapping[str, str]
    clock: Clock
    configuration: Configuration
    authorization: Authorization
    profiles: Profiles
    outbox: Outbox
    connectors: dict[int, Connector] = field(default_factory=dict)
    registration: str = ""
    link: Link | None = None
    unlock_fails: bool = False
    changed: Callable[[], None] = lambda: None
    _failed: asyncio.Queue[BaseException] = field(default_factory=asyncio.Queue)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @classmethod
    def of(
        cls, options: StationOptions, faults: Mapping[str, str], machine: WallClock
    ) -> Equipment:
        """Return the equipment of a station that leaves the factory."""
        configuration, clock = Configuration(options), Clock(machine)

        def retries() -> tuple[int, float]:
            return (
                configuration.seconds("TransactionMessageAttempts"),
                configuration.seconds("TransactionMessageRetryInterval"),
            )

        return cls(
            options=options,
            faults=faults,
            clock=clock,
            configuration=configuration,
            authorization=Authorization(configuration, clock, options.cache_size),
            profiles=Profiles(options),
            outbox=Outbox(
                retries,
                urgent_first=options.statuses_first,
                keeps_all=options.queues_statuses,
                hangs_up=options.hangs_up,
            ),
        )

    def wire_up(self, before: Equipment) -> None:
        """Take over what is no electronics: the cables, and what is broken or limited."""
        for number, connector in self.connectors.items():
            connector.wire_up(before.connectors[number])
        self.unlock_fails = before.unlock_fails
        self.authorization.refuses_lists = before.authorization.refuses_lists
        self.profiles.local_limit = before.profiles.local_limit

    def offline(self) -> None:
        """Go on without a connection."""
        self.link = None
        self.outbox.offline()
        for connector in self.connectors.values():
            if not self.options.queues_statuses:
                connector.reported = connector.confirmed

    def switch_off(self) -> None:
        """End everything that goes on."""
        self.offline()
        for task in tuple(self._tasks):
            task.cancel()
        for connector in self.connectors.values():
            connector.switch_off()

    def when(self, timer: asyncio.TimerHandle) -> datetime:
        """Return the time at which `timer` fires."""
        left = timer.when() - asyncio.get_running_loop().time()
        return self.clock() + timedelta(seconds=left)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Let `work` run beside everything else, until it ends or the station does."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error and not isinstance(error, ConnectionError):
            self._failed.put_nowait(error)

    async def fail(self) -> None:
        """Raise the error of which something spawned has died, once there is one."""
        raise await self._failed.get()

    # -- reservations (section 5.13)

    @property
    def places(self) -> list[Connector]:
        """The connectors that a cable fits into."""
        return [c for c in self.connectors.values() if c.number]

    def admits(self, connector: Connector, token: Token) -> bool:
        """Whether a reservation lets `token` charge at `connector`."""
        keeper = connector.keeper
        return not keeper or keeper.admits(token) or "reserves-for-anyone" in self.faults

    def hold(self) -> list[Connector]:
        """Hold the last free connector for the reservation of any; return what has changed."""
        of_any = self.connectors[0].reservation
        used = of_any and any(c.waiting and of_any.admits(c.waiting) for c in self.places)
        left = [c for c in self.places if c.usable and not (c.in_use or c.reservation)]
        left = [c for c in left if c.held or not (c.plugged or c.cable)]
        wanted = left if of_any and not used and len(left) == 1 else []
        changed = []
        for connector in self.places:
            held = of_any if connector in wanted else None
            if connector.held is not held:
                connector.held = held
                changed.append(connector)
        return changed

    def use_reservation(self, connector: Connector, token: Token) -> int | None:
        """End the reservation that a transaction of `token` at `connector` uses; return its id."""
        of_any = self.connectors[0].reservation
        used = connector.reservation or (of_any if of_any and of_any.admits(token) else None)
        if used is None:
            return None
        self.end_reservation(used.ident)
        return None if "no-reservation-id" in self.faults else used.ident

    def end_reservation(self, ident: int) -> Connector | None:
        """End a reservation; return the connector that it was made for, if it was there."""
        for connector in self.connectors.values():
            if connector.reservation and connector.reservation.ident == ident:
                connector.release()
                return connector
        return None

    async def ask(self, request: Any) -> Any:  # noqa: ANN401
        """Send `request` before all that is queued; raise ConnectionError while offline."""
        if not self.link or not self.outbox.online:
            raise ConnectionError("offline")
        response = await self.link.ask(request)
        self.changed()
        return response
