"""What takes back what an accepted request has done to a 1.6 charge point."""

from __future__ import annotations

from typing import Any

import pytest

from conformance import Station, later
from conformance.message import Request
from conformance.ocpp16.messages import ChangeAvailability, ReserveNow
from conformance.verdict import Verdict
from tests.engine.stage import declared, passed, run
from tests.miniatures.miniature import Miniature

RESERVE = ReserveNow.req(connectorId=1, expiryDate=later(60), idTag="TAG001", reservationId=5)


def out_of_service(connector: int) -> ChangeAvailability.req:
    """Take a connector out of service."""
    return ChangeAvailability.req(connectorId=connector, type="Inoperative")


def after(request: Request, status: str, undone: str = "Accepted") -> tuple[list[Any], list[str]]:
    """Return what the clean-up sends after a request with this answer, and the remarks."""

    async def scenario(station: Station) -> None:
        await station.call(1, request)

    first = iter([status])
    answers = {
        action: lambda it, uid, _: _answer(it, uid, next(first, undone))
        for action in ("ChangeAvailability", "ReserveNow", "CancelReservation")
    }
    it = Miniature(declared(), answers)
    result = run(it, scenario)
    passed(result)
    assert result.verdict is Verdict.PASS
    sent = [f[2:] for _, f in it.got if f[0] == 2]
    return sent[1:], [r.text for r in result.record.transcript.remarks]


async def _answer(it: Miniature, uid: str, status: str) -> None:
    it.frame(3, uid, {"status": status})


@pytest.mark.parametrize("status", ["Accepted", "Scheduled"])
@pytest.mark.parametrize("connector", [0, 1])
def test_a_connector_comes_back_into_service(status: str, connector: int) -> None:
    operative = {"connectorId": connector, "type": "Operative"}
    sent, remarks = after(out_of_service(connector), status)
    assert (sent, remarks) == ([["ChangeAvailability", operative]], [])


def test_what_has_not_changed_the_service_is_not_taken_back() -> None:
    assert after(out_of_service(1), "Rejected") == ([], [])
    assert after(ChangeAvailability.req(connectorId=1, type="Operative"), "Accepted") == ([], [])


@pytest.mark.parametrize("undone", ["Accepted", "Rejected"])
def test_a_reservation_is_cancelled_if_it_is_there_still(undone: str) -> None:
    sent, remarks = after(RESERVE, "Accepted", undone)
    assert (sent, remarks) == ([["CancelReservation", {"reservationId": 5}]], [])


def test_what_was_not_reserved_is_not_cancelled() -> None:
    assert after(RESERVE, "Occupied") == ([], [])


def test_service_that_does_not_come_back_is_remarked_on() -> None:
    _, (remark,) = after(out_of_service(1), "Accepted", "Rejected")
    assert remark.endswith("could not be set back: Rejected")
