"""The table [tls]: where the certificates are, and what a security profile needs of them."""

from __future__ import annotations

import hashlib
import json
import ssl
from pathlib import Path

import pytest

from conformance.pki.lab import Lab, write
from tests.test_sut import CSMS, STATION, only, problems, read

SECURE = CSMS.replace("ws://", "wss://")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab") / "pki"
    write(Lab(organization="Org", names=["localhost"], serial="CP01"), folder)
    return folder


@pytest.mark.parametrize(("text", "own"), [(STATION, "server"), (CSMS, "client")])
def test_a_folder_stands_for_all_files(lab: Path, text: str, own: str) -> None:
    sut = read(lab.parent, text + '[tls]\nfolder = "pki/ecdsa"\n')
    folder = lab / "ecdsa"
    assert sut.tls.certificate == folder / f"{own}.pem"
    assert sut.tls.private_key == folder / f"{own}.key"
    assert sut.tls.trusted == folder / "root.pem"


def test_a_file_of_its_own_goes_before_the_folder(lab: Path) -> None:
    keys = 'folder = "pki/ecdsa"\ntrusted = "pki/rsa/root.pem"\n'
    sut = read(lab.parent, f"{STATION}[tls]\n{keys}")
    assert sut.tls.trusted == lab / "rsa" / "root.pem"
    assert sut.tls.authority_key == lab / "ecdsa" / "ca.key"


def test_a_changed_copy_has_the_same_files(lab: Path) -> None:
    sut = read(lab.parent, f'{STATION}[tls]\nfolder = "pki/ecdsa"\ntrusted = "pki/rsa/root.pem"\n')
    for changes in (
        {"samples": {"seed": 1}},
        {"tls": {"revocation": True}, "files": {"http_port": 1}},
    ):
        changed = sut.changed(changes)
        assert changed.tls == sut.tls
        assert changed.document.tls.model_dump(mode="json")["folder"] == "pki/ecdsa"


def test_a_file_has_to_be_there(tmp_path: Path) -> None:
    told = only(tmp_path, STATION + '[tls]\ncertificate = "none.pem"\n')
    assert "expected none.pem to be there, found no such file" in told


def secured(text: str, profile: int) -> str:
    """Return a declaration with a security profile and all but the certificates."""
    password = '\npassword = "0123456789abcdef"' if profile == 2 else ""
    lines = f"security_profile = {profile}{password}\n"
    return text + (lines if "[connection]" in text else f"[connection]\n{lines}")


@pytest.mark.parametrize(
    ("text", "profile", "missing"),
    [
        (STATION, 2, ["certificate", "private_key"]),
        (STATION, 3, ["certificate", "private_key", "trusted"]),
        (SECURE, 3, ["certificate", "private_key", "trusted"]),
    ],
)
def test_a_security_profile_needs_its_files(
    tmp_path: Path, text: str, profile: int, missing: list[str]
) -> None:
    found = [p.split(": ", 2)[1] for p in problems(tmp_path, secured(text, profile))]
    assert found == [f"tls.{name}" for name in missing]


def test_a_csms_with_profile_2_needs_none(tmp_path: Path) -> None:
    assert read(tmp_path, secured(SECURE, 2)).connection.security_profile == 2


def test_a_url_is_as_the_profile_says(tmp_path: Path) -> None:
    assert "wss://host:port/path" in only(tmp_path, secured(CSMS, 2))
    assert "ws://host:port/path" in only(tmp_path, SECURE)


def test_a_journal_tells_which_certificates_are_used(lab: Path) -> None:
    sut = read(lab.parent, STATION + '[tls]\nfolder = "pki/ecdsa"\n')
    own, root, authority = sut.declaration()["certificates"]
    pem = (lab / "ecdsa" / "server.pem").read_text("utf-8")
    der = ssl.PEM_cert_to_DER_cert(pem[: pem.index("-----END") + 25])
    assert own["name"] == "The tool's certificate"
    assert own["sha256"] == hashlib.sha256(der).hexdigest()
    assert own["subject"].startswith("CN=")
    assert own["until"].endswith("Z")
    assert (root["name"], authority["name"]) == ("Trusted root", "The tool's authority")
    assert str(lab) not in json.dumps(sut.declaration())


def test_what_is_revoked_is_told_by_an_authority_at_a_port_that_is_known(lab: Path) -> None:
    told = problems(lab.parent, STATION + "[tls]\nrevocation = true\n")
    for place in ("tls.authority:", "tls.authority_key:", "files.http_port:"):
        assert [text for text in told if place in text], place
    keys = '[tls]\nfolder = "pki/ecdsa"\nrevocation = true\n[files]\nhttp_port = 8085\n'
    for text in (STATION, CSMS):
        files = read(lab.parent, text + keys).tls
        assert (files.authority, files.crl) == (lab / "ecdsa/ca.pem", lab / "ecdsa/crl.pem")
