"""Breakdowns that several figures have, and the values that they may have."""

from __future__ import annotations

from services.participants.domain.ages import AGE_GROUPS, UNKNOWN_AGE_GROUP
from services.participants.domain.codes import Education, EntryStatus, Ground, Sex

SEX_CODES = tuple(Sex)
AGE_GROUP_CODES = (*(code for _, code in AGE_GROUPS), UNKNOWN_AGE_GROUP)
AT_ENTRY = (
    "unit",
    "programme",
    "team",
    "ground",
    "sex",
    "age_group",
    "district",
    "education",
    "status",
)
ENTRY_CODES = {
    "sex": SEX_CODES,
    "age_group": AGE_GROUP_CODES,
    "ground": tuple(Ground),
    "education": ("", *Education),
    "status": ("", *EntryStatus),
}
FROZEN = (
    "Kön, åldersgrupp och stadsdelsområde är de som gällde på inskrivningsdagen. Personer med "
    "skyddade personuppgifter redovisas utan stadsdelsområde."
)
