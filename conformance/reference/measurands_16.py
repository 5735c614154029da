"""What the meters of the OCPP 1.6 charge point measure, and how it writes that down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ocpp.v16.enums import Location, Measurand, Phase, UnitOfMeasure

from conformance.reference.options_16 import StationOptions

_KILO: Final = 1000
_KILO_UNITS: Final = {UnitOfMeasure.wh: UnitOfMeasure.kwh, UnitOfMeasure.w: UnitOfMeasure.kw}
_LINES: Final = (Phase.l1, Phase.l2, Phase.l3)
_TO_NEUTRAL: Final = (Phase.l1_n, Phase.l2_n, Phase.l3_n)
_UNITS: Final[Mapping[Measurand, UnitOfMeasure | None]] = {
    Measurand.energy_active_import_register: UnitOfMeasure.wh,
    Measurand.power_active_import: UnitOfMeasure.w,
    Measurand.power_offered: UnitOfMeasure.w,
    Measurand.current_import: UnitOfMeasure.a,
    Measurand.current_offered: UnitOfMeasure.a,
    Measurand.voltage: UnitOfMeasure.v,
    Measurand.frequency: None,  # Hertz, which is no UnitOfMeasure (section 7.31)
    Measurand.temperature: UnitOfMeasure.celsius,
}
_BY_PHASE: Final = {Measurand.current_import: _LINES, Measurand.voltage: _TO_NEUTRAL}
_DEFAULTS: Final = {
    "measurand": Measurand.energy_active_import_register,
    "context": "Sample.Periodic",
    "format": "Raw",
    "location": Location.outlet,
    "unit": UnitOfMeasure.wh,
}


@dataclass(frozen=True)
class Readings:
    """What is to be read off at one point: a register in Wh, watts taken and offered, volts."""

    register: float
    watts: float
    offered: float
    volts: float
    phases: int
    location: Location = Location.outlet

    def values(self, measurand: Measurand) -> Iterator[tuple[Phase | None, float]]:
        """Yield a value of `measurand` for each phase, or the overall value."""
        amperes = self.watts / self.volts / self.phases
        overall = {
            Measurand.energy_active_import_register: self.register,
            Measurand.power_active_import: self.watts,
            Measurand.power_offered: self.offered,
            Measurand.current_import: amperes,
            Measurand.current_offered: self.offered / self.volts / self.phases,
            Measurand.voltage: self.volts,
            Measurand.frequency: 50.0,
            Measurand.temperature: 25.0,
        }
        for phase in phases_of(measurand, self.phases):
            yield phase, overall[measurand]


def phases_of(measurand: Measurand, phases: int) -> tuple[Phase | None, ...]:
    """Return the phases on which `measurand` is measured (None: it is an overall value)."""
    return _BY_PHASE.get(measurand, (None,))[:phases]


def measured(member: str, phases: int) -> bool:
    """Tell whether a member of a list of measurands is one of the station's."""
    name, phase = split(member)
    return name in _UNITS and any(_on(phase, p) for p in phases_of(Measurand(name), phases))


def split(member: str) -> tuple[str, str]:
    """Return the measurand and the phase, if one is named ("Voltage.L1"; section 9.1.17)."""
    name, _, phase = member.rpartition(".")
    return (name, phase) if phase in set(Phase) else (member, "")


def _on(wanted: str, phase: Phase | None) -> bool:
    """Tell whether a value on `phase` is what a list asks for; L1 is also L1 to neutral."""
    return not wanted or (phase is not None and phase in {wanted, f"{wanted}-N"})


def sampled(
    options: StationOptions, readings: Readings, member: str, context: str
) -> Iterator[dict[str, Any]]:
    """Yield the SampledValues of one member of a list of measurands."""
    name, wanted = split(member)
    measurand = Measurand(name)
    for phase, value in readings.values(measurand):
        if _on(wanted, phase):
            yield _written(options, readings.location, measurand, phase, value, context)


def _written(
    options: StationOptions,
    location: Location,
    measurand: Measurand,
    phase: Phase | None,
    value: float,
    context: str,
) -> dict[str, Any]:
    unit = _UNITS[measurand]
    if options.kilo and unit in _KILO_UNITS:
        unit, value = _KILO_UNITS[unit], value / _KILO
    where = Location.body if measurand == Measurand.temperature else location
    fields = {
        "value": f"{value:.4f}",
        "context": context,
        "format": "Raw",
        "measurand": measurand,
        "phase": phase,
        "location": where,
        "unit": unit,
    }
    defaults = _DEFAULTS if options.omit_meter_defaults else {}
    return {k: v for k, v in fields.items() if v is not None and v != defaults.get(k)}
