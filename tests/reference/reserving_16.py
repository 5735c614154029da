"""What goes wrong with reservations on a 1.6 charge point with a fault, and what is right."""

from __future__ import annotations

from tests.reference.bench_16 import Bench, reserve, settle


async def reserved_start(bench: Bench) -> object:
    await reserve(bench)
    await bench.present()
    await bench.plug_in()
    return bench.calls("StartTransaction")[0].get("reservationId")


async def reserved_for_another(bench: Bench) -> object:
    await reserve(bench)
    await bench.present("TAG002")
    return bench.calls("StatusNotification")[-1]["status"]


async def expired(bench: Bench) -> object:
    await reserve(bench)
    await settle(200)
    return bench.calls("StatusNotification")[-1]["status"]


async def unknown_reservation(bench: Bench) -> object:
    return (await bench.request("CancelReservation", reservation_id=8)).status
