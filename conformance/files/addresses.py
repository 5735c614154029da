"""What the HTTP file server tells anybody at any time, beside the shelf of the running case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from conformance.sut import Sut
from conformance.sut_tls import TlsFiles


class Page(Protocol):
    """What an address says: a media type, and the bytes."""

    @property
    def kind(self) -> str:
        """The media type."""

    @property
    def data(self) -> bytes:
        """The bytes."""


class Addresses(Protocol):
    """Addresses that are not the shelf's."""

    def has(self, path: str) -> bool:
        """Tell whether a path is one of these."""

    def page(self, method: str, path: str, body: bytes) -> Page | None:
        """Return what is told there; None for a method that the address does not take."""


@dataclass(frozen=True)
class All:
    """The addresses of several."""

    parts: Sequence[Addresses]

    def has(self, path: str) -> bool:
        """Tell whether a path is one of these."""
        return any(part.has(path) for part in self.parts)

    def page(self, method: str, path: str, body: bytes) -> Page | None:
        """Return what is told there; None for a method that the address does not take."""
        found = next((part for part in self.parts if part.has(path)), None)
        return found.page(method, path, body) if found is not None else None


_Build: TypeAlias = Callable[[Path, Path, Path | None], Addresses]


def public(sut: Sut) -> Addresses:
    """Return what is told about revoked certificates; OSError where the files are wrong.

    The manufacturer's list is told whenever there is its key, the other authority's where that
    is wanted.
    """
    files: TlsFiles = sut.tls
    parts: list[Addresses] = []
    if files.maker is not None and files.maker_key is not None:
        from conformance.pki.revocation import of_maker  # noqa: PLC0415 - costs 50 ms

        parts.append(_read(of_maker, "maker", files.maker, files.maker_key, files.maker_crl))
    wanted = sut.document.tls.revocation
    if wanted and files.authority is not None and files.authority_key is not None:
        from conformance.pki.revocation import revocation  # noqa: PLC0415

        known = files.authority, files.authority_key, files.crl
        parts.append(_read(revocation, "authority", *known))
    return All(parts)


def _read(build: _Build, name: str, certificate: Path, key: Path, crl: Path | None) -> Addresses:
    try:
        return build(certificate, key, crl)
    except (TypeError, ValueError) as error:
        lists = {"maker": "maker_crl"}.get(name, "crl")
        raise OSError(f"tls.{name}, tls.{name}_key, tls.{lists}: {error}") from error
