"""Section 3.13: Core profile, configuration keys, non-happy flow."""

from __future__ import annotations

from conformance import Csms, Operator, case, caseless
from conformance.ocpp16.messages import ChangeConfiguration

UNKNOWN, INTERVAL = "ConformanceUnknownKey", "MeterValueSampleInterval"


@case("TC_040_1_CSMS")
async def test_tc_040_1_csms(csms: Csms, operator: Operator) -> None:
    """The central system lives with a charge point that does not know a key."""
    await operator.ask_for_change(UNKNOWN, "60")
    await csms.expect(
        1,
        ChangeConfiguration.req(key=caseless(UNKNOWN)),
        reply=ChangeConfiguration.conf(status="NotSupported"),
    )


@case("TC_040_2_CSMS")
async def test_tc_040_2_csms(csms: Csms, operator: Operator) -> None:
    """The central system lives with a charge point that does not take a value."""
    await operator.ask_for_change(INTERVAL, "-1")
    await csms.expect(
        1,
        ChangeConfiguration.req(key=caseless(INTERVAL), value="-1"),
        reply=ChangeConfiguration.conf(status="Rejected"),
    )
