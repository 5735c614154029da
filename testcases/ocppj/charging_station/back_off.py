"""How long a station waits before it tries to connect again: Part 4, 5.3."""

from __future__ import annotations

from math import floor

from conformance import Station, Sut, case, state
from testcases.ocpp201.charging_station import variables
from testcases.ocppj.requests import harmless, request


def shortest(sut: Sut) -> int:
    """Return the minimum that is set: so long that twice and three times of it are told apart."""
    return max(sut.values.backoff_minimum, floor(2 * sut.limits.deviation) + 1)


@state("BackOff")
async def back_off(station: Station, sut: Sut) -> None:
    """The back-off is as declared, and nothing in it is left to chance."""
    wanted = variables.configuration(
        OCPPCommCtrlr__RetryBackOffWaitMinimum=str(shortest(sut)),
        OCPPCommCtrlr__RetryBackOffRandomRange="0",
        OCPPCommCtrlr__RetryBackOffRepeatTimes=str(max(1, sut.values.backoff_repeat)),
    )
    await station.execute("before", wanted)


@case("OCPPJ_99_CS", before=(back_off,))
async def test_ocppj_99_cs(station: Station, sut: Sut) -> None:
    """After an attempt that is refused the station waits twice as long as before it."""
    least, off = shortest(sut), sut.limits.deviation
    lost = await station.call(1, request(sut), expect=harmless(sut).expect)
    station.refuse_connections()
    await station.disconnect()
    await station.stay_offline(1.5 * least)
    await station.accept_connections()
    back = await station.expect_connection(3)
    waited = back.at - lost.at
    station.check(
        3,
        f"the connection comes {3 * least} s (±{off:g}) after the loss (Part 4, 5.3)",
        ok=abs(waited - 3 * least) <= off,
        got=f"it came after {waited:.1f} s",
    )
    await station.call(5, request(sut), expect=harmless(sut).expect)
