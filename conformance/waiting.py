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
    futures = {e.future for e in expectations}
    within = max(e.within for e in expectations)
    if peer.operator.busy is not None:
        action = peer.operator.busy
        await peer.until(futures, also=action)
        if not all(f.done() for f in futures):
            await peer.operator.done()
    await peer.until(futures, within=within)
    peer.operator.seen()
    return [e for e in expectations if not e.future.done()]
