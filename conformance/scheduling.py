"""Cases over several processes: all cases of one SUT stay together."""

from __future__ import annotations

from typing import Any

from xdist.scheduler import LoadScopeScheduling


def by_sut(config: Any, log: Any) -> LoadScopeScheduling:  # noqa: ANN401 - xdist is untyped
    """Return a scheduler whose groups are version and role, read off a case's path."""

    class BySut(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            parts = nodeid.split("::", maxsplit=1)[0].split("/")
            known = {"ocpp16", "ocpp201", "ocppj"}
            at = next((n for n, part in enumerate(parts) if part in known), None)
            return nodeid if at is None else "/".join(parts[at : at + 2])

    return BySut(config, log)
