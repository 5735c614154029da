"""Requests of both sides, and answers that come late: OCPP-J 1.6 and Part 4, 4.1.1."""

from __future__ import annotations

from typing import Any

from conformance import ID, Csms, Frames, Operator, Sut, case
from conformance.ocpp16 import messages as v16
from conformance.ocpp201 import messages as v201
from testcases.ocppj.requests import COMPONENT, KEY, VARIABLE, harmless, late, request


async def ask(operator: Operator, sut: Sut) -> None:
    """Make the CSMS read one value."""
    if sut.version == "1.6":
        await operator.ask_for_configuration(KEY)
    else:
        await operator.ask_for_variable(COMPONENT, VARIABLE)


def asked(sut: Sut) -> Any:  # noqa: ANN401 - of either version
    """Return the request that reads a value."""
    return v16.GetConfiguration.req() if sut.version == "1.6" else v201.GetVariablesRequest()


def told(sut: Sut) -> Any:  # noqa: ANN401 - of either version
    """Return the answer with the value."""
    if sut.version == "1.6":
        return v16.GetConfiguration.conf(
            configurationKey=[{"key": KEY, "readonly": False, "value": "300"}]
        )
    names = {"component": {"name": COMPONENT}, "variable": {"name": VARIABLE}}
    result: Any = {**names, "attributeStatus": "Accepted", "attributeValue": "300"}
    return v201.GetVariablesResponse(getVariableResult=[result])


@case("OCPPJ_44_CSMS")
async def test_ocppj_44_csms(csms: Csms, frames: Frames, operator: Operator, sut: Sut) -> None:
    """A CSMS answers while it waits for an answer itself."""
    await ask(operator, sut)
    held = await csms.expect(1, asked(sut), hold=True)
    asking = harmless(sut)
    call = [2, ID, asking.action, asking.payload]
    await frames.answered(2, call, action=asking.action, expect=asking.expect)
    await frames.reply(4, held, told(sut))
    await csms.call(5, request(sut), expect=asking.expect)


@case("OCPPJ_45_CSMS")
async def test_ocppj_45_csms(csms: Csms, frames: Frames, operator: Operator, sut: Sut) -> None:
    """What a CSMS is asked for while it waits for an answer is sent when that is there."""
    await ask(operator, sut)
    held = await csms.expect(1, asked(sut), hold=True)
    await ask(operator, sut)
    await csms.expect_none(2, asked(sut), during=late(sut))
    await frames.reply(3, held, told(sut))
    await csms.expect(4, asked(sut), reply=told(sut))


@case("OCPPJ_46_CSMS")
async def test_ocppj_46_csms(csms: Csms, frames: Frames, operator: Operator, sut: Sut) -> None:
    """A CALLERROR is an answer, too: the CSMS goes on."""
    await ask(operator, sut)
    held = await csms.expect(1, asked(sut), hold=True)
    await frames.refuse(2, held, "InternalError")
    await csms.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_96_CSMS")
async def test_ocppj_96_csms(csms: Csms, frames: Frames, operator: Operator, sut: Sut) -> None:
    """A second answer to the same request is ignored."""
    await ask(operator, sut)
    held = await csms.expect(1, asked(sut), hold=True)
    await frames.reply(2, held, told(sut))
    await frames.ignored(3, [3, held.uid, told(sut).pattern()])
    await csms.call(5, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_34_CSMS")
async def test_ocppj_34_csms(csms: Csms, frames: Frames, operator: Operator, sut: Sut) -> None:
    """A CSMS answers one request after the other while it waits itself, and then goes on."""
    asking = harmless(sut)
    for _ in range(2):
        await ask(operator, sut)
        held = await csms.expect(1, asked(sut), hold=True)
        for _ in range(3):
            call = [2, ID, asking.action, asking.payload]
            await frames.answered(2, call, action=asking.action, expect=asking.expect)
        await frames.pinged(4)
        await frames.reply(6, held, told(sut))
        await csms.call(7, request(sut), expect=asking.expect)
