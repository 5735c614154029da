"""Cases over several processes: all cases of one station of one SUT stay together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xdist.scheduler import LoadScopeScheduling

VERSIONS = {"ocpp16": "1.6", "ocpp201": "2.0.1", "ocppj": "", "ocppsec": ""}
ROLES = {"charge_point": "CS", "charging_station": "CS", "central_system": "CSMS", "csms": "CSMS"}


def by_station(
    config: Any,  # noqa: ANN401 - xdist is untyped
    log: Any,  # noqa: ANN401
    stations: Mapping[tuple[str, str], str],
) -> LoadScopeScheduling:
    """Return a scheduler whose groups are version, role and station.

    They are read off a case's path, the version of a case that is for several off its name;
    `stations` says which station each case uses, by version and id.
    """
    places = {(v, f"test_{case.lower()}"): station for (v, case), station in stations.items()}

    class ByStation(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path, _, name = nodeid.partition("::")
            parts = path.split("/")
            at = next((n for n, part in enumerate(parts) if part in VERSIONS), None)
            if at is None:
                return nodeid
            function, _, several = name.removesuffix("]").partition("[")
            version = VERSIONS[parts[at]] or several
            return "/".join((version, ROLES[parts[at + 1]], places.get((version, function), "")))

    return ByStation(config, log)
