"""Meter values of both versions: what is in them, defaults included, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeAlias

from conformance.matching import Matcher, instant

MeterValues: TypeAlias = Sequence[Mapping[str, Any]]
"""The field meterValue of any message: timestamps with sampled values."""

REGISTER: Final = "Energy.Active.Import.Register"
PERIODIC: Final = "Sample.Periodic"
CLOCK: Final = "Sample.Clock"
PHASES: Final = frozenset(
    {"L1", "L2", "L3", "N", "L1-N", "L2-N", "L3-N", "L1-L2", "L2-L3", "L3-L1"}
)
KILO: Final = 1000
# By the beginning of the measurand, the longest first; what is not here is measured in anything.
_UNITS: Final[Mapping[str, tuple[str, ...]]] = {
    "Energy.Active": ("Wh", "kWh"),
    "Energy.Reactive": ("varh", "kvarh"),
    "Energy.Apparent": ("VAh", "kVAh"),
    "Power.Active": ("W", "kW"),
    "Power.Reactive": ("var", "kvar"),
    "Power.Offered": ("W", "kW", "VA", "kVA"),
    "Current": ("A",),
    "Voltage": ("V",),
    "SoC": ("Percent",),
    "Temperature": ("Celsius", "Celcius", "Fahrenheit", "K"),
}


@dataclass(frozen=True)
class Sample:
    """One sampled value; what was left out is what the schemas and specifications default to.

    `value` is None where the value is signed data, and where it is no number. `phase` is empty
    for an overall value, `unit` where none was given and none is the default.
    """

    measurand: str
    context: str
    phase: str
    location: str
    unit: str
    value: Decimal | None
    signed: bool

    @property
    def series(self) -> tuple[str, str, str]:
        """Return what it has in common with later samples of the same thing."""
        return self.measurand, self.phase, self.location

    @property
    def is_register(self) -> bool:
        """Tell whether it is read off a register, which only ever counts up."""
        return self.measurand.endswith(".Register") and self.value is not None

    def is_for(self, wanted: str) -> bool:
        """Tell whether it is what a configured measurand asks for; L1 is also L1 to neutral."""
        measurand, phase = split(wanted)
        return self.measurand == measurand and (not phase or self.phase in {phase, f"{phase}-N"})


def split(wanted: str) -> tuple[str, str]:
    """Return measurand and phase of a configured measurand such as "Voltage.L1"."""
    name, _, phase = wanted.rpartition(".")
    return (name, phase) if phase in PHASES else (wanted, "")


def samples(values: MeterValues) -> list[Sample]:
    """Return all sampled values of a message, in their order."""
    return [_sample(one) for value in values for one in value.get("sampledValue") or ()]


def _sample(given: Mapping[str, Any]) -> Sample:
    measurand = str(given.get("measurand", REGISTER))
    unit: Mapping[str, Any] = given.get("unitOfMeasure") or {}
    energy = "Wh" if measurand.startswith("Energy.Active") else ""
    name = str(given.get("unit", unit.get("unit", energy)))
    signed = given.get("format") == "SignedData"
    number = None if signed else _number(given.get("value"))
    if number is not None:
        number *= Decimal(10) ** int(unit.get("multiplier", 0))
        number *= KILO if name.startswith("k") else 1
    return Sample(
        measurand=measurand,
        context=str(given.get("context", PERIODIC)),
        phase=str(given.get("phase", "")),
        location=str(given.get("location", "Outlet")),
        unit=name,
        value=number,
        signed=signed,
    )


def _number(value: object) -> Decimal | None:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def units_of(measurand: str) -> tuple[str, ...]:
    """Return the units that a measurand can have, none where any will do."""
    return next((units for begin, units in _UNITS.items() if measurand.startswith(begin)), ())


def problems(
    values: MeterValues, wanted: Iterable[str], context: str, before: MeterValues = ()
) -> Iterator[str]:
    """Yield what is wrong with meter values that must have the measurands `wanted`.

    `before` are the values of the message before, of the same transaction: what a register has
    counted does not go down (OCPP 1.6, errata 3.78).
    """
    found = samples(values)
    if len({value.get("timestamp") for value in values}) > 1:
        yield "values of different times are in one message"
    for measurand in wanted:
        if not any(s.is_for(measurand) for s in found):
            yield f"{measurand} is missing"
    for sample in found:
        yield from _wrong(sample, context)
    yield from _counted_down(found, samples(before))


def _wrong(sample: Sample, context: str) -> Iterator[str]:
    if sample.context != context:
        yield f"{sample.measurand} has the context {sample.context}, not {context}"
    if sample.value is None and not sample.signed:
        yield f"{sample.measurand} is no number"
    units = units_of(sample.measurand)
    if sample.unit and units and sample.unit not in units:
        yield f"{sample.measurand} is in {sample.unit}, not in {' or '.join(units)}"


def _counted_down(found: Iterable[Sample], before: Iterable[Sample]) -> Iterator[str]:
    last = {s.series: s.value for s in before if s.is_register}
    for sample in found:
        value, earlier = sample.value, last.get(sample.series)
        if value is not None and earlier is not None and value < earlier:
            yield f"{sample.measurand} went down from {earlier:f} to {value:f}"


def oddities(values: MeterValues, wanted: Sequence[str], before: MeterValues = ()) -> Iterator[str]:
    """Yield what is odd about meter values, though it is no failure."""
    found = samples(values)
    for name in sorted({s.measurand for s in found if not any(map(s.is_for, wanted))}):
        yield f"{name} is sent, and not configured"
    now = {s.series for s in found}
    for measurand, phase, location in sorted({s.series for s in samples(before)} - now):
        place = " ".join(part for part in (measurand, phase, location) if part)
        yield f"{place} was sent before, and is no more"


def measured(wanted: Sequence[str], context: str, before: MeterValues = ()) -> Any:  # noqa: ANN401 - stands where a list could stand
    """Accept the field meterValue with the measurands `wanted`, all in this context."""
    names = tuple(wanted) or (REGISTER,)

    def found(values: object) -> list[str]:
        if not isinstance(values, list) or not values:
            return [f"no meter values: {values!r}"]
        return list(problems(values, names, context, before))

    return Matcher(
        f"{', '.join(names)} with the context {context}",
        lambda values: not found(values),
        wrong=[],
        also_wrong=tuple(_spoiled(names, context, before)),
        tell=lambda values: "; ".join(found(values)),
    )


def _spoiled(
    names: Sequence[str], context: str, before: MeterValues
) -> Iterator[list[dict[str, Any]]]:
    """Yield meter values each of which is wrong in one way."""
    right = [_right(name, context, before) for name in names]
    for n, one in enumerate(right):
        others = right[:n] + right[n + 1 :]
        changes: list[dict[str, str]] = [{"context": "Other"}, {"value": "much"}]
        changes += [{"unit": "wrong"}] * bool(units_of(one["measurand"]))
        changes += [{"value": "-1"}] * _counted(one["measurand"], before)
        yield _at(others)
        yield from (_at([*others, {**one, **change}]) for change in changes)
    yield _at(right) + _at(right, "2026-01-01T00:00:01Z")


def _right(name: str, context: str, before: MeterValues) -> dict[str, Any]:
    measurand, phase = split(name)
    kin = [s for s in samples(before) if s.is_for(name) and s.value is not None]
    like = {"phase": kin[0].phase, "location": kin[0].location} if kin else {"phase": phase}
    fields = {"measurand": measurand, "context": context, "value": "1000000000000", **like}
    units = units_of(measurand)
    return {k: v for k, v in {**fields, "unit": units[0] if units else ""}.items() if v}


def _counted(measurand: str, before: MeterValues) -> bool:
    return any(s.is_register and s.measurand == measurand for s in samples(before))


def _at(
    values: Sequence[Mapping[str, Any]], time: str = "2026-01-01T00:00:00Z"
) -> list[dict[str, Any]]:
    return [{"timestamp": time, "sampledValue": list(values)}]


def time_of(values: MeterValues) -> datetime:
    """Return when meter values were taken; the year 1 where that cannot be told."""
    return instant(values[0].get("timestamp")) or datetime.min.replace(tzinfo=UTC)


def taken_at(moment: datetime, *, within: float) -> Any:  # noqa: ANN401
    """Accept the timestamp of a sample that is taken `within` seconds of `moment`.

    A timestamp without fractions may be a second more off (OCPP 1.6, 3.15).
    """

    def accepts(value: object) -> bool:
        found = instant(value)
        allowed = within + ("." not in str(value))
        return found is not None and abs((found - moment).total_seconds()) <= allowed

    far = (moment + timedelta(days=1, seconds=2 * within)).isoformat()
    return Matcher(f"{moment.isoformat()} ± {within:g} s", accepts, wrong=far)


def on_the_clock(interval: int, *, within: float) -> Any:  # noqa: ANN401
    """Accept a timestamp that is a whole number of intervals after midnight.

    Midnight is that of UTC, or of the time zone that the timestamp is written in.
    """

    def accepts(value: object) -> bool:
        found = instant(value)
        if found is None:
            return False
        return min(_miss(found.astimezone(UTC), interval), _miss(found, interval)) <= within

    half = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=interval / 2)
    name = f"a multiple of {interval} s after midnight, ± {within:g} s"
    return Matcher(name, accepts, wrong=half.isoformat())


def _miss(moment: datetime, interval: int) -> float:
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    over = (moment - midnight).total_seconds() % interval
    return min(over, interval - over)
