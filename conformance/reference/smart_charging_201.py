"""How the reference charging station answers the requests about charging profiles (chapter K)."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from conformance.reference.core_201 import Core, stamp
from conformance.reference.evse_201 import Evse
from conformance.reference.link_201 import Handler, make_request, make_response
from conformance.reference.profiles_201 import Installed, Profiles


def pages(items: Sequence[Any], count: int) -> list[Sequence[Any]]:
    """Cut `items` into `count` pages, fewer when there are fewer items."""
    size = max(-(-len(items) // max(count, 1)), 1)
    return [items[i : i + size] for i in range(0, len(items), size)]


class SmartCharging:
    """The handlers of the requests about charging profiles."""

    def __init__(self, core: Core, profiles: Profiles, evses: Mapping[int, Evse]) -> None:
        self._core, self._profiles, self._evses = core, profiles, evses

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers by action."""
        return {
            "SetChargingProfile": self.set_profile,
            "GetChargingProfiles": self.get_profiles,
            "ClearChargingProfile": self.clear_profiles,
            "GetCompositeSchedule": self.get_composite,
        }

    def set_profile(self, evse_id: int, charging_profile: dict[str, Any], **_: object) -> object:
        """Install a profile (K01 to K04)."""
        profile = copy.deepcopy(charging_profile)
        if self._core.faulty("changes-profile-limit"):
            raise_limits(profile)
        self._count()
        refusal = self._profiles.install(evse_id, profile)
        info = {"reason_code": refusal.reason} if refusal else None
        status = "Rejected" if refusal else "Accepted"
        return make_response("SetChargingProfile", status=status, status_info=info)

    def get_profiles(
        self,
        request_id: int,
        charging_profile: dict[str, Any],
        evse_id: int | None = None,
        **_: object,
    ) -> object:
        """Say whether there are profiles that match, and report them afterwards (K09)."""
        found = self._profiles.matching(evse_id, charging_profile)
        if self._core.faulty("other-request-id-in-report"):
            request_id += 1
        requests = self._reports(found, request_id)
        if requests:
            self._core.afterwards(lambda: self._core.say_asked(*requests))
        return make_response("GetChargingProfiles", status="Accepted" if found else "NoProfiles")

    def clear_profiles(
        self,
        charging_profile_id: int | None = None,
        charging_profile_criteria: dict[str, Any] | None = None,
        **_: object,
    ) -> object:
        """Clear profiles (K10)."""
        self._count()
        cleared = self._profiles.clear(charging_profile_id, charging_profile_criteria or {})
        return make_response("ClearChargingProfile", status="Accepted" if cleared else "Unknown")

    def get_composite(
        self, duration: int, evse_id: int, charging_rate_unit: str | None = None, **_: object
    ) -> object:
        """Report what an EVSE, or the station, expects to draw (K08)."""
        units = self._core.options.rate_units
        unit = charging_rate_unit or units[0]
        if unit not in units or evse_id not in {0, *self._evses}:
            return make_response("GetCompositeSchedule", status="Rejected")
        begin = self._core.now().replace(microsecond=0)
        evse = self._evses.get(evse_id)
        session = evse.transactions.ready_since if evse else None
        schedule = {
            "evse_id": evse_id,
            "duration": duration,
            "schedule_start": stamp(begin),
            "charging_rate_unit": unit,
            "charging_schedule_period": [
                {"start_period": p.start, "limit": p.limit}
                | ({"number_phases": p.phases} if p.phases else {})
                for p in self._profiles.composite(evse_id, unit, begin, duration, session)
            ],
        }
        return make_response("GetCompositeSchedule", status="Accepted", schedule=schedule)

    def _reports(self, found: list[Installed], request_id: int) -> list[Any]:
        """Return the reports, each about one EVSE, all but the last to be continued."""
        parts: list[tuple[int, Sequence[Installed]]] = []
        for evse in sorted({i.evse for i in found}):
            here = [i for i in found if i.evse == evse]
            parts += [(evse, page) for page in pages(here, self._core.options.report_pages)]
        return [
            make_request(
                "ReportChargingProfiles",
                request_id=request_id,
                charging_limit_source="CSO",
                evse_id=evse,
                charging_profile=[copy.deepcopy(dict(i.profile)) for i in page],
                tbc=True if number < len(parts) else None,
            )
            for number, (evse, page) in enumerate(parts, start=1)
        ]

    def _count(self) -> None:
        """Count at the old limit what flowed before it changes (K01.FR.07, K10.FR.05)."""
        for evse in self._evses.values():
            evse.meter.count()


def raise_limits(profile: Mapping[str, Any]) -> None:
    """Raise every limit of a profile by one."""
    for schedule in profile["charging_schedule"]:
        for period in schedule["charging_schedule_period"]:
            period["limit"] += 1
