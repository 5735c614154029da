"""Makes untrusted text harmless and visible: the one way by which text enters a report."""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup

LONGEST: Final = 16_384
"""How many characters a report shows of one text; the journal and report.json have all of them."""

_HIDDEN: Final = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, but not tab and newline
    "\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # invisible, or turning lines
    "\ud800-\udfff"  # lone surrogates: no UTF-8 for them
    "\ufdd0-\ufdef\ufffe\uffff"  # no characters; two of them are forbidden in XML
    "]"
)


def visible(text: str) -> str:
    """Replace what cannot be seen, turns the text around, or is forbidden in XML, by its name.

    NUL becomes "[U+0000]"; Unicode's own pictures of control characters are in few fonts.
    """
    return _HIDDEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def clipped(text: str, longest: int = LONGEST) -> str:
    """Return the beginning of a text, and how much more there is."""
    told = f" … and {len(text) - longest} characters more"
    return f"{text[:longest]}{told}" if len(text) > longest + len(told) else text


def content(text: str) -> Markup:
    """Escape text for the content of an element, never for an attribute.

    Quotes stay as they are: escaped, they would be a third of a report full of JSON.
    """
    return Markup(escaped(text))  # noqa: S704 - escaped right here


def escaped(text: str) -> str:
    """Return the text of `content` as a plain text, for what is put together piece by piece."""
    return visible(clipped(text)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def finalize(value: object) -> object:
    """Make every text that a template puts out visible; escaping follows, by autoescape."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(clipped(value))
    return value
