"""How the reference charging station answers requests that start, stop and unlock (chapter F)."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from conformance.reference.authorization_201 import Authorization
from conformance.reference.core_201 import Core
from conformance.reference.evse_201 import Evse
from conformance.reference.link_201 import Handler, make_response
from conformance.reference.profiles_201 import Profiles
from conformance.reference.smart_charging_201 import raise_limits


class RemoteControl:
    """The handlers of the requests that start and stop transactions and unlock connectors.

    `unlock_fails` is what the operator has set the lock to do.
    """

    def __init__(
        self,
        core: Core,
        evses: Mapping[int, Evse],
        authorization: Authorization,
        profiles: Profiles,
    ) -> None:
        self.unlock_fails = False
        self._core, self._evses = core, evses
        self._authorization, self._profiles = authorization, profiles

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers by action."""
        return {
            "RequestStartTransaction": self.start,
            "RequestStopTransaction": self.stop,
            "GetTransactionStatus": self.transaction_status,
            "UnlockConnector": self.unlock,
        }

    def start(
        self,
        id_token: dict[str, Any],
        remote_start_id: int,
        evse_id: int | None = None,
        charging_profile: dict[str, Any] | None = None,
        **_: object,
    ) -> object:
        """Accept a remote start where one is possible, and go on with it afterwards (F01, F02)."""
        evse = self._evses.get(evse_id) if evse_id is not None else self._choose()
        if self._core.registration != "Accepted":
            return _not_started("CSNotAccepted")  # B02.FR.05
        if evse is None or not evse.usable:
            return _not_started("UnknownEvse" if evse is None else "NotEnabled")
        if evse.token is not None:
            return _not_started("TxInProgress")  # F01.FR.24
        if charging_profile is not None:
            refusal = self._profiles.check_for_start(charging_profile)
            if refusal:
                return _not_started(refusal.reason)  # F01.FR.26
            self._keep_profile(evse, charging_profile)
        chosen = evse
        self._core.afterwards(
            lambda: self._core.spawn(
                self._authorization.start_remotely(chosen, id_token, remote_start_id)
            )
        )
        return make_response(
            "RequestStartTransaction",
            status="Accepted",
            transaction_id=evse.transactions.identity or None,  # F01.FR.13
        )

    def stop(self, transaction_id: str, **_: object) -> object:
        """Stop the transaction, if it is going on (F03.FR.07, F03.FR.08)."""
        found = self._with_transaction(transaction_id)
        if self._core.registration != "Accepted" or found is None:
            return make_response("RequestStopTransaction", status="Rejected")
        if not self._core.faulty("ignores-remote-stop"):
            self._core.afterwards(lambda: found.stop("RemoteStop", "Remote"))
        return make_response("RequestStopTransaction", status="Accepted")

    def transaction_status(self, transaction_id: str | None = None, **_: object) -> object:
        """Say whether messages wait, and whether the transaction goes on (E14)."""
        waiting = self._core.outbox.waits_for(transaction_id)
        if transaction_id is None:
            return make_response("GetTransactionStatus", messages_in_queue=waiting)
        return make_response(
            "GetTransactionStatus",
            messages_in_queue=waiting,
            ongoing_indicator=self._with_transaction(transaction_id) is not None,
        )

    def unlock(self, evse_id: int, connector_id: int, **_: object) -> object:
        """Unlock a connector on which nobody charges (F05)."""
        evse = self._evses.get(evse_id)
        if evse is None or connector_id not in {c.number for c in evse.connectors}:
            status = "UnknownConnector"
        elif evse.transactions.current and evse.token is not None:
            status = "OngoingAuthorizedTransaction"
        else:
            status = "UnlockFailed" if self.unlock_fails else "Unlocked"
        return make_response("UnlockConnector", status=status)

    def _choose(self) -> Evse | None:
        """Return the EVSE for a request that names none: where a cable waits, else a free one."""
        free = [e for e in self._evses.values() if e.usable and e.token is None]
        return next((e for e in free if e.plugged), free[0] if free else None)

    def _keep_profile(self, evse: Evse, profile: Mapping[str, Any]) -> None:
        kept = copy.deepcopy(dict(profile))
        if self._core.faulty("changes-profile-limit"):
            raise_limits(kept)
        if evse.transactions.current:
            self._profiles.install_for(evse.number, evse.transactions.identity, kept)
        else:
            evse.transactions.profile = kept

    def _with_transaction(self, identity: str) -> Evse | None:
        found = (e for e in self._evses.values() if e.transactions.identity == identity)
        return next(found, None) if identity else None


def _not_started(reason: str) -> object:
    return make_response(
        "RequestStartTransaction",
        status="Rejected",
        status_info={"reason_code": reason},
    )
