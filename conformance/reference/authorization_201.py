"""Who may charge: asked of the CSMS, or of the station's cache (chapter C)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.reference.core_201 import Core
from conformance.reference.evse_201 import Evse
from conformance.reference.link_201 import make_request

NO_AUTHORIZATION: Mapping[str, str] = {"id_token": "", "type": "NoAuthorization"}


@dataclass(frozen=True, kw_only=True)
class Permission:
    """What a check of a token came to."""

    granted: bool
    group: str = ""


class Authorization:
    """Checks tokens, starts and stops charging by them."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._cache: dict[tuple[str, str], Permission] = {}

    def clear_cache(self) -> bool:
        """Empty the cache; False when there is none or it is off (C11)."""
        if not self._caches():
            return False
        self._cache.clear()
        return True

    async def present(self, evse: Evse, token: Mapping[str, Any]) -> None:
        """Do what follows from presenting a token at an EVSE: start, stop, or nothing."""
        if evse.token is None:
            permission = await self._check(token)
            if permission.granted and evse.token is None:
                evse.authorize(token, permission.group)
        elif _key(evse.token) == _key(token):
            evse.stop("StopAuthorized", "Local", token)  # E07.FR.01 (a)
        elif evse.group:
            permission = await self._check(token)
            if permission.granted and permission.group == evse.group:
                evse.stop("StopAuthorized", "Local", token)

    async def start_remotely(self, evse: Evse, token: Mapping[str, Any], remote: int) -> None:
        """Do what follows from an accepted RequestStartTransaction (F01, F02)."""
        checks = self._core.model.flag("AuthCtrlr", "AuthorizeRemoteStart")
        if self._core.faulty("ignores-authorize-remote-start"):
            checks = not checks
        permission = await self._check(token) if checks else Permission(granted=True)
        if permission.granted and evse.token is None:
            evse.authorize(token, permission.group, remote)
        else:
            evse.transactions.profile = None

    async def _check(self, token: Mapping[str, Any]) -> Permission:
        model = self._core.model
        granted = Permission(granted=True)
        if not model.flag("AuthCtrlr", "Enabled") or token["type"] == "NoAuthorization":
            return granted
        cached = self._cache.get(_key(token)) if self._caches() else None
        if cached and model.flag("AuthCtrlr", "LocalPreAuthorize"):
            return cached
        if not self._core.online:
            return self._offline(cached)
        if model.flag("AuthCtrlr", "DisableRemoteAuthorization"):
            return cached or Permission(granted=False)
        answer = await self._core.say(make_request("Authorize", id_token=dict(token)))
        return self._offline(cached) if answer is None else self._judge(token, answer)

    def _judge(self, token: Mapping[str, Any], answer: Any) -> Permission:  # noqa: ANN401
        info = answer.id_token_info
        granted = info["status"] == "Accepted" or self._core.faulty("starts-though-refused")
        group = (info.get("group_id_token") or {}).get("id_token", "")
        permission = Permission(granted=granted, group=group)
        self._cache[_key(token)] = permission
        return permission

    def _offline(self, cached: Permission | None) -> Permission:
        model = self._core.model
        if cached and model.flag("AuthCtrlr", "LocalAuthorizeOffline"):
            return cached
        return Permission(granted=model.flag("AuthCtrlr", "OfflineTxForUnknownIdEnabled"))

    def _caches(self) -> bool:
        return self._core.options.cache and self._core.model.flag("AuthCacheCtrlr", "Enabled")


def _key(token: Mapping[str, Any]) -> tuple[str, str]:
    return str(token["id_token"]).casefold(), str(token["type"])
