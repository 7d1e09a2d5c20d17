"""Checks of where and when, shared by the registers: known codes, in operation on the day."""

from __future__ import annotations


def in_operation(table: str, day: str, *, optional: bool = False, joined: str = "") -> str:
    """Return the check that a staged code is known and in operation on the row's day.

    Args:
        table: unit, programme or team; also the column and the field.
        day: the staged column of the day.
        optional: rows without a code pass.
        joined: further condition on the table ``o`` and the staged row ``s``.

    """
    missing = f"s.{table} is not null and" if optional else ""
    return f"""
        select s.row_no, '{table}',
               case when o.code is null then 'unknown_{table}'
                    else '{table}_not_in_operation' end,
               case when o.code is null then 'There is no {table} with this code.'
                    else 'The {table} is not in operation on the day.' end
        from staging s left join {table} o on o.code = s.{table} {joined}
        where {missing}
              (o.code is null
               or s.{day} not between o.valid_from and coalesce(o.valid_to, 'infinity'))
    """
