"""The upgrade to WebSocket: OCPP-J 1.6 and Part 4, 3.1 and 3.2."""

from __future__ import annotations

from conformance import ID, Csms, Frames, Operator, Sut, WebSocket, case, one_of
from testcases.ocppj.csms.requests_of_both import ask, asked, told
from testcases.ocppj.requests import SUBPROTOCOLS, harmless, request, with_text

OLD, NEW = SUBPROTOCOLS.values()


@case("OCPPJ_70_CSMS")
async def test_ocppj_70_csms(csms: Csms, websocket: WebSocket, sut: Sut) -> None:
    """A CSMS takes no connection over no version at all, and others all the same."""
    await websocket.versionless(1)
    own = SUBPROTOCOLS[sut.version]
    await csms.connect(3, own, chosen=own)
    await csms.call(5, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_71_CSMS")
async def test_ocppj_71_csms(csms: Csms, sut: Sut) -> None:
    """Of two versions that a station speaks, a CSMS chooses one, in whatever order they are."""
    await csms.connect(1, OLD, NEW, chosen=one_of(OLD, NEW))
    await csms.connect(3, NEW, OLD, chosen=one_of(OLD, NEW))
    own = SUBPROTOCOLS[sut.version]
    await csms.connect(5, own, chosen=own)
    await csms.call(7, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_72_CSMS")
async def test_ocppj_72_csms(csms: Csms, websocket: WebSocket, sut: Sut) -> None:
    """A station that nobody knows is told so, and the others are served."""
    await websocket.stranger(1)
    await csms.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_73_CSMS")
async def test_ocppj_73_csms(csms: Csms, websocket: WebSocket, sut: Sut) -> None:
    """An identity is the same one, however much of it is percent-encoded."""
    await websocket.spelled_out(1)
    await csms.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_74_CSMS")
async def test_ocppj_74_csms(
    csms: Csms, websocket: WebSocket, operator: Operator, sut: Sut
) -> None:
    """A station that comes back before its first connection is dead is served over the new one."""
    await websocket.second(1)
    await csms.call(3, request(sut), expect=harmless(sut).expect)
    await websocket.end_first(5)
    await ask(operator, sut)
    await csms.expect(6, asked(sut), reply=told(sut))


@case("OCPPJ_79_CSMS")
async def test_ocppj_79_csms(csms: Csms, websocket: WebSocket, frames: Frames, sut: Sut) -> None:
    """A CSMS serves a station that offers compression, whether it agrees to that or not."""
    await websocket.offers_compression(1)
    asking = with_text(sut, "0123456789ABCDEF" * 64)
    call = [2, ID, asking.action, asking.payload]
    await frames.answered(3, call, action=asking.action, expect=asking.expect)
    await csms.reconnect()
    await csms.call(5, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_76_CSMS")
async def test_ocppj_76_csms(csms: Csms, websocket: WebSocket, frames: Frames, sut: Sut) -> None:
    """A CSMS compresses with a station that wants it, and does not with another."""
    await websocket.compressed(1)
    asking = with_text(sut, "0123456789ABCDEF" * 64)
    call = [2, ID, asking.action, asking.payload]
    await frames.answered(3, call, action=asking.action, expect=asking.expect)
    await csms.reconnect()
    await csms.call(5, request(sut), expect=harmless(sut).expect)
