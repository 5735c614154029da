"""What a station has going on with files: the next case begins when it is over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_UPDATES: Final = {"UpdateFirmware", "SignedUpdateFirmware"}
_UPLOADS: Final = {"GetDiagnostics", "GetLog"}
_OF_UPDATES: Final = {"FirmwareStatusNotification", "SignedFirmwareStatusNotification"}
_OF_UPLOADS: Final = {"DiagnosticsStatusNotification", "LogStatusNotification"}
_NO_UPDATE: Final = {
    "DownloadFailed",
    "InstallationFailed",
    "InstallVerificationFailed",
    "InvalidSignature",
}
_GOES_ON: Final = {"Uploading", "Idle"}
_TAKEN: Final = {"Accepted", "AcceptedCanceled", None}  # 1.6 answers without a status


class Moving:
    """Updates and uploads that were asked for, until the station has told how they ended.

    `begun` is when the last one was, in seconds of the event loop's clock; `boots` tells that
    an update is installed and a boot is still to come, as is usual but not required.
    """

    def __init__(self) -> None:
        self.begun, self.boots = 0.0, False
        self._open: set[str] = set()
        self._booted = False  # since the update was asked for
        self._told: dict[str, Mapping[str, Any]] = {}
        self.again = False  # the last message told a progress that was told just before

    @property
    def what(self) -> str:
        """What is going on: "a firmware update", "an upload", both, or nothing."""
        return " and ".join(sorted(self._open))

    def asked(self, action: str, answer: Mapping[str, Any], at: float) -> None:
        """Take note of a request of the tool that was answered."""
        if answer.get("status") not in _TAKEN:
            return
        if action in _UPDATES:
            self._open.add("a firmware update")
            self._booted = False
        elif action in _UPLOADS and (answer.get("fileName") or answer.get("filename")):
            self._open.add("an upload")
        else:
            return
        self.begun = at

    def observe(self, action: str, payload: Mapping[str, Any]) -> None:
        """Learn from a CALL of the station."""
        status = payload.get("status")
        self.again = self._told.get(action) == payload
        if action in _OF_UPDATES | _OF_UPLOADS:
            self._told[action] = payload
        if action in _OF_UPDATES and (status == "Installed" or status in _NO_UPDATE):
            updating = "a firmware update" in self._open
            self.boots = status == "Installed" and updating and not self._booted
            self._open.discard("a firmware update")
        elif action in _OF_UPLOADS and status not in _GOES_ON:
            self._open.discard("an upload")
        elif action == "BootNotification":
            self.boots, self._booted = False, True

    def forget(self) -> None:
        """Wait for nothing any more."""
        self._open.clear()
        self.boots = False
