"""The meter values of the OCPP 1.6 charge point: sampled, aligned with the clock, triggered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from ocpp.v16 import call
from ocpp.v16.enums import Location, Measurand, ReadingContext, RegistrationStatus

from conformance.reference.connector_16 import Connector, Transaction
from conformance.reference.equipment_16 import Equipment
from conformance.reference.keys_16 import MAX_METER_VALUES
from conformance.reference.measurands_16 import Readings, sampled
from conformance.reference.outbox_16 import Letter

_SAMPLE, _ALIGNED = "MeterValueSampleInterval", "ClockAlignedDataInterval"
_EV_WATTS = 11_000.0  # what the EV takes if it may
_DEFAULT = [Measurand.energy_active_import_register.value]  # where a list is empty (9.1.17)


class Metering:
    """Reads the connectors and sends what the configuration asks for (section 3.16)."""

    def __init__(self, equipment: Equipment) -> None:
        self._all = equipment

    def power(self, number: int) -> float:
        """Return the watts that flow while connector `number` charges."""
        return min(_EV_WATTS, self.offered(number))

    def offered(self, number: int) -> float:
        """Return the watts that the charging profiles allow now."""
        transaction = self._all.connectors[number].transaction
        periods = self._all.profiles.composite(
            number,
            start=self._all.clock(),
            duration=1,
            unit="W",
            session=transaction.started if transaction else None,
        )
        return periods[0].limit

    def values(self, connector: Connector, key: str, context: str) -> list[dict[str, Any]]:
        """Return the MeterValues with the measurands that the configuration key `key` lists."""
        members = self._all.configuration.items(key) or _DEFAULT
        readings, options = self._readings(connector), self._all.options
        lists = [list(sampled(options, readings, member, context)) for member in members]
        if not options.value_for_each_measurand:
            lists = [[value for values in lists for value in values]]
        time = self._all.clock.text()
        return [{"timestamp": time, "sampledValue": values} for values in lists]

    def request(self, connector: Connector, key: str, context: str) -> Any:  # noqa: ANN401
        """Return the MeterValues with what is measured now."""
        return _request(connector, connector.transaction, self.values(connector, key, context))

    def begin(self, connector: Connector, transaction: Transaction) -> None:
        """Take the first sample of `transaction`."""
        self._at_an_end(connector, transaction, ReadingContext.transaction_begin)
        if self._all.options.extra_sample:
            self._all.spawn(self._sample_once_more(connector, transaction))

    async def sample(self, connector: Connector, transaction: Transaction) -> None:
        """Send and keep samples of `transaction` as often as the configuration says."""
        hurry = 3 if "samples-too-often" in self._all.faults else 1
        while True:
            seconds = self._all.configuration.seconds(_SAMPLE) / hurry
            if not await self._all.configuration.pause(_SAMPLE, seconds):
                continue
            context = ReadingContext.sample_periodic
            self._keep(transaction, connector, "StopTxnSampledData", context)
            self._send(connector, "MeterValuesSampledData", context)

    async def _sample_once_more(self, connector: Connector, transaction: Transaction) -> None:
        """Send a sample a third of the interval after the start."""
        await asyncio.sleep(self._all.configuration.seconds(_SAMPLE) / 3)
        if connector.transaction is transaction and self._all.configuration.seconds(_SAMPLE):
            self._send(connector, "MeterValuesSampledData", ReadingContext.sample_periodic)

    def end(self, connector: Connector, transaction: Transaction) -> None:
        """Take the last sample of `transaction`."""
        self._at_an_end(connector, transaction, ReadingContext.transaction_end)

    async def align(self) -> None:
        """Send the clock-aligned values of all connectors, once the station has been accepted."""
        while True:
            passed = await self._aligned()
            if not passed or self._all.registration != RegistrationStatus.accepted:
                continue
            context = ReadingContext.sample_clock
            for connector in self._all.connectors.values():
                if connector.transaction:
                    self._keep(connector.transaction, connector, "StopTxnAlignedData", context)
                if connector.number or self._all.options.main_meter:
                    self._send(connector, "MeterValuesAlignedData", context)

    async def _aligned(self) -> bool:
        """Wait for the next full interval of the day; return false if the interval changes."""
        interval = self._all.configuration.seconds(_ALIGNED)
        if not interval:
            return await self._all.configuration.pause(_ALIGNED)
        now: datetime = self._all.clock()
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        cycle = timedelta(seconds=interval)
        # The day begins anew at midnight, whatever is left of an interval then.
        rest = min(cycle - (now - midnight) % cycle, midnight + timedelta(days=1) - now)
        return await self._all.configuration.pause(_ALIGNED, rest.total_seconds())

    def _at_an_end(self, connector: Connector, transaction: Transaction, context: str) -> None:
        """Keep what every configured measurand is at the begin or end (errata 3.16.6)."""
        for key in ("StopTxnSampledData", "StopTxnAlignedData"):
            self._keep(transaction, connector, key, context)
        if self._all.options.meter_at_ends and self._all.configuration.seconds(_SAMPLE):
            self._send(connector, "MeterValuesSampledData", context)

    def _send(self, connector: Connector, key: str, context: str) -> None:
        values, transaction = self.values(connector, key, context), connector.transaction
        fields = {"connector_id": connector.number, "meter_value": values}
        self._all.outbox.keep(Letter("MeterValues", fields, transaction))

    def _keep(self, transaction: Transaction, connector: Connector, key: str, context: str) -> None:
        if self._all.configuration.items(key):
            transaction.samples += self.values(connector, key, context)
        if len(transaction.samples) > MAX_METER_VALUES:
            del transaction.samples[_middle(transaction.samples)]

    def _readings(self, connector: Connector) -> Readings:
        main = connector.number == 0
        metered = [c for c in self._all.connectors.values() if main or c is connector]
        flowing = [c for c in metered if c.transaction and not c.suspended_by]
        return Readings(
            register=sum(c.meter() for c in metered),
            watts=sum(self.power(c.number) for c in flowing),
            offered=self.offered(connector.number),
            volts=self._all.options.voltage,
            phases=self._all.options.phases,
            location=Location.inlet if main else Location.outlet,
        )


def _request(
    connector: Connector, transaction: Transaction | None, values: list[dict[str, Any]]
) -> Any:  # noqa: ANN401 - the package has no types
    return call.MeterValues(
        connector_id=connector.number,
        meter_value=values,
        transaction_id=transaction.ident if transaction else None,
    )


def _middle(samples: Sequence[object]) -> int:
    """Return which sample to drop: never the first or the last (errata 9.1.23)."""
    return len(samples) // 2
