"""What a run could have judged: every catalogued case and every feature, for a journal."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Any

from conformance.catalogue import Entry, of_version
from conformance.declared import declared_ids
from conformance.features import features
from conformance.sut import Sut


def outline(sut: Sut, wanted: AbstractSet[str]) -> dict[str, Any]:
    """Return the journal's record of the catalogue for one SUT; `wanted` has the run's cases.

    With it a report needs no catalogue: what was not run, and why, is in the journal.
    """
    ready = declared_ids()
    entries = [e for e in of_version(sut.version) if e.role == sut.role]
    return {
        "kind": "outline",
        "sut": sut.name,
        "version": sut.version,
        "role": sut.role,
        "features": [
            {"id": f.id, "name": f.name, "kind": f.kind, "declared": sut.declares(f.id)}
            for f in features(sut.version, sut.role).values()
        ],
        "cases": [
            {
                **_facts(entry),
                "unmet": entry.unmet(sut.features),
                "implemented": entry.id in ready,
                "selected": entry.id in wanted,
            }
            for entry in entries
        ],
    }


def _facts(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "title": entry.title,
        "section": entry.section,
        "profiles": dict(entry.profiles),
        "condition": entry.condition,
        "requirements": list(entry.requirements),
    }
