"""One file with everything that a run is evidence by, and what tells whether it was changed."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from conformance.journal import SEAL, line
from reports import FORMATS, JOURNAL, renderer
from reports.anonymise import anonymised
from reports.errors import ReportError
from reports.journal import read, read_bytes, records
from reports.run import Run, SutInfo
from reports.signature import Key

FORMAT: Final = 1
MANIFEST, SIGNATURE, PUBLIC_KEY = "MANIFEST.json", "MANIFEST.sig", "MANIFEST.pub"
UPLOADS: Final = "files"
_MOMENT: Final = (1980, 1, 1, 0, 0, 0)  # the time in the archive: when it was packed says nothing
_ALWAYS: Final = ("html", "json", "junit", "markdown", "badge")


def make(
    directory: Path,
    output: Path,
    *,
    key: Key | None = None,
    anonymous: bool = False,
    incomplete: bool = False,
) -> Path:
    """Pack the results in `directory` into `output`, and return that.

    The reports are made anew from the journal; the PDF if the directory has one. The same
    results give the same bytes. An `anonymous` bundle has no uploaded files: nobody can tell
    what is in them. Raises ReportError for a journal that cannot be read, or for a run that did
    not come to its end, unless that is allowed by `incomplete`.
    """
    journal = directory / JOURNAL
    run = read(journal)
    if not run.complete and not incomplete:
        raise ReportError(f"{journal}: the run has not come to its end: it is evidence of nothing")
    files = dict(_journal(journal, anonymous=anonymous))
    run = read_bytes(files[JOURNAL], JOURNAL, files.get(SEAL))
    forms = [*_ALWAYS, *(["pdf"] if (directory / FORMATS["pdf"]).exists() else [])]
    files |= {FORMATS[form]: _bytes(renderer(form)(run)) for form in forms}
    files |= {name: _declaration(sut) for name, sut in _declared(run)}
    if not anonymous:
        files |= dict(_uploads(directory))
    manifest = _json(_manifest(run, files))
    files[MANIFEST] = manifest
    if key is not None:
        files |= {SIGNATURE: key.sign(manifest), PUBLIC_KEY: key.public}
    return _packed(output, files)


def _journal(journal: Path, *, anonymous: bool) -> Iterator[tuple[str, bytes]]:
    seal = journal.parent / SEAL
    if not anonymous:
        yield JOURNAL, journal.read_bytes()
        if seal.exists():
            yield SEAL, seal.read_bytes()
        return
    digest, lines, sealed = "", [], (0, "")
    for record in anonymised(records(journal)):
        text, digest = line(record, digest)
        lines.append(text)
        if record["kind"] == "end":
            sealed = len(lines), digest
    yield JOURNAL, "".join(lines).encode()
    if sealed[0]:
        yield SEAL, (json.dumps({"records": sealed[0], "sum": sealed[1]}) + "\n").encode()


def _declared(run: Run) -> Iterator[tuple[str, SutInfo]]:
    for number, sut in enumerate(run.suts, 1):
        yield f"declaration-{number}.json", sut


def _declaration(sut: SutInfo) -> bytes:
    """Return what was declared of one system, without what is secret."""
    names = ("name", "version", "role", "vendor", "model", "firmware", "serial", "sha256")
    told: dict[str, Any] = {name: getattr(sut, name) for name in names}
    told |= {"features": list(sut.features), "configured": dict(sut.configured)}
    return _json({**told, "given": list(sut.given)})


def _uploads(directory: Path) -> Iterator[tuple[str, bytes]]:
    """Yield what the systems have uploaded; a link that leads elsewhere is left out."""
    folder = directory / UPLOADS
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
            yield path.relative_to(directory).as_posix(), path.read_bytes()


def _manifest(run: Run, files: Mapping[str, bytes]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "tool": run.tool,
        "run": run.name,
        "started": run.started,
        "complete": run.complete,
        "anonymised": run.anonymised,
        "files": [
            {"path": name, "size": len(files[name]), "sha256": sha256(files[name])}
            for name in sorted(files)
        ],
    }


def _packed(output: Path, files: Mapping[str, bytes]) -> Path:
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for name in ordered(files):
            entry = ZipInfo(name, _MOMENT)
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o644 << 16
            entry.create_system = 3  # the same on every system
            archive.writestr(entry, files[name])
    unfinished = output.with_name(f"{output.name}.part")
    unfinished.write_bytes(packed.getvalue())
    return unfinished.replace(output)


def ordered(names: Iterable[str]) -> list[str]:
    """Return the names as they stand in a bundle: what tells of the others comes first."""
    return sorted(names, key=lambda name: (not name.startswith("MANIFEST"), name))


def sha256(content: bytes) -> str:
    """Return the sum that a manifest has."""
    return hashlib.sha256(content).hexdigest()


def _bytes(made: str | bytes) -> bytes:
    return made.encode() if isinstance(made, str) else made


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True) + "\n").encode()
