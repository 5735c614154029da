"""Draws measured times as small strips that stand in a table: SVG, one decade beside the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Final

from markupsafe import Markup

from reports.timing import Measure

WIDTH, HEIGHT, EDGE = 260, 18, 18
"""The size of a strip in the units of the drawing, and the room at its ends."""

DOTS: Final = 40
"""The greatest number of dots in a strip: those of the quantiles, the slowest one among them."""

_SHORTEST: Final = 1e-4
_UNITS: Final = {-4: "0.1 ms", -3: "1 ms", -2: "10 ms", -1: "0.1 s"}


@dataclass(frozen=True)
class Scale:
    """The decades of seconds from `low` to `high`, as powers of ten."""

    low: int
    high: int

    def x(self, seconds: float) -> float:
        """Return where a time is in the drawing."""
        part = (log10(max(seconds, _SHORTEST)) - self.low) / (self.high - self.low)
        return round(EDGE + min(1.0, max(0.0, part)) * (WIDTH - 2 * EDGE), 1)

    @property
    def decades(self) -> range:
        """The powers of ten that have a line."""
        return range(self.low, self.high + 1)


def scale(measures: Iterable[Measure]) -> Scale:
    """Return the decades that hold all samples of some measures."""
    found = [s.seconds for m in measures for s in (m.samples[0], m.worst)]
    low = floor(log10(max(_SHORTEST, min(found, default=_SHORTEST))))
    high = ceil(log10(max(_SHORTEST, max(found, default=1.0))))
    return Scale(low, max(high, low + 1))


def axis(decades: Scale) -> Markup:
    """Return the labels over the strips; no two of them are so near that they touch."""
    every = ceil(len(decades.decades) / 5)
    labels = (
        f"<text x={decades.x(10.0**n)} y=12>{_UNITS.get(n, f'{10 ** max(n, 0)} s')}</text>"
        for n in decades.decades
        if (n - decades.low) % every == 0
    )
    return _svg("aria-hidden=true", "".join(labels))


def strip(measure: Measure, decades: Scale) -> Markup:
    """Return the samples of a measure as dots, its median as a line and its p95 as another."""
    lines = "".join(f"M{decades.x(10.0**n)},0V{HEIGHT}" for n in decades.decades)
    dots = "".join(f"M{decades.x(s)},9h0" for s in _quantiles(measure))
    median, p95 = decades.x(measure.median), decades.x(measure.p95)
    return _svg(
        "aria-hidden=true",  # the numbers stand beside it
        f'<path class=g d="{lines}"/><path class=o d="{dots}"/>'
        f'<path class=p d="M{p95},4v10"/><path class=m d="M{median},1v16"/>',
    )


def _quantiles(measure: Measure) -> list[float]:
    count = len(measure.samples)
    if count <= DOTS:
        return [s.seconds for s in measure.samples]
    return [measure.samples[(count - 1) * n // (DOTS - 1)].seconds for n in range(DOTS)]


def _svg(attributes: str, inside: str) -> Markup:
    return Markup(f'<svg class=strip viewBox="0 0 {WIDTH} {HEIGHT}" {attributes}>{inside}</svg>')  # noqa: S704 - numbers only
