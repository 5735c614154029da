"""The deliberate faults of the OCPP 1.6 reference systems, each with what it does."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.reference.fault import Fault


def _station_16(text: str) -> Fault:
    return Fault(text=text, roles=("station",), versions=("1.6",))


def _csms_16(text: str) -> Fault:
    return Fault(text=text, roles=("csms",), versions=("1.6",))


STATION_16: Mapping[str, Fault] = {
    "wrong-connector-status": _station_16("the status of a connector is reported for the next one"),
    "forgets-connector-0": _station_16("no StatusNotification for connector 0"),
    "ignores-ping-interval": _station_16("WebSocketPingInterval changes nothing"),
    "pings-though-off": _station_16("a WebSocketPingInterval of 0 leaves the pings as they were"),
    "ignores-retry-interval": _station_16("BootNotification is repeated after a tenth of the time"),
    "no-heartbeat": _station_16("no Heartbeat is sent"),
    "other-tag-in-start": _station_16("StartTransaction has another idTag than was authorized"),
    "accepts-second-remote-start": _station_16(
        "RemoteStartTransaction is Accepted on a connector in use"
    ),
    "ignores-remote-stop": _station_16("RemoteStopTransaction is Accepted, charging goes on"),
    "wrong-stop-reason": _station_16("StopTransaction has the reason Other"),
    "wrong-composite-limit": _station_16("the limits of a composite schedule are one too high"),
    "claims-download": _station_16("a firmware that cannot be fetched is told as Downloaded"),
    "installs-anything": _station_16("a firmware is installed without a look at it"),
    "stays-unavailable": _station_16("after an update that fails, nobody can charge any more"),
    "uploads-other-name": _station_16("the diagnostics file has another name than was told"),
    "claims-upload": _station_16("diagnostics are told as Uploaded, and are not"),
    "no-reservation-id": _station_16("StartTransaction does not say which reservation it ends"),
    "reserves-for-anyone": _station_16("a reserved connector is open to every token"),
    "keeps-expired-reservations": _station_16("a reservation does not expire"),
    "cancels-unknown-reservations": _station_16("CancelReservation is Accepted for any id"),
    "accepts-any-profile": _station_16("charging profiles that cannot be carried out are Accepted"),
    "ignores-remote-profile": _station_16("the profile of a RemoteStartTransaction does not count"),
    "keeps-cleared-profiles": _station_16("ClearChargingProfile is Accepted and clears nothing"),
    "starts-though-refused": _station_16("a transaction starts after Authorize was refused"),
    "stops-by-any-token": _station_16("a token of no group stops any transaction"),
    "asks-though-cached": _station_16("a token in the cache is authorized all the same"),
    "keeps-cleared-cache": _station_16("ClearCache is Accepted and clears nothing"),
    "waits-for-ever": _station_16("ConnectionTimeOut never ends an authorization"),
    "accepts-unknown-remote-stop": _station_16(
        "RemoteStopTransaction is Accepted for a transaction that is not running"
    ),
    "unlocks-any-connector": _station_16("UnlockConnector is Unlocked, whatever has happened"),
    "charges-unlocked": _station_16("a transaction starts though the cable cannot be locked"),
    "forgets-a-key": _station_16("the key ResetRetries is missing"),
    "ignores-changes": _station_16("ChangeConfiguration is Accepted and changes nothing"),
    "takes-any-key": _station_16("ChangeConfiguration is Accepted for an unknown key"),
    "takes-any-value": _station_16("ChangeConfiguration is Accepted for a value that cannot be"),
    "takes-old-list": _station_16("SendLocalList is Accepted with an older version"),
    "counts-empty-list": _station_16("an empty local list has the version 1"),
    "counts-disabled-list": _station_16("a local list that is disabled has the version 0"),
    "takes-broken-list": _station_16("SendLocalList is Accepted though the list cannot be kept"),
    "refuses-every-list": _station_16("SendLocalList is Failed where it could be taken"),
    "reserves-anything": _station_16("ReserveNow is Accepted, whatever the connector is"),
    "triggers-anything": _station_16("TriggerMessage is Accepted for what cannot be sent"),
    "takes-any-vendor": _station_16("DataTransfer is Accepted for a vendor nobody knows"),
    "claims-jammed-locks": _station_16("UnlockConnector is UnlockFailed, though it was unlocked"),
    "ignores-triggers": _station_16("TriggerMessage is Accepted, and nothing is sent"),
    "other-meter-context": _station_16("meter values have the context Other"),
    "meter-counts-down": _station_16("the register of the meter goes down"),
    "off-the-clock": _station_16("clock-aligned values are taken a second after the clock"),
    "samples-too-often": _station_16("meter values are sampled three times as often"),
    "accepts-any-certificate": _station_16("CertificateSigned is Accepted for what is not valid"),
    "wrong-csr": Fault(
        text="a signing request is wrong in its signature, its subject or its key",
        roles=("station",),
        versions=("1.6",),
        argument="signature, commonName, organizationName, weak-rsa or weak-curve",
    ),
    "keeps-old-certificate": _station_16("a new certificate is Accepted, and not used"),
    "accepts-expired-root": _station_16("InstallCertificate is Accepted for what is not valid"),
    "forgets-certificates": _station_16("InstallCertificate is Accepted, and installs nothing"),
    "keeps-deleted-certificates": _station_16("DeleteCertificate is Accepted, deletes nothing"),
    "downgrades-security-profile": _station_16("SecurityProfile can be lowered over OCPP"),
    "keeps-security-profile": _station_16("SecurityProfile is Accepted, and nothing changes"),
    "keeps-old-password": _station_16("AuthorizationKey is Accepted, the password stays"),
    "accepts-bad-signature": _station_16("firmware is installed whatever its signature is"),
    "ignores-revocation": _station_16("firmware is taken though its certificate is revoked"),
    "takes-any-signer": _station_16("firmware is taken whoever its certificate is from"),
    "hides-bad-signature": _station_16("no security event tells of a signature that is not valid"),
    "hides-security-events": _station_16("no security event is told"),
    "skips-signature-verified": _station_16("a signed update never tells SignatureVerified"),
    "forgets-update-id": _station_16("after its reboot a signed update is told without its id"),
    "claims-log-upload": _station_16("a log is told as Uploaded, and is not"),
    "one-suite": _station_16("one cipher suite is offered, and not the other of its pair"),
    "offers-old-tls": _station_16("TLS 1.1 and 1.0 are offered, and nothing newer"),
    "drops-queued-messages": _station_16("what was queued while offline is lost"),
    "queue-in-reverse": _station_16("what was queued while offline is sent last to first"),
    "stamps-when-sent": _station_16("what was queued while offline has the time of its sending"),
    "charges-though-invalid": _station_16(
        "a token that StartTransaction.conf refuses goes on charging"
    ),
    "forgets-availability": _station_16("after a boot every connector is in service"),
    "forgets-transactions": _station_16("after a loss of power nobody knows what was charging"),
    "starts-though-faulted": _station_16("a token starts a transaction on a faulted connector"),
    "drops-connection-in-case": _station_16("the connection drops where StartTransaction is due"),
}
CSMS_16: Mapping[str, Fault] = {
    "accepts-invalid-token": _csms_16("a token that nobody knows is Accepted"),
    "blocked-is-accepted": _csms_16("a blocked token is Accepted"),
    "wrong-connector-in-remote-start": _csms_16("RemoteStartTransaction names the next connector"),
    "profile-with-transaction-id": _csms_16("RemoteStartTransaction's profile has a transactionId"),
    "no-valid-from": _csms_16("charging profiles have no validFrom"),
    "start-without-info": _csms_16("StartTransaction is answered without idTagInfo"),
    "reuses-transaction-id": _csms_16("every transaction has the same transactionId"),
    "time-without-zone": _csms_16("currentTime is without a zone"),
    "ignores-unknown-vendor": _csms_16("a DataTransfer is not answered"),
    "remote-start-on-0": _csms_16("RemoteStartTransaction names connector 0"),
    "expired-is-accepted": _csms_16("a token that has expired is Accepted"),
    "always-resets-softly": _csms_16("Reset has the type Soft"),
    "list-without-info": _csms_16("the entries of a local list have no idTagInfo"),
    "cancels-another": _csms_16("CancelReservation names the next reservation"),
    "other-group": _csms_16("parentIdTag of an answer is that of no token"),
    "clears-by-everything": _csms_16("ClearChargingProfile has an id and criteria"),
    "profile-of-no-transaction": _csms_16("a TxProfile has no transactionId"),
    "forgets-new-password": _csms_16("the password stays, though a new one was Accepted"),
    "takes-old-password": _csms_16("the old password is taken beside a new one"),
    "takes-any-password": _csms_16("every password is taken"),
    "takes-old-profile": _csms_16("a lower security profile is taken after it was raised"),
    "asks-for-no-certificate": _csms_16("stations need no certificate, and theirs is not verified"),
    "one-kind-of-key": _csms_16("there is one server certificate, and half of the cipher suites"),
    "takes-old-tls": _csms_16("TLS 1.1 and 1.0 are taken, and nothing newer"),
    "refuses-to-sign": _csms_16("SignCertificate is Rejected"),
    "signs-another-key": _csms_16("CertificateSigned is for another key than was asked for"),
    "signs-too-late": _csms_16("CertificateSigned has a certificate that has expired"),
    "other-hash-data": _csms_16("DeleteCertificate names another serial number"),
    "other-certificate-type": _csms_16("a root is installed as one of the other type"),
    "asks-for-diagnostics": _csms_16("GetLog has the logType DiagnosticsLog"),
    "other-signature": _csms_16("SignedUpdateFirmware has another signature"),
    "never-sends": _csms_16("a wish of the operator is taken, and nothing is sent"),
}
