"""What the parts of the reference charging station share: clock, tasks, device model, outbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime, timedelta
from typing import Any

from ocpp.exceptions import OCPPError, SecurityError

from conformance.reference.device_model_201 import DeviceModel, Variable
from conformance.reference.link_201 import LOG, Link, refusal
from conformance.reference.options_201 import StationOptions201
from conformance.reference.outbox_201 import Answer, Outbox
from conformance.reference.wire import WallClock


def stamp(moment: datetime) -> str:
    """Return an instant in UTC as the messages spell it, with milliseconds."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Core:
    """The middle of one station; `registration` is the status of the last BootNotification.

    `settings_changed` is set when a variable was; `group` is there while the station runs.
    """

    def __init__(self, options: StationOptions201, wall_clock: WallClock) -> None:
        self.options = options
        self.model = DeviceModel(())
        self.outbox = Outbox(self._retries, hangs_up=options.hangs_up)
        self.registration = ""
        self.link: Link | None = None
        self.group: asyncio.TaskGroup | None = None
        self.settings_changed = asyncio.Event()
        self._afterwards: list[Callable[[], None]] = []
        self._wall_clock = wall_clock
        self._ahead = timedelta()

    def fit(self, variables: Iterable[Variable]) -> None:
        """Give the station its variables."""
        self.model = DeviceModel(variables)

    def heartbeats_every(self, seconds: int) -> None:
        """Take over the heartbeat interval that the CSMS has given (B01.FR.04)."""
        self.model.write("OCPPCommCtrlr", "HeartbeatInterval", str(seconds))
        self.settings_changed.set()

    @property
    def online(self) -> bool:
        """Say whether the station is connected and accepted."""
        return self.outbox.online

    def faulty(self, fault: str) -> bool:
        """Say whether the station is to have this fault."""
        return fault in self.options.faults

    def now(self) -> datetime:
        """Return the station's time, which follows the CSMS's."""
        return self._wall_clock() + self._ahead

    def set_clock(self, text: str) -> None:
        """Take over the currentTime of the CSMS (B01.FR.06, G02.FR.04)."""
        self._ahead = datetime.fromisoformat(text) - self._wall_clock()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do `work` beside everything else; an error in it ends the station."""
        if self.group is None:
            work.close()
            raise RuntimeError("the station does not run")
        self.group.create_task(work)

    def afterwards(self, action: Callable[[], None]) -> None:
        """Do `action` when the answer that is being made has been sent."""
        self._afterwards.append(action)

    def answered(self) -> None:
        """Do what was to wait for the answer."""
        actions, self._afterwards = self._afterwards, []
        for action in actions:
            action()

    def gate(self, action: str) -> None:
        """Refuse any request while the CSMS has rejected this station (B03.FR.08)."""
        if self.registration == "Rejected":
            raise refusal(SecurityError, f"{action} while the station is rejected")

    def say(self, request: Any, *, keep: bool = False) -> Answer:  # noqa: ANN401
        """Queue a request that the station sends of its own accord."""
        return self.outbox.put(request, keep=keep)

    def say_asked(self, *requests: Any) -> None:  # noqa: ANN401
        """Send what the CSMS asked for, in order; that is allowed before acceptance (B02.FR.02)."""
        if self.online:
            for request in requests:
                self.say(request)
        elif self.link is not None:
            self.spawn(_send_all(self.link, requests))

    def _retries(self) -> tuple[int, float]:
        attempts = self.model.number("OCPPCommCtrlr", "MessageAttempts", "TransactionEvent")
        interval = self.model.number("OCPPCommCtrlr", "MessageAttemptInterval", "TransactionEvent")
        return attempts, float(interval)


async def _send_all(link: Link, requests: tuple[Any, ...]) -> None:
    for request in requests:
        try:
            await link.ask(request)
        except (TimeoutError, OCPPError) as error:
            LOG.info("%s failed: %s", type(request).__name__, error)
        except ConnectionError:
            return
