"""What a user is told to put into a device."""

from __future__ import annotations

import pytest

from conformance.transport import for_a_device


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("ws://127.0.0.1:9000/ocpp", "ws://127.0.0.1:9000/ocpp"),
        ("ws://0.0.0.0:9000/ocpp", "ws://<address of this machine>:9000/ocpp"),
        ("ws://[::]:9000/ocpp", "ws://<address of this machine>:9000/ocpp"),
    ],
)
def test_every_interface_is_no_address_to_put_into_a_device(url: str, shown: str) -> None:
    assert for_a_device(url) == shown
