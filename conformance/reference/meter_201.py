"""The energy meter of one EVSE of the reference charging station, and what it reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from conformance.reference.core_201 import stamp


@dataclass(kw_only=True)
class Meter:
    """Counts what flows at `power()` watts while it runs; `energy` is in Wh."""

    now: Callable[[], datetime]
    power: Callable[[], float]
    energy: float = 0.0
    _running_since: datetime | None = None

    def run(self) -> None:
        """Let energy flow from now on."""
        if self._running_since is None:
            self._running_since = self.now()

    def stop(self) -> None:
        """Let no energy flow from now on."""
        self.count()
        self._running_since = None

    def count(self) -> None:
        """Add what has flowed up to now, at the present power."""
        if self._running_since is not None:
            now = self.now()
            self.energy += max((now - self._running_since).total_seconds(), 0) * self._rate()
            self._running_since = now

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

    def _rate(self) -> float:
        return self.power() / 3600

    def _flow(self) -> float:
        return self.power() if self._running_since is not None else 0.0
