"""Rows of pytest-html's table for cases; all that came from elsewhere is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

COLUMNS = (("ocpp-id", "Case"), ("title", "Title"), ("verdict", "Verdict"), ("reason", "Reason"))
STEPS = ("at (s)", "step", "who", "ok", "what", "expected")
FRAMES = ("at (s)", "from", "frame", "broken rule")
MARKS = {True: "ok", False: "NO", None: ""}


def header(cells: list[str]) -> None:
    """Add the columns after pytest-html's first one."""
    cells[1:1] = [
        f'<th class="sortable" data-column-type="{kind}">{name}</th>' for kind, name in COLUMNS
    ]


def row(told: Mapping[str, Any] | None, cells: list[str]) -> None:
    """Fill the columns of a case; of another test they are empty."""
    record = told["record"] if told else {}
    verdict = f"{record.get('verdict', '')}{' (waived)' if record.get('waived') else ''}"
    texts = (record.get("id", ""), record.get("title", ""), verdict, record.get("reason", ""))
    cells[1:1] = [
        f'<td class="col-{kind}">{escape(str(text))}</td>'
        for (kind, _), text in zip(COLUMNS, texts, strict=True)
    ]


def details(told: Mapping[str, Any] | None, data: list[str]) -> None:
    """Put a case's steps and frames in place of the log that it does not have."""
    if not told:
        return
    record = told["record"]
    data[:] = [text for text in data if text != "No log output captured."]
    steps = [
        (f"{s['at']:.3f}", s["step"], s["who"], MARKS[s["ok"]], s["got"], s["expected"])
        for s in record["steps"]
    ]
    frames = [(f"{f['at']:.3f}", f["sender"], f["text"], f["finding"]) for f in record["frames"]]
    remarks = [("lab" if r.get("lab") else r["step"], r["text"]) for r in record["remarks"]]
    data += [_table("Steps", STEPS, steps), _table("Frames", FRAMES, frames)]
    data += [_table("Remarks", ("step", "remark"), remarks)] if remarks else []


def _table(title: str, names: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    head = "".join(f"<th>{name}</th>" for name in names)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in rows
    )
    return f"<h4>{title}</h4><table><tr>{head}</tr>{body}</table>"
