"""An operator that a template describes, with a clock that stands still."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

import conformance
from conformance.operators.actions import Action
from conformance.operators.base import CannotActError
from conformance.operators.template import TemplateOperator
from conformance.operators.template_file import read

NOW: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
SHIPPED: Final = Path(conformance.__file__).parent / "templates"
SECRETS: Final = {"token": "hush-hush"}


def operator(template: Path, base: str, station: str = "CP 1/2") -> TemplateOperator:
    return TemplateOperator(
        read(template, version="1.6", secrets=tuple(SECRETS)),
        base=base,
        station=station,
        version="1.6",
        secrets=SECRETS,
        limit=10,
        clock=lambda: NOW,
    )


def told(subject: TemplateOperator, *actions: Action) -> list[str]:
    async def scenario() -> list[str]:
        return [await subject.perform(action) for action in actions]

    return asyncio.run(scenario())


def refused(subject: TemplateOperator, action: Action) -> str:
    with pytest.raises(CannotActError) as caught:
        told(subject, action)
    return str(caught.value)
