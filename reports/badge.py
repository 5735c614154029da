"""Renders a run as a small badge: SVG that stands in a README."""

from __future__ import annotations

from typing import Final

from markupsafe import escape

from reports.run import Run
from reports.summary import ROLES, Outcome, count
from reports.text import visible

GREEN, RED, YELLOW, GREY = "#1a7f37", "#c0262d", "#8a5a00", "#57606a"
HEIGHT, EDGE = 20, 6
"""Height, and the room beside a text."""

_LONGEST: Final = 40


def render(run: Run) -> str:
    """Return the badge: what was tested, and how it ended."""
    label, (value, colour) = _label(run), _value(run)
    left, right = _width(label), _width(value)
    title = escape(f"{label}: {value}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="{HEIGHT}"'
        f' role="img" aria-label="{title}">\n<title>{title}</title>\n'
        f'<rect width="{left + right}" height="{HEIGHT}" rx="3" fill="#3a424b"/>\n'
        f'<path d="M{left} 0h{right - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3H{left}z"'
        f' fill="{colour}"/>\n'
        f'<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">\n'
        f"{_text(label, 0)}{_text(value, left)}</g>\n</svg>\n"
    )


def _label(run: Run) -> str:
    if len(run.suts) != 1:
        return "OCPP conformance"
    sut = run.suts[0]
    return f"OCPP {sut.version} {ROLES.get((sut.version, sut.role), sut.role)}"


def _value(run: Run) -> tuple[str, str]:
    counts = count(run.cases)
    needed = counts.total - counts[Outcome.NOT_APPLICABLE]
    passed = f"{counts[Outcome.PASS]} of {needed} passed"
    if not run.complete:
        return "incomplete", GREY
    if counts[Outcome.FAIL] or counts[Outcome.ERROR]:
        return f"{passed}, {counts[Outcome.FAIL] + counts[Outcome.ERROR]} failed", RED
    if run.findings:
        return f"{passed}, rules broken between them", RED
    if not needed or counts[Outcome.PASS] < needed:
        return passed, YELLOW
    return passed, GREEN


def _text(text: str, x: int) -> str:
    width = _width(text) - 2 * EDGE
    shown = escape(_short(text))
    return f'<text x="{x + EDGE}" y="14" textLength="{width}">{shown}</text>\n'


def _width(text: str) -> int:
    """Return about how wide a text is in Verdana; textLength then makes it exact."""
    return round(sum(_letter(c) for c in _short(text))) + 2 * EDGE


def _letter(letter: str) -> float:
    if letter in " .,:;!'|ijl":
        return 3.8
    return 7.6 if letter.isupper() or letter in "mw" else 6.6


def _short(text: str) -> str:
    shown = visible(text)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
