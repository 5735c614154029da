"""The options of the 1.6 charge point that are about sessions show."""

from __future__ import annotations

from tests.reference.bench_16 import Bench, settle
from tests.reference.registry_16 import station, value_of


@station("errs_at_connector_0", "true")
async def an_error_for_connector_0(bench: Bench) -> None:
    await bench.wires[-1].send('[2,"1","RemoteStartTransaction",{"connectorId":0,"idTag":"T"}]')
    await settle()
    assert bench.answers("RemoteStartTransaction") == ["PropertyConstraintViolation"]


@station("fixed_cable", "true")
async def a_fixed_cable_has_no_lock(bench: Bench) -> None:
    assert (await bench.request("UnlockConnector", connector_id=1)).status == "NotSupported"
    assert await bench.configure("UnlockConnectorOnEVSideDisconnect", "true") == "Rejected"
    assert await value_of(bench, "UnlockConnectorOnEVSideDisconnect") == "false"


@station("cache_size", "1")
async def a_small_cache(bench: Bench) -> None:
    await bench.configure("LocalPreAuthorize", "true")
    bench.forget()
    for token in ("TAG001", "TAG002", "TAG002", "TAG001"):
        await bench.charge_with(token)
    asked = [call["idTag"] for call in bench.calls("Authorize")]
    assert asked == ["TAG001", "TAG002", "TAG001"]


@station("second_token_cancels", "false")
async def a_token_that_is_presented_again_changes_nothing(bench: Bench) -> None:
    bench.forget()
    await bench.present()
    await bench.present()
    assert bench.actions() == ["Authorize", "Preparing(1)"]
    await settle(60)
    assert bench.actions()[2:] == ["Available(1)"]


@station("authorizes_any_stop", "true")
async def a_token_of_no_group_is_authorized(bench: Bench) -> None:
    await bench.charge()
    bench.forget()
    await bench.present("TAG002")
    assert bench.actions() == ["Authorize"]


@station("stop_without_ev", "false")
async def the_transaction_goes_on_without_an_ev(bench: Bench) -> None:
    assert await value_of(bench, "StopTransactionOnEVSideDisconnect") == "false"


@station("stop_without_ev_writable", "false")
async def whether_it_goes_on_is_fixed(bench: Bench) -> None:
    assert await bench.configure("StopTransactionOnEVSideDisconnect", "false") == "Rejected"


@station("unlock_without_ev", "false")
async def the_cable_remains_locked_without_an_ev(bench: Bench) -> None:
    assert await value_of(bench, "UnlockConnectorOnEVSideDisconnect") == "false"


@station("unlock_without_ev_writable", "false")
async def whether_it_is_unlocked_is_fixed(bench: Bench) -> None:
    assert await bench.configure("UnlockConnectorOnEVSideDisconnect", "false") == "Rejected"


@station("suspended_without_ev", "EV,EVSE")
async def suspended_by_both(bench: Bench) -> None:
    await bench.configure("StopTransactionOnEVSideDisconnect", "false")
    await bench.charge()
    await bench.act("unplugev", connector_id=1)
    assert bench.actions()[-2:] == ["SuspendedEV(1)", "SuspendedEVSE(1)"]


@station("omit_info", "true")
async def no_reason_for_a_status(bench: Bench) -> None:
    await bench.charge()
    await bench.act("unplugev", connector_id=1)
    assert not any("info" in status for status in bench.calls("StatusNotification"))


@station("finishing_without_ev", "true")
async def finishing_though_nothing_is_left_to_do(bench: Bench) -> None:
    await bench.charge()
    await bench.act("unplugev", connector_id=1)
    assert bench.actions()[-2:] == ["Finishing(1)", "Available(1)"]


@station("stops_before_unlocked", "true")
async def unlocked_when_the_transaction_has_stopped(bench: Bench) -> None:
    await bench.charge()
    bench.forget()
    await bench.request("UnlockConnector", connector_id=1)
    order = [(who, f[2] if f[0] == 2 else f[2].get("status")) for _, who, f in bench.frames]
    assert order.index(("station", "Unlocked")) > order.index(("station", "StopTransaction"))


@station("hangs_up", "true")
async def a_connection_on_which_an_answer_does_not_come_is_given_up(bench: Bench) -> None:
    bench.csms._faults = {"silent": "StatusNotification"}
    await bench.cut()
    await settle(5)
    known = len(bench.wires)
    await bench.plug_in()
    await settle(29)
    assert len(bench.wires) == known
    await settle(2)
    assert len(bench.wires) == known + 1
