"""Frames that are no whole CALL: OCPP-J 1.6 and Part 4, 4.1 and 4.2."""

from __future__ import annotations

from conformance import ID, Frames, Station, Sut, case
from testcases.ocppj import broken
from testcases.ocppj.requests import harmless, request


@case("OCPPJ_01_CS")
async def test_ocppj_01_cs(station: Station, frames: Frames, sut: Sut) -> None:
    """A text that is no JSON does no harm; 2.0.1 has an answer to it."""
    await frames.refused(1, broken.no_id(sut, '[2,"no end'))
    await station.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_02_CS")
async def test_ocppj_02_cs(station: Station, frames: Frames, sut: Sut) -> None:
    """JSON that is no array is no message."""
    await frames.refused(1, broken.no_id(sut, '{"action":"Heartbeat"}'))
    await station.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_03_CS")
async def test_ocppj_03_cs(station: Station, frames: Frames, sut: Sut) -> None:
    """A message type that is written as a text makes no CALL."""
    await frames.refused(1, broken.text_type(sut))
    await station.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_04_CS")
async def test_ocppj_04_cs(station: Station, frames: Frames, sut: Sut) -> None:
    """A message type of the future is ignored on 1.6, and refused on 2.0.1."""
    if sut.version == "1.6":
        await frames.ignored(1, [9, ID, {}])
    else:
        await frames.refused(1, broken.message_type(9))
    await station.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_05_CS")
async def test_ocppj_05_cs(station: Station, frames: Frames, sut: Sut) -> None:
    """A CALL of three elements is refused."""
    await frames.refused(1, broken.frame(sut, 2, ID, harmless(sut).action))
    await station.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_06_CS")
async def test_ocppj_06_cs(station: Station, frames: Frames, sut: Sut) -> None:
    """A CALL of five elements is refused."""
    asking = harmless(sut)
    await frames.refused(1, broken.frame(sut, 2, ID, asking.action, asking.payload, {}))
    await station.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_07_CS")
async def test_ocppj_07_cs(station: Station, frames: Frames, sut: Sut) -> None:
    """A payload has to be an object."""
    await frames.refused(1, broken.payload_array(sut))
    await station.call(3, request(sut), expect=harmless(sut).expect)
