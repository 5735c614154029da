"""What the parts of the OCPP 1.6 charge point have in common."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from conformance.reference.authorization_16 import Authorization
from conformance.reference.configuration_16 import Configuration
from conformance.reference.connector_16 import Connector
from conformance.reference.link_16 import Link, moment, rfc3339
from conformance.reference.options_16 import StationOptions
from conformance.reference.outbox_16 import Outbox
from conformance.reference.profiles_16 import Profiles
from conformance.reference.wire import WallClock


class Clock:
    """The station's clock: the machine's, set by the central system when it is a second off."""

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
        if abs(offset - self._offset) >= timedelta(seconds=1):
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

    async def ask(self, request: Any) -> Any:  # noqa: ANN401
        """Send `request` before all that is queued; raise ConnectionError while offline."""
        if not self.link or not self.outbox.online:
            raise ConnectionError("offline")
        response = await self.link.ask(request)
        self.changed()
        return response
