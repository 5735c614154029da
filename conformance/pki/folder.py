"""The certificates of a reference system, made for one run and gone with it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from conformance.sut import Sut
from conformance.sut_operators import EmbeddedSettings


class LabFolder:
    """A folder of certificates for an embedded system that is tested over TLS."""

    def __init__(self) -> None:
        self._folder: TemporaryDirectory[str] | None = None

    def beside(self, sut: Sut) -> Sut:
        """Return the declaration with certificates, where it needs some and names none."""
        settings = sut.operator
        over_tls = sut.connection.security_profile > 1
        if not isinstance(settings, EmbeddedSettings) or not over_tls or sut.document.tls.folder:
            return sut
        from conformance.pki.lab import Lab, write  # noqa: PLC0415 - costs 50 ms

        self._folder = TemporaryDirectory(prefix="ocpp-pki-")
        lab = Lab(organization="Reference", names=["127.0.0.1", "localhost"], serial=sut.station)
        write(lab, Path(self._folder.name), kinds=[settings.keys], bad=False)
        return sut.changed({"tls": {"folder": f"{self._folder.name}/{settings.keys}"}})

    def close(self) -> None:
        """Remove the folder."""
        if self._folder is not None:
            self._folder.cleanup()
