"""Section 2.8: configuration."""

from __future__ import annotations

from conformance import Station, Sut, absent, case, caseless, exactly, one_of, present
from conformance.ocpp16.configuration import (
    above_zero,
    items,
    named,
    oddities,
    standard,
    undeclared,
    value,
)
from conformance.ocpp16.messages import ChangeConfiguration, GetConfiguration, KeyValue
from testcases.ocpp16.charge_point.settings import unlike

INTERVAL = "MeterValueSampleInterval"
PROFILES = "SupportedFeatureProfiles"
MAX_KEYS = "GetConfigurationMaxKeys"
NOTHING_UNKNOWN = one_of(absent, exactly())


def configured_interval(sut: Sut) -> str:
    """Return the configured interval."""
    return str(sut.values.meter_interval)


def another_interval(sut: Sut) -> str:
    """Return an interval that is not the configured one."""
    return str(sut.values.meter_interval * 2)


def reported(key: str, **fields: object) -> GetConfiguration.conf:
    """Require that just this one key is reported, with these fields."""
    found: KeyValue = {"key": caseless(key), **fields}  # type: ignore[typeddict-item]
    return GetConfiguration.conf(configurationKey=[found], unknownKey=NOTHING_UNKNOWN)


@case("TC_019_CS")
async def test_tc_019_cs(station: Station, sut: Sut) -> None:
    """All keys that the feature profiles require are there and as accessible as they must be.

    Asked for by name, as many at a time as the charge point takes, they are reported too.
    """
    supported = await station.call(
        1, GetConfiguration.req(key=[PROFILES]), expect=reported(PROFILES, value=present)
    )
    profiles = items(value(supported["configurationKey"], PROFILES))

    everything = await station.call(
        3,
        GetConfiguration.req(key=[]),
        expect=GetConfiguration.conf(configurationKey=standard({"Core", *profiles})),
    )
    station.remark(2, *undeclared(profiles, sut.features))
    station.remark(4, *oddities(everything["configurationKey"]))

    answer = await station.call(
        5, GetConfiguration.req(key=[MAX_KEYS]), expect=reported(MAX_KEYS, value=above_zero)
    )
    most = int(value(answer["configurationKey"], MAX_KEYS))
    asked = [entry["key"] for entry in everything["configurationKey"]][:most]
    await station.call(
        7,
        GetConfiguration.req(key=asked),
        expect=GetConfiguration.conf(configurationKey=named(asked), unknownKey=NOTHING_UNKNOWN),
    )


@case("TC_021_CS", before=(unlike(INTERVAL, configured_interval, another_interval),))
async def test_tc_021_cs(station: Station, sut: Sut) -> None:
    """The value of a key is changed, and is reported so afterwards."""
    interval = configured_interval(sut)
    await station.call(
        1,
        ChangeConfiguration.req(key=INTERVAL, value=interval),
        expect=ChangeConfiguration.conf(status="Accepted"),
    )
    await station.call(
        3, GetConfiguration.req(key=[INTERVAL]), expect=reported(INTERVAL, value=interval)
    )
