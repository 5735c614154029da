"""Reservations on the 1.6 charge point: of a connector, of any, for a token and its group."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conformance.reference.link_16 import rfc3339
from tests.reference.bench_16 import BEGIN, Bench, reserve, run, settle

GROUPS = {"valid": "TAG001,TAG002,TAG003", "parents": "TAG002:G1,TAG003:G2"}


async def cancel(bench: Bench, reservation: int = 7) -> str:
    return str((await bench.request("CancelReservation", reservation_id=reservation)).status)


async def availability(bench: Bench, connector: int, kind: str) -> None:
    await bench.request("ChangeAvailability", connector_id=connector, type=kind)


async def remote_start(bench: Bench, token: str = "TAG001", connector: int | None = 1) -> str:  # noqa: S107
    fields = {} if connector is None else {"connector_id": connector}
    return str((await bench.request("RemoteStartTransaction", id_tag=token, **fields)).status)


def started(bench: Bench) -> list[object]:
    """Return the reservation that each transaction has ended."""
    return [s.get("reservationId") for s in bench.calls("StartTransaction")]


def test_a_reservation_admits_its_token_only() -> None:
    async def test(bench: Bench) -> None:
        bench.forget()
        assert await reserve(bench) == "Accepted"
        await bench.present("TAG002")
        assert bench.actions() == ["Reserved(1)", "Authorize"]
        await bench.present("tag001")
        await bench.plug_in()
        assert bench.actions()[2:] == [
            "Authorize", "Preparing(1)", "StartTransaction", "Charging(1)"
        ]  # fmt: skip
        assert started(bench) == [7]
        assert await cancel(bench) == "Rejected"
        await bench.plug_out()
        assert bench.actions()[-1] == "Available(1)"

    run(Bench, test)


def test_a_cable_alone_does_not_use_a_reservation() -> None:
    async def test(bench: Bench) -> None:
        await reserve(bench)
        bench.forget()
        await bench.plug_in()
        assert bench.actions() == []
        assert await remote_start(bench, "TAG002") == "Rejected"
        assert await remote_start(bench) == "Accepted"
        assert bench.actions() == ["Authorize", "Preparing(1)", "StartTransaction", "Charging(1)"]
        assert started(bench) == [7]

    run(Bench, test)


def test_preparing_may_come_before_the_authorization_of_the_reserved_token() -> None:
    async def test(bench: Bench) -> None:
        await reserve(bench)
        await bench.plug_in()
        bench.forget()
        await bench.present("TAG002")
        assert bench.actions() == ["Authorize"]
        await bench.present()
        assert bench.actions()[1:] == [
            "Preparing(1)", "Authorize", "StartTransaction", "Charging(1)"
        ]  # fmt: skip

    run(lambda: Bench({"preparing_first": "true"}), test)


def test_without_authorization_of_remote_starts_the_reserved_token_starts() -> None:
    async def test(bench: Bench) -> None:
        await reserve(bench)
        await bench.plug_in()
        bench.forget()
        assert await remote_start(bench) == "Accepted"
        assert bench.actions() == ["Preparing(1)", "StartTransaction", "Charging(1)"]

    run(lambda: Bench({"authorize_remote": "false"}), test)


@pytest.mark.parametrize("asks", ["true", "false"])
def test_another_token_of_the_group_is_authorized_and_uses_the_reservation(asks: str) -> None:
    """Section 5.13: only an Authorize tells the group, whatever AuthorizeRemoteTxRequests says."""

    async def test(bench: Bench) -> None:
        await reserve(bench, parent_id_tag="G1")
        await bench.plug_in()
        bench.forget()
        assert await remote_start(bench, "TAG003") == "Accepted"
        assert bench.actions() == ["Authorize"]
        assert await remote_start(bench, "TAG002") == "Accepted"
        assert bench.actions()[1:] == [
            "Authorize", "Preparing(1)", "StartTransaction", "Charging(1)"
        ]  # fmt: skip
        assert started(bench) == [7]

    run(lambda: Bench({"authorize_remote": asks}, GROUPS), test)


def test_a_token_that_does_not_come_with_a_cable_leaves_the_reservation() -> None:
    async def test(bench: Bench) -> None:
        await reserve(bench)
        bench.forget()
        await bench.present()
        await settle(60)
        assert bench.actions() == ["Authorize", "Preparing(1)", "Reserved(1)"]

    run(lambda: Bench({"connection_timeout": "30"}), test)


def test_a_reservation_ends_by_itself_or_is_cancelled() -> None:
    async def test(bench: Bench) -> None:
        bench.forget()
        await reserve(bench)
        await settle(97)
        assert bench.actions() == ["Reserved(1)"]
        await settle(2)
        assert bench.actions() == ["Reserved(1)", "Available(1)"]
        await reserve(bench, expiry_date=rfc3339(BEGIN + timedelta(hours=1)))
        assert await cancel(bench, 8) == "Rejected"
        assert await cancel(bench) == "Accepted"
        assert bench.actions()[2:] == ["Reserved(1)", "Available(1)"]
        assert await cancel(bench) == "Rejected"

    run(Bench, test)


def test_one_of_the_same_id_replaces_it() -> None:
    async def test(bench: Bench) -> None:
        bench.forget()
        await reserve(bench)
        assert await reserve(bench, reservation_id=8) == "Occupied"
        later = rfc3339(BEGIN + timedelta(seconds=200))
        assert await reserve(bench, id_tag="TAG002", expiry_date=later) == "Accepted"
        await settle(120)
        assert bench.actions() == ["Reserved(1)"]
        await bench.present("TAG001")
        assert bench.actions() == ["Reserved(1)", "Authorize"]
        assert await reserve(bench, connector_id=2, expiry_date=later) == "Accepted"
        assert bench.actions()[2:] == ["Reserved(2)", "Available(1)"]

    run(Bench, test)


@pytest.mark.parametrize("connector", [0, 1])
@pytest.mark.parametrize("state", ["Unavailable", "Faulted", "Occupied", "Finishing"])
def test_a_reservation_is_refused_with_the_reason(state: str, connector: int) -> None:
    async def test(bench: Bench) -> None:
        if state == "Unavailable":
            await availability(bench, connector, "Inoperative")
        elif state == "Faulted":
            await bench.act("state", faulted="true", connector_id=connector)
        else:
            for number in (1, 2):
                await bench.plug_in(number)
        if state == "Finishing":
            await bench.present()
            await bench.present()
            assert bench.actions()[-1] == "Finishing(1)"
        expected = "Occupied" if state == "Finishing" else state
        assert await reserve(bench, connector_id=connector) == expected

    run(Bench, test)


def test_what_cannot_be_reserved_is_rejected() -> None:
    async def test(bench: Bench) -> None:
        assert await reserve(bench, connector_id=9) == "Rejected"
        assert await reserve(bench, expiry_date=rfc3339(BEGIN)) == "Rejected"

    run(Bench, test)


@pytest.mark.parametrize(
    ("says", "answer"),
    [
        ("NotSupported", ["NotSupported"]),
        ("NotImplemented", ["NotImplemented"]),
        ("status", [{"status": "Rejected"}]),
    ],
)
def test_without_the_profile(says: str, answer: list[object]) -> None:
    async def test(bench: Bench) -> None:
        await bench.wires[-1].send(
            '[2,"1","ReserveNow",{"connectorId":1,"expiryDate":"2026-03-01T13:00:00Z",'
            '"idTag":"TAG001","reservationId":7}]'
        )
        await settle()
        assert bench.answers("ReserveNow") == answer

    run(
        lambda: Bench({"profiles": "Core", "unsupported": says}),
        test,
        errors_expected=says != "status",
    )


@pytest.mark.parametrize("why", ["Inoperative", "fault"])
@pytest.mark.parametrize("connector", [0, 1])
def test_a_reservation_ends_with_the_service_of_its_connector(connector: int, why: str) -> None:
    async def test(bench: Bench) -> None:
        await reserve(bench, connector_id=connector)
        if why == "fault":
            await bench.act("state", faulted="true", connector_id=connector)
            await bench.act("state", faulted="false", connector_id=connector)
        else:
            await availability(bench, connector, "Inoperative")
            await availability(bench, connector, "Operative")
        assert bench.actions()[-1] != "Reserved(1)"
        assert await cancel(bench) == "Rejected"

    run(Bench, test)


# Of any connector


def test_of_two_free_connectors_none_is_reserved() -> None:
    async def test(bench: Bench) -> None:
        bench.forget()
        assert await reserve(bench, connector_id=0) == "Accepted"
        assert bench.actions() == []
        await bench.plug_in(2)
        assert bench.actions() == ["Preparing(2)", "Reserved(1)"]
        await bench.present("TAG002", 1)
        assert bench.actions()[2:] == ["Authorize"]
        await bench.present("TAG002", 2)
        assert bench.actions()[3:] == ["Authorize", "StartTransaction", "Charging(2)"]
        await bench.plug_out(2)
        assert bench.actions()[-2:] == ["Available(2)", "Available(1)"]
        assert started(bench) == [None]

    run(Bench, test)


def test_the_last_connector_is_kept_and_used() -> None:
    async def test(bench: Bench) -> None:
        await availability(bench, 2, "Inoperative")
        bench.forget()
        await reserve(bench, connector_id=0)
        assert bench.actions() == ["Reserved(1)"]
        await bench.plug_in()
        assert bench.actions() == ["Reserved(1)"]
        assert await remote_start(bench, "TAG002") == "Rejected"
        assert await remote_start(bench) == "Accepted"
        assert bench.actions()[1:] == [
            "Authorize", "Preparing(1)", "StartTransaction", "Charging(1)"
        ]  # fmt: skip
        assert started(bench) == [7]

    run(Bench, test)


@pytest.mark.parametrize("connector", [1, None])
def test_any_connector_may_be_used(connector: int | None) -> None:
    async def test(bench: Bench) -> None:
        await reserve(bench, connector_id=0)
        bench.forget()
        assert await remote_start(bench, connector=connector) == "Accepted"
        await bench.plug_in()
        assert bench.actions() == ["Authorize", "Preparing(1)", "StartTransaction", "Charging(1)"]
        assert started(bench) == [7]
        assert await reserve(bench, reservation_id=8, connector_id=2) == "Accepted"

    run(Bench, test)


def test_the_last_connector_is_not_given_to_another_reservation() -> None:
    async def test(bench: Bench) -> None:
        assert await reserve(bench, connector_id=0) == "Accepted"
        assert await reserve(bench, connector_id=0, reservation_id=8) == "Occupied"
        assert await reserve(bench, connector_id=1, reservation_id=8) == "Accepted"
        assert bench.actions()[-2:] == ["Reserved(1)", "Reserved(2)"]
        assert await reserve(bench, connector_id=2, reservation_id=9) == "Occupied"
        assert await cancel(bench, 7) == "Accepted"
        assert bench.actions()[-1] == "Available(2)"
        assert await reserve(bench, connector_id=2, reservation_id=9) == "Accepted"
        assert await reserve(bench, connector_id=0) == "Occupied"

    run(Bench, test)


def test_a_reservation_of_any_connector_expires() -> None:
    async def test(bench: Bench) -> None:
        await availability(bench, 2, "Inoperative")
        await reserve(bench, connector_id=0)
        await settle(120)
        assert bench.actions()[-2:] == ["Reserved(1)", "Available(1)"]

    run(Bench, test)


def test_a_reservation_of_any_connector_outlives_a_reboot() -> None:
    async def test(bench: Bench) -> None:
        await availability(bench, 2, "Inoperative")
        await reserve(bench, connector_id=0)
        bench.forget()
        await bench.act("reboot")
        await settle(20)
        assert bench.actions()[-2:] == ["Reserved(1)", "Unavailable(2)"]
        await settle(80)
        assert bench.actions()[-1] == "Available(1)"

    run(Bench, test)


def test_reservations_outlive_a_reboot() -> None:
    async def test(bench: Bench) -> None:
        await reserve(bench)
        bench.forget()
        await bench.act("reboot")
        await settle(20)
        assert bench.actions()[-2:] == ["Reserved(1)", "Available(2)"]

    run(Bench, test)
