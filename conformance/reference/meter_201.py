"""The energy meter of one EVSE of the reference charging station, and what it reports."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from conformance.reference.core_201 import stamp
from conformance.reference.schedules import Period

_HOUR = 3600


@dataclass(kw_only=True)
class Meter:
    """Counts what flows while it runs; `energy` is in Wh.

    `power(begin, seconds)` is the schedule in W that energy flows by from `begin` on. Elapsed time
    is the loop's, so that a CSMS that sets the clock wrong makes no energy.
    """

    now: Callable[[], datetime]
    power: Callable[[datetime, int], list[Period]]
    energy: float = 0.0
    _counted: float | None = None

    def run(self) -> None:
        """Let energy flow from now on."""
        if self._counted is None:
            self._counted = asyncio.get_running_loop().time()

    def stop(self) -> None:
        """Let no energy flow from now on."""
        self.count()
        self._counted = None

    def count(self) -> None:
        """Add what has flowed since it was last counted."""
        if self._counted is None:
            return
        moment = asyncio.get_running_loop().time()
        seconds = moment - self._counted
        if seconds > 0:
            self._counted = moment
            begin = self.now() - timedelta(seconds=seconds)
            self.energy += _flowed(self.power(begin, math.ceil(seconds)), seconds)

    def value(self, measurands: Iterable[str], context: str) -> list[dict[str, Any]] | None:
        """Return one MeterValue with the `measurands`, None when there are none."""
        self.count()
        samples = [
            {"value": value, "context": context, "measurand": name, "unit_of_measure": unit}
            for name, value, unit in (
                ("Energy.Active.Import.Register", round(self.energy, 1), {"unit": "Wh"}),
                ("Power.Active.Import", round(self._flow(), 1), {"unit": "W"}),
            )
            if name in measurands
        ]
        return [{"timestamp": stamp(self.now()), "sampled_value": samples}] if samples else None

    def _flow(self) -> float:
        return self.power(self.now(), 1)[0].limit if self._counted is not None else 0.0


def _flowed(periods: list[Period], seconds: float) -> float:
    """Return the energy in Wh of a schedule in W over its first `seconds`."""
    ends = [*(float(p.start) for p in periods[1:]), seconds]
    amounts = (p.limit * (end - p.start) for p, end in zip(periods, ends, strict=True))
    return sum(amounts) / _HOUR
