from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from conformance.journal import SEAL, seal
from reports.bundle import MANIFEST, PUBLIC_KEY, SIGNATURE, make
from reports.errors import ReportError
from reports.signature import load
from reports.verify import verify
from tests.reports.made import JOURNAL
from tests.running import run


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Return a directory of results, with an uploaded file."""
    folder = tmp_path / "results of today"
    (folder / "files" / "TC_1").mkdir(parents=True)
    (folder / "files" / "TC_1" / "log").write_bytes(b"\x00uploaded")
    shutil.copy(JOURNAL, folder / "journal.jsonl")
    lines = JOURNAL.read_bytes().split(b"\n")[:-1]
    seal(folder / "journal.jsonl", len(lines), lines[-1][-34:-2].decode())
    return folder


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two pairs of keys, and an encrypted one."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("a", "b"):
        openssl("genpkey", "-algorithm", "ed25519", "-out", folder / f"{name}.pem")
        openssl("pkey", "-in", folder / f"{name}.pem", "-pubout", "-out", folder / f"{name}.pub")
    locked = ("-aes256", "-passout", "pass:hush", "-out", folder / "locked.pem")
    openssl("pkey", "-in", folder / "a.pem", *locked)
    openssl("genpkey", "-algorithm", "ed448", "-out", folder / "other.pem")
    return folder


def openssl(*words: str | Path) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


def changed(bundle: Path, **changes: bytes | None) -> Path:
    """Return a copy in which files are replaced, added or (None) taken away."""
    told = {name.replace("__", "/").replace("_dot_", "."): data for name, data in changes.items()}
    with ZipFile(bundle) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    target = bundle.with_name("changed.zip")
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, data in {**contents, **told}.items():
            if data is not None:
                archive.writestr(name, data)
    return target


def test_a_bundle_has_everything_and_says_so(results: Path, tmp_path: Path) -> None:
    bundle = make(results, tmp_path / "b.zip")
    with ZipFile(bundle) as archive:
        names = archive.namelist()
        manifest = json.loads(archive.read(MANIFEST))
        assert archive.read("files/TC_1/log") == b"\x00uploaded"
        declared = json.loads(archive.read("declaration-1.json"))
    assert names == [
        *(MANIFEST, "badge.svg", "declaration-1.json", "declaration-2.json", "files/TC_1/log"),
        *("journal.jsonl", SEAL, "junit.xml", "report.html", "report.json", "summary.md"),
    ]
    assert [entry["path"] for entry in manifest["files"]] == names[1:]
    assert (manifest["run"], manifest["anonymised"]) == ("Wallbox M2, release candidate 3", False)
    assert declared["configured"]["connection.password"] == "***"
    found = verify(bundle)
    assert (found.changes, found.files) == ((), len(names) - 1)
    assert found.signature.startswith("not signed")


def test_the_same_results_give_the_same_bytes(results: Path, tmp_path: Path) -> None:
    first = make(results, tmp_path / "1.zip").read_bytes()
    (results / "report.html").write_text("an old one, which is made anew")
    assert make(results, tmp_path / "2.zip").read_bytes() == first


def test_a_pdf_is_in_it_where_there_is_one(results: Path, tmp_path: Path) -> None:
    (results / "report.pdf").write_bytes(b"")
    with ZipFile(make(results, tmp_path / "b.zip")) as archive:
        assert archive.read("report.pdf").startswith(b"%PDF-")


def test_a_link_that_leads_elsewhere_is_left_out(results: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (results / "files" / "link").symlink_to(tmp_path / "secret")
    with ZipFile(make(results, tmp_path / "b.zip")) as archive:
        assert "files/link" not in archive.namelist()


def test_a_run_without_an_end_is_packed_only_where_that_is_asked_for(
    results: Path, tmp_path: Path
) -> None:
    lines = JOURNAL.read_bytes().splitlines(keepends=True)
    (results / "journal.jsonl").write_bytes(b"".join(lines[:5]))
    (results / SEAL).unlink()
    with pytest.raises(ReportError, match="has not come to its end"):
        make(results, tmp_path / "b.zip")
    assert verify(make(results, tmp_path / "b.zip", incomplete=True)).unchanged


# Changes


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"report_dot_html": b"better"}, ["report.html: was changed"]),
        ({"files__TC_1__log": None}, ["files/TC_1/log: is missing"]),
        ({"more": b""}, ["more: was added"]),
        (
            {"badge_dot_svg": b"x", "junit_dot_xml": None},
            ["badge.svg: was changed", "junit.xml: is missing"],
        ),
    ],
)
def test_every_change_is_told(
    results: Path, tmp_path: Path, changes: dict[str, bytes | None], told: list[str]
) -> None:
    bundle = make(results, tmp_path / "b.zip")
    assert list(verify(changed(bundle, **changes)).changes) == told


def test_a_journal_that_was_edited_is_told_though_the_manifest_fits(
    results: Path, tmp_path: Path
) -> None:
    journal = JOURNAL.read_bytes().replace(b'"verdict": "FAIL"', b'"verdict": "PASS"', 1)
    bundle = make(results, tmp_path / "b.zip")
    with ZipFile(bundle) as archive:
        manifest = archive.read(MANIFEST)
    from reports.bundle import sha256  # noqa: PLC0415 - what a forger would use

    manifest = manifest.replace(sha256(JOURNAL.read_bytes()).encode(), sha256(journal).encode())
    forged = changed(bundle, journal_dot_jsonl=journal, MANIFEST_dot_json=manifest)
    (told,) = verify(forged).changes
    assert "the journal was edited" in told


def test_a_file_that_is_there_twice_is_told(results: Path, tmp_path: Path) -> None:
    bundle = make(results, tmp_path / "b.zip")
    with ZipFile(bundle) as archive:
        badge = archive.read("badge.svg")
    with pytest.warns(UserWarning, match="Duplicate"), ZipFile(bundle, "a") as archive:
        archive.writestr("badge.svg", badge)
    assert verify(bundle).changes == ("badge.svg: is there more than once",)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04broken"])
def test_what_is_no_archive_is_no_bundle(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(ReportError, match="no archive, or was damaged"):
        verify(tmp_path / "x.zip")


@pytest.mark.parametrize("manifest", [None, b"", b"[]", b'{"files": [{"path": 1}]}'])
def test_without_a_manifest_that_can_be_read_it_is_no_bundle(
    results: Path, tmp_path: Path, manifest: bytes | None
) -> None:
    bundle = make(results, tmp_path / "b.zip")
    with pytest.raises(ReportError, match=MANIFEST):
        verify(changed(bundle, MANIFEST_dot_json=manifest))


def test_damage_within_the_archive_is_told(results: Path, tmp_path: Path) -> None:
    bundle = make(results, tmp_path / "b.zip")
    content = bytearray(bundle.read_bytes())
    content[len(content) // 2] ^= 0xFF
    bundle.write_bytes(content)
    with pytest.raises(ReportError, match="was damaged"):
        verify(bundle)


# Signatures


def test_a_signature_tells_whose_a_bundle_is(results: Path, tmp_path: Path, keys: Path) -> None:
    bundle = make(results, tmp_path / "b.zip", key=load(keys / "a.pem", None))
    assert verify(bundle).signature.startswith("signed; whose key")
    ours = verify(bundle, (keys / "a.pub").read_bytes())
    assert (ours.changes, ours.signature) == ((), "signed with the key given")
    theirs = verify(bundle, (keys / "b.pub").read_bytes())
    assert theirs.changes == (f"{PUBLIC_KEY}: is another key than the one given",)
    assert verify(bundle, b"no key").changes == theirs.changes


def test_a_manifest_that_was_changed_does_not_fit_its_signature(
    results: Path, tmp_path: Path, keys: Path
) -> None:
    bundle = make(results, tmp_path / "b.zip", key=load(keys / "a.pem", None))
    with ZipFile(bundle) as archive:
        manifest = archive.read(MANIFEST)
    forged = changed(bundle, MANIFEST_dot_json=manifest.replace(b"candidate 3", b"candidate 4"))
    assert verify(forged).changes == (f"{SIGNATURE}: is not that of {MANIFEST}",)
    stripped = changed(bundle, MANIFEST_dot_sig=None)
    assert verify(stripped, (keys / "a.pub").read_bytes()).changes == (f"{SIGNATURE}: is missing",)


def test_keys_that_cannot_sign_are_told(tmp_path: Path, keys: Path) -> None:
    assert load(keys / "locked.pem", b"hush").public == load(keys / "a.pem", None).public
    assert repr(load(keys / "a.pem", None)) == "Key(***)"
    (tmp_path / "x").write_text("no key")
    for path, password, told in (
        (keys / "locked.pem", None, "it needs a password"),
        (keys / "locked.pem", b"wrong", "the password is wrong"),
        (keys / "other.pem", None, "no Ed25519 key"),
        (tmp_path / "x", None, "no private key in PEM"),
    ):
        with pytest.raises(ReportError, match=told):
            load(path, password)


# The commands


def test_the_commands_pack_sign_and_verify(results: Path, keys: Path) -> None:
    folder = results.parent
    packed = run("bundle", results.name, "--key", keys / "a.pem", folder=folder)
    assert (packed.code, packed.out) == (0, f"{folder / 'results of today.zip'} (signed)\n")
    good = run("verify", "results of today.zip", "--key", keys / "a.pub", folder=folder)
    assert (good.code, good.out) == (
        0,
        "results of today.zip: as it was packed, 12 files, signed with the key given\n",
    )
    changed(folder / "results of today.zip", badge_dot_svg=b"")
    bad = run("verify", "changed.zip", folder=folder)
    assert bad.code == 1
    assert bad.out.splitlines()[0] == "badge.svg: was changed"
    assert "1 changes" in bad.out


def test_a_password_of_a_key_comes_from_the_environment(results: Path, keys: Path) -> None:
    words = ("bundle", results.name, "--key", keys / "locked.pem", "--output", "x.zip")
    told = {"OCPP_CONFORMANCE_KEY_PASSWORD": "hush"}
    assert run(*words, folder=results.parent, environ=told).out == "x.zip (signed)\n"
    wrong = run(*words, folder=results.parent, environ={"OCPP_CONFORMANCE_KEY_PASSWORD": "no"})
    assert (wrong.code, "hush" in wrong.err, "Traceback" in wrong.err) == (2, False, False)


@pytest.mark.parametrize("words", [("bundle", "."), ("verify", "none.zip"), ("verify", ".")])
def test_what_is_not_there_is_told_in_a_line(tmp_path: Path, words: tuple[str, ...]) -> None:
    ran = run(*words, folder=tmp_path)
    assert ran.code == 2
    assert "Traceback" not in ran.err
