"""The tool, as a charge point, ends what it has begun."""

from __future__ import annotations

from typing import Any

from conformance import Csms, now
from conformance.ocpp16.messages import (
    Heartbeat,
    StartTransaction,
    StopTransaction,
)
from conformance.ocpp201.messages import TransactionEventRequest
from tests.engine.stage import (
    declared,
    passed,
    run,
    run_all,
)
from tests.engine.test_cleanup import sent
from tests.miniatures.miniature import (
    ACCEPTED,
    Miniature,
    Payload,
    Reaction,
    silence,
)


def _csms(version: Any = "1.6", **answers: Payload | Reaction) -> Miniature:  # noqa: ANN401
    booted = {"status": "Accepted", "currentTime": now(), "interval": 300}
    start = {"transactionId": 5, "idTagInfo": ACCEPTED}
    default: dict[str, Payload | Reaction] = {
        "BootNotification": booted,
        "StatusNotification": {},
        "StartTransaction": start,
        "StopTransaction": {},
        "TransactionEvent": {},
        "Heartbeat": {"currentTime": now()},
    }
    return Miniature(declared(version, "CSMS"), {**default, **answers})


async def begun(csms: Csms) -> None:
    """A transaction is begun and never ended."""
    await csms.call(
        1, StartTransaction.req(connectorId=1, idTag="TAG001", meterStart=0, timestamp=now())
    )


async def beats(csms: Csms) -> None:
    """A case that any CSMS passes."""
    await csms.call(1, Heartbeat.req())


def test_the_tools_own_transaction_is_ended() -> None:
    it = _csms()
    first, second = run_all(it, begun, beats)
    passed(first)
    passed(second)
    stop, status = [f[2:] for _, f in it.got][-3:-1]
    assert (stop[0], stop[1]["transactionId"]) == ("StopTransaction", 5)
    assert (status[0], status[1]["status"]) == ("StatusNotification", "Available")


def test_a_csms_that_does_not_answer_the_end_is_called_anew() -> None:
    it = _csms(StopTransaction=silence)
    first, second = run_all(it, begun, beats)
    passed(first)
    passed(second)
    assert sent(it).count("BootNotification") == 2


def test_the_tools_own_transaction_of_201_is_ended_with_the_next_number() -> None:
    async def begun_201(csms: Csms) -> None:
        await csms.call(
            1,
            TransactionEventRequest(
                eventType="Started",
                timestamp=now(),
                triggerReason="CablePluggedIn",
                seqNo=4,
                transactionInfo={"transactionId": "T"},
                evse={"id": 1, "connectorId": 1},
            ),
        )

    it = _csms("2.0.1")
    passed(run(it, begun_201))
    ended = [f[3] for _, f in it.got if f[2] == "TransactionEvent"][-1]
    assert (ended["eventType"], ended["seqNo"]) == ("Ended", 5)


async def begun_and_ended(csms: Csms) -> None:
    """A transaction is begun and ended."""
    await begun(csms)
    await csms.call(
        3, StopTransaction.req(transactionId=5, meterStop=1, timestamp=now(), reason="Local")
    )


def test_a_transaction_that_was_ended_is_not_ended_again() -> None:
    it = _csms()
    passed(run(it, begun_and_ended))
    assert sent(it).count("StopTransaction") == 1
