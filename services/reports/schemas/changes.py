"""Shape of why the numbers of a report moved."""

from __future__ import annotations

from pydantic import Field

from services.reports.schemas.documents import ReportAreaOut, ReportPeriodOut
from shared.figures.change_schemas import ChangeOut
from shared.models import ApiModel, Instant


class ChangedColumnOut(ApiModel):
    """A column of the tables of an item."""

    code: str = Field(examples=["value"])
    label: str = Field(examples=["Avslut"])
    unit: str = Field(description="SEK: decimal strings of kronor", examples=["persons"])


class ChangedRowOut(ApiModel):
    """A row of a table, with the change of each of its values."""

    label: str = Field(description="Empty: its names say what it is", examples=[""])
    names: dict[str, str] = Field(
        description="Values by breakdown; empty in the row of all", examples=[{"sex": "women"}]
    )
    moved: bool = Field(description="Whether any value differs, or moved and came back")
    cells: dict[str, ChangeOut] = Field(description="By column")


class ChangedTableOut(ApiModel):
    """One table of an item: a period, by a breakdown."""

    period: str = Field(description="Empty: the statement's own", examples=["2024"])
    by: list[str] = Field(description="Empty: the plain value", examples=[["sex"]])
    rows: list[ChangedRowOut]


class ChangedItemOut(ApiModel):
    """Why the values of one item moved, in the tables that the report shows them in.

    Values are rounded as the report shows them, and so are all parts: counts are whole, kronor
    have two decimals, shares and the like one.
    """

    kind: str = Field(description="figure, ratio, reference, statement, table", examples=["figure"])
    key: str = Field(examples=["jobbtorg.exits"])
    label: str = Field(examples=["Avslut"])
    status: str = Field(description="ok or unavailable", examples=["ok"])
    reason: str | None = Field(description="Why it is unavailable", examples=[None])
    moved: int = Field(description="How many of its values moved", examples=[3])
    columns: list[ChangedColumnOut]
    tables: list[ChangedTableOut]
    notes: list[str] = Field(description="What a reader must know, in Swedish", examples=[[]])


class ChangedSectionOut(ApiModel):
    """A section of the report; texts are left out."""

    key: str = Field(examples=["jobbtorg"])
    title: str = Field(examples=["Jobbtorg"])
    items: list[ChangedItemOut]


class ReportChangesOut(ApiModel):
    """Why every number of a report moved from one basis to another."""

    template: str = Field(examples=["fokus-jarva"])
    title: str = Field(examples=["Arbetsmarknadsnämndens bidrag till Fokus Järva 2024"])
    period: ReportPeriodOut
    area: ReportAreaOut | None
    programme: str | None = Field(examples=["stockholmskraften"])
    names: dict[str, dict[str, str]] = Field(
        description="What codes are called, by breakdown",
        examples=[{"district": {"jarva": "Järva"}}],
    )
    since: Instant = Field(description="The earlier basis")
    basis: Instant = Field(description="The later basis")
    status: str = Field(
        description="complete, or partial: an item is unavailable", examples=["complete"]
    )
    moved: int = Field(description="How many values moved", examples=[17])
    sections: list[ChangedSectionOut]
