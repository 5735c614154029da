"""What goes to the SUT over one connection, in the order in which it is put there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from conformance.bounds import UNSENT
from conformance.wire.connection import Closed, Connection, Data
from conformance.wire.frames import Frame, serialize
from conformance.wire.rules import Rules


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """What is to be sent: the text of `frame`, or `data`, for which the frames stand."""

    frames: tuple[Frame, ...]
    data: Data | None = None
    sent: Callable[[], None] = lambda: None


class Witness(Protocol):
    """Whoever keeps the record."""

    def passed(
        self, sender: str, text: str, *, finding: str, connection: int, at: float | None = None
    ) -> int | None:
        """Record a frame."""

    def broke(self, bug: BaseException) -> None:
        """Take an exception of our own."""


class Outbox:
    """The one place that sends over a connection, which is the `epoch`-th.

    The record has the frames in the order of the wire, and the rules see an answer when it
    leaves, so that a second CALL before it is noticed.
    """

    def __init__(self, connection: Connection, rules: Rules, witness: Witness, epoch: int) -> None:
        self._connection, self._rules = connection, rules
        self._witness, self._epoch = witness, epoch
        self._waiting: asyncio.Queue[Outgoing] = asyncio.Queue()
        self._sending = False  # what is on its way may have to wait for the peer

    @property
    def full(self) -> bool:
        """Tell whether more waits than a peer that reads would ever let wait."""
        return self._waiting.qsize() >= UNSENT

    def put(self, going: Outgoing) -> None:
        """Let `going` be sent after what waits."""
        self._waiting.put_nowait(going)

    def hand_out(self, going: Outgoing) -> None:
        """Send a text that nothing is before at once, without a turn of the loop."""
        idle = self._waiting.empty() and not self._sending and self._connection.idle
        if not idle or not isinstance(going.data, str):
            self.put(going)
            return
        self._tell(going, going.data)
        try:
            self._connection.post(going.data)
        except Closed:
            return  # the reader tells
        except Exception as bug:  # noqa: BLE001 - as below
            self._witness.broke(bug)

    async def run(self) -> None:
        """Send whatever is put here, until the connection is gone."""
        while True:
            going = await self._waiting.get()
            self._sending = True
            try:
                await self._send(going)
            except Closed:
                return  # the reader tells
            except Exception as bug:  # noqa: BLE001 - what was not sent is never missed by the SUT
                self._witness.broke(bug)
            self._sending = False

    async def _send(self, going: Outgoing) -> None:
        data = going.data if going.data is not None else serialize(going.frames[0])
        self._tell(going, data)
        connection = self._connection
        await (connection.send(data) if isinstance(data, str) else connection.emit(data))

    def _tell(self, going: Outgoing, data: Data) -> None:
        """Tell the rules and the record what goes."""
        for frame in going.frames:
            self._rules.sent(frame, asyncio.get_running_loop().time())
        self._witness.passed("tool", shown(data), finding="", connection=self._epoch)
        going.sent()


def shown(data: Data) -> str:
    """Return a message as the record has it."""
    if isinstance(data, bytes):
        return f"binary: {data[:200].hex()}"
    return "".join(data) if isinstance(data, tuple) else str(data)
