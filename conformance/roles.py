"""The two roles of a system under test, and what only one of them can be asked for."""

from __future__ import annotations

import asyncio

from conformance.expectation import Expectation
from conformance.link import Received
from conformance.peer import Peer
from conformance.verdict import Inconclusive
from conformance.wire.connection import Closed


class Station(Peer):
    """A charge point or charging station under test; the tool is its CSMS."""

    who = "station"

    @property
    def transaction(self) -> str:
        """The id of the running transaction; INCONCLUSIVE where there is none."""
        if not self.situation.transactions:
            raise Inconclusive("no transaction is running")
        return next(reversed(self.situation.transactions))

    async def expect_connection(self, step: int) -> None:
        """Require the station to connect again."""
        self.last_step = step
        waiting = asyncio.create_task(self._bench.connected_again(self.inbox.old_epochs))
        try:
            await self.until({waiting}, within=self.sut.limits.connect_timeout)
        finally:
            waiting.cancel()
        if not waiting.done():
            self.fail(step, f"no connection in {self.sut.limits.connect_timeout:g} s")
        self.note(step, "a connection", "connected", ok=True)


class Csms(Peer):
    """A central system or CSMS under test; the tool is its charge point."""

    who = "csms"

    async def reconnect(self) -> None:
        """Connect anew, as after a power cycle of the charge point."""
        self.expect_reconnection()
        try:
            await self._bench.redial()
        except Closed as closed:
            raise Inconclusive(f"the CSMS did not take a new connection: {closed}") from closed
        self.is_back()


async def in_any_order(*expectations: Expectation) -> list[Received]:
    """Meet all of `expectations`, in whatever order their messages come."""
    return await expectations[0].peer.collect(*expectations)
