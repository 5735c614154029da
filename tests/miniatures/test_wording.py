"""What a vendor reads: the reason for each of a few faults that products have had."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.verdict import Verdict
from tests.engine.stage import passed, told
from tests.miniatures.charger import Charger, answered_twice, crossed, started, starting
from tests.miniatures.miniature import Miniature, Payload, calls, reports, silence

LINES = (Path(__file__).parent / "wording.txt").read_text("utf-8").splitlines()
REASONS = dict(line.split(" | ", 1) for line in LINES)
CHARGING = reports("Charging")


@pytest.mark.parametrize(
    "charger",
    [
        Charger(),
        Charger({"RemoteStartTransaction": crossed}),
        starting(CHARGING, started()),
        starting(calls("Heartbeat"), started(), reports("SuspendedEV"), CHARGING),
        starting(reports("Available", 2), started(), CHARGING),
    ],
    ids=["plain", "crossing", "status first", "suspended first", "another connector"],
)
def test_what_is_right_passes(charger: Charger) -> None:
    passed(charger.judge())


async def shouts(it: Miniature) -> None:
    """Send what is no frame."""
    it.raw("OK")


async def goes_away(it: Miniature) -> None:
    """Close the connection."""
    await it.drop()


async def another_id(it: Miniature, _: str, __: Payload) -> None:
    """Answer to a CALL that never was."""
    it.frame(3, "1", {"status": "Accepted"})


async def error(it: Miniature, uid: str, _: Payload) -> None:
    """Refuse with an error."""
    it.frame(4, uid, "InternalError", "", {})


WRONG = {
    "another token": starting(started(idTag="tag001"), CHARGING),
    "a number as text": starting(started(meterStart="0"), CHARGING),
    "a missing field": starting(started(meterStart=...), CHARGING),
    "a field too much": starting(started(evseId=1), CHARGING),
    "a token too long": starting(started(idTag="T" * 21), CHARGING),
    "local time": starting(started(timestamp="2026-11-23 12:00:00"), CHARGING),
    "a clock that is not set": starting(started(timestamp="1970-01-01T00:00:00Z"), CHARGING),
    "no status": starting(started()),
    "status of another connector": starting(started(), reports("Charging", 2)),
    "no start": starting(CHARGING),
    "nothing": starting(),
    "back to available": starting(started(), reports("Available")),
    "authorizes though it should not": starting(calls("Authorize", idTag="TAG001"), started()),
    "rejected": Charger({"RemoteStartTransaction": {"status": "Rejected"}}),
    "a status in small letters": Charger({"RemoteStartTransaction": {"status": "accepted"}}),
    "an empty answer": Charger({"RemoteStartTransaction": {}}),
    "an error": Charger({"RemoteStartTransaction": error}),
    "no answer": Charger({"RemoteStartTransaction": silence}),
    "not supported": Charger({"GetConfiguration": {"unknownKey": ["AuthorizeRemoteTxRequests"]}}),
    "another message id": Charger({"RemoteStartTransaction": another_id}),
    "answered twice": Charger({"RemoteStartTransaction": answered_twice}),
    "goes away": starting(goes_away),
    "the wrong status": Charger(deeds={"PlugIn": reports("Charging")}),
    "not JSON": starting(shouts),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told(name: str) -> None:
    result = WRONG[name].judge()
    assert result.verdict is Verdict.FAIL, told(result)
    assert result.reason == REASONS[name]
