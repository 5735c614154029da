"""How the OCPP 1.6 charge point charges: plugs, tokens, transactions, statuses."""

from __future__ import annotations

import asyncio
from typing import Any

from ocpp.exceptions import OCPPError
from ocpp.v16 import call
from ocpp.v16.enums import AuthorizationStatus, ChargePointErrorCode, Reason

from conformance.reference.authorization_16 import TokenInfo, token_info
from conformance.reference.connector_16 import Connector, Token, Transaction
from conformance.reference.equipment_16 import Equipment
from conformance.reference.link_16 import Answer, rfc3339
from conformance.reference.metering_16 import Metering
from conformance.reference.outbox_16 import Letter
from conformance.reference.profiles_16 import TRANSACTION
from conformance.reference.schedules import Profile

_LARGEST_POWER = 11_000.0


class Charging:
    """What happens at the connectors; every method returns at once."""

    def __init__(self, equipment: Equipment, metering: Metering) -> None:
        self._all, self._metering = equipment, metering
        equipment.outbox.heard = self.delivered

    # -- statuses

    def report(self, connector: Connector) -> None:
        """Tell the central system of a new status, and of those that follow from it."""
        for changed in dict.fromkeys((connector, *self._all.hold())):
            self._report(changed)

    def _report(self, connector: Connector) -> None:
        """Tell of a status once it has lasted MinimumStatusDuration."""
        minimum = self._all.configuration.seconds("MinimumStatusDuration")
        if connector.settling:
            connector.settling.cancel()
            connector.settling = None
        if minimum:
            loop = asyncio.get_running_loop()
            connector.settling = loop.call_later(minimum, self.notify, connector)
        else:
            self.notify(connector)

    def notify(self, connector: Connector) -> None:
        """Send the status of `connector` if the central system has another one."""
        if connector.status != connector.reported and self._all.outbox.takes_all:
            self.send_status(connector)

    def send_status(self, connector: Connector) -> None:
        """Send the status of `connector`."""
        connector.reported = status = connector.status
        if connector.number == 0 and "forgets-connector-0" in self._all.faults:
            return
        request = self.status(connector)

        def confirmed(_: object) -> None:
            connector.confirmed = status

        self._all.outbox.put(lambda: request, heard=confirmed)

    def status(self, connector: Connector) -> Any:  # noqa: ANN401 - the package has no types
        """Return the StatusNotification of `connector`."""
        return call.StatusNotification(
            connector_id=connector.number,
            error_code=connector.error,
            status=connector.status,
            info=None if self._all.options.omit_info else connector.info or None,
            timestamp=self._all.clock.text(),
        )

    # -- tokens

    def present(self, text: str, connector: Connector) -> None:
        """Present a token at the station."""
        if connector.transaction:
            self._all.spawn(self._stop_with(text, connector, connector.transaction))
        elif connector.waiting and connector.waiting.text.lower() == text.lower():
            if self._all.options.second_token_cancels:  # B1
                connector.wait_no_more()
                self.report(connector)
        elif not connector.busy and self._usable(connector):
            self._claim(text, connector, None)

    def _usable(self, connector: Connector) -> bool:
        careless = "starts-though-faulted" in self._all.faults
        return connector.in_service if careless else connector.usable

    def start_remotely(self, text: str, connector: Connector, profile: Profile | None) -> None:
        """Do what an accepted RemoteStartTransaction asks for (section 5.11)."""
        token = Token(text)
        # Only an Authorize tells the group of a token that is not the reserved one (5.13).
        asks = self._all.configuration.flag("AuthorizeRemoteTxRequests")
        if asks or not self._all.admits(connector, token):
            self._claim(text, connector, profile)
        else:
            self._admit(connector, token, profile)

    def _claim(self, text: str, connector: Connector, profile: Profile | None) -> None:
        keeper, options = connector.keeper, self._all.options
        expected = self._all.admits(connector, Token(text))
        if keeper and expected and options.trusts_reservations:
            self._admit(connector, Token(text), profile)
            return
        if not (expected or (keeper and keeper.token.parent) or options.asks_for_others):
            return
        connector.claimed = True
        connector.initiated = options.preparing_first and expected
        self.report(connector)
        self._all.spawn(self._authorize_at(text, connector, profile))

    def choose(self, text: str = "") -> Connector | None:
        """Return the connector that a token without one is for: its own, a plugged or a free one.

        None if there is none.
        """
        connectors = [c for c in self._all.connectors.values() if c.number]
        own = [c for c in connectors if c.transaction and c.transaction.token.text == text]
        token = Token(text)
        free = [c for c in connectors if c.usable and not c.busy and self._all.admits(c, token)]
        free.sort(key=lambda c: not c.plugged)
        return next(iter(own + free), None)

    async def _authorize_at(self, text: str, connector: Connector, profile: Profile | None) -> None:
        try:
            info = await self._authorize(text)
        finally:
            connector.claimed = connector.initiated = False
        token = Token(text, info.parent)
        if info.accepted and self._all.admits(connector, token) and self._usable(connector):
            self._admit(connector, token, profile)
        else:
            self.report(connector)

    async def _authorize(self, text: str) -> TokenInfo:
        known = self._all.authorization.known(text)
        trusts = self._all.configuration.flag("LocalPreAuthorize")
        if known and known.accepted and trusts and "asks-though-cached" not in self._all.faults:
            return known
        try:
            response = await self._all.ask(call.Authorize(id_tag=text))
        except OCPPError:
            return TokenInfo(AuthorizationStatus.invalid)
        except (TimeoutError, ConnectionError):
            return self._all.authorization.offline(text)
        self._learn(text, response.id_tag_info)
        if "starts-though-refused" in self._all.faults:
            return TokenInfo(AuthorizationStatus.accepted)
        return token_info(response.id_tag_info)

    def _learn(self, text: str, info: dict[str, Any]) -> None:
        """Learn what the central system says of a token; tell it if the local list says other."""
        self._all.authorization.learn(text, info)
        if self._all.authorization.conflicts(text, info):
            conflict = self.status(self._all.connectors[0])
            conflict.error_code = ChargePointErrorCode.local_list_conflict
            self._all.outbox.put(lambda: conflict)

    def _admit(self, connector: Connector, token: Token, profile: Profile | None) -> None:
        """Let `token` charge, as soon as there is a cable."""
        connector.finishing = False
        if connector.plugged:
            if connector.keeper:
                connector.initiated = True
                self.report(connector)
                connector.initiated = False
            self.begin(connector, token, profile)
            return
        connector.waiting, connector.waiting_profile = token, profile
        self.report(connector)
        seconds = self._all.configuration.seconds("ConnectionTimeOut")
        if seconds and "waits-for-ever" not in self._all.faults:
            loop = asyncio.get_running_loop()
            connector.timeout = loop.call_later(seconds, self._give_up, connector)

    def _give_up(self, connector: Connector) -> None:
        connector.wait_no_more()
        self.report(connector)

    # -- transactions

    def begin(self, connector: Connector, token: Token, profile: Profile | None) -> None:
        """Lock the cable and start a transaction; a lock that does not catch is a fault."""
        if connector.halfway and "charges-unlocked" not in self._all.faults:
            connector.wait_no_more()
            connector.fail(ChargePointErrorCode.connector_lock_failure)
            self.report(connector)
            return
        connector.locked = connector.cable
        reservation = self._all.use_reservation(connector, token)
        connector.wait_no_more()
        transaction = Transaction(token, self._all.clock(), connector.meter())
        connector.transaction = transaction
        if profile and "ignores-remote-profile" not in self._all.faults:
            self._all.profiles.install(profile)
        if "drops-connection-in-case" in self._all.faults and self._all.link:
            self._all.spawn(self._all.link.wire.close())
        before = self._all.options.status_before_start
        if before:
            self._report_charging(connector)
        started = {
            "connector_id": connector.number,
            "id_tag": token.text,
            "meter_start": transaction.meter_start,
            "timestamp": rfc3339(transaction.started),
            "reservation_id": reservation,
        }
        self._all.outbox.keep(Letter("StartTransaction", started, transaction))
        if not before:
            self._report_charging(connector)
        self._metering.begin(connector, transaction)
        self.watch(connector, transaction)

    def watch(self, connector: Connector, transaction: Transaction) -> None:
        """Take samples of a transaction for as long as it runs."""
        transaction.sampling = self._all.spawn(self._metering.sample(connector, transaction))

    def _report_charging(self, connector: Connector) -> None:
        if self._all.options.suspended_first:
            connector.suspend("EVSE")
            self.report(connector)
            connector.suspend("")
        self.report(connector)

    def _started(self, connector: Connector, transaction: Transaction, response: Answer) -> None:
        info, token = token_info(response.id_tag_info), transaction.token
        transaction.ident = response.transaction_id
        self._learn(token.text, response.id_tag_info)
        if info.parent:
            transaction.token = Token(token.text, info.parent)
        trusted = info.accepted or "charges-though-invalid" in self._all.faults
        if connector.transaction is not transaction or trusted:
            return
        if self._all.configuration.flag("StopTransactionOnInvalidId"):
            self.stop(connector, Reason.de_authorized)
        elif energy := self._all.configuration.seconds("MaxEnergyOnInvalidId"):
            self._all.spawn(self._give_at_most(energy, connector, transaction))
        else:
            self._cut_off(connector)

    def _cut_off(self, connector: Connector) -> None:
        connector.suspend("EVSE")
        self.report(connector)

    async def _give_at_most(
        self, energy: float, connector: Connector, transaction: Transaction
    ) -> None:
        """Stop the flow when the watt-hours that a refused token still gets are used up."""
        while connector.transaction is transaction:
            left = energy - (connector.meter() - transaction.meter_start)
            if left <= 0:
                self._cut_off(connector)
                return
            # The power may change meanwhile: look again after a while.
            await asyncio.sleep(min(60.0, max(1.0, left * 3600 / _LARGEST_POWER)))

    async def _stop_with(self, text: str, connector: Connector, transaction: Transaction) -> None:
        token = Token(text)
        if not token.same_group(transaction.token):
            # A token without a group can be stopped by no other (section 3.10).
            asks = self._all.options.authorizes_any_stop or "stops-by-any-token" in self._all.faults
            if not (transaction.token.parent or asks):
                return
            info = await self._authorize(text)
            token = Token(text, info.parent)
            grouped = token.same_group(transaction.token)
            if not (info.accepted and (grouped or "stops-by-any-token" in self._all.faults)):
                return
        if connector.transaction is transaction:
            self.stop(connector, Reason.local, text)

    def stop(
        self,
        connector: Connector,
        reason: Reason,
        text: str = "",
        *,
        finishing: bool = False,
        locked: bool = False,
    ) -> None:
        """End the running transaction, by the token `text` if it was one.

        `finishing` reports Finishing though the cable is out; `locked` leaves the cable locked.
        """
        transaction = connector.transaction
        if not transaction:
            raise ValueError(f"no transaction on connector {connector.number}")
        if transaction.sampling:
            transaction.sampling.cancel()
        if last := self._all.options.suspended_last:
            connector.suspend(last)
            self.report(connector)
        meter_stop, stopped = connector.meter(), self._all.clock.text()
        self._metering.end(connector, transaction)
        connector.transaction, connector.suspended_by, connector.ev_gone = None, "", False
        connector.finishing = connector.plugged or connector.cable or finishing
        connector.locked, connector.holder = locked and connector.cable, transaction.token
        self._all.profiles.clear(connector=connector.number, purpose=TRANSACTION)
        connector.settle()
        omitted = reason == Reason.local and self._all.options.omit_local_reason
        if self._all.options.status_before_stop:
            self.report(connector)
        ended = {
            "meter_stop": meter_stop,
            "timestamp": stopped,
            "reason": None if omitted else reason,
            "id_tag": text or None,
            "transaction_data": transaction.samples or None,
        }
        self._all.outbox.keep(Letter("StopTransaction", ended, transaction))
        self.report(connector)

    def delivered(self, letter: Letter, response: Answer) -> None:
        """Take in what was answered to a letter."""
        if letter.action == "StartTransaction" and letter.transaction:
            connector = self._all.connectors[letter.fields["connector_id"]]
            self._started(connector, letter.transaction, response)
        elif letter.action == "StopTransaction" and letter.fields["id_tag"]:
            self._all.authorization.learn(letter.fields["id_tag"], response.id_tag_info)
