"""Which thing a CALL of OCPP 1.6 is about: the fields by which an expectation claims it.

A message with other values there is about another thing, and is set aside. Every other field
is judged: an Authorize with the wrong idTag is wrong, it is no Authorize that was not meant.
"""

from __future__ import annotations

from typing import Final

KEYS: Final[dict[str, tuple[str, ...]]] = {
    # Reported for every connector of its own accord, so for others than the one of the case.
    "MeterValues": ("connectorId",),
    "StartTransaction": ("connectorId",),
    "StatusNotification": ("connectorId",),
    # A log of events: any type may come at any time (security whitepaper, A04).
    "SecurityEventNotification": ("type",),
    # A central system reads, sets and triggers what it likes to, before and beside what a case
    # asks for; default profiles are set without being asked, too.
    "ChangeConfiguration": ("key",),
    "GetConfiguration": ("key",),
    "TriggerMessage": ("requestedMessage", "connectorId"),
    "SetChargingProfile": ("connectorId", "csChargingProfiles.chargingProfilePurpose"),
    # Vendors' own messages share one action.
    "DataTransfer": ("vendorId", "messageId"),
}
