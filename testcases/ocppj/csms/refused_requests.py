"""Requests that are refused with the right CALLERROR: OCPP-J 1.6, 4.2.3; Part 4, 4.1.7 and 4.3."""

from __future__ import annotations

from conformance import Csms, Frames, Sut, case
from testcases.ocppj import broken
from testcases.ocppj.requests import harmless, request


@case("OCPPJ_20_CSMS")
async def test_ocppj_20_csms(csms: Csms, frames: Frames, sut: Sut) -> None:
    """An action that no version knows is refused as not implemented."""
    await frames.refused(1, broken.action(sut, broken.UNKNOWN))
    await csms.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_21_CSMS")
async def test_ocppj_21_csms(csms: Csms, frames: Frames, sut: Sut) -> None:
    """Actions are compared letter by letter: in capitals it is another one."""
    await frames.refused(1, broken.action(sut, harmless(sut).action.upper()))
    await csms.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_22_CSMS")
async def test_ocppj_22_csms(csms: Csms, frames: Frames, sut: Sut) -> None:
    """A request that only the other side may get is refused."""
    await frames.refused(1, broken.other_direction(sut))
    await csms.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_23_CSMS")
async def test_ocppj_23_csms(csms: Csms, frames: Frames, sut: Sut) -> None:
    """A request without a field that it needs is refused."""
    await frames.refused(1, broken.missing_field(sut))
    await csms.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_24_CSMS")
async def test_ocppj_24_csms(csms: Csms, frames: Frames, sut: Sut) -> None:
    """A request with a field that does not exist is refused."""
    await frames.refused(1, broken.unknown_field(sut))
    await csms.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_25_CSMS")
async def test_ocppj_25_csms(csms: Csms, frames: Frames, sut: Sut) -> None:
    """A request with a field of another type is refused."""
    await frames.refused(1, broken.wrong_type(sut))
    await csms.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_26_CSMS")
async def test_ocppj_26_csms(csms: Csms, frames: Frames, sut: Sut) -> None:
    """A request with a value outside its enumeration is refused."""
    await frames.refused(1, broken.wrong_value(sut))
    await csms.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_27_CSMS")
async def test_ocppj_27_csms(csms: Csms, frames: Frames, sut: Sut) -> None:
    """A request with a text that is too long is refused."""
    await frames.refused(1, broken.too_long(sut))
    await csms.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_28_CSMS")
async def test_ocppj_28_csms(csms: Csms, frames: Frames, sut: Sut) -> None:
    """A list that needs an element may not be empty."""
    await frames.refused(1, broken.empty_list(sut))
    await csms.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_29_CSMS")
async def test_ocppj_29_csms(csms: Csms, frames: Frames, sut: Sut) -> None:
    """A field that is not there is left out, not null."""
    await frames.refused(1, broken.null(sut))
    await csms.call(3, request(sut), expect=harmless(sut).expect)
