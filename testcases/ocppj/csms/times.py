"""Times and numbers in any legal spelling: OCPP 1.6, 3.15; OCPP 2.0.1, Part 2, 2.1.4 and 3.1."""

from __future__ import annotations

from typing import Any

from conformance import ID, Csms, Frames, Sut, case, elsewhere, now
from conformance.ocpp16 import messages as v16
from conformance.ocpp201 import messages as v201
from testcases.ocppj.requests import harmless, request

NUMBERS = "0", "-0.5", "0.000001", "123456789.123456"
POWERS = "1.5E+3", "25e-1"


def reported(sut: Sut, timestamp: str) -> Any:  # noqa: ANN401 - of either version
    """Return the report of a free connector at this time."""
    if sut.version == "1.6":
        return v16.StatusNotification.req(
            connectorId=sut.connector, errorCode="NoError", status="Available", timestamp=timestamp
        )
    return v201.StatusNotificationRequest(
        timestamp=timestamp,
        evseId=sut.evse,
        connectorId=sut.connector,
        connectorStatus="Available",
    )


def metered(sut: Sut, number: str) -> str:
    """Return meter values with a number in this spelling, as a frame."""
    old = sut.version == "1.6"
    place = f'"connectorId":{sut.connector}' if old else f'"evseId":{sut.evse}'
    value = f'"{number}"' if old else number
    values = f'[{{"timestamp":"{now()}","sampledValue":[{{"value":{value}}}]}}]'
    return f'[2,"{ID}","MeterValues",{{{place},"meterValue":{values}}}]'


@case("OCPPJ_93_CSMS")
async def test_ocppj_93_csms(csms: Csms, sut: Sut) -> None:
    """A time may have an offset, and fractions or none."""
    for timestamp in (elsewhere(0, 0), now(), elsewhere(0, 5.5), elsewhere(0, -3)):
        await csms.call(1, reported(sut, timestamp))
    await csms.call(3, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_94_CSMS")
async def test_ocppj_94_csms(csms: Csms, frames: Frames, sut: Sut) -> None:
    """A number may be negative and have many digits; in JSON it may be a power of ten, too."""
    for number in NUMBERS + (POWERS if sut.version == "2.0.1" else ()):
        await frames.answered(1, metered(sut, number), action="MeterValues")
    await csms.call(3, request(sut), expect=harmless(sut).expect)
