"""The rules of target groups (målgrupper), in versions by date."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Integer, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint

from services.participants.domain.codes import TargetGroup
from services.participants.models.base import metadata, one_of, validity
from shared.records import version_columns
from shared.schema import uuid_pk

target_group_rule = Table(
    "target_group_rule",
    metadata,
    uuid_pk(),
    Column("target_group", Text, nullable=False),
    Column("rule_version", Integer, nullable=False),
    *validity(),
    Column("title", Text, nullable=False),
    Column("conditions", JSONB, nullable=False),
    *version_columns(),
    one_of("target_group", TargetGroup),
    CheckConstraint("rule_version > 0", name="rule_version"),
    CheckConstraint("jsonb_array_length(conditions) > 0", name="conditions"),
    UniqueConstraint("target_group", "rule_version"),
    # A group has one rule on a day.
    ExcludeConstraint(
        ("target_group", "="),
        (text("daterange(valid_from, valid_to, '[]')"), "&&"),
        name="target_group_rule_overlap_excl",
        using="gist",
    ),
)
