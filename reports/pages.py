"""The pages about several runs: HTML that asks for nothing outside itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reports.compare import Comparison
from reports.html import environment, page_parts
from reports.matrix import Table


def comparison(found: Comparison, links: Sequence[str]) -> str:
    """Return the page of a comparison; `links` lead to the reports of both runs, or are empty."""
    template = environment().get_template("compare.html.j2")
    return template.render(found=found, links=links, **page_parts(script=False))


def matrix(tables: Sequence[Table], links: Mapping[int, str]) -> str:
    """Return the page of a matrix; `links` lead to the reports of the runs, by their place."""
    template = environment().get_template("matrix.html.j2")
    return template.render(tables=tables, links=links, **page_parts(script=False))
