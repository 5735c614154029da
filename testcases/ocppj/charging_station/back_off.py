"""How long a station waits before it tries to connect again: Part 4, 5.3; OCPP-J 1.6, 3.2."""

from __future__ import annotations

from collections.abc import Callable
from math import floor
from typing import NamedTuple

from conformance import Inconclusive, Reply, State, Station, Sut, case, state
from testcases.ocpp201.charging_station import variables
from testcases.ocppj.requests import harmless, request

PARTS = "WaitMinimum", "RandomRange", "RepeatTimes"


def shortest(sut: Sut) -> int:
    """Return the minimum that is set: so long that twice and three times of it are told apart."""
    return max(sut.values.backoff_minimum, floor(2 * sut.limits.deviation) + 1)


def watched(sut: Sut) -> float:
    """Return for how long the attempts are counted, in seconds."""
    return max(6.0, sut.values.offline_duration)


def backing_off(repeat: Callable[[Sut], int]) -> State:
    """Return the state in which nothing in the back-off is left to chance."""

    @state("BackOff")
    async def back_off(station: Station, sut: Sut) -> None:
        wanted = variables.configuration(
            OCPPCommCtrlr__RetryBackOffWaitMinimum=str(shortest(sut)),
            OCPPCommCtrlr__RetryBackOffRandomRange="0",
            OCPPCommCtrlr__RetryBackOffRepeatTimes=str(repeat(sut)),
        )
        await station.execute("before", wanted)
        names = (f"OCPPCommCtrlr.RetryBackOff{part}" for part in PARTS)
        missing = [name for name in names if name not in station.memory]
        if missing:
            raise Inconclusive(f"the station does not have {', '.join(missing)} (Part 4, 8)")

    return back_off


class Wait(NamedTuple):
    """How long after the loss of one connection the next one came, and has to come."""

    waited: float
    wanted: int
    off: float

    def __str__(self) -> str:
        after = f"{self.wanted} s (±{self.off:g}) after the loss"
        return f"the connection comes {after} (Part 4, 5.3)"

    @property
    def is_right(self) -> bool:
        """Whether it came in time, and not too early."""
        return abs(self.waited - self.wanted) <= self.off

    @property
    def told(self) -> str:
        """What there is to say of it where it did not."""
        return f"it came after {self.waited:.1f} s"


def wait(station: Station, lost: Reply, back: Reply, wanted: int) -> Wait:
    """Return how long a station waited, its handshakes not counted."""
    waited = back.at - lost.at - station.handshaking(lost.at)
    return Wait(waited, wanted, station.sut.limits.deviation)


@case("OCPPJ_99_CS", before=(backing_off(lambda sut: max(2, sut.values.backoff_repeat)),))
async def test_ocppj_99_cs(station: Station, sut: Sut) -> None:
    """After an attempt that is refused the station waits twice as long as before it."""
    least = shortest(sut)
    lost = await station.call(1, request(sut), expect=harmless(sut).expect)
    station.refuse_connections()
    await station.disconnect()
    await station.stay_offline(1.5 * least)
    await station.accept_connections()
    back = await station.expect_connection(3)
    waited = wait(station, lost, back, 3 * least)
    station.check(3, str(waited), ok=waited.is_right, got=waited.told)
    await station.call(5, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_87_CS", before=(backing_off(lambda _: 1),))
async def test_ocppj_87_cs(station: Station, sut: Sut) -> None:
    """The wait is doubled as often as it should be and no more; a connection begins it anew."""
    least = shortest(sut)
    lost = await station.call(1, request(sut), expect=harmless(sut).expect)
    station.refuse_connections()
    await station.disconnect()
    await station.stay_offline(4.5 * least)  # longer than four waits that are not doubled
    await station.accept_connections()
    back = await station.expect_connection(3)
    longest = wait(station, lost, back, 5 * least)
    station.check(3, str(longest), ok=longest.is_right, got=longest.told)
    lost = await station.call(4, request(sut), expect=harmless(sut).expect)
    await station.disconnect()
    back = await station.expect_connection(6)
    anew = wait(station, lost, back, least)
    station.check(6, str(anew), ok=anew.is_right, got=anew.told)
    await station.call(7, request(sut), expect=harmless(sut).expect)


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
