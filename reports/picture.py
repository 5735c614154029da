"""The sequence diagram of a case as a picture of its own, outside of a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from reports import diagram
from reports.fields import Fields
from reports.parse import case
from reports.views import CaseView

_STYLE: Final = (
    "svg{background:#fff;font:12px sans-serif;fill:#1b1f24}"
    "path{fill:none;stroke:#1b1f24;stroke-width:1.2}.l{stroke:#d8dde3;stroke-width:2}"
    ".r{stroke-dasharray:18 5}.o{stroke:#59636e;stroke-dasharray:1 4}"
    "path.b{stroke:#c0262d;stroke-width:2}.h,.t,.j{text-anchor:middle}.h{font-weight:650}"
    ".u{fill:#59636e;font-size:11px}text.b{fill:#c0262d;font-weight:650}"
)


def sequence(record: Mapping[str, Any]) -> str:
    """Return the diagram of a case as its record in the journal tells it: an SVG document."""
    view = CaseView(case=case(Fields(dict(record), "case")), anchor="", number=0, reviews={})
    return diagram.standalone(view.diagram, _STYLE)
