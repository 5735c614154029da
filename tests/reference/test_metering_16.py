"""The meter values of the 1.6 charge point: what is in them, and what goes into StopTransaction."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.reference.keys_16 import MAX_METER_VALUES
from tests.reference.bench_16 import Bench, run, settle

REGISTER = "Energy.Active.Import.Register"


def shown(values: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return context and measurand of the first value of each MeterValue."""
    return [(m["sampledValue"][0]["context"], m["sampledValue"][0]["measurand"]) for m in values]


def data(bench: Bench) -> list[dict[str, Any]]:
    """Return the transactionData of the last StopTransaction."""
    found: list[dict[str, Any]] = bench.calls("StopTransaction")[-1].get("transactionData", [])
    return found


def test_an_empty_list_of_measurands_stands_for_the_register() -> None:
    async def test(bench: Bench) -> None:
        await bench.configure("MeterValueSampleInterval", "10")
        assert await bench.configure("MeterValuesSampledData", "") == "Accepted"
        await bench.charge()
        await settle(10)
        (message,) = bench.calls("MeterValues")
        assert shown(message["meterValue"]) == [("Sample.Periodic", REGISTER)]
        await bench.plug_out()
        assert data(bench) == []

    run(Bench, test)


def test_the_register_and_the_power_go_together() -> None:
    async def test(bench: Bench) -> None:
        await bench.configure("MeterValuesSampledData", f"{REGISTER},Power.Active.Import")
        await bench.configure("MeterValueSampleInterval", "360")
        await bench.charge()
        await settle(360)
        register, power = bench.calls("MeterValues")[0]["meterValue"][0]["sampledValue"]
        assert float(register["value"]) == pytest.approx(float(power["value"]) / 10, abs=1)

    run(Bench, test)


def test_transaction_data_is_sampled_and_aligned() -> None:
    async def test(bench: Bench) -> None:
        await bench.configure("StopTxnAlignedData", "Power.Active.Import")
        await bench.configure("StopTxnSampledData", "Voltage")
        await bench.configure("MeterValueSampleInterval", "70")
        await bench.configure("ClockAlignedDataInterval", "60")
        await settle(30)
        await bench.charge()
        await settle(75)
        await bench.plug_out()
        assert shown(data(bench)) == [
            ("Transaction.Begin", "Voltage"),
            ("Transaction.Begin", "Power.Active.Import"),
            ("Sample.Clock", "Power.Active.Import"),
            ("Sample.Periodic", "Voltage"),
            ("Transaction.End", "Voltage"),
            ("Transaction.End", "Power.Active.Import"),
        ]
        times = [m["timestamp"][11:19] for m in data(bench)]
        assert times[2] == "12:01:00"
        assert [len(m["sampledValue"]) for m in data(bench)] == [3, 1, 1, 3, 3, 1]

    run(Bench, test)


def test_too_many_transaction_data_lose_the_middle() -> None:
    async def test(bench: Bench) -> None:
        await bench.configure("StopTxnSampledData", REGISTER)
        await bench.configure("MeterValueSampleInterval", "1")
        await bench.charge()
        await settle(2 * MAX_METER_VALUES)
        await bench.plug_out()
        contexts = [context for context, _ in shown(data(bench))]
        assert len(contexts) == MAX_METER_VALUES
        assert (contexts[0], contexts[-1]) == ("Transaction.Begin", "Transaction.End")

    run(Bench, test)


def test_the_day_begins_anew_at_midnight() -> None:
    async def test(bench: Bench) -> None:
        await bench.configure("ClockAlignedDataInterval", "50000")
        await settle(43000)  # from noon: 50000 s are reached at 13:53:20
        assert bench.times("MeterValues")[::2] == pytest.approx([6800], abs=2)
        await settle(60000)
        assert bench.times("MeterValues")[::2] == pytest.approx([6800, 43200, 93200], abs=2)

    run(Bench, test)


@pytest.mark.parametrize(("energy", "seconds"), [("0", 0), ("100", 33), ("11000", 3600)])
def test_a_refused_token_gets_at_most_so_much_energy(energy: str, seconds: float) -> None:
    async def test(bench: Bench) -> None:
        await bench.configure("StopTransactionOnInvalidId", "false")
        await bench.configure("MaxEnergyOnInvalidId", energy)
        await bench.plug_in()
        await bench.request("RemoteStartTransaction", id_tag="NOBODY", connector_id=1)
        begin = bench.times("StartTransaction")[0]
        await settle(4000)
        assert [a for a in bench.actions() if a != "Heartbeat"][-1] == "SuspendedEVSE(1)"
        assert bench.times("StatusNotification")[-1] - begin == pytest.approx(seconds, abs=3)
        energies = bench.connector().meter()
        assert energies == pytest.approx(float(energy), abs=10)

    run(lambda: Bench({"authorize_remote": "false"}), test)


def test_a_request_is_given_up_after_the_message_timeout() -> None:
    async def test(bench: Bench) -> None:
        await bench.configure("MessageTimeout", "7")
        assert bench.station.controller.all.link is not None
        assert bench.station.controller.all.link._timeout() == 7

    run(Bench, test)
