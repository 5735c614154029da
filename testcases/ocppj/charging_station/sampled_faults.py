"""Faults in any request, at random: OCPP-J 1.6, 4.2.3; Part 4, 4.1.7 and 4.3."""

from __future__ import annotations

from conformance import Frames, Station, Sut, case
from testcases.ocppj import broken
from testcases.ocppj.requests import harmless, request


@case("OCPPJ_60_CS")
async def test_ocppj_60_cs(station: Station, frames: Frames, sut: Sut) -> None:
    """Whatever the request and whatever its fault: it is refused, and nothing else happens."""
    await frames.each_refused(1, (broken.sampled(sut, sample) for sample in frames.faults()))
    await station.call(3, request(sut), expect=harmless(sut).expect)
