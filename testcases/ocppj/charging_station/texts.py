"""Ids and texts that are legal, at the ends of what is: OCPP-J 1.6 and Part 4, 4.1 and 4.2."""

from __future__ import annotations

from string import digits

from conformance import ID, Frames, Station, Sut, case, caseless
from conformance.ocpp16 import messages as v16
from testcases.ocppj.requests import (
    COMPOSED,
    VENDOR,
    escaped,
    extended,
    harmless,
    request,
    with_text,
    with_texts,
)

QUOTED = 'a "b" c\\d /e {f} [g], h: %s'


@case("OCPPJ_80_CS")
async def test_ocppj_80_cs(frames: Frames, sut: Sut) -> None:
    """An id that looks like a number stays a text: no digit of it is lost."""
    asking = harmless(sut)
    rest = asking.action, asking.payload
    zeros, power = f"00{frames.new_id(9, digits)}", f"1e{frames.new_id(9, digits)}"
    await frames.answered(1, [2, zeros, *rest], action=asking.action, expect=asking.expect)
    await frames.answered(3, [2, power, *rest], action=asking.action, expect=asking.expect)


@case("OCPPJ_81_CS")
async def test_ocppj_81_cs(frames: Frames, sut: Sut) -> None:
    """A text may be empty where no least length is asked for."""
    asking = with_texts(sut, VENDOR, "", "")
    call = [2, ID, asking.action, asking.payload]
    await frames.answered(1, call, action=asking.action, expect=asking.expect)


@case("OCPPJ_82_CS")
async def test_ocppj_82_cs(frames: Frames, sut: Sut) -> None:
    """A text may be as long as its type allows."""
    asking = with_texts(sut, VENDOR.ljust(255, "v"), "m" * 50, "data")
    call = [2, ID, asking.action, asking.payload]
    await frames.answered(1, call, action=asking.action, expect=asking.expect)


@case("OCPPJ_83_CS")
async def test_ocppj_83_cs(frames: Frames, sut: Sut) -> None:
    """What is made of several code points is understood, and may be escaped as surrogates."""
    asking = with_text(sut, COMPOSED)
    text = escaped([2, ID, asking.action, asking.payload])
    await frames.answered(1, text, action=asking.action, expect=asking.expect)


@case("OCPPJ_84_CS")
async def test_ocppj_84_cs(frames: Frames, sut: Sut) -> None:
    """Whatever a vendor puts into customData, in a part of the request too, is no fault."""
    asking = extended(sut)
    call = [2, ID, asking.action, asking.payload]
    await frames.answered(1, call, action=asking.action, expect=asking.expect)


@case("OCPPJ_86_CS")
async def test_ocppj_86_cs(station: Station, sut: Sut) -> None:
    """What has a meaning in JSON is escaped in an answer, as in what was asked for."""
    asked = v16.GetConfiguration.req(key=[QUOTED])
    told = v16.GetConfiguration.conf(unknownKey=[caseless(QUOTED)])
    await station.call(1, asked, expect=told)
    await station.call(3, request(sut), expect=harmless(sut).expect)
