"""The words a case may use; each is loaded when it is first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.cases import case
    from conformance.clock import elsewhere, later, now
    from conformance.csms import Csms
    from conformance.desk import OperatorDesk as Operator
    from conformance.files.desk import FilesDesk as Files
    from conformance.frames_desk import FrameDesk as Frames
    from conformance.keyring import Keyring
    from conformance.link import Received
    from conformance.matching import (
        about,
        about_now,
        absent,
        between,
        caseless,
        each,
        exactly,
        none_of,
        one_of,
        only,
        present,
        same_instant,
        some,
    )
    from conformance.on_purpose import ID, Wrong
    from conformance.operators.actions import ProfileWish
    from conformance.replies import Reply
    from conformance.requested import another_base, encoded_path, named_once, unregistered
    from conformance.roles import Station, in_any_order
    from conformance.security import SecurityDesk as Security
    from conformance.states import State, state
    from conformance.sut import Sut
    from conformance.sut_sections import Token
    from conformance.verdict import Inconclusive
    from conformance.websocket_desk import WebSocketDesk as WebSocket
    from conformance.wire.breaches import BAD
    from conformance.wire.sampling import Sample
    from conformance.wire.turning import Turning

__all__ = [
    "BAD",
    "ID",
    "Csms",
    "Files",
    "Frames",
    "Inconclusive",
    "Keyring",
    "Operator",
    "ProfileWish",
    "Received",
    "Reply",
    "Sample",
    "Security",
    "State",
    "Station",
    "Sut",
    "Token",
    "Turning",
    "WebSocket",
    "Wrong",
    "about",
    "about_now",
    "absent",
    "another_base",
    "between",
    "case",
    "caseless",
    "each",
    "elsewhere",
    "encoded_path",
    "exactly",
    "in_any_order",
    "later",
    "named_once",
    "none_of",
    "now",
    "one_of",
    "only",
    "present",
    "same_instant",
    "some",
    "state",
    "unregistered",
]

_MATCHING = "conformance.matching"
_WORDS = {
    **dict.fromkeys(
        (
            "about",
            "about_now",
            "absent",
            "between",
            "caseless",
            "each",
            "exactly",
            "none_of",
            "one_of",
            "only",
            "present",
            "same_instant",
            "some",
        ),
        _MATCHING,
    ),
    **dict.fromkeys(
        ("another_base", "encoded_path", "named_once", "unregistered"), "conformance.requested"
    ),
    "BAD": "conformance.wire.breaches",
    "Csms": "conformance.csms",
    "Frames": "conformance.frames_desk",
    "ID": "conformance.on_purpose",
    "Files": "conformance.files.desk",
    "Inconclusive": "conformance.verdict",
    "Keyring": "conformance.keyring",
    "Operator": "conformance.desk",
    "ProfileWish": "conformance.operators.actions",
    "Received": "conformance.link",
    "Reply": "conformance.replies",
    "Sample": "conformance.wire.sampling",
    "Security": "conformance.security",
    "State": "conformance.states",
    "Station": "conformance.roles",
    "Sut": "conformance.sut",
    "Token": "conformance.sut_sections",
    "Turning": "conformance.wire.turning",
    "WebSocket": "conformance.websocket_desk",
    "Wrong": "conformance.on_purpose",
    "case": "conformance.cases",
    "elsewhere": "conformance.clock",
    "in_any_order": "conformance.roles",
    "later": "conformance.clock",
    "now": "conformance.clock",
    "state": "conformance.states",
}
_RENAMED = {
    "Operator": "OperatorDesk",
    "Files": "FilesDesk",
    "Frames": "FrameDesk",
    "Security": "SecurityDesk",
    "WebSocket": "WebSocketDesk",
}


def __getattr__(name: str) -> object:
    # The pytest plugin lives in this package and is loaded by every pytest of its user: the
    # engine must not be imported for it.
    if name not in _WORDS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(_WORDS[name])
    return getattr(module, _RENAMED.get(name, name))
