"""Answers of a station that are unusual, wrong, or to something else: OCPP-J 1.6 and Part 4, 4."""

from __future__ import annotations

from typing import Any

from conformance import ID, Csms, Frames, Operator, Sut, case
from testcases.ocppj.csms.requests_of_both import ask, asked, told
from testcases.ocppj.requests import errors, harmless, late, request


def nonsense(sut: Sut) -> dict[str, Any]:
    """Return an answer with another type than its schema has."""
    name = "configurationKey" if sut.version == "1.6" else "getVariableResult"
    return {name: "all"}


@case("OCPPJ_33_CSMS")
async def test_ocppj_33_csms(csms: Csms, frames: Frames, operator: Operator, sut: Sut) -> None:
    """An answer with another id answers nothing: the CSMS goes on waiting for its own."""
    await ask(operator, sut)
    held = await csms.expect(1, asked(sut), hold=True)
    await ask(operator, sut)
    await frames.ignored(2, [3, ID, told(sut).pattern()], during=late(sut) / 2)
    await csms.expect_none(4, asked(sut), during=late(sut) / 2)
    await frames.reply(5, held, told(sut))
    await csms.expect(6, asked(sut), reply=told(sut))


@case("OCPPJ_35_CSMS")
async def test_ocppj_35_csms(csms: Csms, frames: Frames, operator: Operator, sut: Sut) -> None:
    """A CALLERROR may say nothing or a lot: it is an answer, and the CSMS goes on."""
    for error in errors():
        await ask(operator, sut)
        held = await csms.expect(1, asked(sut), hold=True)
        await frames.refuse(2, held, *error)
        await csms.call(3, request(sut), expect=harmless(sut).expect)
    await ask(operator, sut)
    await csms.expect(5, asked(sut), reply=told(sut))


@case("OCPPJ_36_CSMS")
async def test_ocppj_36_csms(csms: Csms, frames: Frames, operator: Operator, sut: Sut) -> None:
    """An answer that nobody understands does no harm, and neither does an unknown error code."""
    await ask(operator, sut)
    held = await csms.expect(1, asked(sut), hold=True)
    await frames.misanswer(2, held, nonsense(sut))
    await csms.call(3, request(sut), expect=harmless(sut).expect)
    await ask(operator, sut)
    held = await csms.expect(5, asked(sut), hold=True)
    await frames.refuse(6, held, "NoSuchCode")
    await csms.call(7, request(sut), expect=harmless(sut).expect)
    await ask(operator, sut)
    await csms.expect(9, asked(sut), reply=told(sut))
