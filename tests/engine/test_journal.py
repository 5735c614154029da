"""The journal: one object a line, flushed at once; without its end it is incomplete."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance import Station
from conformance.journal import Journal
from conformance.matching import about_now, mismatches
from conformance.version import __version__
from tests.engine.stage import declared, run
from tests.engine.test_bench import CONFIGURED, read
from tests.miniatures.miniature import Miniature


def lines(path: Path) -> list[dict[str, Any]]:
    """Return what another process could read at this moment."""
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def test_a_run_from_start_to_end(tmp_path: Path) -> None:
    path = tmp_path / "results of today" / "journal.jsonl"
    with Journal(path) as journal:
        journal.start("demo", [declared().declaration()])
        for verdict in ("PASS", "FAIL", "PASS"):
            journal.case({"kind": "case", "verdict": verdict})
        journal.finding("reference", "a second answer")
        journal.end()
    start, *cases, finding, end = lines(path)
    wanted = {"kind": "start", "format": 2, "tool": f"ocpp-conformance {__version__}"}
    assert not mismatches({**wanted, "name": "demo", "started": about_now(within=60)}, start)
    assert start["suts"][0]["role"] == "CS"
    assert start["catalogue"]
    assert [c["verdict"] for c in cases] == ["PASS", "FAIL", "PASS"]
    assert (finding["sut"], finding["text"]) == ("reference", "a second answer")
    assert (end["kind"], end["counts"]) == ("end", {"PASS": 2, "FAIL": 1})


def test_what_has_ended_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        journal.start("demo", [])
        journal.case({"kind": "case", "verdict": "PASS"})
        assert [line["kind"] for line in lines(path)] == ["start", "case"]


@pytest.mark.parametrize("text", ["ä ± €", "two\nlines", "line\u2028separator", '"quoted"', "\x00"])
def test_any_text_comes_back(tmp_path: Path, text: str) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        journal.case({"kind": "case", "verdict": "FAIL", "reason": text})
    (line,) = lines(path)
    assert line["reason"] == text


def test_half_a_character_of_the_station_does_not_end_the_run(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        journal.case({"kind": "case", "verdict": "FAIL", "reason": "half \ud83d of one"})
    (line,) = lines(path)
    assert line["reason"] == "half \ud83d of one"


def test_a_result_as_a_line(tmp_path: Path) -> None:
    async def remarked(station: Station) -> None:
        await read(station)
        station.remark(1, "worth a look")

    result = run(Miniature(declared(), {"GetConfiguration": CONFIGURED}), remarked)
    with Journal(tmp_path / "journal.jsonl") as journal:
        journal.case(result.as_record())
    (line,) = lines(tmp_path / "journal.jsonl")
    assert (line["kind"], line["id"], line["verdict"]) == ("case", "TC_0_CS", "PASS")
    assert set(line["steps"][0]) == {"at", "step", "who", "expected", "got", "ok", "frame"}
    assert set(line["frames"][0]) == {"at", "sender", "connection", "text", "finding"}
    assert line["remarks"] == [{"step": "1", "text": "worth a look"}]
    assert line["sut"] == "reference"
