"""How long a station waits before it tries to connect again: Part 4, 5.3; OCPP-J 1.6, 3.2."""

from __future__ import annotations

from math import floor

from conformance import Inconclusive, Station, Sut, case, state
from testcases.ocpp201.charging_station import variables
from testcases.ocppj.requests import harmless, request

PARTS = "WaitMinimum", "RandomRange", "RepeatTimes"


def shortest(sut: Sut) -> int:
    """Return the minimum that is set: so long that twice and three times of it are told apart."""
    return max(sut.values.backoff_minimum, floor(2 * sut.limits.deviation) + 1)


def watched(sut: Sut) -> float:
    """Return for how long the attempts are counted, in seconds."""
    return max(6.0, sut.values.offline_duration)


@state("BackOff")
async def back_off(station: Station, sut: Sut) -> None:
    """The back-off is as declared, and nothing in it is left to chance."""
    wanted = variables.configuration(
        OCPPCommCtrlr__RetryBackOffWaitMinimum=str(shortest(sut)),
        OCPPCommCtrlr__RetryBackOffRandomRange="0",
        OCPPCommCtrlr__RetryBackOffRepeatTimes=str(max(1, sut.values.backoff_repeat)),
    )
    await station.execute("before", wanted)
    names = (f"OCPPCommCtrlr.RetryBackOff{part}" for part in PARTS)
    missing = [name for name in names if name not in station.memory]
    if missing:
        raise Inconclusive(f"the station does not have {', '.join(missing)} (Part 4, 8)")


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
    waited = back.at - lost.at - station.handshaking(lost.at)
    station.check(
        3,
        f"the connection comes {3 * least} s (±{off:g}) after the loss (Part 4, 5.3)",
        ok=abs(waited - 3 * least) <= off,
        got=f"it came after {waited:.1f} s",
    )
    await station.call(5, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_37_CS")
async def test_ocppj_37_cs(station: Station, sut: Sut) -> None:
    """A charge point that is refused again and again leaves more and more time between."""
    station.refuse_connections()
    await station.disconnect()
    await station.stay_offline(watched(sut))
    seconds = watched(sut) / 2
    often, most = station.attempts(seconds), floor(seconds) + 1
    station.check(
        1,
        "refused for a while, it tries no more than once a second (errata of OCPP-J 1.6, 3.4)",
        ok=often <= most,
        got=f"{often} times in {seconds:g} s",
    )
    await station.accept_connections()
    await station.expect_connection(2)
    await station.call(3, request(sut), expect=harmless(sut).expect)
