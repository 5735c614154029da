"""Before an operator acts, the SUT has what was on its way to it."""

from __future__ import annotations

import asyncio

import pytest

from conformance import Operator, Station
from conformance.bench import Bench
from conformance.cases import Result
from conformance.ocpp16.messages import StatusNotification
from conformance.operators.actions import Action
from tests.engine.stage import case, declared, on_bench, passed
from tests.miniatures.miniature import Miniature, reports


async def plugged_in(station: Station, operator: Operator) -> None:
    """The connector is preparing after the cable is in."""
    await operator.plug_in(1)
    await station.expect(1, StatusNotification.req(connectorId=1, status="Preparing"))


class Pinged(Miniature):
    """A station that tells in which order it is pinged and acted on."""

    def __init__(self) -> None:
        deeds = {"PlugIn": reports("Preparing"), "PlugOut": reports("Available")}
        super().__init__(declared(), deeds=deeds)
        self.order: list[str] = []

    async def perform(self, action: Action) -> None:
        """Note the action, and do it."""
        self.order.append(type(action).__name__)
        await super().perform(action)


def pinged(it: Pinged, *, pong: bool) -> Result:
    """Run the case with a connection that notes each ping, and may never answer one."""

    async def play(bench: Bench) -> Result:
        await bench.connected()
        assert bench.link.connection is not None
        ping = bench.link.connection.ping

        async def noted() -> None:
            it.order.append("ping")
            await (ping() if pong else asyncio.Event().wait())

        patch.setattr(bench.link.connection, "ping", noted)
        return await bench.run(case(plugged_in))

    with pytest.MonkeyPatch.context() as patch:
        return on_bench(it, play)


def test_an_action_waits_for_the_pong() -> None:
    it = Pinged()
    passed(pinged(it, pong=True))
    assert it.order[: it.order.index("PlugIn")].count("ping") >= 1
    assert it.order[it.order.index("PlugIn") - 1] == "ping"


def test_a_station_without_pongs_is_remarked_on_and_not_asked_again() -> None:
    it = Pinged()
    result = passed(pinged(it, pong=False))
    assert it.order.count("ping") == 1
    assert "PlugIn" in it.order
    assert result.duration < 2 * declared().limits.message_timeout
