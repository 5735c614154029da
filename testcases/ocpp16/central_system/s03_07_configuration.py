"""Section 3.7: Core profile, configuration, happy flow."""

from __future__ import annotations

from conformance import Csms, Operator, absent, case, caseless, exactly, one_of
from conformance.ocpp16.messages import ChangeConfiguration, GetConfiguration

SUPPORTED, INTERVAL = "SupportedFeatureProfiles", "MeterValueSampleInterval"


@case("TC_019_1_CSMS")
async def test_tc_019_1_csms(csms: Csms, operator: Operator) -> None:
    """The central system reads all configuration keys at once."""
    await operator.ask_for_configuration()
    asked = await csms.expect(1, GetConfiguration.req(key=one_of(absent, exactly())))
    if "key" in asked:
        csms.remark(1, "an empty list of keys is sent; leaving it out asks for all keys, too")


@case("TC_019_2_CSMS")
async def test_tc_019_2_csms(csms: Csms, operator: Operator) -> None:
    """The central system reads one configuration key."""
    await operator.ask_for_configuration(SUPPORTED)
    await csms.expect(1, GetConfiguration.req(key=exactly(caseless(SUPPORTED))))


@case("TC_021_CSMS")
async def test_tc_021_csms(csms: Csms, operator: Operator) -> None:
    """The central system sets a configuration key."""
    await operator.ask_for_change(INTERVAL, "60")
    await csms.expect(
        1,
        ChangeConfiguration.req(key=caseless(INTERVAL), value="60"),
        reply=ChangeConfiguration.conf(status="Accepted"),
    )
