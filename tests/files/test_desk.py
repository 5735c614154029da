"""What a case does with files, and how it judges them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from conformance import Csms, Files, Station
from conformance.cases import Result
from conformance.clock import now
from conformance.files.images import MARK, dummy, spoiled
from conformance.reference.transfer import TransferError
from conformance.sut import Sut, embedded, from_tables
from conformance.tamper import Tamper
from conformance.verdict import Verdict
from tests.engine.stage import (
    TIMES,
    declared,
    failed,
    inconclusive,
    passed,
    run,
    run_all,
    transcript,
)
from tests.miniatures.miniature import Miniature, silence


def station(answers: Mapping[str, Any] | None = None, sut: Sut | None = None) -> Miniature:
    keys = {"configurationKey": [], "unknownKey": ["SupportedFileTransferProtocols"]}
    return Miniature(sut or declared(), answers={"GetConfiguration": keys, **(answers or {})})


def with_files(**files: object) -> Sut:
    return embedded("1.6", "CS", changes={"limits": TIMES, "files": files})


def test_a_download_is_seen() -> None:
    it = station()

    async def scenario(files: Files) -> None:
        image = await it.files.download(await files.firmware())
        assert image.startswith(MARK)
        await files.expect_download("post")

    result = passed(run(it, scenario))
    (moved,) = result.as_record()["files"]
    assert (moved["kind"], moved["name"], moved["whole"]) == ("download", "firmware.bin", True)
    assert any("download of firmware.bin" in line for line in transcript(result))


def test_a_file_that_nobody_has_fetched_fails_at_its_step() -> None:
    it = station()

    async def scenario(files: Files) -> None:
        await files.firmware()
        await files.expect_download(5)

    failed(run(it, scenario), 5, "no download of firmware.bin was seen")


def test_what_was_fetched_before_is_another_download() -> None:
    it = station()

    async def scenario(files: Files) -> None:
        await it.files.download(await files.firmware())
        await files.corrupt()
        await files.expect_download(5)

    failed(run(it, scenario), 5, "no download of corrupt-firmware.bin was seen")


@pytest.mark.parametrize("name", ["log.txt", "LOG.TXT"])
def test_an_upload_is_seen(name: str) -> None:
    it = station()

    async def scenario(files: Files) -> None:
        await it.files.upload(await files.upload_location(), "log.txt", b"12345")
        await files.expect_upload("post", name=name)

    (moved,) = passed(run(it, scenario)).as_record()["files"]
    assert (moved["kind"], moved["name"], moved["size"]) == ("upload", "log.txt", 5)
    assert len(moved["sha256"]) == 64


def test_an_upload_under_another_name_fails() -> None:
    it = station()

    async def scenario(files: Files) -> None:
        await it.files.upload(await files.upload_location(), "other.txt", b"1")
        await files.expect_upload("post", name="log.txt")

    failed(run(it, scenario), "post", "upload: name: expected 'log.txt', got 'other.txt'")


def test_an_upload_of_nothing_fails() -> None:
    it = station()

    async def scenario(files: Files) -> None:
        await it.files.upload(await files.upload_location(), "log.txt", b"")
        await files.expect_upload("post", name="log.txt")

    failed(run(it, scenario), "post", "upload: size: expected some bytes, got 0")


def test_an_upload_that_has_not_come_fails() -> None:
    it = station()

    async def scenario(files: Files) -> None:
        await files.upload_location()
        await files.expect_upload("post", name="log.txt")

    result = failed(run(it, scenario), "post", "no upload was seen")
    assert result.duration >= TIMES["message_timeout"]


def test_what_was_refused_is_told_of_an_upload_that_has_not_come() -> None:
    it = station()

    async def scenario(station: Station, files: Files) -> None:
        await files.upload_location()
        shelf = station._bench.files.shelf
        for number in range(5):
            shelf.happened(f"FTP: a login with a wrong password ({number})")
        await files.expect_upload("post", name="log.txt")

    result = run(it, scenario)
    told = "; ".join(f"FTP: a login with a wrong password ({n})" for n in (2, 3, 4))
    assert result.reason == f"step post: no upload was seen; the server has refused: {told}"


def test_two_files_are_one_too_many() -> None:
    it = station()

    async def scenario(files: Files) -> None:
        location = await files.upload_location()
        for name in ("log.txt", "more.txt"):
            await it.files.upload(location, name, b"1")
        await files.expect_upload("post", name="log.txt")

    failed(run(it, scenario), "post", "a single file was uploaded")


def test_an_upload_without_a_name_is_remarked_on() -> None:
    it = station()

    async def scenario(files: Files) -> None:
        await it.files.upload(await files.upload_location(), "unnamed", b"1")
        await files.expect_upload("post", name="log.txt")

    remarks = passed(run(it, scenario)).record.transcript.remarks
    assert [r.text for r in remarks] == ["the upload was not called log.txt: it carried no name"]


def test_every_check_of_an_upload_bites() -> None:
    async def scenario(files: Files) -> None:
        await it.files.upload(await files.upload_location(), "log.txt", b"1")
        await files.expect_upload("post", name="log.txt")

    it = station()
    constraints = passed(run(it, scenario)).record.constraints
    assert {c.path or c.kind for c in constraints} == {"lost", "name", "whole", "size"}
    for constraint in constraints:
        it, tamper = station(), Tamper(constraint)
        result = run(it, scenario, tamper=tamper)
        assert tamper.used
        assert (result.verdict, result.step) == (Verdict.FAIL, "post")


def test_what_fails_on_purpose() -> None:
    it = station()

    async def scenario(files: Files) -> None:
        missing, refusing = await files.missing(), await files.refusing_location()
        with pytest.raises(TransferError, match="no such file"):
            await it.files.download(missing)
        with pytest.raises(TransferError, match="refused"):
            await it.files.upload(refusing, "x", b"1")

    passed(run(it, scenario))


def test_the_user_s_image_and_what_is_spoiled_of_it(tmp_path: Path) -> None:
    image = tmp_path / "wallbox 1.8.tar.gz"
    image.write_bytes(bytes(range(200)))
    it = station(sut=with_files(firmware=str(image)))

    async def scenario(files: Files) -> None:
        url = await files.firmware()
        assert url.endswith("/wallbox_1.8.tar.gz")
        assert await it.files.download(url) == image.read_bytes()
        assert (await files.missing()).endswith("/missing-wallbox_1.8.tar.gz")
        url = await files.corrupt()
        assert url.endswith("/corrupt-wallbox_1.8.tar.gz")
        wrong = await it.files.download(url)
        assert wrong[:100] == image.read_bytes()[:100]
        assert all(a != b for a, b in zip(wrong[100:], image.read_bytes()[100:], strict=True))

    passed(run(it, scenario))


def test_the_user_s_own_wrong_image(tmp_path: Path) -> None:
    image = tmp_path / "wrong.bin"
    image.write_bytes(b"wrong")
    it = station(sut=with_files(corrupt_firmware=str(image)))

    async def scenario(files: Files) -> None:
        assert await it.files.download(await files.corrupt()) == b"wrong"

    passed(run(it, scenario))


def test_nothing_is_installed_on_a_real_station_that_its_user_has_not_named() -> None:
    tables = {"sut": {"name": "x", "version": "1.6", "role": "CS"}, "limits": TIMES}
    it = station(sut=from_tables(tables, {}))

    async def scenario(files: Files) -> None:
        await files.firmware()

    inconclusive(run(it, scenario), "sut.toml names no firmware image (files.firmware)")


def test_files_that_lie_elsewhere_are_not_seen() -> None:
    values = {"firmware_location": "ftp://lab/fw.bin", "log_location": "ftp://lab/logs"}
    sut = embedded("1.6", "CS", changes={"limits": TIMES, "values": values})

    async def scenario(files: Files) -> None:
        assert await files.firmware() == "ftp://lab/fw.bin"
        assert await files.upload_location() == "ftp://lab/logs"
        await files.expect_download("post")
        await files.expect_upload("post", name="log.txt")

    result = passed(run(Miniature(sut), scenario))
    assert sum("this is not seen" in line for line in transcript(result)) == 2


def asked(value: str, **declared_files: object) -> tuple[Result, list[str]]:
    """Return what a station that says `value` of itself is given."""
    keys = [{"key": "SupportedFileTransferProtocols", "readonly": True, "value": value}]
    it = station({"GetConfiguration": {"configurationKey": keys}}, with_files(**declared_files))
    schemes: list[str] = []

    async def scenario(files: Files) -> None:
        for _ in range(2):
            schemes.append(urlsplit(await files.missing()).scheme)  # noqa: PERF401 - awaits

    result = run(it, scenario)
    return result, [*schemes, *(f[2] for _, f in it.got if f[2] == "GetConfiguration")]


@pytest.mark.parametrize(
    ("value", "scheme"), [("FTP,HTTP", "ftp"), ("HTTPS, http", "http"), ("HTTP,FTP", "ftp")]
)
def test_the_station_is_asked_once_for_its_protocols(value: str, scheme: str) -> None:
    result, seen = asked(value)
    passed(result)
    assert seen == [scheme, scheme, "GetConfiguration"]


def test_a_station_that_cannot_what_the_tool_can() -> None:
    result, _ = asked("FTPS,HTTPS")
    reason = "the station supports only FTPS, HTTPS for file transfer, the tool FTP, HTTP"
    inconclusive(result, reason)


def test_who_has_declared_the_protocols_is_not_asked() -> None:
    result, seen = asked("FTP", protocols=["HTTP", "FTP"])
    passed(result)
    assert seen == ["http", "http"]


def test_a_station_that_says_nothing_is_no_failure() -> None:
    async def scenario(files: Files) -> None:
        await files.missing()

    result = run(Miniature(declared(), answers={"GetConfiguration": silence}), scenario)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "no answer to GetConfiguration about file transfer" in result.reason


def test_the_credentials_are_in_the_address_and_in_no_record() -> None:
    it = station()
    urls: list[str] = []

    async def scenario(station: Station, files: Files) -> None:
        urls.append(await files.firmware())
        station.remark("", f"see {urls[0]}")

    result = passed(run(it, scenario))
    password = urlsplit(urls[0]).password
    assert password is not None
    assert len(password) == 16
    text = str(result.as_record())
    assert password not in text
    assert "firmware.bin" in text


def test_without_credentials_there_are_none() -> None:
    it = station(sut=with_files(credentials=False))

    async def scenario(files: Files) -> None:
        assert "@" not in await files.missing()

    passed(run(it, scenario))


@pytest.mark.parametrize(
    ("host", "shown"), [("lab.example", "lab.example"), ("2001:db8::1", "[2001:db8::1]")]
)
def test_the_address_is_the_one_that_is_declared(host: str, shown: str) -> None:
    it = station(sut=with_files(host=host))

    async def scenario(files: Files) -> None:
        assert f"@{shown}:" in await files.missing()

    passed(run(it, scenario))


def test_nothing_is_left_of_the_case_before() -> None:
    it = station()
    urls: list[str] = []

    async def first(files: Files) -> None:
        urls.append(await files.firmware())

    async def second() -> None:
        with pytest.raises(TransferError):
            await it.files.download(urls[0])

    assert [r.verdict for r in run_all(it, first, second)] == [Verdict.PASS] * 2


def test_the_tool_as_a_charge_point_moves_files_and_remarks_on_what_fails() -> None:
    accepted = {"status": "Accepted", "currentTime": now(), "interval": 300}
    it = Miniature(
        declared("1.6", "CSMS"), {"BootNotification": accepted, "StatusNotification": {}}
    )

    async def scenario(csms: Csms, files: Files) -> None:
        del csms
        assert (await files.fetch(await files.firmware()) or b"").startswith(MARK)
        assert await files.fetch(await files.missing()) is None
        await files.send(await files.upload_location(), "log.txt", b"1")
        await files.send(await files.refusing_location(), "log.txt", b"1")

    result = passed(run(it, scenario))
    remarks = [r.text.rpartition(": ")[2] for r in result.record.transcript.remarks]
    assert remarks == ["no such file", "uploads are refused here"]
    assert {m["kind"] for m in result.as_record()["files"]} == {"download", "upload"}


def test_a_dummy_says_what_it_is() -> None:
    mark, version, digest, empty, body = dummy("3.1").split(b"\n", 4)
    assert (mark, version, empty) == (MARK, b"3.1", b"")
    assert len(digest) == 64
    assert len(body) == 32_768
    assert spoiled(dummy("3.1")) != dummy("3.1")
