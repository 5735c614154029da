"""Ids, and what answers nothing: OCPP-J 1.6 and Part 4, 4.1.4."""

from __future__ import annotations

from conformance import ID, Csms, Frames, Sut, case
from testcases.ocppj import broken
from testcases.ocppj.requests import harmless, request

ODD_LETTERS = "aZ0 \"'`\\/{}[],:%$<>&;#?-_"


@case("OCPPJ_40_CSMS")
async def test_ocppj_40_csms(frames: Frames, sut: Sut) -> None:
    """An id of one character is repeated in the answer, and one of 36."""
    asking = harmless(sut)
    rest = asking.action, asking.payload
    short, long = frames.new_id(1), frames.new_id(36)
    await frames.answered(1, [2, short, *rest], action=asking.action, expect=asking.expect)
    await frames.answered(3, [2, long, *rest], action=asking.action, expect=asking.expect)


@case("OCPPJ_41_CSMS")
async def test_ocppj_41_csms(frames: Frames, sut: Sut) -> None:
    """An id is a text like any other: quotes, brackets and all, spaces around it too."""
    asking = harmless(sut)
    call = [2, f" {frames.new_id(34, ODD_LETTERS)} ", asking.action, asking.payload]
    await frames.answered(1, call, action=asking.action, expect=asking.expect)


@case("OCPPJ_42_CSMS")
async def test_ocppj_42_csms(csms: Csms, frames: Frames, sut: Sut) -> None:
    """A CALLRESULT that nobody has waited for is ignored."""
    await frames.ignored(1, [3, ID, {}])
    await csms.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_43_CSMS")
async def test_ocppj_43_csms(csms: Csms, frames: Frames, sut: Sut) -> None:
    """A CALLERROR that nobody has waited for is ignored."""
    await frames.ignored(1, [4, ID, "InternalError", "", {}])
    await csms.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_31_CSMS")
async def test_ocppj_31_csms(csms: Csms, frames: Frames, sut: Sut) -> None:
    """An id of more than 36 characters makes no proper CALL."""
    await frames.refused(1, broken.long_id(sut))
    await csms.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_32_CSMS")
async def test_ocppj_32_csms(csms: Csms, frames: Frames, sut: Sut) -> None:
    """A request may come again with the id that it had: its answer may have been lost."""
    asking = harmless(sut)
    call = [2, frames.new_id(36), asking.action, asking.payload]
    await frames.answered(1, call, action=asking.action, expect=asking.expect)
    await frames.answered(3, call, action=asking.action, expect=asking.expect)
    await csms.call(5, request(sut), expect=harmless(sut).expect)
