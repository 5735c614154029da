"""Whole runs over real sockets: what a station fetches and uploads, and what is left afterwards."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from conformance.cases import Result
from conformance.files.needs import lacking
from conformance.operators import Streams
from conformance.selection import implemented
from conformance.session import Session
from conformance.sut import Sut, embedded, from_tables
from conformance.verdict import Verdict
from tests.running import journal, run_pytest

STATION = ("TC_044_1_CS", "TC_044_2_CS", "TC_044_3_CS", "TC_045_1_CS", "TC_045_2_CS")
CSMS = ("TC_044_1_CSMS", "TC_044_2_CSMS", "TC_044_3_CSMS", "TC_045_1_CSMS", "TC_045_2_CSMS")


def played(sut: Sut, folder: Path | None, *cases: str) -> list[Result]:
    """Run cases in one session; no thread may be left of it."""
    before = set(threading.enumerate())
    session = Session(sut, Streams(None, None), folder)
    session.open()
    try:
        results = [session.run(implemented()[case]) for case in cases]
    finally:
        session.close()
    assert [(r.case.id, r.verdict, r.reason) for r in results] == [
        (case, Verdict.PASS, "") for case in cases
    ]
    left = {thread.name for thread in set(threading.enumerate()) - before}
    assert not [name for name in left if not name.startswith("asyncio-waitpid")]
    return results


@pytest.mark.parametrize("protocol", ["FTP", "HTTP"])
def test_a_station(tmp_path: Path, protocol: str) -> None:
    sut = embedded("1.6", "CS", options={"transfer_protocols": protocol})
    results = played(sut, tmp_path / "files", *STATION)
    moved = [line for result in results for line in result.as_record()["files"]]
    assert {line["kind"] for line in moved} == {"download", "upload", "refused"}
    assert {line.get("protocol", protocol) for line in moved} == {protocol}
    (upload,) = (line for line in moved if line["kind"] == "upload")
    assert (tmp_path / upload["stored"]).stat().st_size == upload["size"]


@pytest.mark.parametrize("protocol", ["FTP", "HTTP"])
def test_a_central_system(protocol: str) -> None:
    sut = embedded("1.6", "CSMS", changes={"files": {"protocols": [protocol]}})
    results = played(sut, None, *CSMS)
    assert [r.text for result in results for r in result.record.transcript.remarks] == []
    kinds = [line["kind"] for result in results for line in result.as_record()["files"]]
    assert kinds == ["download", "download", "upload"]


def test_a_port_that_is_taken_leaves_it_inconclusive() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("conformance.files.http.HttpServer.open", refused)
        sut = embedded("1.6", "CS", changes={"files": {"protocols": ["HTTP"]}})
        session = Session(sut, Streams(None, None))
        session.open()
        try:
            result = session.run(implemented()["TC_044_2_CS"])
        finally:
            session.close()
    assert (result.verdict, result.reason) == (
        Verdict.INCONCLUSIVE,
        "no HTTP server can be opened: Address already in use",
    )


async def refused(*_: object) -> None:
    raise OSError(98, "Address already in use")


def test_what_is_uploaded_to_a_worker_is_in_the_results(tmp_path: Path) -> None:
    words = ["--ocpp-sut", "embedded:1.6:CS", "--ocpp-case", "TC_045_1_CS", "-n", "1"]
    ran = run_pytest("--pyargs", "testcases", *words, folder=tmp_path)
    assert ran.code == 0, ran.out
    (record,) = (line for line in journal(ran.results) if line["kind"] == "case")
    (upload,) = record["files"]
    assert upload["stored"].startswith("files/TC_045_1_CS/")
    assert (ran.results / upload["stored"]).stat().st_size == upload["size"] > 0


def told(**tables: object) -> list[str]:
    sut = from_tables({"sut": {"name": "x", "version": "1.6", "role": "CS"}, **tables}, {})
    cases = [implemented()[case] for case in STATION]
    return list(lacking(sut, cases))


def test_an_image_that_is_not_named_is_known_before_a_run(tmp_path: Path) -> None:
    image = tmp_path / "fw.bin"
    image.write_bytes(b"new")
    elsewhere = {"firmware_location": "ftp://lab/fw.bin"}
    lost = "files.firmware names no image: INCONCLUSIVE will be"
    assert told() == [f"{lost} TC_044_1_CS, TC_044_3_CS"]
    assert told(values=elsewhere) == [f"{lost} TC_044_3_CS"]
    assert told(values=elsewhere, files={"corrupt_firmware": str(image)}) == []
    assert told(files={"firmware": str(image)}) == []
