"""F03: remote stop of a transaction."""

from __future__ import annotations

from conformance import Station, case
from testcases.ocpp201.charging_station.states import (
    energy_transfer_started,
    stop_authorized_remotely,
)
from testcases.ocpp201.charging_station.variables import configuration


@case(
    "TC_F_08_CS",
    before=(configuration(AuthCtrlr__AuthorizeRemoteStart=None), energy_transfer_started),
)
async def test_tc_f_08_cs(station: Station) -> None:
    """A remote stop stops the session that runs."""
    await station.execute(1, stop_authorized_remotely)
