"""The pings of a station as a case requires them: as often as is configured, or not at all."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from conformance.tamper import hit
from conformance.trouble import seen
from conformance.wire.connection import Connection

if TYPE_CHECKING:
    from conformance.peer import Peer

_ANEW: Final = "the time to the next ping is counted from another message"


async def every(peer: Peer, step: int, seconds: float) -> None:
    """Require pings `seconds` apart, within the allowed deviation.

    An extra one before the regular ones is legal. A station may count from its last message in
    place of its last ping: that is a remark.
    """
    what, off = f"pings every {seconds:g} s", peer.sut.limits.deviation
    place = peer.record.place(step)
    peer.record.constrain(place, step, what, {}, "lost", "time")
    peer.record.waits += seconds
    pings, gaps = _Pinged(peer, step), list[float]()
    before = None if hit(peer.tamper, place, "lost") else await pings.next(seconds + off)
    stretched = 2.0 if hit(peer.tamper, place, "time") else 1.0
    while before is not None and len(gaps) < 2:  # noqa: PLR2004 - the first may be an extra one
        came = await pings.next(seconds + off)
        if came is None:
            break
        gap, since_message = (came - before) * stretched, came - pings.message
        counted_anew = before < pings.message and abs(since_message - seconds) <= off
        if counted_anew or abs(gap - seconds) <= off:
            peer.remark(step, *([_ANEW] if abs(gap - seconds) > off else []))
            peer.note(step, what, f"a ping {gap:.1f} s after the one before", ok=True)
            return
        gaps.append(gap)
        before = came
    told = " and ".join(f"{gap:.1f} s" for gap in gaps)
    got = f"they came after {told}" if told else f"{'none' if before is None else 'only one'} came"
    peer.fail(step, f"expected {what} (±{off:g} s), but {got}")


async def never(peer: Peer, step: int, during: float) -> None:
    """Require that no ping comes for `during` seconds."""
    place = peer.record.place(step)
    peer.record.constrain(place, step, "no ping", {}, "none")
    peer.record.waits += during
    came = await _Pinged(peer, step).next(during, anew=False)
    if came is not None or hit(peer.tamper, place, "none"):
        peer.fail(step, f"expected no ping for {during:g} s, but one came")
    peer.note(step, "no ping", f"no ping in {during:g} s", ok=True)


class _Pinged:
    """What comes over the connection there is, from now on."""

    def __init__(self, peer: Peer, step: int) -> None:
        self._peer, self._since = peer, asyncio.get_running_loop().time()
        peer.last_step = step

    @property
    def _connection(self) -> Connection:
        connection = self._peer.link.connection
        if connection is None:
            self._peer.fail(self._peer.last_step, "the connection is gone")
        return connection

    @property
    def message(self) -> float:
        """When the last message came in from the station."""
        return self._connection.arrived_at

    async def next(self, within: float, *, anew: bool = True) -> float | None:
        """Return when the next ping comes, None where none does in time.

        The time counts `anew` from each message of the station, but is no more than twice as long.
        """
        waiting = asyncio.create_task(self._connection.pings.after(self._since))
        waiting.add_done_callback(seen)
        began = asyncio.get_running_loop().time()
        try:
            while not waiting.done():
                counted = max(began, self.message) if anew else began
                until = min(counted + within, began + 2 * within)
                left = until - asyncio.get_running_loop().time()
                if left <= 0:
                    return None
                await self._peer.until({waiting}, within=left)
        finally:
            waiting.cancel()
        self._since = waiting.result()
        return self._since
