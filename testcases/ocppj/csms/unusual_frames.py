"""Frames that are legal, but not the usual ones: OCPP-J 1.6 and Part 4, 3 to 5."""

from __future__ import annotations

from conformance import ID, Csms, Frames, Sut, case
from testcases.ocppj.requests import VENDOR, empty, harmless, request, spelled, with_text

ANY_SCRIPT = "Grüße, Ωμέγα, 充電, зарядка, שלום, 🔌"


@case("OCPPJ_08_CSMS")
async def test_ocppj_08_csms(frames: Frames, sut: Sut) -> None:
    """A request without fields may have null for a payload."""
    asking = empty(sut)
    await frames.answered(
        1, [2, ID, asking.action, None], action=asking.action, expect=asking.expect
    )


@case("OCPPJ_09_CSMS")
async def test_ocppj_09_csms(frames: Frames, sut: Sut) -> None:
    """JSON may be written with spaces, line ends and escapes."""
    asking = harmless(sut)
    text = spelled([2, ID, asking.action, asking.payload])
    await frames.answered(1, text, action=asking.action, expect=asking.expect)


@case("OCPPJ_10_CSMS")
async def test_ocppj_10_csms(frames: Frames, sut: Sut) -> None:
    """A message that comes in fragments is put together."""
    asking = harmless(sut)
    call = [2, ID, asking.action, asking.payload]
    await frames.answered(1, call, action=asking.action, expect=asking.expect, fragments=5)


@case("OCPPJ_12_CSMS")
async def test_ocppj_12_csms(frames: Frames, sut: Sut) -> None:
    """Text in any script of the world is understood, and breaks nothing."""
    asking = with_text(sut, ANY_SCRIPT)
    call = [2, ID, asking.action, asking.payload]
    await frames.answered(1, call, action=asking.action, expect=asking.expect)


@case("OCPPJ_13_CSMS")
async def test_ocppj_13_csms(frames: Frames, sut: Sut) -> None:
    """A request of 8 kB is an ordinary one."""
    asking = with_text(sut, "0123456789ABCDEF" * 512)
    call = [2, ID, asking.action, asking.payload]
    await frames.answered(1, call, action=asking.action, expect=asking.expect)


@case("OCPPJ_30_CSMS")
async def test_ocppj_30_csms(frames: Frames, sut: Sut) -> None:
    """Fields of a vendor in customData are no fault."""
    asking = harmless(sut)
    payload = {**asking.payload, "customData": {"vendorId": VENDOR, "colour": "blue"}}
    call = [2, ID, asking.action, payload]
    await frames.answered(1, call, action=asking.action, expect=asking.expect)


@case("OCPPJ_11_CSMS")
async def test_ocppj_11_csms(csms: Csms, frames: Frames, sut: Sut) -> None:
    """A ping gets its pong."""
    await frames.pinged(1)
    await csms.call(3, request(sut), expect=harmless(sut).expect)
