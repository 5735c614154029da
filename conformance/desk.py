"""What a case asks of the operator, with a clock of its own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from conformance.intents import Intents
from conformance.operators.actions import (
    Action,
    CsmsIntent,
    ParkingBay,
    PlugIn,
    PlugOut,
    PresentToken,
    Reboot,
    UnplugEv,
)
from conformance.operators.base import CannotActError, Operator
from conformance.operators.wording import sentence
from conformance.sut_sections import Token
from conformance.verdict import Inconclusive

if TYPE_CHECKING:
    from conformance.peer import Peer


class OperatorDesk(Intents):
    """The operator as a case sees it.

    An action is begun and goes on while the case waits for what it brings about: the time limit
    of a step begins when the action is done, and a prompt goes away when the awaited message is
    there. What the operator cannot do makes the case INCONCLUSIVE, before anything is sent.
    """

    def __init__(self, operator: Operator, peer: Peer) -> None:
        self.plugged: set[tuple[int, int]] = set()
        self.parked = False
        self._operator, self._peer = operator, peer
        self.asked: Action | None = None  # what was asked for and has not shown yet
        self.told = ""  # how that was told to whoever does it, and what they said
        self._current: asyncio.Task[None] | None = None

    async def plug_in(self, evse: int, connector: int | None = None) -> None:
        """Connect the EV to a connector (1.6: its connectorId alone)."""
        where = (evse, connector if connector is not None else evse)
        await self._begin(PlugIn(evse=where[0], connector=where[1]))
        self.plugged.add(where)

    async def plug_out(self, evse: int, connector: int | None = None) -> None:
        """Take the cable out again."""
        where = (evse, connector if connector is not None else evse)
        self.plugged.discard(where)
        await self._begin(PlugOut(evse=where[0], connector=where[1]))

    async def unplug_ev(self, evse: int, connector: int | None = None) -> None:
        """Take the cable out at the EV only; the clean-up does the rest."""
        where = (evse, connector if connector is not None else evse)
        await self._begin(UnplugEv(evse=where[0], connector=where[1]))

    async def present_token(self, token: Token) -> None:
        """Present an identification at the configured connector."""
        sut = self._peer.sut
        evse = sut.evse if self._peer.version != "1.6" else sut.connector
        await self._begin(
            PresentToken(token=token.token, kind=token.kind, evse=evse, connector=sut.connector)
        )

    async def reboot(self) -> None:
        """Switch the station off and on: what its connection carried before counts no more."""
        self._peer.expect_reconnection()
        await self._begin(Reboot())

    async def drive_in(self) -> None:
        """Drive the EV into the parking bay."""
        await self._begin(ParkingBay(occupied=True))
        self.parked = True

    async def drive_out(self) -> None:
        """Drive the EV out of the parking bay."""
        self.parked = False
        await self._begin(ParkingBay(occupied=False))

    async def perform(self, intent: CsmsIntent) -> None:
        """Make the CSMS do what no case has asked for: a clean-up."""
        await self._begin(intent)

    @property
    def busy(self) -> asyncio.Task[None] | None:
        """The action that is going on, if there is one."""
        task = self._current
        return task if task is not None and not task.done() else None

    async def done(self) -> None:
        """Wait for the action that is going on; INCONCLUSIVE if it could not be done."""
        if self._current is not None:
            task, self._current = self._current, None
            await self._peer.until({task})
            task.result()

    def seen(self) -> None:
        """Take note that the awaited message is there: nobody need be asked any longer."""
        if self.busy is not None and self._operator.name == "console":
            self.busy.cancel("done: the awaited message has come")
            self._current = None

    async def stop(self) -> None:
        """Give up the action that is going on."""
        if self._current is not None:
            self._current.cancel()
            await asyncio.gather(self._current, return_exceptions=True)
            self._current = None

    async def _begin(self, action: Action) -> None:
        await self.done()
        peer = self._peer
        if not self._operator.supports(type(action)):
            raise Inconclusive(f"the operator {self._operator.name} cannot do {action}")
        peer.inbox.sweep(peer.last_step)
        peer.record.note("", "operator", "", f"{self._operator.name}: {action}")
        self.asked, self.told = action, ""
        self._current = asyncio.create_task(self._perform(action))
        await asyncio.sleep(0)

    async def _perform(self, action: Action) -> None:
        record, outcome = self._peer.record, "given up"
        began = record.clock()
        try:
            await self._carry_out(action)
            outcome = "done"
        except Inconclusive as reason:
            outcome = str(reason)
            raise
        except asyncio.CancelledError as why:
            outcome = str(why) or outcome
            raise
        finally:
            record.acted(began, self._operator.name, sentence(action), action, outcome)

    async def _carry_out(self, action: Action) -> None:
        limit = self._peer.sut.limits.operator_timeout
        await self._settled()
        try:
            told = await asyncio.wait_for(self._operator.perform(action), limit)
        except CannotActError as reason:
            raise Inconclusive(f"the operator could not do {action}: {reason}") from reason
        except TimeoutError as late:
            raise Inconclusive(f"the operator has not done {action} in {limit:g} s") from late
        except Exception as bug:
            raise Inconclusive(
                f"the operator failed at {action}: {type(bug).__name__}: {bug}"
            ) from bug
        if told:
            self.told = told
            self._peer.record.note("", "operator", "", told)

    async def _settled(self) -> None:
        # What a rig does must not overtake an answer that is still on its way to the SUT: a cable
        # that is in before the authorization is known makes another, legal story.
        await self._peer.flush()
