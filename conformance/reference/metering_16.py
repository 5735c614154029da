"""The meter values of the OCPP 1.6 charge point: sampled, aligned with the clock, triggered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ocpp.v16 import call
from ocpp.v16.enums import Measurand, ReadingContext, UnitOfMeasure

from conformance.reference.connector_16 import Connector, Transaction
from conformance.reference.equipment_16 import Equipment

_SAMPLE, _ALIGNED = "MeterValueSampleInterval", "ClockAlignedDataInterval"
_EV_WATTS = 11_000.0  # what the EV takes if it may


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

    def values(self, connector: Connector, key: str, context: ReadingContext) -> dict[str, Any]:
        """Return the MeterValue with the measurands that the configuration key `key` lists."""
        readings = self._readings(connector)
        wanted = [m for m in self._all.configuration.items(key) if m in readings]
        if not wanted:
            wanted = [Measurand.energy_active_import_register]
        sampled = [
            {
                "value": f"{readings[measurand][0]:.1f}",
                "context": context,
                "measurand": measurand,
                "unit": readings[measurand][1],
            }
            for measurand in wanted
        ]
        return {"timestamp": self._all.clock.text(), "sampledValue": sampled}

    def request(self, connector: Connector, key: str, context: ReadingContext) -> Any:  # noqa: ANN401
        """Return the MeterValues with what is measured now."""
        transaction = connector.transaction
        return call.MeterValues(
            connector_id=connector.number,
            meter_value=[self.values(connector, key, context)],
            transaction_id=transaction.ident if transaction else None,
        )

    async def sample(self, connector: Connector, transaction: Transaction) -> None:
        """Send and keep samples of `transaction` as often as the configuration says."""
        context = ReadingContext.sample_periodic
        self._keep(connector, transaction, ReadingContext.transaction_begin)
        while True:
            if not await self._all.configuration.pause(_SAMPLE):
                continue
            self._keep(connector, transaction, context)
            if self._all.configuration.items("MeterValuesSampledData"):
                self._send(connector, "MeterValuesSampledData", context)

    def end(self, connector: Connector, transaction: Transaction) -> None:
        """Keep the last sample of `transaction`."""
        self._keep(connector, transaction, ReadingContext.transaction_end)

    async def align(self) -> None:
        """Send the clock-aligned values of all connectors."""
        while True:
            if not await self._aligned():
                continue
            for connector in list(self._all.connectors.values())[1:]:
                self._send(connector, "MeterValuesAlignedData", ReadingContext.sample_clock)

    async def _aligned(self) -> bool:
        """Wait for the next full interval of the day; return false if the interval changes."""
        interval = self._all.configuration.seconds(_ALIGNED)
        if not interval:
            return await self._all.configuration.pause(_ALIGNED)
        now: datetime = self._all.clock()
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        cycle = timedelta(seconds=interval)
        rest = (cycle - (now - midnight) % cycle).total_seconds()
        return await self._all.configuration.pause(_ALIGNED, rest)

    def _send(self, connector: Connector, key: str, context: ReadingContext) -> None:
        value = self.values(connector, key, context)
        transaction = connector.transaction
        self._all.outbox.put(
            lambda: call.MeterValues(
                connector_id=connector.number,
                meter_value=[value],
                transaction_id=transaction.ident if transaction else None,
            ),
            keep=True,
        )

    def _keep(
        self, connector: Connector, transaction: Transaction, context: ReadingContext
    ) -> None:
        if self._all.configuration.items("StopTxnSampledData"):
            transaction.samples.append(self.values(connector, "StopTxnSampledData", context))

    def _readings(self, connector: Connector) -> dict[str, tuple[float, UnitOfMeasure]]:
        flows = connector.transaction and not connector.suspended_by
        watts = self.power(connector.number) if flows else 0.0
        volts, phases = self._all.options.voltage, self._all.options.phases
        offered = self.offered(connector.number)
        return {
            Measurand.energy_active_import_register: (connector.meter(), UnitOfMeasure.wh),
            Measurand.power_active_import: (watts, UnitOfMeasure.w),
            Measurand.power_offered: (offered, UnitOfMeasure.w),
            Measurand.current_import: (watts / volts / phases, UnitOfMeasure.a),
            Measurand.current_offered: (offered / volts / phases, UnitOfMeasure.a),
            Measurand.voltage: (volts, UnitOfMeasure.v),
        }
