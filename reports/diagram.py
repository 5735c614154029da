"""Draws the frames of a case as a sequence diagram: SVG that stands in the page itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from reports.run import Frame
from reports.text import escaped, visible
from reports.wire import Label

WIDTH: Final = 720
SUT, TOOL = 150, 590
"""Where the two lifelines are, in the units of the drawing."""

TOP, ROW, MOST = 34, 30, 240
"""Height of the heads and of a row; the greatest number of rows drawn."""

PAUSE: Final = 0.1
"""The shortest time, in seconds, after which a row shows the time again."""

_LONGEST: Final = 58
_BOX: Final = re.compile(r'viewBox="0 0 (\d+) (\d+)"')
_TAG: Final = re.compile(r"<[^>]*>")
_BARE: Final = re.compile(r'=([^"\s>]+)(?=[\s>])')
_STYLES: Final = {"result": "r", "error": "r", "event": "o"}


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
    parts = [
        f'<svg class=q viewBox="0 0 {WIDTH} {height}" role=img {_label(title)}>',
        f"<path class=l d=M{SUT},{TOP}v{height}M{TOOL},{TOP}v{height} />",
        f"<g class=h><text x={SUT} y=20>{escaped(sut)}</text><text x={TOOL} y=20>tool</text></g>",
        *_lines(rows),
        *_texts(rows),
        _gap(left_out) if left_out else "",
        "</svg>",
    ]
    return Markup("".join(parts))  # noqa: S704 - every text in it is escaped


def standalone(drawing: Markup, style: str) -> str:
    """Return a drawing as an SVG document of its own, with `style` in place of the page's."""
    head, _, inside = str(drawing).partition(">")
    found = _BOX.search(head)
    width, height = found.groups() if found else (str(WIDTH), "0")
    # Within a page attributes need no quotes; no attribute of these elements is a free text.
    quoted = _TAG.sub(lambda tag: _BARE.sub(r'="\1"', tag[0]), inside)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}"><style>{style}</style>{quoted}\n'
    )


def _label(title: str) -> str:
    return f'aria-label="{escape(visible(title))}"'


def _lines(rows: Sequence[Row]) -> Iterator[str]:
    """Yield one path for each style, which takes a third of the room that single lines take."""
    strokes: dict[str, list[str]] = {}
    for place, row in enumerate(rows):
        style = _STYLES.get(row.label.kind, "k") + (" b" if row.bad else "")
        strokes.setdefault(style, []).append(_arrow(row, TOP + ROW * (place + 1) - 8))
    yield f"<g transform=translate({SUT})>"
    for style, paths in strokes.items():
        yield f'<path class="{style}" d="{"".join(paths)}"/>'
    yield "</g>"


def _arrow(row: Row, y: int) -> str:
    """Return a line with its head; the head is no longer than a dash of the style sheet."""
    length = TOOL - SUT
    if row.label.kind == "event":
        return f"M0,{y}h{length}"
    if row.frame.sender == "sut":
        return f"M0,{y}h{length}m-8-4l8 4-8 4"
    return f"M{length},{y}h-{length}m8-4l-8 4 8 4"


def _texts(rows: Sequence[Row]) -> Iterator[str]:
    times = list(_times(rows))
    names = [_cut(f"#{r.index + 1} {r.label.short}") if r.label.short else "" for r in rows]
    steps = [_cut(r.step.rpartition("/")[2], 18) for r in rows]
    for x, style, texts in (
        (0, "u", times),
        ((SUT + TOOL) // 2, "t", names),
        (TOOL + 12, "u", steps),
    ):
        yield f"<g class={style} transform=translate({x})>"
        for place, (row, text) in enumerate(zip(rows, texts, strict=True)):
            if text:
                mark = " class=b" if row.bad else ""
                yield f"<text{mark} y={TOP + ROW * (place + 1) - 13}>{escaped(text)}</text>"
        yield "</g>"


def _times(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the time of a row where time has passed, and nothing where it has not."""
    shown = float("-inf")
    for row in rows:
        if row.frame.at - shown >= PAUSE:
            shown = row.frame.at
            yield f"{shown:.2f} s"
        else:
            yield ""


def _gap(left_out: int) -> str:
    y = TOP + ROW * (MOST // 2) + 3
    return f"<text class=j x={(SUT + TOOL) // 2} y={y}>… {left_out} frames are not drawn …</text>"


def _cut(text: str, longest: int = _LONGEST) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
