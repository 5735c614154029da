"""The sequence diagram of a case as a picture of its own, outside of a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports import diagram
from reports.fields import Fields
from reports.parse import case
from reports.views import CaseView


def sequence(record: Mapping[str, Any]) -> str:
    """Return the diagram of a case as its record in the journal tells it: an SVG document."""
    view = CaseView(case=case(Fields(dict(record), "case")), anchor="", number=0, reviews={})
    return diagram.picture(f"Sequence diagram, {view.case.id}", view.sut, view.rows)
