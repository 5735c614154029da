"""Several runs side by side: systems by cases."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from reports.run import Run
from reports.summary import Outcome, Part, count, outcome, parts
from reports.text import visible

FORMAT: Final = 1


@dataclass(frozen=True, kw_only=True)
class Column:
    """One system in one run; `run` is the place of the run among those given."""

    run: int
    name: str
    told: str
    started: str
    passed: int
    needed: int


@dataclass(frozen=True, kw_only=True)
class Row:
    """One case, with its outcome in each column; None where it was not run."""

    case: str
    title: str
    outcomes: tuple[Outcome | None, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """The systems of one version and role."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def matrix(runs: Sequence[Run]) -> tuple[Table, ...]:
    """Return a table for each version and role, with the columns in the order of the runs."""
    found: dict[str, list[tuple[int, Run, Part]]] = {}
    for place, run in enumerate(runs):
        for part in parts(run):
            found.setdefault(part.title, []).append((place, run, part))
    return tuple(_table(title, columns) for title, columns in found.items())


def _table(title: str, found: list[tuple[int, Run, Part]]) -> Table:
    cases = [{case.id: case for case in part.cases} for _, _, part in found]
    titles = {id_: case.title for known in cases for id_, case in known.items()}
    rows = (
        Row(
            case=id_,
            title=name,
            outcomes=tuple(outcome(known[id_]) if id_ in known else None for known in cases),
        )
        for id_, name in titles.items()
    )
    columns = tuple(_column(place, run, part) for place, run, part in found)
    return Table(title=title, columns=columns, rows=tuple(rows))


def _column(place: int, run: Run, part: Part) -> Column:
    counts, sut = count(part.cases), part.sut
    told = " ".join(word for word in (sut.vendor, sut.model, sut.firmware) if word)
    return Column(
        run=place,
        name=sut.name,
        told=told,
        started=run.started,
        passed=counts[Outcome.PASS],
        needed=counts.total - counts[Outcome.NOT_APPLICABLE],
    )


_LETTERS: Final = {
    Outcome.PASS: "ok",
    Outcome.FAIL: "FAIL",
    Outcome.ERROR: "ERR",
    Outcome.INCONCLUSIVE: "?",
    Outcome.WAIVED: "waiv",
    Outcome.NOT_APPLICABLE: "n/a",
    None: "",
}
_WIDTH: Final = 6


def as_text(tables: Iterable[Table]) -> str:
    """Return the tables for a terminal."""
    lines: list[str] = []
    for table in tables:
        lines += [table.title]
        lines += [
            f"  {number}: {c.name} ({c.told or 'not described'}), {c.started}:"
            f" {c.passed} of {c.needed} passed"
            for number, c in enumerate(table.columns, 1)
        ]
        heads = "".join(f"{n:>{_WIDTH}}" for n in range(1, len(table.columns) + 1))
        lines += [f"  {'':16}{heads}"]
        for row in table.rows:
            cells = "".join(f"{_LETTERS[o]:>{_WIDTH}}" for o in row.outcomes)
            lines.append(f"  {row.case:16}{cells}  {row.title}")
        lines.append("")
    return "\n".join(visible(line) for line in lines)


def as_json(tables: Iterable[Table]) -> str:
    """Return the tables as a document."""
    document = {
        "format": FORMAT,
        "tables": [
            {
                "title": table.title,
                "columns": [vars(column) for column in table.columns],
                "rows": [vars(row) for row in table.rows],
            }
            for table in tables
        ],
    }
    return json.dumps(document, indent=1) + "\n"
