"""How the 1.6 charge point goes down and comes up again."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.reference.bench_16 import Bench, run, settle


def test_without_power_there_is_silence() -> None:
    async def test(bench: Bench) -> None:
        await bench.charge()
        bench.forget()
        assert await bench.act("power", on="false") == 200
        await settle(1000)
        assert bench.actions() == []
        assert len(bench.wires) == 1
        assert await bench.act("power", on="true") == 200
        assert bench.actions()[0] == "BootNotification"
        assert len(bench.wires) == 2

    run(Bench, test)


def test_power_that_goes_during_the_boot() -> None:
    async def test(bench: Bench) -> None:
        bench.forget()
        await bench.act("power", on="false")
        await bench.act("power", on="true")
        await bench.act("power", on="false")
        await settle(1000)
        assert bench.actions() == []
        await bench.act("power", on="true")
        await settle(1000)
        assert bench.actions()[0] == "BootNotification"

    run(lambda: Bench({"boot_seconds": "100"}), test)


def test_a_reserve_does_not_wait_for_a_network_for_ever() -> None:
    async def test(bench: Bench) -> None:
        await bench.charge()
        bench.reachable = False
        await bench.cut()
        bench.forget()
        await bench.act("power", on="false")
        bench.reachable = True
        await settle(1000)
        assert bench.actions() == []
        await bench.act("power", on="true")
        assert bench.actions()[:2] == ["BootNotification", "StopTransaction"]

    run(lambda: Bench({"power_reserve": "true"}), test)


def test_a_reset_in_the_middle_of_an_authorization_ends_it() -> None:
    async def test(bench: Bench) -> None:
        await bench.present()
        await bench.request("Reset", type="Hard")
        await settle()
        bench.forget()
        await bench.plug_in()
        assert bench.actions() == ["Preparing(1)"]  # nobody is authorized any more

    run(Bench, test)


def test_clock_aligned_values_are_queued_while_offline() -> None:
    async def test(bench: Bench) -> None:
        await bench.configure("ClockAlignedDataInterval", "60")
        bench.reachable = False
        await bench.cut()
        bench.forget()
        await settle(200)
        bench.reachable = True
        await settle(60)
        times = [call["meterValue"][0]["timestamp"] for call in bench.calls("MeterValues")]
        assert len(times) >= 6  # three times for two connectors
        assert times == sorted(times)

    run(Bench, test)


@pytest.mark.parametrize("attempts", [1, 3])
def test_a_letter_that_is_never_answered_is_given_up(attempts: int) -> None:
    async def test(bench: Bench) -> None:
        await bench.configure("TransactionMessageAttempts", str(attempts))
        await bench.configure("TransactionMessageRetryInterval", "5")
        bench.forget()
        await bench.charge()
        await bench.present()
        await settle(600)
        begin = bench.times("StartTransaction")
        assert len(begin) == attempts
        waits = [b - a for a, b in pairwise(begin)]
        # The answer is awaited for 30 s, then 5 s, then twice as long.
        assert waits == [35, 40][: attempts - 1]
        assert bench.calls("StopTransaction")[0]["transactionId"] == -1

    run(lambda: Bench(csms_faults={"silent": "StartTransaction"}), test)
