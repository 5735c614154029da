"""F01, F02: remote start of a transaction."""

from __future__ import annotations

from conformance import Station, case
from testcases.ocpp201.charging_station.states import (
    authorized_remotely,
    energy_transfer_started,
    ev_connected_pre_session,
    parking_bay_occupied,
)
from testcases.ocpp201.charging_station.variables import configuration


@case(
    "TC_F_01_CS",
    before=(
        configuration(
            AuthCtrlr__Enabled="true",
            AuthCtrlr__DisableRemoteAuthorization="false",
            AuthCtrlr__AuthorizeRemoteStart=None,
        ),
        ev_connected_pre_session,
    ),
)
async def test_tc_f_01_cs(station: Station) -> None:
    """A remote start after the cable was connected ends in energy transfer."""
    await station.execute(1, authorized_remotely)
    await station.execute(2, energy_transfer_started)


@case(
    "TC_F_02_CS",
    before=(
        configuration(
            AuthCtrlr__Enabled="true",
            AuthCtrlr__DisableRemoteAuthorization="false",
            AuthCtrlr__AuthorizeRemoteStart="true",
        ),
        parking_bay_occupied,
    ),
)
async def test_tc_f_02_cs(station: Station) -> None:
    """A remote start before the cable, authorized as if it were local, ends in energy transfer."""
    await station.execute(1, authorized_remotely)
    await station.execute(2, energy_transfer_started)


@case(
    "TC_F_03_CS",
    before=(
        configuration(
            AuthCtrlr__Enabled="true",
            AuthCtrlr__DisableRemoteAuthorization="false",
            AuthCtrlr__AuthorizeRemoteStart="false",
        ),
        parking_bay_occupied,
    ),
)
async def test_tc_f_03_cs(station: Station) -> None:
    """A remote start before the cable, without an Authorize, ends in energy transfer."""
    await station.execute(1, authorized_remotely)
    await station.execute(2, energy_transfer_started)
