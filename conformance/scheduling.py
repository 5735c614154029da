"""Cases over several processes: all cases of one station of one SUT stay together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xdist.scheduler import LoadScopeScheduling

FOLDERS = {"ocpp16", "ocpp201", "ocppj"}


def by_station(
    config: Any,  # noqa: ANN401 - xdist is untyped
    log: Any,  # noqa: ANN401
    stations: Mapping[str, str],
) -> LoadScopeScheduling:
    """Return a scheduler whose groups are version, role and station.

    Version and role are read off a case's path; `stations` says which station each case uses.
    """
    places = {f"test_{case.lower()}": station for case, station in stations.items()}

    class ByStation(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path, _, name = nodeid.partition("::")
            parts = path.split("/")
            at = next((n for n, part in enumerate(parts) if part in FOLDERS), None)
            if at is None:
                return nodeid
            return "/".join((*parts[at : at + 2], places.get(name, "")))

    return ByStation(config, log)
