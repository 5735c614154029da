"""A station and a CSMS on a wire in memory, a clock that jumps, and what passed between them."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from conformance.jumping import JumpingLoop
from conformance.reference.charging_station_201 import ChargingStation201
from conformance.reference.csms_201 import Csms201
from conformance.reference.link_201 import LOG, Link, make_request
from conformance.reference.options_201 import csms_options, station_options
from conformance.reference.wire import Wire, wire_pair
from tests.reference.tapped import Tapped

IDENTITY = "CS01"
BEGIN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Bench:
    """One station, one CSMS; options are written as on the command line."""

    def __init__(
        self,
        station: dict[str, str] | None = None,
        csms: dict[str, str] | None = None,
        station_faults: Iterable[str] = (),
        csms_faults: Iterable[str] = (),
    ) -> None:
        self.frames: list[tuple[float, str, list[Any]]] = []
        self.pings: list[float] = []
        self.reachable = True
        self.errors: list[str] = []
        self.csms = Csms201(csms_options(csms or {}, csms_faults), self.clock)
        self.station = ChargingStation201(
            station_options(station or {}, station_faults), self._dial, self.clock
        )
        self.wires: list[Wire] = []
        self._served: set[asyncio.Task[None]] = set()

    def clock(self) -> datetime:
        return BEGIN + timedelta(seconds=asyncio.get_running_loop().time())

    def note(self, sender: str, text: str) -> None:
        now = asyncio.get_running_loop().time()
        if text == "ping":
            self.pings.append(now)
        else:
            self.frames.append((now, sender, json.loads(text)))

    async def act(self, name: str, **query: object) -> int:
        status = await self.station.act(name, {k: str(v) for k, v in query.items()})
        await settle()
        return status

    async def plug_in(self, evse: int = 1) -> None:
        assert await self.act("plugin", evse_id=evse, connector_id=1) == 200

    async def plug_out(self, evse: int = 1) -> None:
        assert await self.act("plugout", evse_id=evse, connector_id=1) == 200

    async def present(self, token: str = "TAG001", evse: int = 1) -> None:  # noqa: S107
        assert await self.act("authorize", id=token, type="ISO14443", evse_id=evse) == 200

    async def wish(self, action: str, **body: object) -> int:
        status = await self.csms.ask("2.0.1", IDENTITY, action, body)
        await settle()
        return status

    async def request(self, action: str, **fields: object) -> Any:  # noqa: ANN401
        """Let the CSMS send any request; return the response."""
        response = await self.link.ask(make_request(action, **fields))
        await settle()
        return response

    async def set(self, component: str, variable: str, value: str) -> str:
        data = {
            "component": {"name": component},
            "variable": {"name": variable},
            "attribute_value": value,
        }
        response = await self.request("SetVariables", set_variable_data=[data])
        return str(response.set_variable_result[0]["attribute_status"])

    @property
    def link(self) -> Link:
        link = self.csms._stations[IDENTITY].link
        assert link is not None
        return link

    def calls(self, sender: str, action: str = "") -> list[dict[str, Any]]:
        """Return the payloads of the CALLs of one side, of one action or of all."""
        return [
            f[3] for _, s, f in self.frames if s == sender and f[0] == 2 and action in {"", f[2]}
        ]

    def actions(self, sender: str = "station") -> list[str]:
        return [f[2] for _, s, f in self.frames if s == sender and f[0] == 2]

    def answers(self, sender: str, action: str) -> list[dict[str, Any]]:
        """Return the payloads of one side's CALLRESULTs to an action."""
        ids = {f[1] for _, s, f in self.frames if s != sender and f[0] == 2 and f[2] == action}
        return [f[2] for _, s, f in self.frames if s == sender and f[0] == 3 and f[1] in ids]

    def times(self, action: str) -> list[float]:
        return [t for t, s, f in self.frames if s == "station" and f[0] == 2 and f[2] == action]

    def events(self) -> list[tuple[str, str, str]]:
        """Return eventType, triggerReason and chargingState of all TransactionEvents."""
        return [
            (e["eventType"], e["triggerReason"], e["transactionInfo"]["chargingState"])
            for e in self.calls("station", "TransactionEvent")
        ]

    def statuses(self) -> list[tuple[int, int, str]]:
        """Return EVSE, connector and status of all StatusNotifications."""
        return [
            (s["evseId"], s["connectorId"], s["connectorStatus"])
            for s in self.calls("station", "StatusNotification")
        ]

    def forget(self) -> None:
        self.frames.clear()

    async def cut(self) -> None:
        """Cut the connection."""
        await self.wires[-1].close()
        await settle()

    async def _dial(self, identity: str = IDENTITY) -> Wire:
        if not self.reachable:
            raise ConnectionError("out of reach")
        here, there = wire_pair()
        self.wires.append(there)
        task = asyncio.get_running_loop().create_task(self.csms.serve(there, identity))
        self._served.add(task)
        return Tapped(here, self.note)


async def settle(seconds: float = 1.0) -> None:
    """Let everything happen that takes less than `seconds` on the clock that jumps."""
    await asyncio.sleep(seconds)


class _Errors(logging.Handler):
    def __init__(self, bench: Bench) -> None:
        super().__init__(logging.ERROR)
        self._bench = bench

    def emit(self, record: logging.LogRecord) -> None:
        cause = record.exc_info[1] if record.exc_info else None
        self._bench.errors.append(f"{record.getMessage()}: {cause!r}")


def run(bench: Callable[[], Bench], test: Callable[[Bench], Awaitable[None]]) -> Bench:
    """Run `test` against a station that has connected; no part may have failed inside."""

    async def main() -> Bench:
        made = bench()
        errors = _Errors(made)
        level = LOG.level
        LOG.setLevel(logging.ERROR)  # whatever another test has set for all loggers
        LOG.addHandler(errors)
        station = asyncio.get_running_loop().create_task(made.station.run())
        try:
            async with asyncio.timeout(1_000_000):
                await settle()
                await test(made)
            assert not station.done(), station
        finally:
            station.cancel()
            ends = await asyncio.gather(station, *made._served, return_exceptions=True)
            LOG.removeHandler(errors)
            LOG.setLevel(level)
        assert not [e for e in ends if isinstance(e, Exception)], ends
        return made

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        made = runner.run(main())
    assert not made.errors, made.errors
    return made
