from __future__ import annotations

import re

from reports.diagram import MOST, Row, draw
from reports.run import Frame
from reports.wire import labels


def rows(count: int, text: str = '[2,"1","Heartbeat",{}]', *, bad: bool = False) -> list[Row]:
    frames = [
        Frame(at=i / 20, sender="sut", connection=1, text=text, finding="") for i in range(count)
    ]
    return [
        Row(index=i, frame=frame, label=label, step="before/Booted.12", bad=bad)
        for i, (frame, label) in enumerate(zip(frames, labels(frames), strict=True))
    ]


def test_each_frame_has_an_arrow_and_a_name() -> None:
    found = draw("title", "station", rows(3))
    assert found.count("h440") == 3
    assert re.findall(r">(#\d+ \w+)<", found) == ["#1 Heartbeat", "#2 Heartbeat", "#3 Heartbeat"]
    assert found.count(">Booted.12<") == 3


def test_time_is_shown_where_it_passes() -> None:
    assert re.findall(r"([\d.]+) s<", draw("title", "station", rows(5))) == ["0.00", "0.10", "0.20"]


def test_a_wrong_frame_is_marked() -> None:
    assert '<path class="k b"' in draw("title", "station", rows(1, bad=True))
    assert "<text class=b" in draw("title", "station", rows(1, bad=True))
    assert "class=b" not in draw("title", "station", rows(1))


def test_names_are_text_whatever_they_are() -> None:
    found = draw('"><script>', "<CSMS>", rows(1, '[2,"1","</svg><img src=x>",{}]'))
    assert "<img" not in found
    assert "<script" not in found
    assert "&lt;CSMS&gt;" in found
    assert found.count("</svg>") == 1


def test_of_a_very_long_case_the_middle_is_left_out() -> None:
    found = draw("title", "station", rows(MOST + 100))
    assert found.count("h440") == MOST
    assert "100 frames are not drawn" in found
    assert f"#{MOST + 100} Heartbeat" in found
