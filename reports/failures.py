"""The commonest causes of failures: which case is one of them, and the page about it.

The pages are those of docs/failures/; an installed package has them beside this module.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from markupsafe import Markup

from conformance.verdict import Verdict
from reports.problem import problem
from reports.run import CaseRecord
from reports.text import escaped

_HERE: Final = Path(__file__).parent
PAGES: Final = (_HERE / "causes", _HERE.parent / "docs" / "failures")
"""Where the pages are: in a wheel, and in a checkout."""

RULES: Final[tuple[tuple[str, str], ...]] = (
    # What a rule of the protocol says
    ("clock-not-set", r"the clock is not set"),
    ("time-format", r"not an RFC 3339 date-time"),
    ("unknown-field", r"is not a field here"),
    ("missing-field", r"is missing \(schema of "),
    ("wrong-type", r"\(schema of the \w+ \w+: (type|payload)\)"),
    ("value-not-allowed", r"\(schema of the \w+ \w+: \w+\)"),
    ("answer-without-call", r"a CALL that was never sent|a second answer to|of an earlier conn"),
    ("message-id", r"\bmessage id\b"),
    ("call-before-answer", r"that is not answered yet"),
    ("not-a-message", r"broke a rule of the protocol"),
    # Nobody could judge
    ("operator-cannot", r"^the operator .*(cannot|could not|has not|failed)|operator\.cannot"),
    ("asked-but-nothing-came", r"^asked for .* through the operator, but no"),
    ("no-connection", r"^no (new )?connection |refused the upgrade|^wss?://\S+: "),
    ("not-idle", r"could not be brought back to idle|^the station is not idle"),
    # What a step says
    ("lets-anyone-in", r"lets the charge point in with"),
    ("without-credentials", r"^expected credentials in every connection request"),
    ("connection-not-as-asked", r"^the (connection|upgrade)( offering \S+ only)?: "),
    ("firmware-certificate", r"UpdateFirmware\.status: expected '(Revoked|Invalid)Certificate'"),
    ("hash-data", r" entries is that of the certificate"),
    ("connection-lost", r"dropped the connection|connection closed with code"),
    ("not-supported", r"answered with CALLERROR (NotImplemented|NotSupported)"),
    ("no-answer", r"no answer to \w+"),
    ("wrong-interval", r"came [\d.]+ s after|^expected (pings every|no ping for)"),
    ("composite-schedule", r"chargingSchedule|(limit|schedule)\w* (is|of|at) "),
    ("connector-status", r"(StatusNotification|NotifyEvent)\.\S+: exp|^no StatusNotification\("),
    ("stop-reason", r"\b(StopTransaction\.reason|\S*stoppedReason): expected"),
    ("other-token", r"\.(idTag|\S*[iI]dToken)\S*: expected"),
    ("request-refused", r"\.status: expected 'Accepted'.*got '"),
    ("something-else-came", r"^expected .*, but the .* sent"),
    ("nothing-came", r"^no \w+\(.* in [\d.]+ s"),
)
"""In this order: the name of a page, and what the reason of its cases says."""

_RULES: Final = tuple((name, re.compile(pattern, re.DOTALL)) for name, pattern in RULES)
_PRECONDITION: Final = re.compile(r"^[\w ()]+ not reached: ")
_CODE: Final = re.compile(r"`([^`]+)`")
_LINK: Final = re.compile(r"\[([^\]]+)\]\([^)]+\)")


@dataclass(frozen=True)
class Cause:
    """A page about a cause: its title, and its text as Markdown."""

    name: str
    title: str
    text: str


def cause(case: CaseRecord) -> str:
    """Return the name of the page about why a case has not passed, or nothing."""
    if case.verdict not in {Verdict.FAIL, Verdict.INCONCLUSIVE}:
        return ""
    reason = _PRECONDITION.sub("", problem(case).reason)
    return next((name for name, rule in _RULES if rule.search(reason)), "")


@cache
def page(name: str) -> Cause | None:
    """Return a page, or None where the pages are not installed."""
    for folder in PAGES:
        path = folder / f"{name}.md"
        if path.is_file():
            head, _, text = path.read_text(encoding="utf-8").partition("\n")
            return Cause(name, head.removeprefix("# "), text.strip())
    return None


def as_html(found: Cause) -> Markup:
    """Return the text of a page for a report; links lose their targets, which are elsewhere."""
    return Markup("".join(_blocks(found.text)))  # noqa: S704 - every text in it is escaped


def _blocks(text: str) -> Iterator[str]:
    for block in text.split("\n\n"):
        lines = block.strip().split("\n")
        if lines[0].startswith("## "):
            yield f"<h3>{_inline(lines[0][3:])}</h3>"
        elif lines[0].startswith("- "):
            yield f"<ul>{''.join(f'<li>{_inline(line[2:])}' for line in lines)}</ul>"
        else:
            yield f"<p>{_inline(' '.join(lines))}"


def _inline(text: str) -> str:
    shown = _CODE.sub(r"<code>\1</code>", escaped(text))
    return _LINK.sub(r"\1", shown)
