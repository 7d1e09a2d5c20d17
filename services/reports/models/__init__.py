"""The tables of the reports service."""

from __future__ import annotations

from services.reports.models.areas import area, area_predecessor
from services.reports.models.base import metadata
from services.reports.models.committee_reports import (
    attestation,
    committee_report,
    committee_report_content,
    committee_report_step,
)
from services.reports.models.references import reference_record, reference_value
from services.reports.models.released import counted_cell, release, released_cell
from services.reports.models.told_periods import told_period
from services.reports.models.web_sessions import web_session

__all__ = [
    "area",
    "area_predecessor",
    "attestation",
    "committee_report",
    "committee_report_content",
    "committee_report_step",
    "counted_cell",
    "metadata",
    "reference_record",
    "reference_value",
    "release",
    "released_cell",
    "told_period",
    "web_session",
]
