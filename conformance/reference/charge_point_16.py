"""The reference charge point for OCPP 1.6: a box with connectors, a mains switch and electronics.

`controller_16` is the electronics between two boots, `memory_16` what outlives them, `hands_16`
what an operator does to the box.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from conformance.reference.controller_16 import Controller, Surroundings
from conformance.reference.credentials import Credentials
from conformance.reference.faults import SHARED, STATION_16, check
from conformance.reference.hands_16 import Hands
from conformance.reference.memory_16 import FolderMemory, ProcessMemory
from conformance.reference.options_16 import StationOptions
from conformance.reference.transfer import Carrier, NetworkCarrier
from conformance.reference.vault_16 import Vault
from conformance.reference.wire import Dial, WallClock, read_options, utc_now


class ChargePoint16:
    """A charge point that connects by `dial`; `clock` is its machine's clock.

    It moves files by `carrier`, or else over the network. `faults` maps the names in
    `faults.FAULTS` to their arguments. Raises ValueError for others.
    """

    def __init__(
        self,
        options: StationOptions,
        dial: Dial,
        carrier: Carrier | None = None,
        credentials: Credentials | None = None,
        *,
        faults: Mapping[str, str] | None = None,
        clock: WallClock = utc_now,
    ) -> None:
        check(faults or {}, {**SHARED, **STATION_16})
        self._given = Surroundings(
            options=options,
            faults=faults or {},
            clock=clock,
            dial=dial,
            carrier=carrier or NetworkCarrier(),
            vault=Vault.of(options, credentials or Credentials(), clock),
            memory=FolderMemory(Path(options.state)) if options.state else ProcessMemory(),
        )
        self._mains = asyncio.Event()
        self._mains.set()
        self.controller = Controller(self._given)
        self._hands = Hands(options, self._mains, lambda: self.controller)

    async def run(self) -> None:
        """Live until cancelled: one time of electronics after the other, while there is power."""
        while True:
            await self.controller.run()
            await self._powered_up()
            self.controller = Controller(self._given, self.controller.all)

    async def _powered_up(self) -> None:
        """Return when there has been power for as long as a boot takes."""
        while True:
            await self._mains.wait()
            await asyncio.sleep(self._given.options.boot_seconds)
            if self._mains.is_set():
                return

    async def act(self, name: str, query: Mapping[str, str]) -> int:
        """Do the operator's action `name`; return an HTTP status."""
        return self._hands.act(name, query)


def station(
    options: Mapping[str, str],
    faults: Mapping[str, str],
    dial: Dial,
    carrier: Carrier,
    credentials: Credentials,
) -> ChargePoint16:
    """Build the charge point from texts; raise ValueError for a wrong option or fault."""
    chosen = read_options(StationOptions, options)
    return ChargePoint16(chosen, dial, carrier, credentials, faults=faults)
