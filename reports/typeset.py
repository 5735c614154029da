"""Lays out a document by typst, in a process of its own: reads an order, writes a PDF.

The order is JSON on the standard input: `template`, `data` and `moment`, the second that stands
in the document. typst does not give its memory back, so the process ends with it.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Literal

import typst


def main() -> None:
    """Take the order that there is."""
    order = json.load(sys.stdin.buffer)
    try:
        made = _made(order, "a-2b")
    except typst.TypstError:  # another version of typst, whose fonts lack a character
        made = _made(order, None)
    sys.stdout.buffer.write(made)


def _made(order: dict[str, Any], standard: Literal["a-2b"] | None) -> bytes:
    made = typst.compile(
        order["template"].encode(),
        sys_inputs={"data": order["data"]},
        ignore_system_fonts=True,
        pdf_tags=False,
        pdf_standards=standard,
        timestamp=order["moment"],
    )
    return bytes(made)


if __name__ == "__main__":
    main()
