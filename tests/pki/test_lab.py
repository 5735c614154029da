"""The folder of certificates: complete, private where it must be, never overwritten."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store

from conformance.cli import main
from conformance.pki.authority import pem
from conformance.pki.lab import FolderInUseError, Lab, write
from tests.running import run

LAB = Lab(organization="Org", names=["csms.example", "192.0.2.7"], serial="SN-1")
BAD = (
    *("expired", "not-yet-valid", "wrong-name", "wrong-ca", "wrong-usage", "weak-key", "revoked"),
)


def certificates(path: Path) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(path.read_bytes())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("a lab") / "pki"
    write(LAB, path)
    return path


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_everything_is_there(folder: Path, kind: str) -> None:
    pairs = {"root", "ca", "manufacturer-root", "server", "client", "firmware"}
    pairs |= {f"server-{'ecdsa' if kind == 'rsa' else 'rsa'}"}
    wanted = {f"{name}.{end}" for name in pairs for end in ("pem", "key")}
    wanted |= {"unknown-root.pem", "crl.pem", "manufacturer-crl.pem", "bad"}
    assert {p.name for p in (folder / kind).iterdir()} == wanted
    bad = {f"{side}-{why}" for side in ("server", "client") for why in BAD}
    bad |= {f"firmware-{why}" for why in ("expired", "wrong-ca", "revoked")}
    assert {p.stem for p in (folder / kind / "bad").glob("*.pem")} == bad


def test_only_private_keys_are_private(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            mode = stat.S_IMODE(path.stat().st_mode)
            assert (mode == 0o600) == (path.suffix == ".key"), path
            assert (b"PRIVATE KEY" in path.read_bytes()) == (path.suffix == ".key"), path


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_the_server_is_what_a_client_accepts(folder: Path, kind: str) -> None:
    root, *_ = certificates(folder / kind / "root.pem")
    leaf, *above = certificates(folder / kind / "server.pem")
    verifier = PolicyBuilder().store(Store([root]))
    chain = verifier.build_server_verifier(x509.DNSName("csms.example")).verify(leaf, above)
    assert [pem(c) for c in chain] == [pem(leaf), *map(pem, above), pem(root)]


def test_nothing_is_overwritten(folder: Path) -> None:
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    with pytest.raises(FolderInUseError, match="is there already"):
        write(LAB, folder)
    (folder / "README.txt").rename(folder / "elsewhere.txt")
    with pytest.raises(FolderInUseError):
        write(LAB, folder)
    (folder / "elsewhere.txt").rename(folder / "README.txt")
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before


def test_the_command_writes_a_lab_once(tmp_path: Path) -> None:
    first = run("pki", "made here", "--name", "csms.example", "--serial", "SN-2", folder=tmp_path)
    assert (first.code, first.err) == (0, "")
    made = tmp_path / "made here"
    (leaf, _) = certificates(made / "ecdsa" / "client.pem")
    assert leaf.subject.rfc4514_string() == "CN=SN-2,O=Test Lab"
    assert str(len([p for p in made.rglob("*") if p.is_file()])) == first.out.split()[0]
    again = run("pki", "made here", folder=tmp_path)
    assert again.code == 2
    assert "is there already" in again.err


@pytest.mark.parametrize(
    "url", ["tool:8085", "https://t:1", "http://t", "http://t:1/x", "http://[t"]
)
def test_the_address_of_what_is_revoked_is_a_server(tmp_path: Path, url: str) -> None:
    told = CliRunner().invoke(main, ["pki", str(tmp_path / "made"), "--revocation-url", url])
    assert told.exit_code == 2
    assert "expected http://host:port" in told.output
    assert not (tmp_path / "made").exists()
