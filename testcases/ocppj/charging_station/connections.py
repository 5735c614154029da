"""Connections: OCPP-J 1.6, 3.1 and 5.4; Part 4, 3.1 and 5.3."""

from __future__ import annotations

from conformance import Frames, Station, Sut, case
from testcases.ocppj.requests import SUBPROTOCOLS, booted, harmless, request


@case("OCPPJ_14_CS")
async def test_ocppj_14_cs(station: Station, frames: Frames, sut: Sut) -> None:
    """A close frame is answered, and the station comes back."""
    await frames.closed(1)
    await station.expect_connection(3)
    await station.call(4, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_50_CS")
async def test_ocppj_50_cs(station: Station, sut: Sut) -> None:
    """A station whose connection was cut comes back as itself, and speaks its version."""
    await station.disconnect()
    wanted = {"identity": sut.station, "subprotocol": SUBPROTOCOLS[sut.version]}
    await station.expect_connection(1, wanted)
    await station.call(2, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_51_CS")
async def test_ocppj_51_cs(station: Station, sut: Sut) -> None:
    """A station that has not booted does not say so when it connects again."""
    await station.disconnect()
    await station.expect_connection(1)
    await station.expect_none(2, booted(sut), during=sut.silence)


@case("OCPPJ_52_CS")
async def test_ocppj_52_cs(station: Station, sut: Sut) -> None:
    """A station that was refused tries again until it is let in."""
    station.refuse_connections()
    await station.disconnect()
    await station.stay_offline(sut.silence)
    await station.accept_connections()
    await station.expect_connection(1)
    await station.call(2, request(sut), expect=harmless(sut).expect)
