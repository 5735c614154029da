"""Section 3.7: Core profile, configuration, happy flow."""

from __future__ import annotations

from conformance import Csms, Operator, absent, case, exactly, one_of
from conformance.ocpp16.messages import ChangeConfiguration, GetConfiguration


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
    await operator.ask_for_configuration("SupportedFeatureProfiles")
    await csms.expect(1, GetConfiguration.req(key=exactly("SupportedFeatureProfiles")))


@case("TC_021_CSMS")
async def test_tc_021_csms(csms: Csms, operator: Operator) -> None:
    """The central system sets a configuration key."""
    await operator.ask_for_change("MeterValueSampleInterval", "60")
    await csms.expect(
        1,
        ChangeConfiguration.req(key="MeterValueSampleInterval", value="60"),
        reply=ChangeConfiguration.conf(status="Accepted"),
    )
