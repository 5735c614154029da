"""The append-only record of a run: what had ended survives a kill."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from conformance.catalogue import revision
from conformance.clock import now
from conformance.version import __version__

FORMAT = 1


class Journal:
    """Writes one JSON object a line, flushed at once: start, cases, findings, end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.counts: dict[str, int] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("w", encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def start(self, name: str, suts: list[Mapping[str, Any]]) -> None:
        """Write the header: who judged whom, with which catalogue."""
        self._write(
            {
                "kind": "start",
                "format": FORMAT,
                "tool": f"ocpp-conformance {__version__}",
                "catalogue": revision(),
                "started": now(),
                "name": name,
                "suts": suts,
            }
        )

    def case(self, record: Mapping[str, Any]) -> None:
        """Write one ended case."""
        verdict = str(record["verdict"])
        self.counts[verdict] = self.counts.get(verdict, 0) + 1
        self._write(record)

    def finding(self, sut: str, text: str) -> None:
        """Write a broken rule that no case can be blamed for."""
        self._write({"kind": "finding", "at": now(), "sut": sut, "text": text})

    def end(self) -> None:
        """Write the footer: without it a run is incomplete."""
        self._write({"kind": "end", "ended": now(), "counts": self.counts})

    def _write(self, record: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(record) + "\n")
        self._file.flush()
