"""An answer that may be a CALLERROR, and what comes before an answer that has to come first."""

from __future__ import annotations

import pytest

from conformance import Station
from conformance.ocpp16.messages import Heartbeat, Reset, TriggerMessage
from conformance.record import Constraint
from conformance.tamper import Tamper
from conformance.verdict import Verdict
from tests.engine.stage import declared, failed, passed, run
from tests.miniatures.miniature import ACCEPTED, Miniature, Payload, answering, calls


def refusing(code: str) -> Miniature:
    """Return a station that answers Reset with a CALLERROR."""

    async def refuse(it: Miniature, uid: str, _: Payload) -> None:
        it.frame(4, uid, code, "no", {})

    return Miniature(declared(), {"Reset": refuse})


async def resets(station: Station) -> None:
    answer = await station.call(
        1,
        Reset.req(type="Soft"),
        expect=Reset.conf(status="Rejected"),
        or_error=("NotSupported", "SecurityError"),
    )
    station.check("post", f"error {answer.error!r}", ok=len(answer) == (not answer.error))


@pytest.mark.parametrize("code", ["NotSupported", "SecurityError"])
def test_an_allowed_error_is_as_good_as_the_answer(code: str) -> None:
    result = passed(run(refusing(code), resets))
    assert f"post check error {code!r}" in result.record.inventory


def test_the_answer_itself_is_still_good() -> None:
    passed(run(Miniature(declared(), {"Reset": {"status": "Rejected"}}), resets))


def test_another_error_fails() -> None:
    failed(
        run(refusing("GenericError"), resets),
        2,
        "Reset was answered with CALLERROR GenericError: no",
    )


def test_the_proof_spoils_an_allowed_error_into_a_wrong_answer() -> None:
    constraint = Constraint(place="2#1", step="2", kind="field", path="status", wrong="spoiled")
    result = run(refusing("NotSupported"), resets, tamper=Tamper(constraint))
    assert (result.verdict, result.step) == (Verdict.FAIL, "2")


async def triggers(station: Station) -> None:
    await station.call(1, TriggerMessage.req(requestedMessage="Heartbeat"), first=True)
    await station.expect(3, Heartbeat.req())


def test_what_comes_before_the_answer_does_not_satisfy_the_next_step() -> None:
    beat = calls("Heartbeat")
    both = Miniature(declared(), {"TriggerMessage": answering(ACCEPTED, before=beat, then=beat)})
    passed(run(both, triggers))
    early = Miniature(declared(), {"TriggerMessage": answering(ACCEPTED, before=beat)})
    failed(run(early, triggers), 3, "no Heartbeat() in 4 s")
