"""Section 2.15: configuration keys, non-happy flow."""

from __future__ import annotations

from conformance import Station, case
from conformance.ocpp16.messages import ChangeConfiguration
from testcases.ocpp16.charge_point.settings import known


@case("TC_040_1_CS")
async def test_tc_040_1_cs(station: Station) -> None:
    """A key that the charge point does not know is not supported."""
    await station.call(
        1,
        ChangeConfiguration.req(key="Testing", value="true"),
        expect=ChangeConfiguration.conf(status="NotSupported"),
    )


@case("TC_040_2_CS", before=(known("MeterValueSampleInterval"),))
async def test_tc_040_2_cs(station: Station) -> None:
    """A value that a key cannot have is rejected; what is set back if not is read before."""
    await station.call(
        1,
        ChangeConfiguration.req(key="MeterValueSampleInterval", value="-1"),
        expect=ChangeConfiguration.conf(status="Rejected"),
        or_error=("PropertyConstraintViolation",),
    )
