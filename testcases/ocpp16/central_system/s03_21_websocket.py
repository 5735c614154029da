"""The connection itself, beside section 3.21: what an upgrade agrees on."""

from __future__ import annotations

from conformance import Csms, case

OCPP, NOBODYS = "ocpp1.6", ("ocpp0.1", "ocpp0.2")


@case("TC_088_CSMS")
async def test_tc_088_csms(csms: Csms) -> None:
    """The central system speaks OCPP 1.6 wherever that is offered, alone or among others."""
    await csms.connect(1, OCPP, chosen=OCPP)
    await csms.connect(3, OCPP, *NOBODYS, chosen=OCPP)
    await csms.connect(5, *NOBODYS, OCPP, chosen=OCPP)
