"""The configuration keys of the OCPP 1.6 charge point and their rules (section 9)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ocpp.v16.enums import ConfigurationStatus

from conformance.reference.keys_16 import Key, standard_keys
from conformance.reference.options_16 import StationOptions


class Configuration:
    """The keys with their values, which are texts."""

    def __init__(self, options: StationOptions) -> None:
        self._keys = standard_keys(options)
        self._reboot_required = frozenset(options.reboot_required)
        self._change = asyncio.Event()
        self.rules: dict[str, Callable[[str], ConfigurationStatus]] = {}  # of what the station does

    def text(self, key: str, default: str = "") -> str:
        """Return the value of `key`, `default` if the station does not have it."""
        return self._keys[key].value if key in self._keys else default

    def flag(self, key: str) -> bool:
        """Return the value of a boolean key; false if the station does not have it."""
        return self.text(key, "false").lower() == "true"

    def seconds(self, key: str) -> int:
        """Return the value of an integer key; 0 if the station does not have it."""
        return int(self.text(key, "0"))

    def items(self, key: str) -> list[str]:
        """Return the members of a comma-separated key."""
        return [item.strip() for item in self.text(key).split(",") if item.strip()]

    def put(self, key: str, value: str) -> None:
        """Set `key` whatever its rules are: the station itself does so."""
        self._keys[key].value = value
        change, self._change = self._change, asyncio.Event()
        change.set()

    def put_later(self, key: str, value: str) -> None:
        """Set `key` with the next reboot."""
        self._keys[key].next_value = value

    async def pause(self, key: str, seconds: float | None = None) -> bool:
        """Wait `seconds`, or as many as `key` says, without an end for 0.

        Returns true when they have passed, false when the value of `key` changes meanwhile.
        """
        value = self.seconds(key)
        try:
            async with asyncio.timeout((value if seconds is None else seconds) or None):
                while self.seconds(key) == value:
                    await self._change.wait()
        except TimeoutError:
            return True
        return False

    def read(self, names: Iterable[str]) -> tuple[list[dict[str, Any]], list[str]]:
        """Return the entries of GetConfiguration.conf for `names`, all if empty, and the unknown.

        Names are compared without case, as they are CiStrings.
        """
        asked = list(names)
        known = {key.lower(): key for key in self._keys}
        wanted = [known[n.lower()] for n in asked if n.lower() in known] if asked else self._keys
        entries = [self._entry(name, self._keys[name]) for name in wanted]
        return entries, [name for name in asked if name.lower() not in known]

    def _entry(self, name: str, key: Key) -> dict[str, Any]:
        told = {} if key.secret else {"value": key.value}
        return {"key": name, "readonly": not key.fits, **told}

    def change(self, name: str, value: str) -> ConfigurationStatus:
        """Do what ChangeConfiguration asks for (section 5.3)."""
        spelled = {key.lower(): key for key in self._keys}.get(name.lower())
        if spelled is None:
            return ConfigurationStatus.not_supported
        key = self._keys[spelled]
        if not key.fits or not key.fits(value):
            return ConfigurationStatus.rejected
        if spelled in self.rules:
            return self.rules[spelled](value)
        if spelled in self._reboot_required:
            self.put_later(spelled, value)
            return ConfigurationStatus.reboot_required
        self.put(spelled, value)
        return ConfigurationStatus.accepted

    def values(self) -> dict[str, tuple[str, str | None]]:
        """Return the value of each key, and the one that waits for a reboot; to `restore` them."""
        return {name: (key.value, key.next_value) for name, key in self._keys.items()}

    def restore(self, values: Mapping[str, tuple[str, str | None]]) -> None:
        """Set the keys to what they were; one that is not known any more is left out."""
        for name, (value, next_value) in values.items():
            if name in self._keys:
                self._keys[name].value, self._keys[name].next_value = value, next_value

    def rebooted(self) -> None:
        """Put into force what has been waiting for a reboot."""
        for key in self._keys.values():
            if key.next_value is not None:
                key.value, key.next_value = key.next_value, None
