"""What shows each option of the 1.6 central system that concerns what it asks and answers."""

from __future__ import annotations

from ocpp.v16 import call

from conformance.pki.authority import Authority, Period, pem
from conformance.pki.hashes import hash_data
from tests.reference.bench_16 import IDENTITY, Bench, settle
from tests.reference.registry_16 import csms

DATE = "2026-03-01T12:00:00Z"


@csms("before_wishes", "GetConfiguration,ChangeConfiguration")
async def before_wishes(bench: Bench) -> None:
    assert await bench.wish("ClearCache") == 200
    assert bench.actions("csms") == ["GetConfiguration", "ChangeConfiguration", "ClearCache"]


@csms("crossing", "GetConfiguration")
async def crossing(bench: Bench) -> None:
    bench.forget()
    await bench.plug_in()
    told = [(who, f[2] if f[0] == 2 else f[0]) for _, who, f in bench.frames]
    assert told == [
        ("station", "StatusNotification"),
        ("csms", "GetConfiguration"),
        ("station", 3),
        ("csms", 3),
    ]


@csms("profiles", "Core,RemoteTrigger")
async def fewer_profiles(bench: Bench) -> None:
    status = [
        await bench.wish("GetLocalListVersion"),
        await bench.wish(
            "UpdateFirmware", location="ftp://x", retrieve_date="2026-03-01T12:00:00Z"
        ),
        await bench.wish("ReserveNow", evse=1, token="T", expires_in=1),
        await bench.wish("ClearChargingProfile"),
        await bench.wish("TriggerMessage", message="Heartbeat"),
        await bench.wish("ClearCache"),
    ]
    assert status == [404, 404, 404, 404, 200, 200]
    handlers = bench.csms._handlers(IDENTITY)
    assert "FirmwareStatusNotification" not in handlers
    assert "DiagnosticsStatusNotification" not in handlers


@csms("unknown_connectors", "false")
async def known_connectors(bench: Bench) -> None:
    status = [await bench.wish("UnlockConnector", evse=n, connector=n) for n in (1, 2, 3)]
    assert status == [200, 200, 404]
    assert await bench.wish("ChangeAvailability", evse=0, operative=True) == 200
    assert await bench.wish("ClearCache") == 200


@csms("omit_connector", "true")
async def omit_connector(bench: Bench) -> None:
    body = {"token": "TAG001", "kind": "ISO14443", "evse": 1}
    assert await bench.wish("RemoteStartTransaction", **body, profile=None) == 200
    assert bench.calls("RemoteStartTransaction", "csms") == [{"idTag": "TAG001"}]


@csms("empty_keys", "true")
async def empty_keys(bench: Bench) -> None:
    assert await bench.wish("GetConfiguration", keys=[]) == 200
    assert await bench.wish("GetConfiguration", keys=["A"]) == 200
    assert bench.calls("GetConfiguration", "csms") == [{"key": []}, {"key": ["A"]}]


@csms("whole_list", "true")
async def whole_list(bench: Bench) -> None:
    body = {"tokens": ["TAG002"], "kind": "", "removed": []}
    assert await bench.wish("SendLocalList", update="Full", **body) == 200
    assert await bench.wish("SendLocalList", update="Differential", **body) == 200
    lists = [
        [entry["idTag"] for entry in call["localAuthorizationList"]]
        for call in bench.calls("SendLocalList", "csms")
    ]
    assert lists == [["TAG002", "TAG001"], ["TAG002"]]


@csms("expiry_dates", "true")
async def expiry_dates(bench: Bench) -> None:
    accepted = {"status": "Accepted", "expiryDate": "2099-01-01T00:00:00.000Z"}
    await bench.present("TAG001")
    assert bench.answers("Authorize", "csms") == [{"idTagInfo": accepted}]
    assert bench.csms._tokens.info("BLOCKED01") == {"status": "Blocked"}


@csms("info_at_stop", "true")
async def info_at_stop(bench: Bench) -> None:
    await bench.charge()
    await bench.plug_out()
    assert bench.answers("StopTransaction", "csms") == [{"idTagInfo": {"status": "Accepted"}}]


@csms("stops_refused", "true")
async def stops_refused(bench: Bench) -> None:
    await bench.charge()
    assert bench.actions("csms") == []
    start = call.StartTransaction(
        connector_id=2, id_tag="NOBODY", meter_start=0, timestamp="2026-03-01T12:00:00Z"
    )
    link = bench.station.controller.all.link
    assert link
    answer = await link.ask(start)
    await settle()
    stops = bench.calls("RemoteStopTransaction", "csms")
    assert stops == [{"transactionId": answer.transaction_id}]


@csms("foreign", "Rejected")
async def foreign(bench: Bench) -> None:
    answer = bench.csms._data_transfer(vendor_id="v")
    assert answer.status == "Rejected"


@csms("security", "false")
async def no_security(bench: Bench) -> None:
    handlers = bench.csms._handlers(IDENTITY)
    assert not {"SignCertificate", "SecurityEventNotification"} & handlers.keys()


@csms("cpo_name", "Org")
async def one_owner(bench: Bench) -> None:
    assert bench.csms.security.gate.organization == "Org"


@csms("own_hashes", "true")
async def calculates_hashes_itself(bench: Bench) -> None:
    long = Period(-3650, 3650)  # whenever the bench thinks it is
    root = Authority("Root", "Org", "ecdsa", period=long).certificate
    text = pem(root).decode()
    kind = "ManufacturerRootCertificate"
    assert await bench.wish("InstallCertificate", kind=kind, certificate=text) == 200
    assert await bench.wish("GetInstalledCertificateIds", kind=kind) == 200
    await settle()
    assert await bench.wish("DeleteCertificate", kind=kind, certificate=text) == 200
    (named,) = bench.calls("DeleteCertificate", "csms")
    told = hash_data(root, root)
    assert named["certificateHashData"]["issuerKeyHash"] == told["issuerKeyHash"].upper()
