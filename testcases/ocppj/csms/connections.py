"""Connections: OCPP-J 1.6, 3.2 and 5.4; Part 4, 3.2 and 5.3."""

from __future__ import annotations

from conformance import Csms, Frames, Sut, case
from testcases.ocppj.requests import SUBPROTOCOLS, harmless, request

NOBODYS = "ocpp0.1", "ocpp0.2"


@case("OCPPJ_14_CSMS")
async def test_ocppj_14_csms(csms: Csms, frames: Frames, sut: Sut) -> None:
    """A close frame is answered, and a new connection is taken."""
    await frames.closed(1)
    await csms.reconnect()
    await csms.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_50_CSMS")
async def test_ocppj_50_csms(csms: Csms, sut: Sut) -> None:
    """A station that was cut off is served when it is back, without a new boot."""
    await csms.disconnect()
    await csms.reconnect()
    await csms.call(1, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_51_CSMS")
async def test_ocppj_51_csms(csms: Csms, frames: Frames, sut: Sut) -> None:
    """A CSMS takes no connection over versions that it does not speak, and others all the same."""
    await frames.turned_away(1, *NOBODYS)
    await csms.connect(3, *NOBODYS, SUBPROTOCOLS[sut.version], chosen=SUBPROTOCOLS[sut.version])
    await csms.call(5, request(sut), expect=harmless(sut).expect)
