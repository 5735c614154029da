"""Section 3.11: Core profile, power failure, non-happy flow."""

from __future__ import annotations

from conformance import Csms, Sut, case
from conformance.boot import boot_16
from conformance.ocpp16.messages import BootNotification
from testcases.ocpp16.central_system.states import charging, status, stop


@case("TC_032_1_CSMS", before=(charging,))
async def test_tc_032_1_csms(csms: Csms, sut: Sut) -> None:
    """The power fails while a transaction runs: its end comes after the boot."""
    await csms.disconnect()
    await csms.reconnect()
    boot = boot_16(sut)[0]
    await csms.call(1, boot, expect=BootNotification.conf(status="Accepted"))
    for connector in (0, *sut.connectors):
        used = connector == sut.connector
        await csms.call(3, status(sut, "Finishing" if used else "Available", connector))
    await csms.call(5, stop(csms.memory["transactionId"], "PowerLoss"))
