"""What a charge point knows of tokens: its authorization cache and local list (section 3.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ocpp.v16.enums import AuthorizationStatus, UpdateStatus

from conformance.reference.configuration_16 import Configuration
from conformance.reference.link_16 import moment
from conformance.reference.wire import WallClock

_LIST_KEY = "LocalAuthListEnabled"


@dataclass(frozen=True)
class TokenInfo:
    """An IdTagInfo: what is known of one token."""

    status: str
    parent: str = ""
    expires: datetime | None = None

    @property
    def accepted(self) -> bool:
        """Whether the token may charge."""
        return self.status == AuthorizationStatus.accepted


@dataclass(frozen=True)
class Contents:
    """What stands in the cache and in the local list, by tokens in small letters."""

    cache: dict[str, TokenInfo]
    listed: dict[str, TokenInfo]
    version: int


def token_info(payload: Mapping[str, Any]) -> TokenInfo:
    """Return the TokenInfo that an IdTagInfo in the package's spelling says."""
    expires = payload.get("expiry_date")
    return TokenInfo(
        status=payload["status"],
        parent=payload.get("parent_id_tag") or "",
        expires=moment(expires) if expires else None,
    )


class Authorization:
    """The cache and the local list; tokens are compared without case (CiString20Type)."""

    def __init__(
        self, configuration: Configuration, clock: WallClock, cache_size: int = 100
    ) -> None:
        self._configuration, self._clock, self._size = configuration, clock, cache_size
        self._cache: dict[str, TokenInfo] = {}
        self._list: dict[str, TokenInfo] = {}
        self._version = 0
        self.refuses_lists = False

    @property
    def contents(self) -> Contents:
        """What outlives a loss of power."""
        return Contents(dict(self._cache), dict(self._list), self._version)

    def restore(self, contents: Contents) -> None:
        """Know again what was known before."""
        self._cache, self._list = dict(contents.cache), dict(contents.listed)
        self._version = contents.version

    @property
    def version(self) -> int:
        """The version of the local list: 0 if it is empty, -1 if there is none (section 5.10)."""
        if not self._configuration.flag(_LIST_KEY):
            return -1
        return self._version if self._list else 0

    def known(self, token: str) -> TokenInfo | None:
        """Return what is known of `token` here; the local list goes before the cache."""
        info = None
        if self._configuration.flag(_LIST_KEY):
            info = self._list.get(token.lower())
        if not info and self._configuration.flag("AuthorizationCacheEnabled"):
            info = self._cache.get(token.lower())
        return self._now(info) if info else None

    def _now(self, info: TokenInfo) -> TokenInfo:
        """Return what is left of an entry by now: it may have expired."""
        if info.accepted and info.expires and info.expires <= self._clock():
            return replace(info, status=AuthorizationStatus.expired)
        return info

    def offline(self, token: str) -> TokenInfo:
        """Return what holds for `token` while there is no connection (sections 3.5, 3.5.4)."""
        info = self.known(token)
        if info and self._configuration.flag("LocalAuthorizeOffline"):
            return info
        if not info and self._configuration.flag("AllowOfflineTxForUnknownId"):
            return TokenInfo(AuthorizationStatus.accepted)
        return TokenInfo(AuthorizationStatus.invalid)

    def learn(self, token: str, payload: Mapping[str, Any] | None) -> None:
        """Put an IdTagInfo that the central system has sent into the cache."""
        listed = self._configuration.flag(_LIST_KEY) and token.lower() in self._list
        if payload and not listed and self._configuration.flag("AuthorizationCacheEnabled"):
            self._cache.pop(token.lower(), None)
            self._make_room()
            self._cache[token.lower()] = token_info(payload)

    def _make_room(self) -> None:
        """Remove what is not valid from a full cache, and the oldest if that is not enough."""
        if len(self._cache) >= self._size:
            self._cache = {t: i for t, i in self._cache.items() if self._now(i).accepted}
        while len(self._cache) >= self._size:
            del self._cache[next(iter(self._cache))]

    def forget(self) -> bool:
        """Clear the cache; return whether there is one."""
        self._cache.clear()
        return bool(self._configuration.text("AuthorizationCacheEnabled"))

    def conflicts(self, token: str, payload: Mapping[str, Any] | None) -> bool:
        """Tell whether the central system says otherwise than the local list (section 3.5.2)."""
        listed = self._list.get(token.lower()) if self._configuration.flag(_LIST_KEY) else None
        return bool(listed and payload and token_info(payload).accepted != listed.accepted)

    def update(self, version: int, kind: str, entries: Sequence[Mapping[str, Any]]) -> UpdateStatus:
        """Do what SendLocalList asks for (section 5.15)."""
        if not self._configuration.flag(_LIST_KEY):
            return UpdateStatus.not_supported
        given = {entry["id_tag"].lower(): entry.get("id_tag_info") for entry in entries}
        full = kind == "Full"
        twice = len(given) < len(entries)
        too_long = len(entries) > self._configuration.seconds("SendLocalListMaxLength")
        if self.refuses_lists or twice or too_long or version < 1:
            return UpdateStatus.failed
        if full and None in given.values():
            return UpdateStatus.failed
        if not full and version <= self._version:
            return UpdateStatus.version_mismatch
        merged = {} if full else dict(self._list)
        for token, info in given.items():
            merged.pop(token, None)
            if info is not None:
                merged[token] = token_info(info)
        if len(merged) > self._configuration.seconds("LocalAuthListMaxLength"):
            return UpdateStatus.failed
        self._list, self._version = merged, version
        return UpdateStatus.accepted
