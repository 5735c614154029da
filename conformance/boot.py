"""How the tool, as a charge point, introduces itself to a CSMS."""

from __future__ import annotations

from conformance.clock import now
from conformance.message import Request
from conformance.ocpp16.messages import BootNotification, StatusNotification
from conformance.ocpp201.messages import BootNotificationRequest, StatusNotificationRequest
from conformance.sut import Sut


def boot_16(sut: Sut) -> list[Request]:
    """Return the messages of a booting OCPP 1.6 charge point, in their order."""
    return [
        BootNotification.req(
            chargePointVendor=sut.values.station_vendor, chargePointModel=sut.values.station_model
        ),
        *(
            StatusNotification.req(connectorId=n, errorCode="NoError", status="Available")
            for n in (0, *sut.connectors)
        ),
    ]


def boot_201(sut: Sut) -> list[Request]:
    """Return the messages of a booting OCPP 2.0.1 charging station, in their order."""
    return [
        BootNotificationRequest(
            reason="PowerUp",
            chargingStation={
                "vendorName": sut.values.station_vendor,
                "model": sut.values.station_model,
            },
        ),
        *(
            StatusNotificationRequest(
                timestamp=now(), connectorStatus="Available", evseId=evse, connectorId=connector
            )
            for evse, connector in sut.places
        ),
    ]
