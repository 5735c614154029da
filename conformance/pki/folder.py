"""The certificates of a reference system, made for one run and gone with it."""

from __future__ import annotations

import atexit
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from conformance.sut import Sut
from conformance.sut_operators import EmbeddedSettings

# The serial numbers of the reference stations, unless an option says another.
_SERIALS: Final = {"1.6": "CP16-0001", "2.0.1": "CS201-0001"}


class LabFolder:
    """A folder of certificates for an embedded system that is tested over a security profile."""

    def __init__(self) -> None:
        self._folder: TemporaryDirectory[str] | None = None

    def beside(self, sut: Sut) -> Sut:
        """Return the declaration with certificates, where it needs some and names none."""
        if not _needs(sut):
            return sut
        self._folder = TemporaryDirectory(prefix="ocpp-pki-")
        return _with(sut, self._folder.name)

    def close(self) -> None:
        """Remove the folder."""
        if self._folder is not None:
            self._folder.cleanup()


def shared(sut: Sut) -> Sut:
    """Return the declaration with certificates that all runs in this process share."""
    return sut.changed({"tls": {"folder": _made(*_kind(sut))}}) if _needs(sut) else sut


def _needs(sut: Sut) -> bool:
    # A station may be brought to a security profile, and is given roots without one.
    extended = sut.role == "CS" and sut.declares("16-SECURITY")
    secured = sut.connection.security_profile > 0 or extended
    embedded = isinstance(sut.operator, EmbeddedSettings)
    return embedded and secured and not sut.document.tls.folder


def _with(sut: Sut, folder: str) -> Sut:
    kind, serial = _kind(sut)
    _write(Path(folder), kind, serial)
    return sut.changed({"tls": {"folder": f"{folder}/{kind}"}})


def _kind(sut: Sut) -> tuple[str, str]:
    """Return the kind of its keys, and whose certificate that of a station is."""
    settings = sut.operator
    assert isinstance(settings, EmbeddedSettings)  # noqa: S101 - for the type checker
    usual = _SERIALS[sut.version] if sut.role == "CS" else sut.station
    return settings.keys, str(settings.options.get("serial", usual))


@cache
def _made(kind: str, serial: str) -> str:
    folder = TemporaryDirectory(prefix="ocpp-pki-")
    atexit.register(folder.cleanup)
    _write(Path(folder.name), kind, serial)
    return f"{folder.name}/{kind}"


def _write(folder: Path, kind: str, serial: str) -> None:
    from conformance.pki.lab import Lab, write  # noqa: PLC0415 - costs 50 ms

    lab = Lab(organization="Reference", names=["127.0.0.1", "localhost"], serial=serial)
    write(lab, folder, kinds=["rsa" if kind == "rsa" else "ecdsa"], bad=False)
