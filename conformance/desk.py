"""What a case asks of the operator, with a clock of its own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from conformance.intents import Intents
from conformance.operators.actions import (
    Action,
    CsmsIntent,
    ExternalLimit,
    Fault,
    ListRefusal,
    ParkingBay,
    PlugIn,
    PlugOut,
    Power,
    PresentToken,
    Reboot,
    SetSecurityProfile,
    UnlockFailure,
    UnplugEv,
)
from conformance.operators.base import CannotActError, Operator
from conformance.operators.reverse import reverse
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
        self._operator, self._peer = operator, peer
        self.asked: Action | None = None  # what was asked for and has not shown yet
        self.told = ""  # how that was told to whoever does it, and what they said
        self._current: asyncio.Task[None] | None = None
        self._owed: dict[Action, None] = {}

    @property
    def owed(self) -> list[Action]:
        """What takes back what has been done, in the order in which it is to be done."""
        return list(reversed(self._owed))

    @property
    def plugged(self) -> set[tuple[int, int]]:
        """Where a cable is in: (evse, connector)."""
        return {(a.evse, a.connector) for a in self._owed if isinstance(a, PlugOut)}

    async def plug_in(
        self, evse: int, connector: int | None = None, *, halfway: bool = False
    ) -> None:
        """Connect the EV to a connector (1.6: its connectorId alone), or not quite."""
        where = connector if connector is not None else evse
        await self._begin(PlugIn(evse=evse, connector=where, halfway=halfway))

    async def plug_out(self, evse: int, connector: int | None = None) -> None:
        """Take the cable out again."""
        where = connector if connector is not None else evse
        await self._begin(PlugOut(evse=evse, connector=where))

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

    async def power_off(self) -> None:
        """Switch the station off; with a power reserve it may still send something."""
        self._peer.may_leave()
        await self._begin(Power(on=False))

    async def power_on(self) -> None:
        """Switch the station on again: what its connection carried before counts no more."""
        await self.done()
        self._peer.expect_reconnection()
        await self._begin(Power(on=True))

    async def set_fault(self, evse: int, connector: int | None = None) -> None:
        """Bring a connector into a fault (1.6: its connectorId alone; 0 is the whole station)."""
        where = connector if connector is not None else evse
        await self._begin(Fault(faulted=True, evse=evse, connector=where))

    async def clear_fault(self, evse: int, connector: int | None = None) -> None:
        """Take the fault away again."""
        where = connector if connector is not None else evse
        await self._begin(Fault(faulted=False, evse=evse, connector=where))

    async def fail_unlocking(self) -> None:
        """Make the unlocking of connectors fail, until the clean-up."""
        await self._begin(UnlockFailure(failing=True))

    async def refuse_local_list(self) -> None:
        """Make the station refuse local authorization lists, until the clean-up."""
        await self._begin(ListRefusal(refusing=True))

    async def limit_charging(self, limit: float) -> None:
        """Limit charging from outside OCPP, in A per phase."""
        await self._begin(ExternalLimit(limit=limit))

    async def lift_limit(self) -> None:
        """Take the limit from outside OCPP away again."""
        await self._begin(ExternalLimit(limit=None))

    async def set_security_profile(self, profile: int) -> None:
        """Set the station's security profile, which cannot be lowered over OCPP."""
        self._peer.expect_reconnection()
        await self._begin(SetSecurityProfile(profile=profile))
        await self.done()

    async def drive_in(self) -> None:
        """Drive the EV into the parking bay."""
        await self._begin(ParkingBay(occupied=True))

    async def drive_out(self) -> None:
        """Drive the EV out of the parking bay."""
        await self._begin(ParkingBay(occupied=False))

    def can(self, action: Action) -> bool:
        """Tell whether the operator has a way to do something."""
        return self._operator.supports(type(action))

    async def perform(self, intent: CsmsIntent) -> None:
        """Make the CSMS do what no case has asked for: a clean-up."""
        await self._begin(intent)

    async def take_back(self, action: Action) -> None:
        """Do one of the actions that are owed, and wait for it."""
        if isinstance(action, Power):
            self._peer.expect_reconnection()
        await self._begin(action)
        await self.done()

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
        self._owed.pop(action, None)
        peer = self._peer
        if not self._operator.supports(type(action)):
            raise Inconclusive(f"the operator {self._operator.name} cannot do {action}")
        peer.inbox.sweep(peer.last_step)
        peer.record.note("", "operator", "", f"{self._operator.name}: {action}")
        self.asked, self.told = action, ""
        self._current = asyncio.create_task(self._perform(action))
        if (back := reverse(action)) is not None:
            self._owed[back] = None
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
