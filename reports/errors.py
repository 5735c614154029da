"""What is wrong with a report, or with what it is made from, in words for the user."""

from __future__ import annotations


class ReportError(ValueError):
    """A report cannot be made; the text says why, and what to do."""


class JournalError(ReportError):
    """A journal is damaged, changed, foreign or of another format; the message names the place."""


class NotInstalledError(ReportError):
    """A form of report needs an optional package that is not there."""
