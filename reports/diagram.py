"""Draws the frames of a case as a sequence diagram: SVG that stands in the page itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from reports.journal import Frame
from reports.text import content, visible
from reports.wire import Label

WIDTH: Final = 720
SUT, TOOL = 150, 590
"""Where the two lifelines are, in the units of the drawing."""

TOP, ROW, MOST = 34, 30, 240
"""Height of the heads and of a row; the greatest number of rows drawn."""

_LONGEST: Final = 58


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A frame with its place in the case, as the diagram shows it."""

    index: int
    frame: Frame
    label: Label
    step: str
    bad: bool


def draw(title: str, sut: str, rows: Sequence[Row]) -> Markup:
    """Return the drawing, with `title` for those who cannot see it and `sut` over its lifeline.

    Of a very long case the middle is left out, and the drawing says so.
    """
    left_out = max(0, len(rows) - MOST)
    if left_out:
        rows = [*rows[: MOST // 2], *rows[-(MOST // 2) :]]
    height = TOP + ROW * len(rows) + 12
    size = f'viewBox="0 0 {WIDTH} {height}" width={WIDTH} height={height}'
    parts = [
        f'<svg class=q {size} role=img aria-label="{escape(visible(title))}">',
        f"<path class=l d=M{SUT},{TOP}V{height}M{TOOL},{TOP}V{height} />",
        f"<g class=h><text x={SUT} y=20>{content(sut)}</text><text x={TOOL} y=20>tool</text></g>",
        *_lines(rows),
        *_texts(rows),
        _gap(left_out) if left_out else "",
        "</svg>",
    ]
    return Markup("".join(parts))  # noqa: S704 - every text in it is escaped


def _lines(rows: Sequence[Row]) -> Iterator[str]:
    """Yield one path for each style, which takes a third of the room that single lines take."""
    strokes: dict[str, list[str]] = {}
    for place, row in enumerate(rows):
        y = TOP + ROW * (place + 1) - 8
        if row.label.kind == "event":
            strokes.setdefault("e", []).append(f"M{SUT},{y}H{TOOL}")
            continue
        to_tool = row.frame.sender == "sut"
        style = "a" if row.label.kind in {"result", "error"} else "c"
        strokes.setdefault(f"{style} b" if row.bad else style, []).append(f"M{SUT},{y}H{TOOL}")
        tip, back = (TOOL, -8) if to_tool else (SUT, 8)
        head = f"M{tip + back},{y - 4}L{tip},{y}L{tip + back},{y + 4}"
        strokes.setdefault("c b" if row.bad else "c", []).append(head)
    for style, paths in strokes.items():
        yield f'<path class="{style}" d="{"".join(paths)}"/>'


def _texts(rows: Sequence[Row]) -> Iterator[str]:
    middle = (SUT + TOOL) // 2
    for column, style, texts in (
        (0, "n", [f"{r.index + 1} \u2009·\u2009 {r.frame.at:.3f}" for r in rows]),
        (middle, "t", [_cut(str(r.label)) for r in rows]),
        (TOOL + 12, "n", [_cut(r.step, 16) for r in rows]),
    ):
        yield f"<g class={style} transform=translate({column})>"
        for place, (row, text) in enumerate(zip(rows, texts, strict=True)):
            if text:
                mark = " class=b" if row.bad else ""
                yield f"<text{mark} y={TOP + ROW * (place + 1) - 13}>{content(text)}</text>"
        yield "</g>"


def _gap(left_out: int) -> str:
    y = TOP + ROW * (MOST // 2) + 3
    return f"<text class=g x={(SUT + TOOL) // 2} y={y}>… {left_out} frames are not drawn …</text>"


def _cut(text: str, longest: int = _LONGEST) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
