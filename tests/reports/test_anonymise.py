from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from conformance.journal import SEAL
from reports.anonymise import anonymised
from reports.bundle import make
from reports.journal import read_bytes
from reports.review import reviewed
from reports.verify import verify
from tests.reports.conftest import CASE, START
from tests.reports.made import JOURNAL, chained


def changed(*records: dict[str, Any], **sut: object) -> list[dict[str, Any]]:
    """Return the records after a header whose system has some more properties."""
    header = {**START, "suts": [{**START["suts"][0], **sut}]}
    return anonymised([header, *records])


def frame(*message: object) -> dict[str, Any]:
    return {"at": 0, "sender": "sut", "connection": 1, "text": json.dumps(message)}


def case(*frames: dict[str, Any], **more: object) -> dict[str, Any]:
    return {**CASE, "frames": list(frames), **more}


def texts(record: dict[str, Any]) -> list[str]:
    return [frame["text"] for frame in record["frames"]]


def test_a_token_is_the_same_other_one_everywhere() -> None:
    start = frame(2, "1", "StartTransaction", {"idTag": "04A1B2C3", "connectorId": 1})
    token = {"idToken": {"idToken": "04A1B2C3", "type": "ISO14443"}}
    found = changed(
        case(start, frame(2, "2", "Authorize", token), reason="got '04A1B2C3', wanted 'BEEF01'"),
        configured={"values.id_token.token": "BEEF01", "values.id_token2.token": "BEEF01"},
    )
    assert found[0]["suts"][0]["configured"] == {
        "values.id_token.token": "TOKEN-1",
        "values.id_token2.token": "TOKEN-1",
    }
    assert texts(found[1]) == [
        '[2, "1", "StartTransaction", {"idTag": "TOKEN-2", "connectorId": 1}]',
        '[2, "2", "Authorize", {"idToken": {"idToken": "TOKEN-2", "type": "ISO14443"}}]',
    ]
    assert found[1]["reason"] == "got 'TOKEN-2', wanted 'TOKEN-1'"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "connected from 192.0.2.17:40112, again 192.0.2.17:40112",
            "connected from ADDRESS-1, again ADDRESS-1",
        ),
        ("wss://csms.example.org:443/ocpp/CP-0815", "wss://ADDRESS-1/ocpp/STATION-1"),
        ("from [2001:db8::1]:9000", "from ADDRESS-1"),
        ("mac 00:1A:2b:3c:4d:5e.", "mac ADDRESS-1."),
        ("mail a.b@example.org", "mail ADDRESS-1"),
        ("CP-0815 and XCP-08151", "STATION-1 and XCP-08151"),
        ("at 12:30:45, [1, 2], 1.2.3, 16.0.0.1.2", "at 12:30:45, [1, 2], 1.2.3, 16.0.0.1.2"),
    ],
)
def test_ids_and_addresses_are_found_in_any_text(text: str, shown: str) -> None:
    found = changed(case(remarks=[{"step": "", "text": text}]), station="CP-0815")
    assert found[1]["remarks"][0]["text"] == shown


def test_a_firmware_that_looks_like_an_address_stays() -> None:
    boot = frame(2, "1", "BootNotification", {"firmwareVersion": "4.1.0.7", "iccid": "8949012"})
    found = changed(case(boot, presented={"firmware": "4.1.0.7", "model": "M"}), firmware="4.1.0.7")
    assert texts(found[1]) == [
        '[2, "1", "BootNotification", {"firmwareVersion": "4.1.0.7", "iccid": "SIM-1"}]'
    ]
    assert found[1]["presented"] == {"firmware": "4.1.0.7", "model": "M"}


def test_a_short_id_is_replaced_where_it_is_a_whole_text() -> None:
    start = frame(2, "1", "StartTransaction", {"idTag": "12", "meterStart": 12})
    found = changed(case(start, reason="got '12' after 12 s"))
    assert texts(found[1]) == [
        '[2, "1", "StartTransaction", {"idTag": "TOKEN-1", "meterStart": 12}]'
    ]
    assert found[1]["reason"] == "got 'TOKEN-1' after 12 s"


def test_an_id_is_found_as_json_writes_it() -> None:
    start = frame(2, "1", "StartTransaction", {"idTag": 'Müller"1'})
    assert "\\u00fc" in start["text"]
    assert texts(changed(case(start))[1]) == ['[2, "1", "StartTransaction", {"idTag": "TOKEN-1"}]']


def test_reviews_stay_with_their_remarks_and_lose_their_names() -> None:
    records = [json.loads(line) for line in JOURNAL.read_bytes().split(b"\n")[:-1]]
    run = read_bytes(chained(anonymised(records)).encode(), "journal.jsonl", None)
    assert run.anonymised
    assert [found.state for found in reviewed(run)] == ["accepted", "open", "rejected"]
    assert [review.by for review in run.reviews] == ["REVIEWER-1", "REVIEWER-2"]
    assert run.place == "PLACE-1"
    assert run.suts[0].certificates[0].sha256 == "CERTIFICATE-1"


def test_nothing_that_was_replaced_is_anywhere_in_the_bundle(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_bytes(JOURNAL.read_bytes())
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "log").write_text("serial MS-0004711")
    bundle = make(tmp_path, tmp_path / "b.zip", anonymous=True)
    with ZipFile(bundle) as archive:
        contents = {name: archive.read(name).decode() for name in archive.namelist()}
    assert verify(bundle).unchanged
    assert SEAL in contents
    assert "files/log" not in contents
    for secret in ("CP01", "MS-0004711", "TAG001", "192.0.2.17", "Laboratory 3", "A. Tester"):
        assert not [name for name, text in contents.items() if secret in text], secret
    assert "Müller &amp; Söhne" in contents["report.html"]
    assert "Ids, addresses and tokens were replaced" in contents["report.html"]
    assert json.loads(contents["MANIFEST.json"])["anonymised"] is True
