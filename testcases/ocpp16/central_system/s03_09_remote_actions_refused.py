"""Section 3.9: Core profile, remote actions, non-happy flow."""

from __future__ import annotations

from conformance import Csms, Operator, Sut, absent, case, one_of
from conformance.ocpp16.messages import RemoteStartTransaction, RemoteStopTransaction
from testcases.ocpp16.central_system.states import charging


@case("TC_026_CSMS")
async def test_tc_026_csms(csms: Csms, operator: Operator, sut: Sut) -> None:
    """The central system lives with a remote start that is rejected."""
    await operator.ask_for_remote_start(sut.values.id_token, sut.connector)
    await csms.expect(
        1,
        RemoteStartTransaction.req(connectorId=one_of(sut.connector, absent)),
        reply=RemoteStartTransaction.conf(status="Rejected"),
    )


@case("TC_028_CSMS", before=(charging,))
async def test_tc_028_csms(csms: Csms, operator: Operator) -> None:
    """The central system lives with a remote stop that is rejected."""
    # Few central systems can be made to stop what they do not know: the charge point is the one
    # that has forgotten the transaction.
    transaction = csms.memory["transactionId"]
    await operator.ask_for_remote_stop(transaction)
    await csms.expect(
        1,
        RemoteStopTransaction.req(transactionId=transaction),
        reply=RemoteStopTransaction.conf(status="Rejected"),
    )
