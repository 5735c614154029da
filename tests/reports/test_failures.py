from __future__ import annotations

import re
from pathlib import Path

import pytest

from reports.failures import RULES, as_html, cause, page
from reports.run import Run
from tests.reports.conftest import CASE, START, Reading

FOLDER = Path(__file__).parent.parent.parent / "docs" / "failures"
NAMES = [name for name, _ in RULES]
SCHEMA = "the station broke a rule of the protocol in payload.x: x {} (schema of the Y request: {})"

BROKE = "the station broke a rule of the protocol"
NEVER = f"{BROKE}: an answer to a CALL that was never sent (OCPP-J 1.6, 4.1.4)"
AGAIN = f"{BROKE}: the message id of an earlier Heartbeat on this connection is used again (4.1.4)"
EARLY = f"{BROKE}: Authorize is sent 0.1 s after a Heartbeat that is not answered yet (4.1.1)"
ASKED = (
    "asked for RemoteStart(token='T') through the operator, but no RemoteStartTransaction() came"
)
STOPPED = "TransactionEvent.transactionInfo.stoppedReason: expected 'Remote', got absent"
INSTEAD = "expected Authorize(idTag='T'), but the station sent StartTransaction(idTag='T')"
REASONS = [
    ("Heartbeat.currentTime is more than a day away: the clock is not set", "clock-not-set"),
    (SCHEMA.format("is '2026', not an RFC 3339 date-time with offset", "format"), "time-format"),
    (SCHEMA.format("is not a field here", "additionalProperties"), "unknown-field"),
    (SCHEMA.format("is missing", "required"), "missing-field"),
    (SCHEMA.format("is '0', not an integer", "type"), "wrong-type"),
    (SCHEMA.format("is 'Bad', not one of 'Good'", "enum"), "value-not-allowed"),
    (NEVER, "answer-without-call"),
    (f"{BROKE}: a second answer to the same Reset (4.1.4)", "answer-without-call"),
    (AGAIN, "message-id"),
    (EARLY, "call-before-answer"),
    (f"{BROKE} in message: this is no JSON (4.2)", "not-a-message"),
    ("the operator console has not done PlugIn(evse=1) in 300 s", "operator-cannot"),
    (f"{ASKED} in 30 s", "asked-but-nothing-came"),
    ("no connection from CP01 on ws://127.0.0.1:9000/ocpp/CP01 in 60 s", "no-connection"),
    ("no new connection in 60 s, the old one is still open", "no-connection"),
    ("the station is not idle: transaction 7 is still running", "not-idle"),
    ("the SUT could not be brought back to idle: no answer", "not-idle"),
    ("the CSMS lets the charge point in with a certificate that has expired", "lets-anyone-in"),
    (
        "expected credentials in every connection request (A00.FR.203, A00.FR.302), but 2 had none",
        "without-credentials",
    ),
    ("the connection: tls.version: expected 'TLSv1.2', got 'TLSv1'", "connection-not-as-asked"),
    ("the upgrade: Sec-WebSocket-Protocol is missing", "connection-not-as-asked"),
    (
        "the connection offering ECDHE-RSA-AES128-GCM-SHA256 only: tls.version: expected 'TLSv1.2'",
        "connection-not-as-asked",
    ),
    (
        "SignedUpdateFirmware.status: expected 'RevokedCertificate', got 'Accepted'; the station",
        "firmware-certificate",
    ),
    ("X.certificateHashData: none of 1 entries is that of the certificate, {}", "hash-data"),
    ("the station dropped the connection (code 1006)", "connection-lost"),
    ("ReserveNow was answered with CALLERROR NotSupported: no", "not-supported"),
    ("no answer to Reset in 30 s", "no-answer"),
    ("Heartbeat came 3.20 s after the one before, every 10 s (±1) is required", "wrong-interval"),
    ("expected pings every 10 s (±4 s), but none came", "wrong-interval"),
    ("GetCompositeSchedule.chargingSchedule.duration: expected 300, got 1", "composite-schedule"),
    ("StatusNotification.status: expected 'Preparing', got 'Charging'", "connector-status"),
    ("no StatusNotification(connectorId=1, status='Finishing') in 30 s", "connector-status"),
    ("StopTransaction.reason: expected 'Remote', got 'Other'", "stop-reason"),
    (STOPPED, "stop-reason"),
    ("StartTransaction.idTag: expected 'TAG001', got 'tag001'", "other-token"),
    ("ReserveNow.status: expected 'Accepted', got 'Occupied'", "request-refused"),
    (INSTEAD, "something-else-came"),
    ("no Heartbeat() in 6 s", "nothing-came"),
    ("Booted not reached: no BootNotification() in 30 s", "nothing-came"),
    ("step 3: StopTransaction.reason: expected 'Remote', got 'Other'", "stop-reason"),
    ("something nobody has written a page about", ""),
]


@pytest.mark.parametrize(("reason", "name"), REASONS)
def test_a_reason_leads_to_its_page(reading: Reading, reason: str, name: str) -> None:
    found = reading(START, {**CASE, "verdict": "FAIL", "reason": reason, "step": "3"})
    assert cause(found.cases[0]) == name


def test_every_rule_is_shown_to_bite() -> None:
    assert {name for _, name in REASONS} - {""} == set(NAMES)


@pytest.mark.parametrize("verdict", ["PASS", "ERROR", "NOT APPLICABLE"])
def test_only_who_failed_or_was_not_judged_has_a_cause(reading: Reading, verdict: str) -> None:
    found = reading(START, {**CASE, "verdict": verdict, "reason": "no Heartbeat() in 6 s"})
    assert cause(found.cases[0]) == ""


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    pages = {path.stem for path in FOLDER.glob("*.md")} - {"README"}
    assert pages == set(NAMES)
    assert len(NAMES) == len(set(NAMES)) >= 20


def test_the_index_has_every_page_with_its_title() -> None:
    index = (FOLDER / "README.md").read_text("utf-8")
    for name in NAMES:
        found = page(name)
        assert found is not None
        assert f"- [{found.title}]({name}.md)\n" in index


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_its_parts(name: str) -> None:
    found = page(name)
    assert found is not None
    heads = re.findall(r"^## (.*)$", found.text, re.MULTILINE)
    assert heads == ["Why", "What to do", "Where it stands"]
    assert not found.text.startswith("#")
    assert re.search(r"OCPP|No section|test case document", found.text.rpartition("## ")[2])


def test_a_page_in_a_report_has_no_markdown_left() -> None:
    for name in NAMES:
        found = page(name)
        assert found is not None
        text = as_html(found)
        assert not re.search(r"`|\]\(|^#|\*\*", text, re.MULTILINE)
        assert text.count("<h3>") == 3


def test_a_page_that_is_not_installed_is_left_out() -> None:
    assert page("no-such-page") is None


def test_causes_stand_in_the_report_with_their_cases(run: Run) -> None:
    from reports.html import render  # noqa: PLC0415 - only here

    text = render(run)
    assert '<dt>Often<dd><a href="#why-other-token">A message has another token' in text
    begin = text.index('id="why-other-token"')
    assert '<a href="#TC_023_CS">TC_023_CS</a>' in text[begin : text.index("</details>", begin)]
    assert text.count('id="why-') == 3
