"""Tells whether a bundle is as it was packed, and by whom."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

from conformance.journal import SEAL
from reports import JOURNAL
from reports.bundle import MANIFEST, PUBLIC_KEY, SIGNATURE, sha256
from reports.errors import ReportError
from reports.fields import Fields
from reports.journal import read_bytes
from reports.signature import is_signed, same_key

LARGEST: Final = 2**31
"""The greatest size of a bundle's contents, in bytes, that is looked at."""

_OF_MANIFEST: Final = frozenset({MANIFEST, SIGNATURE, PUBLIC_KEY})


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What was found: every change in a line, and how the bundle is signed."""

    changes: tuple[str, ...]
    signature: str
    files: int

    @property
    def unchanged(self) -> bool:
        """Whether the bundle is as it was packed."""
        return not self.changes


def verify(bundle: Path, public: bytes | None = None) -> Verified:
    """Check a bundle against its manifest, and the manifest against its signature.

    With `public`, a PEM key, the signature has to be that key's. Raises ReportError where the
    file is no bundle, OSError where it cannot be read.
    """
    contents, doubled = _contents(bundle)
    if MANIFEST not in contents:
        raise ReportError(f"{bundle}: this is no bundle of ocpp-conformance: no {MANIFEST} in it")
    changes = [f"{name}: is there more than once" for name in doubled]
    changes += _differences(_listed(bundle, contents[MANIFEST]), contents)
    changes += _journal(contents)
    wrong, signature = _signature(contents, public)
    return Verified(changes=(*changes, *wrong), signature=signature, files=len(contents) - 1)


def _contents(bundle: Path) -> tuple[dict[str, bytes], list[str]]:
    try:
        with ZipFile(bundle) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > LARGEST:
                raise ReportError(f"{bundle}: there is more in it than any run leaves behind")
            counts = Counter(entry.filename for entry in entries)
            found = {entry.filename: archive.read(entry) for entry in entries}
    except (BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError) as fault:
        raise ReportError(f"{bundle}: it is no archive, or was damaged ({fault})") from fault
    return found, [name for name, count in counts.items() if count > 1]


def _listed(bundle: Path, manifest: bytes) -> dict[str, tuple[int, str]]:
    try:
        fields = Fields(json.loads(manifest), f"{bundle}: {MANIFEST}")
        return {
            entry.text("path"): (int(entry.number("size")), entry.text("sha256"))
            for entry in fields.items("files")
        }
    except (ValueError, RecursionError) as fault:
        raise ReportError(f"{bundle}: {MANIFEST} is damaged ({fault})") from fault


def _differences(
    listed: Mapping[str, tuple[int, str]], contents: Mapping[str, bytes]
) -> Iterator[str]:
    for name, (size, digest) in listed.items():
        if name not in contents:
            yield f"{name}: is missing"
        elif len(contents[name]) != size or sha256(contents[name]) != digest:
            yield f"{name}: was changed"
    for name in contents:
        if name not in listed and name not in _OF_MANIFEST:
            yield f"{name}: was added"


def _journal(contents: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the journal itself, whatever the manifest says of it."""
    if JOURNAL in contents:
        try:
            read_bytes(contents[JOURNAL], JOURNAL, contents.get(SEAL))
        except ReportError as fault:
            yield str(fault)


def _signature(contents: Mapping[str, bytes], public: bytes | None) -> tuple[list[str], str]:
    """Return what is wrong with the signature, and in words how the bundle is signed."""
    if SIGNATURE not in contents or PUBLIC_KEY not in contents:
        told = "not signed: the sums show accidents, not a forger"
        return ([f"{SIGNATURE}: is missing"] if public is not None else []), told
    theirs = contents[PUBLIC_KEY]
    if not is_signed(contents[MANIFEST], contents[SIGNATURE], theirs):
        return [f"{SIGNATURE}: is not that of {MANIFEST}"], "the signature is wrong"
    if public is None:
        return [], "signed; whose key it is, --key tells"
    if not same_key(theirs, public):
        return [f"{PUBLIC_KEY}: is another key than the one given"], "signed by somebody else"
    return [], "signed with the key given"
