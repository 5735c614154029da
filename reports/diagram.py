"""Draws the frames of a case as a sequence diagram: lines in SVG, and the texts beside them.

In a page the texts stand in blocks over the drawing, one line for each row: a report has tens of
thousands of rows, and an element for each text would be a fifth of it. A picture of its own has
its texts inside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import quoteattr

from markupsafe import Markup, escape

from reports.run import Frame
from reports.text import escaped, visible
from reports.wire import Label

WIDTH: Final = 800
SUT, TOOL = 150, 590
"""Where the two lifelines are, in the units of the drawing."""

TOP, ROW, MOST = 34, 30, 240
"""Height of the heads and of a row; the greatest number of rows drawn."""

PAUSE: Final = 0.1
"""The shortest time, in seconds, after which a row shows the time again."""

_LONGEST: Final = 58
_LONGEST_STEP: Final = 30
_STYLES: Final = {"result": "r", "error": "r", "event": "o"}
_PICTURE: Final = (
    "svg{background:#fff;font:12px sans-serif;fill:#1b1f24}"
    "path{fill:none;stroke:#1b1f24;stroke-width:1.2}.l{stroke:#d8dde3;stroke-width:2}"
    ".r{stroke-dasharray:18 5}.o{stroke:#59636e;stroke-dasharray:1 4}"
    "path.b{stroke:#c0262d;stroke-width:2}.h,.t{text-anchor:middle}.h{font-weight:650}"
    ".u{fill:#59636e;font-size:11px}text.b{fill:#c0262d;font-weight:650}"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A frame with its place in the case, as the diagram shows it."""

    index: int
    frame: Frame
    label: Label
    step: str
    bad: bool


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A row of the drawing: without a frame it says how many are left out."""

    row: Row | None
    time: str
    name: str
    step: str

    @property
    def bad(self) -> bool:
        return self.row is not None and self.row.bad


def draw(title: str, sut: str, rows: Sequence[Row]) -> Markup:
    """Return the diagram for a page, with `title` for those who cannot see it.

    `sut` stands over its lifeline. Of a very long case the middle is left out, and it says so.
    """
    drawn = _drawn(rows)
    height = _height(drawn)
    label = escape(visible(title))
    parts = [
        f'<svg class=q width={WIDTH} height={height} role=img aria-label="{label}">',
        f"<path class=l d=M{SUT},{TOP}V{height}M{TOOL},{TOP}V{height} />",
        f"<g transform=translate({SUT})>",
        *(f'<path class="{style}" d="{path}"/>' for style, path in _paths(drawn)),
        f"</g></svg><p class=q-s>{escaped(sut)}<p class=q-t>tool",
        _block("q-u", [(d.time, False) for d in drawn]),
        _block("q-n", [(d.name, d.bad) for d in drawn]),
        _block("q-v", [(d.step, False) for d in drawn]),
    ]
    return Markup("".join(parts))  # noqa: S704 - every text in it is escaped


def picture(title: str, sut: str, rows: Sequence[Row]) -> str:
    """Return the diagram as an SVG document of its own."""
    drawn = _drawn(rows)
    height = _height(drawn)
    lines = "".join(f'<path class="{style}" d="{path}"/>' for style, path in _paths(drawn))
    texts = "".join(_texts(drawn))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" role="img"'
        f" aria-label={quoteattr(visible(title))}><style>{_PICTURE}</style>"
        f'<path class="l" d="M{SUT},{TOP}V{height}M{TOOL},{TOP}V{height}"/>'
        f'<text class="h" x="{SUT}" y="20">{escaped(sut)}</text>'
        f'<text class="h" x="{TOOL}" y="20">tool</text>'
        f'<g transform="translate({SUT})">{lines}</g>{texts}</svg>\n'
    )


def _height(drawn: Sequence[_Drawn]) -> int:
    return TOP + ROW * len(drawn) + 12


def _drawn(rows: Sequence[Row]) -> list[_Drawn]:
    left_out = max(0, len(rows) - MOST)
    half = MOST // 2 if left_out else len(rows)
    gap = [_Drawn(None, "", f"… {left_out} frames are not drawn …", "")] if left_out else []
    times = list(_times(rows))
    drawn = [
        _Drawn(
            row,
            time,
            _cut(f"#{row.index + 1} {row.label.short}", _LONGEST) if row.label.short else "",
            _cut(row.step.rpartition("/")[2], _LONGEST_STEP),
        )
        for row, time in zip(rows, times, strict=True)
    ]
    return [*drawn[:half], *gap, *(drawn[-half:] if left_out else [])]


def _paths(drawn: Sequence[_Drawn]) -> Iterator[tuple[str, str]]:
    """Yield one path for each style, which takes a third of the room that single lines take."""
    strokes: dict[str, list[str]] = {}
    for place, it in enumerate(drawn):
        if it.row is not None:
            style = _STYLES.get(it.row.label.kind, "k") + (" b" if it.bad else "")
            strokes.setdefault(style, []).append(_arrow(it.row, TOP + ROW * (place + 1) - 8))
    yield from ((style, "".join(paths)) for style, paths in strokes.items())


def _arrow(row: Row, y: int) -> str:
    """Return a line with its head; the head is no longer than a dash of the style sheet."""
    length = TOOL - SUT
    if row.label.kind == "event":
        return f"M0,{y}h{length}"
    if row.frame.sender == "sut":
        return f"M0,{y}h{length}m-8-4l8 4-8 4"
    return f"M{length},{y}h-{length}m8-4l-8 4 8 4"


def _block(style: str, lines: Sequence[tuple[str, bool]]) -> str:
    """Return one text for each row, one line each; what is below the last text is left out."""
    texts = [f"<b>{escaped(text)}</b>" if bad else escaped(text) for text, bad in lines]
    return f"<pre class={style}>\n{chr(10).join(texts).rstrip()}</pre>"


def _texts(drawn: Sequence[_Drawn]) -> Iterator[str]:
    middle = (SUT + TOOL) // 2
    for place, it in enumerate(drawn):
        y = TOP + ROW * (place + 1) - 13
        for x, style, text in (
            (0, "u", it.time),
            (middle, "t", it.name),
            (TOOL + 12, "u", it.step),
        ):
            if text:
                mark = " b" if it.bad and style == "t" else ""
                yield f'<text class="{style}{mark}" x="{x}" y="{y}">{escaped(text)}</text>'


def _times(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the time of a row where time has passed, and nothing where it has not."""
    shown = float("-inf")
    for row in rows:
        if row.frame.at - shown >= PAUSE:
            shown = row.frame.at
            yield f"{shown:.2f} s"
        else:
            yield ""


def _cut(text: str, longest: int) -> str:
    shown = " ".join(text.split())  # a line break would move all rows below it
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"
