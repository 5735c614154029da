"""Waiting for what a case expects, in whatever order it comes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from conformance.expectation import Expectation
from conformance.link import Received
from conformance.verdict import Inconclusive

if TYPE_CHECKING:
    from conformance.peer import Peer


async def collect(
    peer: Peer, expectations: tuple[Expectation, ...], *, lost_is_right: bool = False
) -> list[Received]:
    """Wait until every expectation is met, and return their messages.

    With `lost_is_right` it is no fault if some are not.
    """
    for e in expectations:
        e.future = asyncio.get_running_loop().create_future()
    peer.last_step = expectations[0].step
    if any(e.may_reconnect for e in expectations):
        peer.may_leave()
    inbox = peer.inbox
    inbox.pending, inbox.near = list(expectations), None
    try:
        inbox.again()
        missing = await _wait_for(peer, expectations)
        if not missing:
            await _wait_for_optional(peer, [e for e in expectations if e.optional])
    finally:
        inbox.pending = []
        for e in expectations:
            if e.future.done() and not e.future.cancelled():
                e.future.exception()  # seen: only the first one is told
    if missing and not lost_is_right:
        late, near = missing[0], inbox.near
        if near is None:
            _unasked(peer, late)
        instead = f"; it sent {near} instead" if near else ""
        peer.fail(late.step, f"no {late} in {late.within:g} s{instead}", expected=str(late))
    peer.operator.asked = None
    came = [e.future.result() for e in expectations if e.future.done()]
    peer.was_met_by(came, may_reconnect=any(e.may_reconnect for e in expectations))
    return came


def _unasked(peer: Peer, late: Expectation) -> None:
    """INCONCLUSIVE where the SUT was to be made to send the message by somebody else."""
    asked = peer.operator.asked
    if asked is not None and peer.sut.role == "CSMS":
        how = f" ({peer.operator.told})" if peer.operator.told else ""
        told = f"asked for {asked} through the operator{how}, but no {late} came"
        raise Inconclusive(f"{told} in {late.within:g} s", peer.record.number(late.step))


async def _wait_for(peer: Peer, expectations: tuple[Expectation, ...]) -> list[Expectation]:
    """Wait, the operator's time not counted; return what has not come."""
    futures = {e.future for e in expectations if not e.optional}
    within = max(e.within for e in expectations)
    if peer.operator.busy is not None:
        action = peer.operator.busy
        await peer.until(futures, also=action)
        if not all(f.done() for f in futures):
            await peer.operator.done()
    await peer.until(futures, within=within, also=_failure(expectations))
    peer.operator.seen()
    for e in expectations:
        if e.optional and e.future.done():
            e.future.result()  # what need not come may be wrong all the same
    return [e for e in expectations if not (e.optional or e.future.done())]


async def _wait_for_optional(peer: Peer, optional: list[Expectation]) -> None:
    """Wait a while for what need not come, and skip what does not."""
    futures = {e.future for e in optional}
    if not all(f.done() for f in futures):
        loop = asyncio.get_running_loop()
        began = loop.time()
        await peer.until(futures, within=peer.sut.silence)
        peer.record.waits += loop.time() - began
    for e in optional:
        if not e.future.done():
            peer.skip(e.step, e.step + 1, because=e.optional)


def _failure(expectations: tuple[Expectation, ...]) -> asyncio.Future[None] | None:
    """Return a future that is done when something has come that need not, and is wrong."""
    optional = [e.future for e in expectations if e.optional]
    if not optional:
        return None
    failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def look(future: asyncio.Future[Received]) -> None:
        wrong = not future.cancelled() and future.exception() is not None
        if wrong and not failed.done():
            failed.set_result(None)

    for future in optional:
        future.add_done_callback(look)
    return failed
