"""Cables and locks of the 1.6 charge point."""

from __future__ import annotations

import pytest

from tests.reference.bench_16 import Bench, run, settle

FIXED = {"fixed_cable": "true"}


async def unplug_ev(bench: Bench) -> None:
    assert await bench.act("unplugev", evse_id=1, connector_id=1) == 200


async def keep_locked(bench: Bench) -> None:
    """Bring about a locked cable without an EV."""
    await bench.configure("UnlockConnectorOnEVSideDisconnect", "false")
    await bench.charge()
    await unplug_ev(bench)
    assert await bench.act("plugout", connector_id=1) == 423


def test_a_transaction_without_an_ev_stops_and_the_cable_can_be_taken() -> None:
    async def test(bench: Bench) -> None:
        await bench.charge()
        bench.forget()
        await unplug_ev(bench)
        assert bench.actions() == ["StopTransaction", "Finishing(1)"]
        assert bench.calls("StopTransaction")[0]["reason"] == "EVDisconnected"
        assert bench.calls("StatusNotification")[0]["info"] == "EV side disconnected"
        await unplug_ev(bench)  # once is enough
        await bench.plug_out()
        assert bench.actions()[2:] == ["Available(1)"]

    run(Bench, test)


def test_a_transaction_goes_on_without_an_ev_and_with_one_again() -> None:
    async def test(bench: Bench) -> None:
        await bench.configure("StopTransactionOnEVSideDisconnect", "false")
        await bench.charge()
        bench.forget()
        await unplug_ev(bench)
        assert await bench.act("plugout", connector_id=1) == 423
        await bench.plug_in()
        assert bench.actions() == ["SuspendedEV(1)", "Charging(1)"]
        assert bench.calls()[0]["info"] == "EV side disconnected"
        await unplug_ev(bench)
        await bench.request("RemoteStopTransaction", transaction_id=1)
        assert bench.actions()[2:] == ["SuspendedEV(1)", "StopTransaction", "Finishing(1)"]
        await bench.plug_out()

    run(Bench, test)


@pytest.mark.parametrize(("token", "freed"), [("tag001", True), ("TAG002", False)])
def test_a_locked_cable_is_freed_by_its_token(token: str, freed: bool) -> None:
    async def test(bench: Bench) -> None:
        await keep_locked(bench)
        bench.forget()
        await bench.present(token)
        assert await bench.act("plugout", connector_id=1) == (200 if freed else 423)
        assert bench.actions() == (["Available(1)"] if freed else [])

    run(Bench, test)


def test_a_locked_cable_is_freed_by_the_group() -> None:
    async def test(bench: Bench) -> None:
        await bench.present("TAG002", connector=2)
        await keep_locked(bench)
        await bench.present("TAG002")
        await bench.plug_out()

    run(lambda: Bench(csms={"parents": "TAG001:G,TAG002:G"}), test)


def test_a_locked_cable_is_freed_by_the_central_system() -> None:
    async def test(bench: Bench) -> None:
        await keep_locked(bench)
        await bench.act("state", unlock_failed="true")
        answer = await bench.request("UnlockConnector", connector_id=1)
        assert answer.status == "UnlockFailed"
        assert await bench.act("plugout", connector_id=1) == 423
        await bench.act("state", unlock_failed="false")
        assert (await bench.request("UnlockConnector", connector_id=1)).status == "Unlocked"
        await bench.plug_out()

    run(Bench, test)


def test_a_lock_that_is_stuck_ends_the_transaction_nevertheless() -> None:
    async def test(bench: Bench) -> None:
        await bench.charge()
        await bench.act("state", unlock_failed="true")
        answer = await bench.request("UnlockConnector", connector_id=1)
        assert answer.status == "UnlockFailed"
        assert bench.calls("StopTransaction")[0]["reason"] == "UnlockCommand"
        assert await bench.act("plugout", connector_id=1) == 423

    run(Bench, test)


def test_a_fixed_cable_is_neither_locked_nor_left_behind() -> None:
    async def test(bench: Bench) -> None:
        await bench.charge()
        bench.forget()
        await unplug_ev(bench)
        assert bench.actions() == ["StopTransaction", "Available(1)"]
        await bench.charge()
        await bench.request("RemoteStopTransaction", transaction_id=2)
        await bench.plug_out()
        assert bench.actions()[-2:] == ["Finishing(1)", "Available(1)"]

    run(lambda: Bench(FIXED), test)


def test_a_cable_without_an_ev_occupies_the_connector() -> None:
    async def test(bench: Bench) -> None:
        await bench.plug_in()
        bench.forget()
        await unplug_ev(bench)
        later = bench.clock().replace(year=2030).isoformat()
        answer = await bench.request(
            "ReserveNow", connector_id=1, expiry_date=later, id_tag="TAG001", reservation_id=1
        )
        assert answer.status == "Occupied"
        await bench.plug_out()
        assert bench.actions() == ["Available(1)"]

    run(Bench, test)


@pytest.mark.parametrize("first", ["token", "plug"])
def test_a_plug_that_the_lock_does_not_catch_is_a_fault(first: str) -> None:
    async def test(bench: Bench) -> None:
        if first == "token":
            await bench.present()
        assert await bench.act("plugin", connector_id=1, halfway="true") == 200
        if first == "plug":
            assert bench.actions()[-1] == "Preparing(1)"
            await bench.present()
        await settle(100)
        fault = bench.calls("StatusNotification")[-1]
        assert (fault["status"], fault["errorCode"]) == ("Faulted", "ConnectorLockFailure")
        assert not bench.calls("StartTransaction")
        await bench.plug_out()
        mended = bench.calls("StatusNotification")[-1]
        assert (mended["status"], mended["errorCode"]) == ("Available", "NoError")

    run(Bench, test)


def test_a_fixed_cable_has_no_halfway() -> None:
    async def test(bench: Bench) -> None:
        bench.forget()
        assert await bench.act("plugin", connector_id=1, halfway="true") == 200
        assert bench.actions() == []

    run(lambda: Bench(FIXED), test)
