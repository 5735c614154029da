from __future__ import annotations

from typing import Final
from xml.etree import ElementTree as ET

from reports.diagram import MOST, Row, draw, picture
from reports.run import Frame
from reports.wire import labels

SVG: Final = "{http://www.w3.org/2000/svg}"


def rows(count: int, text: str = '[2,"1","Heartbeat",{}]', *, bad: bool = False) -> list[Row]:
    frames = [
        Frame(at=i / 20, sender="sut", connection=1, text=text, finding="") for i in range(count)
    ]
    return [
        Row(index=i, frame=frame, label=label, step="before/Booted.12", bad=bad)
        for i, (frame, label) in enumerate(zip(frames, labels(frames), strict=True))
    ]


def block(found: str, style: str) -> list[str]:
    """Return the lines of the text of `style` beside the drawing."""
    return found.partition(f"<pre class={style}>\n")[2].partition("</pre>")[0].split("\n")


def test_each_frame_has_an_arrow_and_a_name() -> None:
    found = draw("title", "station", rows(3))
    assert found.count("h440") == 3
    assert block(found, "q-n") == ["#1 Heartbeat", "#2 Heartbeat", "#3 Heartbeat"]
    assert block(found, "q-v") == ["Booted.12"] * 3


def test_time_is_shown_where_it_passes() -> None:
    assert block(draw("title", "station", rows(5)), "q-u") == ["0.00 s", "", "0.10 s", "", "0.20 s"]


def test_a_wrong_frame_is_marked() -> None:
    found = draw("title", "station", rows(1, bad=True))
    assert '<path class="k b"' in found
    assert block(found, "q-n") == ["<b>#1 Heartbeat</b>"]
    assert "<b>" not in draw("title", "station", rows(1))


def test_a_line_break_in_a_name_moves_nothing() -> None:
    found = draw("title", "station", rows(2, '[2,"1","Heart\\nbeat\\u2028!",{}]'))
    assert len(block(found, "q-n")) == 2


def test_a_picture_of_its_own_has_its_texts_where_the_arrows_are() -> None:
    found = picture('a "title"', "<CSMS>", rows(2, '[2,"1","</svg>",{}]', bad=True))
    root = ET.fromstring(found)  # noqa: S314 - our own text
    assert root.get("aria-label") == 'a "title"'
    texts = [(it.get("class"), it.get("y"), it.text) for it in root.iter(f"{SVG}text")]
    assert texts == [
        ("h", "20", "<CSMS>"),
        ("h", "20", "tool"),
        ("u", "51", "0.00 s"),
        ("t b", "51", "#1 </svg>"),
        ("u", "51", "Booted.12"),
        ("t b", "81", "#2 </svg>"),
        ("u", "81", "Booted.12"),
    ]
    assert [path.get("class") for path in root.iter(f"{SVG}path")] == ["l", "k b"]


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
