"""The fact journal: signed rows that are only ever appended, so that every figure has a past.

A fact says what was counted (+1, -1, or an amount), when it happened, the breakdown values
of that day, and which record stands behind it. A correction appends what differs; nothing is
updated or deleted. A figure at a basis is a sum over the rows recorded at or before it.

A service declares its journal next to its models and settles it after each change::

    # models.py
    fact = fact_table("participant_fact", metadata, "programme", "sex", "outcome")

    # figures.py
    JOURNAL = Journal.of(fact)
    EXIT_FACTS = '''
        select 'exits' as measure, e.exited_on as happened_on, 1 as amount,
               e.person_id as subject, e.id as record_id,
               e.programme, e.sex, e.outcome
        from enrolment e
        where e.id = any($1::uuid[]) and e.exited_on is not null
    '''

    # enrolments.py, in the transaction that changed the enrolments (and so locks them)
    await settle(conn, JOURNAL, "enrolment", ids, wanted_sql=EXIT_FACTS, reason="exit corrected")

Each row keeps its `Cause`, by which a figure that moved is explained (`shared.figures.changes`).
Without one, the first facts of a record are new, and what is booked for it later corrects them;
whoever settles because of something else says so.
"""

from shared.journal.causes import Cause
from shared.journal.declaration import Journal
from shared.journal.settling import append_sql, drift, settle
from shared.journal.snapshots import facts_due, snapshot_if_due, take_snapshot
from shared.journal.tables import define_tables, fact_table, journal_ddl, sum_table

__all__ = [
    "Cause",
    "Journal",
    "append_sql",
    "define_tables",
    "drift",
    "fact_table",
    "facts_due",
    "journal_ddl",
    "settle",
    "snapshot_if_due",
    "sum_table",
    "take_snapshot",
]
