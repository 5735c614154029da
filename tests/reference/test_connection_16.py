"""The 1.6 charge point when the connection drops or the central system does not answer."""

from __future__ import annotations

import pytest

from tests.reference.bench_16 import Bench, run, settle


def test_a_transaction_message_that_fails_is_repeated() -> None:
    def bench() -> Bench:
        made = Bench(csms={"message_timeout": "5"})
        made.csms._tokens = None  # type: ignore[assignment]  # cannot answer StartTransaction
        return made

    async def test(bench: Bench) -> None:
        await bench.configure("TransactionMessageRetryInterval", "4")
        await bench.configure("AuthorizeRemoteTxRequests", "false")
        await bench.plug_in()
        await bench.request("RemoteStartTransaction", id_tag="TAG001", connector_id=1)
        await settle(60)
        first, *others = bench.times("StartTransaction")
        assert [t - first for t in others] == [4.0, 12.0]
        assert bench.answers("StartTransaction", "csms") == ["InternalError"] * 3

    run(bench, test, errors_expected=True)


def test_transaction_messages_wait_for_the_connection_in_their_order() -> None:
    async def test(bench: Bench) -> None:
        await bench.charge()
        await bench.configure("MeterValueSampleInterval", "10")
        bench.reachable = False
        await bench.cut()
        bench.forget()
        await settle(14)
        await bench.act("plugout", connector_id=1)
        bench.reachable = True
        await settle(60)
        assert bench.actions() == ["MeterValues", "StopTransaction", "Available(1)"]
        assert bench.calls("StopTransaction")[0]["transactionId"] == 1

    run(Bench, test)


def test_a_lost_connection_is_made_again_and_only_news_is_reported() -> None:
    async def test(bench: Bench) -> None:
        bench.reachable = False
        await bench.cut()
        bench.forget()
        await bench.plug_in()
        await settle(20)
        assert bench.actions() == []
        bench.reachable = True
        await settle(40)
        assert bench.actions() == ["Preparing(1)"]

    run(Bench, test)


def test_a_boot_that_is_not_answered_is_repeated() -> None:
    async def test(bench: Bench) -> None:
        await settle(100)
        assert bench.times("BootNotification") == [0.0, 40.0, 80.0]
        assert bench.answers("BootNotification", "csms") == ["InternalError"] * 3

    options = {"boot_retry": "40"}, {"boot_status": "Unheard-of"}
    run(lambda: Bench(*options), test, errors_expected=True)


def test_a_heartbeat_that_is_not_answered_changes_nothing() -> None:
    async def test(bench: Bench) -> None:
        await settle(1000)
        assert bench.times("Heartbeat") == [300.0, 610.0, 920.0]

    faults = {"silent": "Heartbeat"}
    run(lambda: Bench({"message_timeout": "10"}, csms_faults=faults), test)


def test_a_connection_that_drops_before_the_boot_is_answered() -> None:
    async def test(bench: Bench) -> None:
        await bench.cut()
        await settle(5)
        assert bench.times("BootNotification") == [0.0, 1.5]

    faults = {"silent": "BootNotification"}
    run(lambda: Bench(csms_faults=faults), test)


def test_an_authorization_that_a_drop_cuts_short_is_decided_offline() -> None:
    async def test(bench: Bench) -> None:
        await bench.configure("AllowOfflineTxForUnknownId", "true")
        await bench.plug_in()
        await bench.present("NOBODY")
        assert bench.connector().transaction is None
        bench.forget()
        await bench.cut()
        await settle(5)
        # The token is allowed while offline, and refused by StartTransaction.conf.
        assert bench.actions() == [
            "StartTransaction",
            "Charging(1)",
            "StopTransaction",
            "Finishing(1)",
        ]

    run(lambda: Bench(csms_faults={"silent": "Authorize"}), test)


def test_a_power_cycle_while_offline() -> None:
    async def test(bench: Bench) -> None:
        await bench.charge()
        bench.reachable = False
        await bench.cut()
        await bench.act("reboot")
        bench.reachable = True
        bench.forget()
        await settle(60)
        assert bench.actions() == [
            "BootNotification",
            "StopTransaction",
            "Available(0)",
            "Finishing(1)",
            "Available(2)",
        ]

    run(Bench, test)


def test_an_error_inside_ends_the_station_loudly() -> None:
    async def test(bench: Bench) -> None:
        async def fail() -> None:
            raise ArithmeticError("inside")

        bench.station.controller.all.spawn(fail())
        await settle()

    with pytest.raises(AssertionError, match="ArithmeticError"):
        run(Bench, test)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "null",
        "{}",
        "[]",
        "[2]",
        '[2,"1"]',
        '[2,"1",["Reset"],{}]',
        '[2,"1",{},{}]',
        '[2,{},"ClearCache",{}]',
        "[3]",
        '[3,"1",{}]',
        "[3,[],{}]",
        '[4,"1"]',
        '[9,"1",{}]',
    ],
)
def test_the_station_survives_what_is_no_message(text: str) -> None:
    async def test(bench: Bench) -> None:
        await bench.wires[-1].send(text)
        await settle()
        assert (await bench.request("ClearCache")).status == "Accepted"
        assert len(bench.wires) == 1

    def quiet() -> Bench:
        made = Bench()
        made.note = lambda *_: None  # type: ignore[method-assign]  # the texts are no frames
        return made

    run(quiet, test, errors_expected=True)
