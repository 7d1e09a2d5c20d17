"""Funnels: what outreach led to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Annotated

from fastapi import Query as QueryParameter
from fastapi import Request
from pydantic.alias_generators import to_camel
from starlette.responses import Response

from services.outreach import funnels
from services.outreach.domain.funnels import Share, Stage, shares
from services.outreach.funnels import (
    ASKING,
    FILTERS,
    STAGES,
    Asked,
    Funnel,
    FunnelBy,
    Note,
    StageAnswer,
)
from services.outreach.schemas.funnel import (
    ConversionOut,
    FunnelGroupOut,
    FunnelOut,
    StageOut,
    StageValueOut,
)
from shared.db import driver
from shared.dependencies import CallerDep
from shared.figures.definitions import UnknownDimension
from shared.figures.parameters import BasisQuery, PeriodText, filter_parameter
from shared.figures.schemas import CountingRuleInForceOut, NoteOut
from shared.figures.standing.reading import reading_figures
from shared.responses import kept_bytes
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/funnels", tag="funnels")

FunnelByQuery = Annotated[
    FunnelBy | None, QueryParameter(alias="by", description="What to set side by side")
]


@router.get(
    "",
    scope="figures:read",
    answers=FunnelOut,
    kept=True,
    openapi={"parameters": [filter_parameter(name) for name in FILTERS]},
)
async def read_funnel(
    *,
    request: Request,
    caller: CallerDep,
    period: PeriodText,
    by: FunnelByQuery = None,
    basis: BasisQuery = None,
) -> Response:
    """Read what outreach led to.

    Visits, contacts and the people reached in a period, the referrals made in it, and how far
    those had come at the basis; what share went on from one step to the next, with its base.
    """
    asked = _asked(request, period, by)
    async with reading_figures(request.app.state.services.db, basis) as (session, at):
        asked = replace(asked, query=replace(asked.query, basis=at))
        found = await funnels.funnel(await driver(session), asked, caller)
    body = _shown(asked, found).to_json()
    return kept_bytes(request, body, tag=sha256(body).hexdigest()[:32])


def _asked(request: Request, period: str, by: FunnelBy | None) -> Asked:
    """Return the question of a request.

    Raises:
        UnknownDimension: a parameter by which funnels cannot be limited.

    """
    filters = ASKING.filters(request)
    for name in filters:
        if name not in FILTERS:
            known = [to_camel(each) for each in FILTERS]
            raise UnknownDimension(
                f"Funnels are not limited by {to_camel(name)!r}.", dimensions=known
            )
    return Asked(ASKING.query(STAGES[Stage.VISITS].figure, period, [], filters, []), by)


def _shown(asked: Asked, found: Funnel) -> FunnelOut:
    query = asked.query
    return FunnelOut(
        period=str(query.period),
        period_label=query.period.label,
        basis=query.basis,
        by=asked.by,
        where=_where(query.where),
        stages=[_stage(each) for each in found.stages],
        groups=[_group(asked, found, group) for group in found.groups],
        total=_group(asked, found, None),
        notes=_notes(found.notes),
    )


def _stage(answered: StageAnswer) -> StageOut:
    counted = STAGES[answered.stage]
    definition = counted.definition
    return StageOut(
        stage=answered.stage,
        figure=definition.name,
        version=definition.version,
        unit=definition.unit,
        title=definition.title,
        definition=definition.definition,
        where=_where(counted.where),
        notes=_notes(answered.notes),
        counting_rules=[CountingRuleInForceOut.model_validate(each) for each in answered.rules],
    )


def _notes(notes: Sequence[Note]) -> list[NoteOut]:
    return [NoteOut.model_validate(note) for note in notes]


def _group(asked: Asked, found: Funnel, group: str | None) -> FunnelGroupOut:
    values = found.values(asked, group)
    return FunnelGroupOut(
        group=group,
        stages=[_value(stage, value) for stage, value in values.items()],
        conversions=[_conversion(share) for share in shares(values)],
    )


def _conversion(share: Share) -> ConversionOut:
    of = share.conversion
    return ConversionOut(
        name=of.name,
        numerator=_value(of.numerator, share.part),
        denominator=_value(of.denominator, share.base),
        value=share.decimal,
        small_base=share.small_base,
        note=of.note,
    )


def _value(stage: Stage, value: int | None) -> StageValueOut:
    definition = STAGES[stage].definition
    return StageValueOut(stage=stage, figure=definition.name, unit=definition.unit, value=value)


def _where(conditions: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    return {to_camel(name): list(values) for name, values in sorted(conditions.items())}
