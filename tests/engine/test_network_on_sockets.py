"""The tool takes the network away from a real station on a real socket."""

from __future__ import annotations

import asyncio

from conformance import Station
from conformance.bench import Bench
from conformance.cases import Result
from conformance.ocpp16.messages import GetConfiguration
from conformance.reference.credentials import Credentials
from conformance.reference.offer import Offer
from conformance.reference.process import make_station
from conformance.reference.websocket import connector
from conformance.sut import embedded
from conformance.transport import Listening
from tests.engine.stage import case, passed, transcript
from tests.miniatures.miniature import Miniature


async def offline(station: Station) -> None:
    """The station is refused for a moment, and comes back."""
    station.refuse_connections()
    await station.disconnect()
    await station.stay_offline(0.3)
    await station.accept_connections()
    await station.expect_connection(1)
    await station.call(2, GetConfiguration.req(key=["HeartbeatInterval"]))


def test_a_station_is_cut_off_refused_and_taken_again() -> None:
    async def play() -> Result:
        sut = embedded("1.6", "CS")
        bench = Bench(sut, Listening(sut), lambda _: Miniature(sut))
        await bench.open()
        offer = Offer(path=sut.station, subprotocols=("ocpp1.6",))
        dial = connector(bench.transport.url, sut.station, offer, Credentials())
        options = {"reconnect_wait": "0.05", "boot_seconds": "0"}
        living = asyncio.create_task(make_station("1.6", options, {}, dial).run())
        try:
            return await bench.run(case(offline))
        finally:
            living.cancel()
            await asyncio.gather(living, return_exceptions=True)
            await bench.close()

    result = passed(asyncio.run(play()))
    told = "station 'CP01' was refused with 503: connections are not taken just now"
    assert f" station:  | {told}" in transcript(result)
    assert not result.record.transcript.remarks
    events = [f.text for f in result.record.transcript.frames if f.sender == "event"]
    assert "cut by the tool" in events
    assert events[-1].startswith("connected CP01 over ocpp1.6")
