"""Groups, lost connections and what else decides whether the 2.0.1 station lets charge."""

from __future__ import annotations

from typing import Never

import pytest

from tests.reference.bench_201 import Bench, run, settle


@pytest.mark.parametrize(("group", "stops"), [("FAMILY", True), ("", False)])
def test_another_token_of_the_group_stops(group: str, stops: bool) -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        await bench.present("TAG001")
        await bench.present("TAG002")
        assert ("StopAuthorized" in [e[1] for e in bench.events()]) == stops

    run(lambda: Bench(csms={"group": group} if group else {}), test)


@pytest.mark.parametrize(
    ("options", "variable", "charges"),
    [
        ({}, "", False),
        ({}, "OfflineTxForUnknownIdEnabled", True),
        ({"cache": "true"}, "", True),
    ],
)
def test_offline(options: dict[str, str], variable: str, charges: bool) -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        await bench.present()
        await bench.plug_out()
        if variable:
            assert await bench.set("AuthCtrlr", variable, "true") == "Accepted"
        bench.reachable = False
        await bench.cut()
        bench.forget()
        await bench.plug_in()
        await bench.present()
        bench.reachable = True
        await settle(60)
        assert ("Charging" in [e[2] for e in bench.events()]) == charges
        assert "Authorize" not in bench.actions()

    run(lambda: Bench(options), test)


@pytest.mark.parametrize(("cache", "charges"), [("true", True), ("false", False)])
def test_nobody_is_asked_where_that_is_disabled(cache: str, charges: bool) -> None:
    async def test(bench: Bench) -> None:
        await bench.present()
        await settle(100)
        assert await bench.set("AuthCtrlr", "DisableRemoteAuthorization", "true") == "Accepted"
        bench.forget()
        await bench.present()
        assert "Authorize" not in bench.actions()
        assert bool(bench.events()) == charges

    run(lambda: Bench({"cache": cache}), test)


def test_a_refused_token_may_leave_the_transaction_suspended() -> None:
    async def test(bench: Bench) -> None:
        assert await bench.set("TxCtrlr", "StopTxOnInvalidId", "false") == "Accepted"
        await bench.plug_in()
        await bench.present()
        assert bench.events()[-1] == ("Updated", "ChargingStateChanged", "SuspendedEVSE")

    run(lambda: Bench({"auth_enabled": "false"}, {"valid": "SOMEBODY"}), test)


def test_a_cable_pulled_may_leave_the_transaction_going() -> None:
    async def test(bench: Bench) -> None:
        assert await bench.set("TxCtrlr", "StopTxOnEVSideDisconnect", "false") == "Accepted"
        await bench.plug_in()
        await bench.present()
        await bench.plug_out()
        assert bench.events()[-1] == ("Updated", "EVCommunicationLost", "Idle")
        await bench.plug_in()
        assert bench.events()[-1] == ("Updated", "ChargingStateChanged", "Charging")
        assert bench.actions().count("Authorize") == 1

    run(lambda: Bench({"tx_stop": "Authorized"}), test)


def test_an_event_that_fails_is_sent_again_and_given_up_at_last() -> None:
    async def test(bench: Bench) -> None:
        def fail(**_: object) -> Never:
            raise RuntimeError("no room")

        bench.link.route_map["TransactionEvent"]["_on_action"] = fail
        await bench.plug_in()
        await settle(100)
        assert [round(t) for t in bench.times("TransactionEvent")] == [1, 11, 31]
        assert {e["seqNo"] for e in bench.calls("station", "TransactionEvent")} == {0}
        await bench.present()
        assert bench.actions().count("Authorize") == 1
        bench.errors.clear()

    run(Bench, test)
