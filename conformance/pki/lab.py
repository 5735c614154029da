"""What a lab puts into a device: a folder of PEM files, right ones and bad ones."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding

from conformance.pki.authority import EXPIRED, NOT_YET, Authority, Issued, Usage, pem
from conformance.pki.keys import KeyKind, key_pem
from conformance.pki.revocation import CRL, MAKER, OCSP

KINDS: Final[tuple[KeyKind, ...]] = ("rsa", "ecdsa")
WRONG_NAME: Final = "somebody-else.invalid"


class FolderInUseError(Exception):
    """A file that would be written is there already; nothing was written."""


@dataclass(frozen=True, kw_only=True)
class Lab:
    """What the certificates are for: who operates, where the tool is, which device is tested.

    `names` are the host names and addresses of the tool, the first one its common name; `serial`
    is the device's, the common name of its certificate (security whitepaper edition 3, 2.6).
    `revocation_url` is where the tool tells what is revoked, http://host:port; it stands in what
    ca.pem and the manufacturer have signed.
    """

    organization: str
    names: Sequence[str]
    serial: str
    revocation_url: str = ""


@dataclass(frozen=True)
class File:
    """A file of the lab: its path below the folder, and whether nobody else may read it."""

    path: str
    data: bytes
    private: bool = False


def write(
    lab: Lab, folder: Path, *, kinds: Sequence[KeyKind] = KINDS, bad: bool = True
) -> list[Path]:
    """Write the lab's certificates below `folder`, private keys readable by their owner alone.

    Without `bad`, what has to be refused is left out. Raises FolderInUseError, before anything is
    written, rather than replace a file.
    """
    files = [File("README.txt", _readme(lab).encode())]
    for kind in kinds:
        files += _files(lab, kind, bad=bad)
    there = [f.path for f in files if (folder / f.path).exists()]
    if there:
        raise FolderInUseError(f"{folder / there[0]} is there already: name an empty folder")
    for file in files:
        _write(folder / file.path, file)
    return [folder / file.path for file in files]


def _write(path: Path, file: File) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = 0o600 if file.private else 0o644
    # Made with its mode: a key that is readable for a moment has been readable.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
        out.write(file.data)


def _files(lab: Lab, kind: KeyKind, *, bad: bool) -> Iterator[File]:
    root = Authority(f"{lab.organization} root {kind}", lab.organization, kind)
    sub = Authority(f"{lab.organization} CA {kind}", lab.organization, kind, parent=root)
    if lab.revocation_url:
        sub.ocsp_url, sub.crl_url = lab.revocation_url + OCSP, lab.revocation_url + CRL
    maker = Authority(f"Manufacturer root {kind}", "Manufacturer", kind)
    if lab.revocation_url:
        below = lab.revocation_url + MAKER
        maker.ocsp_url, maker.crl_url = below + OCSP, below + CRL
    other = Authority(f"Unknown root {kind}", "Unknown", kind)
    yield from _pair(f"{kind}/root", root.issued)
    yield from _pair(f"{kind}/ca", sub.issued)
    yield from _pair(f"{kind}/manufacturer-root", maker.issued)
    yield File(f"{kind}/unknown-root.pem", pem(other.certificate))
    common = lab.names[0]
    yield from _pair(f"{kind}/server", sub.issue(common, "server", kind, names=lab.names))
    other_kind: KeyKind = "ecdsa" if kind == "rsa" else "rsa"
    second = sub.issue(common, "server", other_kind, names=lab.names)
    yield from _pair(f"{kind}/server-{other_kind}", second)
    yield from _pair(f"{kind}/client", sub.issue(lab.serial, "client", kind))
    yield from _pair(f"{kind}/firmware", maker.issue("Firmware signing", "firmware", kind))
    if bad:
        yield from _bad(lab, kind, sub, other)
        yield from _bad_firmware(kind, maker, other)


def _bad(lab: Lab, kind: KeyKind, ca: Authority, other: Authority) -> Iterator[File]:
    """Return what a system must refuse, for each side of a TLS connection."""
    sides: tuple[tuple[str, str, Usage, Usage, Sequence[str]], ...] = (
        ("server", lab.names[0], "server", "client", lab.names),
        ("client", lab.serial, "client", "server", ()),
    )
    for side, common, right, wrong, names in sides:
        wrong_names = [WRONG_NAME] if names else ()
        bad = {
            "expired": ca.issue(common, right, kind, names=names, period=EXPIRED),
            "not-yet-valid": ca.issue(common, right, kind, names=names, period=NOT_YET),
            "wrong-name": ca.issue(WRONG_NAME, right, kind, names=wrong_names),
            "wrong-ca": other.issue(common, right, kind, names=names),
            "wrong-usage": ca.issue(common, wrong, kind, names=names),
            "weak-key": ca.issue(common, right, "weak", names=names),
            "revoked": ca.issue(common, right, kind, names=names),
        }
        ca.revoke(bad["revoked"].certificate)
        for why, issued in bad.items():
            yield from _pair(f"{kind}/bad/{side}-{why}", issued)
    yield File(f"{kind}/crl.pem", ca.crl().public_bytes(Encoding.PEM))


def _bad_firmware(kind: KeyKind, maker: Authority, other: Authority) -> Iterator[File]:
    """Return signing certificates that a station must refuse (L01.FR.24, .25)."""
    common = "Firmware signing"
    bad = {
        "expired": maker.issue(common, "firmware", kind, period=EXPIRED),
        "wrong-ca": other.issue(common, "firmware", kind),
        "revoked": maker.issue(common, "firmware", kind),
    }
    maker.revoke(bad["revoked"].certificate)
    for why, issued in bad.items():
        yield from _pair(f"{kind}/bad/firmware-{why}", issued)
    yield File(f"{kind}/manufacturer-crl.pem", maker.crl().public_bytes(Encoding.PEM))


def _pair(path: str, issued: Issued) -> Iterator[File]:
    yield File(f"{path}.pem", issued.pem)
    yield File(f"{path}.key", key_pem(issued.key), private=True)


def _readme(lab: Lab) -> str:
    url = lab.revocation_url
    where = f"; the tool tells it at {url}{CRL} and {url}{OCSP}" if url else ""
    makers = (
        f"; the tool tells it at {url}{MAKER}{CRL} and\n{' ' * 23}{url}{MAKER}{OCSP}" if url else ""
    )
    return f"""Certificates for tests of OCPP. They protect nothing: never use them anywhere else.

Two sets, rsa/ (2048 bits) and ecdsa/ (P-256); a system supports one of them at least.

root.pem               trust anchor: install it as the Central System root in a station, and as
                       the root of client certificates in a CSMS
ca.pem                 signs server and client certificates, and what a station asks for
server.pem, .key       the tool as the CSMS: {", ".join(lab.names)}
server-*.pem, .key     the same with the other kind of key: a CSMS under test needs both
client.pem, .key       the station {lab.serial} of {lab.organization}: into a station under test,
                       or used by the tool that plays it
manufacturer-root.pem  trust anchor of firmware: install it as the Manufacturer root
firmware.pem, .key     signs firmware
crl.pem                what ca.pem has revoked{where}
manufacturer-crl.pem   what manufacturer-root.pem has revoked{makers}
bad/                   what has to be refused: expired, not yet valid, of another name, by an
                       unknown authority (unknown-root.pem), for another use, with a weak key,
                       revoked; of firmware-*.pem, what must not sign firmware

The files that end in .key are private keys.
"""
