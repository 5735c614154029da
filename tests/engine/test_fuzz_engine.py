"""Hostile messages in the middle of a case: it is judged, never an ERROR, and the next one is.

With `--nightly` there are more of them; `--fuzz-seed` says which.
"""

from __future__ import annotations

import asyncio
import json
from random import Random

import pytest

from conformance import Csms, Station, ocpp16, ocpp201
from conformance.answers import Answers
from conformance.bench import Bench
from conformance.cases import Result
from conformance.states import Scenario
from conformance.sut_sections import Role, Version
from conformance.verdict import Verdict
from conformance.wire.connection import Closed
from conformance.wire.sampling import Sampler
from tests.engine.stage import case, declared, on_bench, told
from tests.miniatures.miniature import Deed, Miniature, Payload
from tests.wire.finds import FINDS
from tests.wire.fuzzing import KINDS, seeded

JUDGED = {Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE}
A_CASE = 25  # messages
SHORT = [data for data in FINDS.values() if len(data) < 6000]
ODD: list[object] = [None, [], {"status": None}, {"status": "x" * 999}, {"currentTime": "\0"}, 1]
NOT_IDLE = ("the SUT could not be brought back to idle", "the station is not idle")


async def as_station_16(station: Station) -> None:
    """A station beats, and is asked something."""
    await station.expect(1, ocpp16.messages.Heartbeat.req())
    await station.call(3, ocpp16.messages.ClearCache.req())


async def as_station_201(station: Station) -> None:
    """A station beats, and is asked something."""
    await station.expect(1, ocpp201.messages.HeartbeatRequest())
    await station.call(3, ocpp201.messages.ClearCacheRequest())


async def as_csms_16(csms: Csms) -> None:
    """A central system is asked twice."""
    await csms.call(1, ocpp16.messages.Heartbeat.req())
    await csms.call(3, ocpp16.messages.Authorize.req(idTag="TAG001"))


async def as_csms_201(csms: Csms) -> None:
    """A CSMS is asked twice."""
    await csms.call(1, ocpp201.messages.HeartbeatRequest())
    await csms.call(3, ocpp201.messages.HeartbeatRequest())


SCENARIOS: dict[tuple[Version, Role], Scenario] = {
    ("1.6", "CS"): as_station_16,
    ("2.0.1", "CS"): as_station_201,
    ("1.6", "CSMS"): as_csms_16,
    ("2.0.1", "CSMS"): as_csms_201,
}


class Hostile(Miniature):
    """A system that answers like a good one, in between."""

    async def _take(self, frame: list[object]) -> None:
        self.got.append((self.clock, frame))
        if frame[0] == 2 and isinstance(frame[3], dict):
            self.frame(3, frame[1], self.good(str(frame[2]), frame[3]))
        elif frame[0] != 2:
            await super()._take(frame)

    def good(self, action: str, payload: Payload) -> Payload:
        """Return the answer of a good one."""
        if self.sut.role == "CS":
            return {"status": "Accepted"}
        answers = Answers(self.sut.version, "CS", 300)
        return answers.to(action, payload) or {}


def attack(random: Random, sampler: Sampler) -> Deed:
    """Return a deed that sends what no good system sends, and a Heartbeat."""

    def shot(it: Miniature) -> str | bytes:
        calls = [frame for _, frame in it.got if frame[0] == 2]
        if calls and random.random() < 0.2:
            return json.dumps([random.choice((3, 4)), calls[-1][1], *random.sample(ODD, k=2)])
        if random.random() < 0.1:
            return random.choice(SHORT)
        return random.choice(KINDS)(random, sampler)

    async def fire(it: Miniature) -> None:
        for _ in range(A_CASE):
            if random.random() < 0.2:
                await asyncio.sleep(random.random())
            try:
                it.raw(transportable(shot(it)))
            except Closed:
                return  # the tool has hung up
        await beat(it)

    return fire


def transportable(data: str | bytes) -> str | bytes:
    """Return what is left of a text on a socket, whose text is UTF-8 (RFC 6455, 8.1)."""
    return data.encode("utf-8", "replace").decode() if isinstance(data, str) else data


async def beat(it: Miniature) -> None:
    """Send a Heartbeat, a little later."""
    await asyncio.sleep(0.1)
    it.raw(json.dumps([2, f"beat-{it.clock}-{len(it.got)}", "Heartbeat", {}]))


def judged(version: Version, role: Role, random: Random, sampler: Sampler) -> list[Result]:
    """Judge one case of a good system, one under attack, and one of the good one again."""
    it = Hostile(declared(version, role))
    scenario = SCENARIOS[version, role]

    async def play(bench: Bench) -> list[Result]:
        results = []
        for deed in (beat, attack(random, sampler), beat):
            acts = role == "CS" or deed is not beat
            acting = asyncio.ensure_future(deed(it)) if acts else None
            results.append(await bench.run(case(scenario)))
            if acting is not None:
                await acting
                await bench.link.flush(1)
        return results

    return on_bench(it, play)


@pytest.mark.parametrize(("version", "role"), SCENARIOS)
def test_the_case_is_judged_and_so_is_the_next(
    version: Version, role: Role, request: pytest.FixtureRequest
) -> None:
    rounds = (50_000 if request.config.getoption("--nightly") else 2_000) // A_CASE
    seed = request.config.getoption("--fuzz-seed")
    sampler = Sampler(version, "Request" if role == "CS" else "Response", seed)
    for number in range(rounds):
        where = f"round {number} of seed {seed}"
        random = seeded(seed, number, version, role)
        before, under, after = judged(version, role, random, sampler)
        assert before.verdict is Verdict.PASS, told(before)
        assert under.verdict in JUDGED, f"{where}: {told(under)}"
        json.dumps(under.as_record(), ensure_ascii=False).encode()
        idle = after.reason.startswith(NOT_IDLE)
        assert after.verdict is Verdict.PASS or idle, f"{where}: {told(after)}"
