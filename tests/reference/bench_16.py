"""A 1.6 charge point and central system on a wire in memory, and what passed between them."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ocpp.v16 import call
from ocpp.v16.call_result import GetCompositeSchedule

from conformance.jumping import JumpingLoop
from conformance.reference.central_system_16 import CentralSystem16
from conformance.reference.charge_point_16 import ChargePoint16
from conformance.reference.connector_16 import Connector
from conformance.reference.link_16 import Link, rfc3339
from conformance.reference.options_16 import CsmsOptions, StationOptions
from conformance.reference.wire import Wire, read_options, wire_pair
from tests.reference.depot_16 import Depot
from tests.reference.tapped import Tapped

IDENTITY = "CP01"
BEGIN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
_LOG = logging.getLogger("conformance.reference.v16")


PROFILE: dict[str, Any] = {
    "charging_profile_id": 5,
    "stack_level": 0,
    "charging_profile_purpose": "TxProfile",
    "charging_profile_kind": "Relative",
    "charging_schedule": {
        "duration": 300,
        "charging_rate_unit": "A",
        "charging_schedule_period": [{"start_period": 0, "limit": 6.5, "number_phases": 3}],
    },
}


def default(**changes: object) -> dict[str, Any]:
    return PROFILE | {"charging_profile_purpose": "TxDefaultProfile"} | changes


def limits(schedule: GetCompositeSchedule) -> list[tuple[int, float]]:
    periods: list[dict[str, Any]] = schedule.charging_schedule["charging_schedule_period"]  # type: ignore[index]
    return [(p["start_period"], p["limit"]) for p in periods]


async def reserve(bench: Bench, **changes: object) -> str:
    """Reserve connector 1 for TAG001 for 100 s from the beginning; return the status."""
    fields = {
        "connector_id": 1,
        "expiry_date": rfc3339(BEGIN + timedelta(seconds=100)),
        "id_tag": "TAG001",
        "reservation_id": 7,
    }
    return str((await bench.request("ReserveNow", **(fields | changes))).status)


class Bench:
    """One charge point, one central system; options are written as on the command line."""

    def __init__(
        self,
        station: Mapping[str, str] | None = None,
        csms: Mapping[str, str] | None = None,
        station_faults: Mapping[str, str] | None = None,
        csms_faults: Mapping[str, str] | None = None,
    ) -> None:
        self.texts: list[tuple[float, str, str]] = []
        self.reachable = True
        self.wires: list[Wire] = []
        self.depot = Depot()
        self.csms = CentralSystem16(
            read_options(CsmsOptions, csms or {}), faults=csms_faults, clock=self.clock
        )
        self.station = ChargePoint16(
            read_options(StationOptions, station or {}),
            self._dial,
            self.depot,
            faults=station_faults,
            clock=self.clock,
        )
        self.served: list[asyncio.Task[None]] = []

    def clock(self) -> datetime:
        return BEGIN + timedelta(seconds=asyncio.get_running_loop().time())

    def later(self, seconds: float) -> str:
        """Return the time in a while, as it goes into a message."""
        return rfc3339(self.clock() + timedelta(seconds=seconds))

    def note(self, sender: str, text: str) -> None:
        self.texts.append((asyncio.get_running_loop().time(), sender, text))

    @property
    def frames(self) -> list[tuple[float, str, list[Any]]]:
        return [(t, who, json.loads(text)) for t, who, text in self.texts if text[0] == "["]

    async def act(self, name: str, **query: object) -> int:
        status = await self.station.act(name, {k: str(v) for k, v in query.items()})
        await settle()
        return status

    async def plug_in(self, connector: int = 1) -> None:
        assert await self.act("plugin", evse_id=connector, connector_id=connector) == 200

    async def plug_out(self, connector: int = 1) -> None:
        assert await self.act("plugout", evse_id=connector, connector_id=connector) == 200

    async def present(self, token: str = "TAG001", connector: int = 1) -> None:  # noqa: S107
        assert await self.act("authorize", id=token, type="ISO14443", connector_id=connector) == 200

    async def charge(self, connector: int = 1) -> None:
        await self.plug_in(connector)
        await self.present(connector=connector)

    async def charge_with(self, token: str) -> None:
        """Charge a little, with a token."""
        await self.plug_in()
        await self.present(token)
        await self.present(token)
        await self.plug_out()

    async def wish(self, action: str, **body: object) -> int:
        status = await self.csms.ask("1.6", IDENTITY, action, body)
        await settle()
        return status

    async def request(self, action: str, **fields: object) -> Any:  # noqa: ANN401
        """Let the central system send any request; return the response."""
        response = await self.link.ask(getattr(call, action)(**fields))
        await settle()
        return response

    async def configure(self, key: str, value: str) -> str:
        response = await self.request("ChangeConfiguration", key=key, value=value)
        return str(response.status)

    @property
    def link(self) -> Link:
        return self.csms._links[IDENTITY]

    def connector(self, number: int = 1) -> Connector:
        return self.station.controller.all.connectors[number]

    def calls(self, action: str = "", sender: str = "station") -> list[dict[str, Any]]:
        """Return the payloads of the CALLs of one side, of one action or of all."""
        return [
            f[3] for _, s, f in self.frames if s == sender and f[0] == 2 and action in {"", f[2]}
        ]

    def actions(self, sender: str = "station") -> list[str]:
        """Return the actions of one side's CALLs, a status with its connector."""
        calls = [f for _, s, f in self.frames if s == sender and f[0] == 2]
        return [
            f"{f[3]['status']}({f[3]['connectorId']})" if f[2] == "StatusNotification" else f[2]
            for f in calls
        ]

    def answers(self, action: str, sender: str = "station") -> list[Any]:
        """Return one side's CALLRESULT payloads (CALLERROR: the code) to an action."""
        ids = {f[1] for _, s, f in self.frames if s != sender and f[0] == 2 and f[2] == action}
        return [f[2] for _, s, f in self.frames if s == sender and f[0] in {3, 4} and f[1] in ids]

    def times(self, action: str) -> list[float]:
        return [t for t, s, f in self.frames if s == "station" and f[0] == 2 and f[2] == action]

    def forget(self) -> None:
        self.texts.clear()

    async def cut(self) -> None:
        """Cut the connection."""
        await self.wires[-1].close()
        await settle()

    async def _dial(self) -> Wire:
        if not self.reachable:
            raise ConnectionError("out of reach")
        here, there = wire_pair()
        self.wires.append(there)
        loop = asyncio.get_running_loop()
        self.served.append(loop.create_task(self.csms.serve(there, IDENTITY)))
        return Tapped(here, self.note)


async def settle(seconds: float = 1.0) -> None:
    """Let everything happen that takes less than `seconds` on the clock that jumps."""
    await asyncio.sleep(seconds)


class _Errors(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        cause = record.exc_info[1] if record.exc_info else None
        self.found.append(f"{record.getMessage()}: {cause!r}")


def run(
    bench: Callable[[], Bench],
    test: Callable[[Bench], Awaitable[None]],
    *,
    errors_expected: bool = False,
) -> Bench:
    """Run `test` against a station that has connected; no part may have failed inside."""
    errors = _Errors()

    async def main() -> Bench:
        made = bench()
        station = asyncio.get_running_loop().create_task(made.station.run())
        try:
            async with asyncio.timeout(1_000_000):
                await settle()
                await test(made)
            assert not station.done(), station
        finally:
            station.cancel()
            ends = await asyncio.gather(station, *made.served, return_exceptions=True)
        assert not [e for e in ends if isinstance(e, Exception)], ends
        return made

    _LOG.addHandler(errors)
    try:
        with asyncio.Runner(loop_factory=JumpingLoop) as runner:
            made = runner.run(main())
    finally:
        _LOG.removeHandler(errors)
    assert errors_expected or not errors.found, errors.found
    return made
