"""Section 2.13: Core profile, power failure, non-happy flow."""

from __future__ import annotations

from typing import Literal

from conformance import Operator, Station, Sut, absent, case, in_any_order, one_of
from conformance.ocpp16.messages import BootNotification, ChangeAvailability, StopTransaction
from testcases.ocpp16.charge_point.states import charging, every_status, status

LOSS: Literal["PowerLoss"] = "PowerLoss"
FLOWS = ("Charging", "SuspendedEV", "SuspendedEVSE")


@case("TC_032_1_CS", before=(charging,))
async def test_tc_032_1_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """With the last of its power, a charge point stops the transaction and tells so."""
    transaction = int(station.transaction)
    await operator.power_off()
    await in_any_order(
        station.expect(1, StopTransaction.req(transactionId=transaction, reason=LOSS)),
        station.expect(3, status(sut, "Finishing")),
    )

    await station.until_down()
    await operator.power_on()
    await station.expect(5, BootNotification.req(), within=sut.limits.long_operation)
    told = every_status(sut, "Finishing", "Preparing")
    await in_any_order(*(station.expect(7, t) for t in told))


@case("TC_032_2_CS", before=(charging,))
async def test_tc_032_2_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """When there is power again, the transaction is stopped, or goes on until it is."""
    transaction = int(station.transaction)
    between = (status(sut, "Available", "Unavailable", *FLOWS),)
    await operator.reboot()
    await station.expect(1, BootNotification.req(), within=sut.limits.long_operation)
    came = await in_any_order(
        *(
            station.expect(3, told, meanwhile=between)
            for told in every_status(sut, "Preparing", "Finishing", "Charging")
        ),
        station.expect(
            5,
            StopTransaction.req(transactionId=transaction, reason=LOSS),
            optional="the transaction goes on",
            meanwhile=between,
        ),
    )

    left = []
    charges = station.status(sut.connector) in FLOWS
    if all(message.action != "StopTransaction" for message in came):
        if charges:
            await operator.present_token(sut.values.id_token)
        stop = StopTransaction.req(
            transactionId=transaction, reason=one_of("Local", absent) if charges else LOSS
        )
        left += [station.expect(5, stop)]
    if charges:
        left += [station.expect(7, status(sut, "Preparing", "Finishing"))]
    else:
        station.skip(7, 8, because="the status has been reported")
    if left:
        await in_any_order(*left)


@case("TC_034_CS")
async def test_tc_034_cs(station: Station, operator: Operator, sut: Sut) -> None:
    """A charge point that was out of service still is when there is power again."""
    told = every_status(sut, "Unavailable", others="Unavailable")
    await station.call(
        1,
        ChangeAvailability.req(connectorId=0, type="Inoperative"),
        expect=ChangeAvailability.conf(status="Accepted"),
    )
    await in_any_order(*(station.expect(3, t) for t in told))

    await operator.reboot()
    await station.expect(5, BootNotification.req(), within=sut.limits.long_operation)
    await in_any_order(*(station.expect(7, t) for t in told))
