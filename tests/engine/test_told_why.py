"""A failure says what was going on, and what the other side did instead."""

from __future__ import annotations

from conformance import Csms, Frames, Operator, Station
from conformance.ocpp16.messages import Heartbeat, StatusNotification
from conformance.ocpp16.security import suites
from conformance.verdict import Verdict
from conformance.wire.tls import TlsSeen
from tests.engine.stage import declared, failed, run, transcript
from tests.engine.test_played import csms
from tests.miniatures.miniature import Miniature, Payload, reports, silence, soon


async def crossing(station: Station, frames: Frames, operator: Operator) -> None:
    """Leave a request unanswered, and send another."""
    await operator.plug_in(1)
    held = await station.expect(1, StatusNotification.req(), hold=True)
    call = [2, "x", "GetConfiguration", {}]
    await frames.answered(2, call, action="GetConfiguration")
    await frames.reply(4, held)


def test_what_is_left_unanswered_is_told() -> None:
    it = Miniature(declared())
    it.answers = {"GetConfiguration": silence}

    it.deeds = {"PlugIn": soon(0, reports("Preparing"))}
    why = "no answer to GetConfiguration in 4 s, while StatusNotification is not answered"
    result = failed(run(it, crossing), 3, why)
    assert any("does not answer StatusNotification for now" in line for line in transcript(result))


async def asks(csms: Csms) -> None:
    """Ask for the time."""
    await csms.call(1, Heartbeat.req())


def test_what_a_csms_sends_in_place_of_an_answer_is_told() -> None:
    it = csms()

    async def of_another_type(it: Miniature, uid: str, _: Payload) -> None:
        it.frame(5, uid, {})

    it.answers["BootNotification"] = of_another_type
    told = "the csms broke a rule of the protocol before the case: the message type is"
    result = run(it, asks)
    assert result.reason.startswith(f"step before: {told}"), result.reason
    assert result.reason.endswith("then no answer to BootNotification at the start")
    assert (result.verdict, result.step) == (Verdict.FAIL, "before")


def test_a_handshake_that_fails_tells_first_why() -> None:
    assert str(TlsSeen(failure="HTTP_REQUEST")) == "HTTP without TLS, where TLS is needed"
    seen = TlsSeen(alerts=[("sut", "UNKNOWN_CA")], failure="TLSV1_ALERT_UNKNOWN_CA")
    assert str(seen) == "alert UNKNOWN_CA from the sut; TLSV1_ALERT_UNKNOWN_CA"


def test_the_suites_that_are_missing_are_named() -> None:
    told = suites.tell(["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"])
    assert "not offered is TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, and not TLS_RSA_" in told
