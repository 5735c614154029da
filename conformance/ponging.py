"""A ping of a case, and the pong that it requires (RFC 6455, 5.5.3)."""

from __future__ import annotations

import asyncio
from secrets import token_bytes
from typing import TYPE_CHECKING

from conformance.tamper import hit
from conformance.trouble import seen
from conformance.wire.connection import Closed

if TYPE_CHECKING:
    from conformance.peer import Peer


async def pinged(peer: Peer, step: int, data: bytes | None = None) -> None:
    """Send a ping; require a pong with the same `data`, which are any four bytes if None."""
    what = "" if data is None else f" with {len(data)} bytes"
    same = "" if data is None else f" with the same {len(data)} bytes"
    await peer.operator.done()
    place = peer.record.place(step + 1)
    peer.record.note(step, "tool", "", f"sends a ping{what}")
    peer.last_step = step + 1
    peer.record.constrain(place, step + 1, f"a pong{what}", {}, "lost")
    limit = peer.sut.limits.message_timeout
    # Not by flushing: a connection that has left a ping unanswered is flushed no more.
    pinging = asyncio.create_task(peer.link.ping(token_bytes(4) if data is None else data, limit))
    pinging.add_done_callback(seen)
    try:
        await peer.until({pinging})
        came = pinging.result()
    except Closed as closed:
        peer.fail(step + 1, f"no pong: {closed}")
    lost = hit(peer.tamper, place, "lost")
    if lost or not came:
        peer.fail(step + 1, f"no pong{same} in {limit:g} s")
    peer.note(step + 1, "a pong", f"a pong{same}", ok=True)
