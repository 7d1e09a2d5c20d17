"""What a source of enrolments says for the indicators of ESF+, beside what is recorded here.

An answer is one that has its day: the day of consent, or of observation. A row without it says
nothing, and what is on record stays; a row with the day and no codes says that none of it is so.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from services.participants.domain.codes import EsfCircumstance, EsfResult
from services.participants.domain.esf import RESULT_WINDOW
from services.participants.registers.people import PersonRow
from shared.clock import today
from shared.deliveries import Column, RowRefused

if TYPE_CHECKING:
    from shared.db import Connection


class EsfAnswersRow(PersonRow, kw_only=True, gc=False):
    """The answers of one enrolment's participant."""

    esf_circumstances: tuple[EsfCircumstance, ...] = ()
    esf_consented_on: date | None = None
    esf_results: tuple[EsfResult, ...] = ()
    esf_results_on: date | None = None


ANSWER_COLUMNS = (
    Column("esf_circumstances", "text[]"),
    Column("esf_consented_on", "date"),
    Column("esf_results", "text[]"),
    Column("esf_results_on", "date"),
)

ANSWERS_DIFFER = """
    (s.esf_consented_on is not null
     and (e.esf_consented_on, e.esf_circumstances)
         is distinct from (s.esf_consented_on, s.esf_circumstances))
    or (s.esf_results_on is not null
        and (e.esf_results_on, e.esf_results) is distinct from (s.esf_results_on, s.esf_results))
"""
"""What a staged row ``s`` says that its enrolment ``e`` does not."""

_ANSWERED = "(esf_consented_on is not null or esf_results_on is not null)"

NOT_FUNDED = f"""
    select s.row_no, case when s.esf_results_on is not null then 'esfResultsOn'
                          else 'esfConsentedOn' end,
           'not_an_esf_project', 'ESF+ does not pay for the programme on the day of the entry.'
    from staging s join programme g on g.code = s.programme
    where {_ANSWERED}
      and not coalesce(s.started_on between g.esf_from and coalesce(g.esf_to, 'infinity'), false)
"""

_TAKE = f"""
    update enrolment set
           esf_circumstances = case when b.esf_consented_on is null
                                    then enrolment.esf_circumstances
                                    else b.esf_circumstances end,
           esf_consented_on = coalesce(b.esf_consented_on, enrolment.esf_consented_on),
           esf_results = case when b.esf_results_on is null then enrolment.esf_results
                              else b.esf_results end,
           esf_results_on = coalesce(b.esf_results_on, enrolment.esf_results_on)
    from (select * from batch where {_ANSWERED} and effect in ('created', 'changed')) b
    where enrolment.id = b.record_id
"""


def staged_answers(row: EsfAnswersRow, exited_on: date | None) -> tuple[Any, ...]:
    """Return the values of `ANSWER_COLUMNS`.

    Raises:
        RowRefused: codes without their day, a day to come, results of nobody who has left, or
            observed outside the four weeks.

    """
    for name, codes, day in (
        ("esfConsentedOn", row.esf_circumstances, row.esf_consented_on),
        ("esfResultsOn", row.esf_results, row.esf_results_on),
    ):
        if codes and day is None:
            raise RowRefused(name, "esf_answer_without_day", "Codes are given with their day.")
        if day is not None and day > today():
            raise RowRefused(name, "esf_answer_to_come", "Nobody has answered on a day to come.")
    observed = row.esf_results_on
    if observed is not None and exited_on is None:
        raise RowRefused("esfResultsOn", "results_before_exit", "The enrolment has not ended.")
    if observed and exited_on and not exited_on <= observed <= exited_on + RESULT_WINDOW:
        raise RowRefused(
            "esfResultsOn", "result_outside_window", "Results are those of four weeks after."
        )
    return (
        sorted(set(row.esf_circumstances)) if row.esf_consented_on else None,
        row.esf_consented_on,
        sorted(set(row.esf_results)) if row.esf_results_on else None,
        row.esf_results_on,
    )


async def take_answers(conn: Connection) -> None:
    """Write the answers of created and changed rows; their versions are kept already."""
    await conn.execute(_TAKE)
