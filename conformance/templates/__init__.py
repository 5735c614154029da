"""The templates for the http-template operator that come with the tool: worked examples."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent


def names(version: str) -> list[str]:
    """Return the systems that there is a template for, in this OCPP version."""
    return sorted(path.stem.removesuffix(f"-{version}") for path in HERE.glob(f"*-{version}.toml"))


def text(name: str, version: str) -> str:
    """Return a template."""
    return file(name, version).read_text(encoding="utf-8")


def file(name: str, version: str) -> Path:
    """Return where a template is; its own name is the one that it has beside a sut.toml."""
    return HERE / f"{name}-{version}.toml"
