"""Writes what of README.md is made from the project itself: `python -m tests.readme`.

A made part stands between <!-- name --> and <!-- end of name -->.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from conformance.catalogue import Entry, everything, select
from conformance.declared import declared_ids
from conformance.demo import PAIRS
from tests.running import run

OURS = ("OCPPJ_", "SEC_")
README = Path(__file__).parent.parent / "README.md"
FAILING = ("demo", "--case", "TC_012_CS", "--fault", "wrong-stop-reason")
KINDS = {"CS": "charging station (CS)", "CSMS": "CSMS"}
SHOWN = re.compile(r"^FAIL  TC_012_CS .*\n(?:.*\n)*?  the last .*\n(?: .*\n)+", re.MULTILINE)
VOLATILE = (
    (re.compile(r"127\.0\.0\.1:\d+"), "<address>"),
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]*Z?"), "<time>"),
    (re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"), "<uuid>"),
    (re.compile(r" *\d+\.\d{3} s"), "<seconds>"),
)


def coverage() -> str:
    """Return the table of the cases implemented and catalogued, by version and role."""
    ready, entries = declared_ids(), everything()
    rows = ["| OCPP | under test | implemented | catalogued |", "|---|---|---:|---:|"]
    documents = [e for e in entries if not e.id.startswith(OURS)]
    for version, role in PAIRS:
        these = select(documents, versions=[version], roles=[role])
        rows.append(f"| {version} | {KINDS[role]} | {_count(these, ready)} | {len(these)} |")
    rows.append(f"| all | | {_count(documents, ready)} | {len(documents)} |")
    ours = {e.id for e in entries if e.id.startswith(OURS)}
    what = "both: our own cases on OCPP-J and on security"
    rows.append(f"| {what} | both | {len(ours & ready)} | {len(ours)} |")
    return "\n".join(rows)


def _count(entries: Iterable[Entry], ready: Collection[str]) -> int:
    return sum(e.id in ready for e in entries)


def failing() -> str:
    """Return what the command really says of a station that is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        said = run(*FAILING, folder=Path(folder)).out
    shown = SHOWN.search(said)
    if shown is None:
        raise LookupError(f"no failure is shown:\n{said}")
    return f"```console\n$ ocpp-conformance {' '.join(FAILING)}\n{shown[0]}```"


PARTS: Mapping[str, Callable[[], str]] = {"failing": failing, "coverage": coverage}


def part(text: str, name: str) -> str:
    """Return a made part as it stands in a text."""
    found = _marked(name).search(text)
    if found is None:
        raise LookupError(f"README.md has no part {name}")
    return found[2]


def plain(text: str) -> str:
    """Return a text without what differs from run to run."""
    for volatile, name in VOLATILE:
        text = volatile.sub(name, text)
    return text


def _marked(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {name} -->\n)(.*?)(\n<!-- end of {name} -->)", re.DOTALL)


def main() -> None:
    """Make every part anew."""
    text = README.read_text("utf-8")
    for name, make in PARTS.items():
        made = make()
        text = _marked(name).sub(lambda m, made=made: m[1] + made + m[3], text)  # type: ignore[misc]
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
