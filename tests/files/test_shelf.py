from __future__ import annotations

import hashlib
import string
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.files.shelf import MOST_UPLOADS, RefusedError, Shelf, TooLargeError, safe

CASE = "TC_045_1_CS"


def shelf(folder: Path | None = None, limit: int = 1000) -> Shelf:
    made = Shelf(folder, limit, lambda: None, _raise)
    made.begin(CASE, lambda: 2.5)
    return made


def _raise(bug: BaseException) -> None:
    raise bug


def test_an_offer_is_found_at_its_path_only() -> None:
    made = shelf()
    path = made.offer("fw.bin", b"new")
    assert path == "/TC_045_1_CS/fw.bin"
    assert made.find(path) == b"new"
    for wrong in ("/", "/fw.bin", "/TC_045_1_CS", f"{path}/x", "/TC_045_2_CS/fw.bin", f"{path}/.."):
        with pytest.raises(FileNotFoundError):
            made.find(wrong)


def test_nothing_is_offered_or_taken_after_the_case() -> None:
    made = shelf()
    offer, logs = made.offer("fw.bin", b"new"), made.take("logs")
    made.end()
    with pytest.raises(FileNotFoundError):
        made.find(offer)
    with pytest.raises(FileNotFoundError):
        made.receive(f"{logs}/x", "FTP")
    assert made.names("/") == []


def test_an_upload_is_kept_with_its_hash(tmp_path: Path) -> None:
    changes: list[int] = []
    made = Shelf(tmp_path / "files", 1000, lambda: changes.append(1), _raise)
    made.begin(CASE, lambda: 2.5)
    incoming = made.receive(f"{made.take('logs')}/log 1.txt", "FTP")
    incoming.write(b"one, ")
    incoming.write(b"two")
    assert made.uploads == []
    incoming.finish(whole=True)
    (upload,) = made.uploads
    assert (upload.name, upload.size, upload.whole, upload.at) == ("log 1.txt", 8, True, 2.5)
    assert upload.sha256 == hashlib.sha256(b"one, two").hexdigest()
    assert upload.stored == "files/TC_045_1_CS/1-log_1.txt"
    assert (tmp_path / upload.stored).read_bytes() == b"one, two"
    assert changes == [1]


def test_an_upload_ends_once() -> None:
    made = shelf()
    incoming = made.receive(f"{made.take('logs')}/x", "HTTP")
    incoming.finish(whole=True)
    incoming.close()
    assert [u.whole for u in made.uploads] == [True]


def test_what_is_given_up_is_not_whole() -> None:
    made = shelf()
    incoming = made.receive(f"{made.take('logs')}/x", "HTTP")
    incoming.write(b"half")
    incoming.close()
    assert [(u.whole, u.size) for u in made.uploads] == [(False, 4)]
    assert made.names("/TC_045_1_CS/logs") == []


def test_the_limit_is_for_all_uploads_of_a_case_together() -> None:
    made = shelf(limit=10)
    logs = made.take("logs")
    made.receive(f"{logs}/a", "FTP").write(b"123456")
    with pytest.raises(TooLargeError, match="more than the 10 bytes"):
        made.receive(f"{logs}/b", "FTP").write(b"78901")
    assert made.events[0].text == "FTP: b: more than the 10 bytes that are taken"
    made.begin(CASE, lambda: 0.0)
    made.receive(f"{made.take('logs')}/c", "FTP").write(b"1234567890")


def test_there_are_not_any_number_of_uploads() -> None:
    made = shelf()
    logs = made.take("logs")
    for number in range(MOST_UPLOADS):
        made.receive(f"{logs}/{number}", "FTP").close()
    with pytest.raises(RefusedError):
        made.receive(f"{logs}/one more", "FTP")


def test_a_folder_that_refuses_takes_nothing() -> None:
    made = shelf()
    path = made.take("refused", refuses=True)
    assert made.is_folder(path)
    with pytest.raises(RefusedError, match="refused here"):
        made.receive(f"{path}/x", "FTP")


@pytest.mark.parametrize(
    "path", ["/x", "/TC_045_1_CS/x", "/TC_045_1_CS/logs", "/TC_045_1_CS/logs/a/b", "", "/"]
)
def test_uploads_go_into_a_folder_and_nowhere_else(path: str) -> None:
    made = shelf()
    made.take("logs")
    with pytest.raises(FileNotFoundError):
        made.receive(path, "FTP")


@pytest.mark.parametrize("name", [".", ".."])
def test_a_name_that_leads_elsewhere_is_none(name: str) -> None:
    made = shelf()
    with pytest.raises(FileNotFoundError):
        made.receive(f"{made.take('logs')}/{name}", "FTP")


HOSTILE = [
    "../../../etc/passwd",
    "..\\..\\windows\\x",
    "C:\\x:y",
    "/etc/passwd",
    "a\0b",
    "\n\r",
    "...",
    ".ssh",
    "x" * 5000,
    "\u202egnp.exe",
    "CON",
    "日本語",
    "",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_in_their_folder(tmp_path: Path, name: str) -> None:
    made = shelf(tmp_path / "files")
    made.take("logs")
    path = f"/{CASE}/logs/{name.rpartition('/')[2] or 'nothing'}"
    incoming = made.receive(path, "HTTP")
    incoming.write(b"x")
    incoming.finish(whole=True)
    (file,) = (p for p in tmp_path.rglob("*") if p.is_file())
    assert file.parent == tmp_path / "files" / CASE
    assert file.resolve() == file


@given(st.text())
def test_a_safe_name_is_one_on_any_system(name: str) -> None:
    plain = safe(name)
    assert set(plain) <= set(string.ascii_letters + string.digits + "._-")
    assert 0 < len(plain) <= 80
    assert not plain.startswith(".")
    assert PurePosixPath(plain).name == PureWindowsPath(plain).name == plain


def test_an_upload_may_get_its_name_at_last() -> None:
    made = shelf()
    logs = made.take("logs")
    made.receive(f"{logs}/log.part", "FTP").finish(whole=True)
    made.renamed(f"{logs}/log.part", f"{logs}/log.txt")
    assert made.names(logs) == ["log.txt"]
    for old, new in (("gone", "x"), ("log.txt", "../x")):
        with pytest.raises(FileNotFoundError):
            made.renamed(f"{logs}/{old}", f"{logs}/{new}")


def test_what_is_there_and_how_large_it_is(tmp_path: Path) -> None:
    image = tmp_path / "fw.bin"
    image.write_bytes(b"12345")
    made = shelf()
    logs, offer = made.take("logs"), made.offer("fw.bin", image)
    made.receive(f"{logs}/x", "FTP").finish(whole=True)
    assert made.names("/") == [CASE]
    assert made.names(f"/{CASE}") == ["fw.bin", "logs"]
    assert [made.size(p) for p in ("/", logs, offer, f"{logs}/x")] == [None, None, 5, 0]
    for path in (f"{logs}/y", "/x", f"{logs}/x/y"):
        with pytest.raises(FileNotFoundError):
            made.size(path)
    with pytest.raises(FileNotFoundError):
        made.names(offer)


def test_refusals_are_told_but_not_without_end() -> None:
    made = shelf()
    for number in range(1000):
        made.happened(f"refused {number}")
    assert len(made.events) == 200
    assert (made.events[7].text, made.events[7].at) == ("refused 7", 2.5)
