"""A status that is told again is legal, and no step's; a CALL on its way is cleaned up too."""

from __future__ import annotations

from conformance import Operator, Station, now
from conformance.ocpp16.messages import (
    ClearCache,
    FirmwareStatusNotification,
    StartTransaction,
    StatusNotification,
)
from tests.engine.stage import declared, failed, passed, run
from tests.miniatures.miniature import Miniature, in_turn, reports

STATUS = StatusNotification.req


async def charges(station: Station, operator: Operator) -> None:
    """The connector is preparing, then charging."""
    await operator.plug_in(1)
    await station.expect(1, STATUS(connectorId=1, status="Preparing"))
    await station.expect(3, STATUS(connectorId=1, status="Charging"))


def reporting(*names: str) -> Miniature:
    """Return a station that reports these statuses when the cable is plugged in."""
    deeds = in_turn(*(reports(name) for name in names))
    return Miniature(declared(), deeds={"PlugIn": deeds, "PlugOut": reports("Available")})


def test_a_status_told_again_is_a_remark() -> None:
    result = passed(run(reporting("Preparing", "Preparing", "Charging"), charges))
    assert any("said again" in r.text for r in result.record.transcript.remarks)


def test_a_status_that_is_new_is_none() -> None:
    result = run(reporting("Preparing", "Finishing", "Charging"), charges)
    failed(result, 3, "StatusNotification.status: expected 'Charging', got 'Finishing'")


async def starts(it: Miniature) -> None:
    """Start a transaction."""
    it.post("StartTransaction", connectorId=1, idTag="TAG001", meterStart=0, timestamp=now())


async def finishes(station: Station, operator: Operator) -> None:
    """A transaction runs and ends."""
    await operator.plug_in(1)
    await station.expect(1, StartTransaction.req(connectorId=1))
    await station.expect(3, STATUS(connectorId=1, status="Charging"))
    await station.expect(5, STATUS(connectorId=1, status="Finishing"))


def charging(*names: str) -> Miniature:
    """Return a station that charges, and then reports these statuses."""
    deeds = in_turn(starts, reports("Charging"), *(reports(name) for name in names))
    return Miniature(declared(), deeds={"PlugIn": deeds, "PlugOut": reports("Available")})


def test_a_pause_of_a_transaction_is_a_remark() -> None:
    result = passed(
        run(charging("SuspendedEV", "SuspendedEVSE", "Charging", "Finishing"), finishes)
    )
    told = [r.text for r in result.record.transcript.remarks]
    assert sum("legal while a transaction runs" in text for text in told) == 3


def test_a_pause_that_nobody_waits_for_yet_is_a_remark() -> None:
    async def starts_only(station: Station, operator: Operator) -> None:
        await operator.plug_in(1)
        await station.expect(1, StartTransaction.req(connectorId=1))
        await station.expect(3, STATUS(connectorId=1, status="Charging"))
        await station.flush()
        await station.call(5, ClearCache.req(), or_error=True)

    result = passed(run(charging("SuspendedEV"), starts_only))
    assert any(str(r.step) == "5" for r in result.record.transcript.remarks)


def test_what_is_no_pause_is_none() -> None:
    result = run(charging("Preparing", "Finishing"), finishes)
    failed(result, 5, "StatusNotification.status: expected 'Finishing', got 'Preparing'")


def test_a_pause_without_a_transaction_is_none() -> None:
    result = run(reporting("Preparing", "SuspendedEV", "Charging"), charges)
    failed(result, 3, "StatusNotification.status: expected 'Charging', got 'SuspendedEV'")


def test_progress_told_again_is_a_remark() -> None:
    async def progress(it: Miniature) -> None:
        for status in ("Downloading", "Downloading", "Downloaded"):
            it.post("FirmwareStatusNotification", status=status)

    async def told(station: Station, operator: Operator) -> None:
        await operator.plug_in(1)
        await station.expect(1, FirmwareStatusNotification.req(status="Downloading"))
        await station.expect(3, FirmwareStatusNotification.req(status="Downloaded"))

    it = Miniature(declared(), deeds={"PlugIn": progress, "PlugOut": reports("Available")})
    result = passed(run(it, told))
    assert any("said again" in r.text for r in result.record.transcript.remarks)
