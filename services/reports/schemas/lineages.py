"""Shapes of lineage: how a value came about, and the rows behind it."""

from __future__ import annotations

from typing import Any, Self
from uuid import UUID

from pydantic import Field

from services.reports.domain.tracing import Lineage
from shared.models import ApiModel, Instant, LocalDate

Key = Field(max_length=120, examples=["guidance.visits"])


class QuestionOut(ApiModel):
    """What a service was asked; the same address gives the same answer again."""

    service: str = Field(max_length=40, examples=["outreach"])
    address: str = Field(
        max_length=4000,
        examples=["/outreach/v1/figures/visits?period=2024&operation=guidance"],
    )


class DefinitionOut(ApiModel):
    figure: str = Field(max_length=80, examples=["visits"])
    version: int = Field(examples=[1])
    title: str = Field(max_length=200, examples=["Besök"])
    text: str = Field(max_length=2000, examples=["Antal räknade besök under perioden."])


class LastDeliveryOut(ApiModel):
    id: UUID
    applied_at: Instant


class SourceOut(ApiModel):
    """The register that the facts came through, and its last delivery at the basis."""

    register_name: str | None = Field(max_length=80, examples=["visits"])
    last_delivery: LastDeliveryOut | None


class PublishedOut(ApiModel):
    """What somebody else publishes."""

    source: str = Field(max_length=200, examples=["Sweco"])
    vintage: str = Field(max_length=80, examples=["2024"])


class LineageOut(ApiModel):
    """How an item of a report came about; `parts` of a ratio are the two that it divides."""

    key: str = Key
    label: str = Field(max_length=300, examples=["Besök under året"])
    kind: str = Field(max_length=20, examples=["figure"])
    basis: Instant
    definition: DefinitionOut | None
    source: SourceOut | None
    publications: list[PublishedOut]
    questions: list[QuestionOut]
    parts: list[LineageOut] = Field(examples=[[]])

    @classmethod
    def of(cls, lineage: Lineage, basis: str) -> Self:
        item = lineage.item
        defined = item.get("definition")
        vintages = {
            (row["source"], row["vintage"]): None
            for row in (item.get("rows") or ())
            if item["kind"] == "reference"
        }
        return cls.model_validate(
            {
                "key": item["key"],
                "label": item["label"],
                "kind": item["kind"],
                "basis": basis,
                "definition": defined and {n: defined[n] for n in DefinitionOut.model_fields},
                "source": _source(item),
                "publications": [{"source": who, "vintage": when} for who, when in vintages],
                "questions": [
                    {"service": one.service, "address": one.address} for one in lineage.questions
                ],
                "parts": [cls.of(part, basis) for part in lineage.made_of],
            }
        )


class RowOut(ApiModel):
    """One record that a value was added up from; it names the record, never the person."""

    record_kind: str = Field(max_length=40, examples=["visit"])
    record_id: UUID
    amount: int | str = Field(description="How much it counts; kronor as text", examples=[1])
    happened_on: LocalDate
    recorded_at: Instant
    reason: str = Field(max_length=500, examples=["recorded"])
    breakdown: dict[str, str] = Field(examples=[{"sex": "women"}])


def _source(item: dict[str, Any]) -> dict[str, Any] | None:
    source = item.get("source")
    if item["kind"] != "figure" or source is None:
        return None
    return {"register_name": source["register"], "last_delivery": source["lastDelivery"]}
