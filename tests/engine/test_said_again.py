"""A status that is told again is legal, and no step's; a CALL on its way is cleaned up too."""

from __future__ import annotations

from conformance import Operator, Station
from conformance.ocpp16.messages import StatusNotification
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
