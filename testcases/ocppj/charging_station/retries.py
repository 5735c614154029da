"""Transaction messages that are not accepted: OCPP 1.6, 3.7.1; OCPP 2.0.1, E13."""

from __future__ import annotations

from conformance import Frames, Station, Sut, case, state
from conformance.ocpp16 import messages as v16
from conformance.ocpp201 import messages as v201
from testcases.ocpp16.charge_point import settings
from testcases.ocpp16.charge_point.states import charging
from testcases.ocpp201.charging_station import variables
from testcases.ocpp201.charging_station.states import energy_transfer_started
from testcases.ocppj.requests import harmless, request

RETRIES_16 = settings.configuration(
    TransactionMessageAttempts=lambda sut: str(attempts(sut)),
    TransactionMessageRetryInterval=lambda sut: str(sut.values.message_attempt_interval),
)


def attempts(sut: Sut) -> int:
    """Return how often a message is sent at most: more than once."""
    return max(2, sut.values.message_attempts)


def over(sut: Sut) -> float:
    """Return how long after the last refusal another attempt would be there, in seconds."""
    return attempts(sut) * sut.values.message_attempt_interval + sut.limits.deviation


@state("Retries")
async def retries_201(station: Station, sut: Sut) -> None:
    """The station has the declared number of attempts, and the interval."""
    wanted: dict[str, str | None] = {
        "AuthCtrlr__AuthorizeRemoteStart": None,
        "OCPPCommCtrlr__MessageAttempts__TransactionEvent": str(attempts(sut)),
        "OCPPCommCtrlr__MessageAttemptInterval__TransactionEvent": str(
            sut.values.message_attempt_interval
        ),
    }
    await station.execute("before", variables.configuration(**wanted))


@case("OCPPJ_90_CS", before=(RETRIES_16, charging))
async def test_ocppj_90_cs(station: Station, frames: Frames, sut: Sut) -> None:
    """A StopTransaction that is refused is sent again, later each time, and then given up."""
    transaction, every = int(station.transaction), sut.values.message_attempt_interval
    stop = v16.StopTransaction.req(transactionId=transaction)
    told = (v16.StatusNotification.req(connectorId=sut.connector),)
    await station.call(
        1,
        v16.RemoteStopTransaction.req(transactionId=transaction),
        expect=v16.RemoteStopTransaction.conf(status="Accepted"),
    )
    refused = await station.expect(3, stop, hold=True, meanwhile=told)
    await frames.refuse(4, refused, "InternalError")
    for before in range(1, attempts(sut)):
        refused = await station.expect(
            5, stop, hold=True, not_before=before * every, since=refused, meanwhile=told
        )
        await frames.refuse(6, refused, "InternalError")
    await station.expect_none(7, stop, during=over(sut), meanwhile=told)
    await station.call(8, request(sut), expect=harmless(sut).expect)


@case("OCPPJ_91_CS", before=(retries_201, energy_transfer_started))
async def test_ocppj_91_cs(station: Station, frames: Frames, sut: Sut) -> None:
    """A TransactionEvent that is refused is sent again, later each time, and then given up."""
    transaction, every = str(station.transaction), sut.values.message_attempt_interval
    told = v201.StatusNotificationRequest(), v201.NotifyEventRequest()
    await station.call(
        1,
        v201.RequestStopTransactionRequest(transactionId=transaction),
        expect=v201.RequestStopTransactionResponse(status="Accepted"),
    )
    first = v201.TransactionEventRequest(transactionInfo={"transactionId": transaction})
    refused = await station.expect(3, first, hold=True, meanwhile=told)
    again = v201.TransactionEventRequest(seqNo=refused["seqNo"])
    await frames.refuse(4, refused, "InternalError")
    for before in range(1, attempts(sut)):
        refused = await station.expect(
            5, again, hold=True, not_before=before * every, since=refused, meanwhile=told
        )
        await frames.refuse(6, refused, "InternalError")
    others = (*told, v201.TransactionEventRequest())
    await station.expect_none(7, again, during=over(sut), meanwhile=others)
    await station.call(8, request(sut), expect=harmless(sut).expect)
