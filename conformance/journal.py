"""The append-only record of a run: what had ended survives a kill, and a change shows.

Every line ends with `sum`: a hash over the line before it and this one without its sum. The
seal, a file beside the journal, has the last sum of a run that came to its end, so that a
journal whose tail is gone is told from one of a run that was killed.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Self

from conformance.catalogue import revision
from conformance.clock import now
from conformance.version import __version__

FORMAT: Final = 2
SEAL: Final = "journal.seal"
"""The name of the seal, beside the journal."""


def line(record: Mapping[str, Any], before: str) -> tuple[str, str]:
    """Return a record as a line of a journal, and its sum; `before` is the sum before it."""
    text = json.dumps(record)
    digest = hashlib.sha256(f"{before}{text}".encode()).hexdigest()[:32]
    return f'{text[:-1]}, "sum": "{digest}"}}\n', digest


def seal(journal: Path, records: int, digest: str) -> None:
    """Write what a journal that is complete ends with, beside it."""
    text = json.dumps({"records": records, "sum": digest})
    (journal.parent / SEAL).write_text(f"{text}\n", encoding="utf-8")


class Journal:
    """Writes one JSON object a line, flushed at once: start, outlines, cases, findings, end.

    With `resumes` it goes on behind what a killed run has left there, and says so.
    """

    def __init__(self, path: Path, *, resumes: bool = False) -> None:
        self.path = path
        self.counts: dict[str, int] = {}
        self._sum, self._records = "", 0
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / SEAL).unlink(missing_ok=True)  # another run's
        self._file = path.open("r+" if resumes else "w", encoding="utf-8")
        if resumes:
            self._go_on()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def start(self, name: str, suts: list[Mapping[str, Any]], place: str = "") -> None:
        """Write the header: who judged whom, with which catalogue; `place` is the user's word."""
        self._write(
            {
                "kind": "start",
                "format": FORMAT,
                "tool": f"ocpp-conformance {__version__}",
                "catalogue": revision(),
                "started": now(),
                "name": name,
                "place": place,
                "platform": f"{platform.system()}, Python {platform.python_version()}",
                "suts": suts,
            }
        )

    def outline(self, record: Mapping[str, Any]) -> None:
        """Write what the catalogue has for one SUT."""
        self._write(record)

    def case(self, record: Mapping[str, Any]) -> None:
        """Write one ended case."""
        self._count(record)
        self._write(record)

    def finding(self, sut: str, text: str) -> None:
        """Write a broken rule that no case can be blamed for."""
        self._write({"kind": "finding", "at": now(), "sut": sut, "text": text})

    def end(self, refused: Sequence[Mapping[str, Any]] = ()) -> None:
        """Write the footer: without it a run is incomplete.

        `refused` has who was not let in: sut, kind, address and count.
        """
        footer = {"kind": "end", "ended": now(), "counts": self.counts}
        self._write({**footer, "refused": refused} if refused else footer)
        seal(self.path, self._records, self._sum)

    def _go_on(self) -> None:
        """Take in what a killed run has left, drop a line that was cut off, and say so."""
        text = self.path.read_bytes()
        whole = text[: text.rfind(b"\n") + 1]
        if _is_record(text[len(whole) :]):  # only its newline is missing
            whole = text
        self._file.truncate(len(whole))
        self._file.seek(len(whole))
        if not whole.endswith(b"\n"):
            self._file.write("\n")
        for line_before in whole.splitlines():
            record = json.loads(line_before)
            self._sum, self._records = str(record["sum"]), self._records + 1
            if record["kind"] == "case":
                self._count(record)
        self._write({"kind": "resume", "resumed": now()})

    def _count(self, record: Mapping[str, Any]) -> None:
        verdict = str(record["verdict"])
        self.counts[verdict] = self.counts.get(verdict, 0) + 1

    def _write(self, record: Mapping[str, Any]) -> None:
        text, self._sum = line(record, self._sum)
        self._records += 1
        self._file.write(text)
        self._file.flush()


def _is_record(text: bytes) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
