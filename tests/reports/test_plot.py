from __future__ import annotations

import re

from reports.plot import DOTS, EDGE, WIDTH, axis, scale, strip
from reports.timing import Measure, Sample


def measure(*seconds: float) -> Measure:
    return Measure(name="", samples=[Sample(seconds=s, case="c") for s in sorted(seconds)])


def test_the_decades_hold_every_sample() -> None:
    assert list(scale([measure(0.002, 0.3), measure(4)]).decades) == [-3, -2, -1, 0, 1]
    assert list(scale([measure(0.1)]).decades) == [-1, 0]
    assert list(scale([measure(0)]).decades) == [-4, -3]


def test_a_time_has_its_place_between_the_edges() -> None:
    decades = scale([measure(0.01, 1)])
    assert [decades.x(s) for s in (0.01, 0.1, 1)] == [EDGE, WIDTH / 2, WIDTH - EDGE]
    assert decades.x(0) == EDGE


def test_labels_are_words_and_not_too_many() -> None:
    assert re.findall(r">([^<]+)</text>", axis(scale([measure(0.002, 0.3)]))) == [
        *("1 ms", "10 ms", "0.1 s", "1 s")
    ]
    assert axis(scale([measure(0.0001, 5000)])).count("<text") == 5


def test_median_and_p95_have_their_lines_and_samples_their_dots() -> None:
    decades = scale([measure(0.01, 1)])
    found = strip(measure(0.01, 0.1, 1), decades)
    assert f'class=m d="M{WIDTH / 2}' in found
    assert f'class=p d="M{WIDTH - float(EDGE)}' in found
    assert found.count("h0") == 3


def test_of_many_samples_the_quantiles_are_drawn_and_the_slowest() -> None:
    many = measure(*[0.01] * 1000, 1)
    found = strip(many, scale([many]))
    assert found.count("h0") == DOTS
    assert f"M{WIDTH - float(EDGE)},9h0" in found
