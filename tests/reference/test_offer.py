"""What a reference station asks for when it connects."""

from __future__ import annotations

import pytest

from conformance.reference.offer import Offer


@pytest.mark.parametrize(
    ("options", "faults", "offer"),
    [
        ({}, {}, Offer(path="CP%2001", subprotocols=("ocpp1.6",))),
        ({}, {"raw-path": ""}, Offer(path="CP 01", subprotocols=("ocpp1.6",))),
        ({}, {"offers-twice": ""}, Offer(path="CP%2001", subprotocols=("ocpp1.6",) * 2)),
        (
            {"offers": "ocpp2.0.1,ocpp1.6", "compresses": "true"},
            {},
            Offer(path="CP%2001", subprotocols=("ocpp2.0.1", "ocpp1.6"), compression=True),
        ),
        (
            {"compresses": "false"},
            {"needs-compression": ""},
            Offer(path="CP%2001", subprotocols=("ocpp1.6",), compression=True, insists=True),
        ),
    ],
)
def test_an_offer(options: dict[str, str], faults: dict[str, str], offer: Offer) -> None:
    assert Offer.of("CP 01", "ocpp1.6", options, faults) == offer
