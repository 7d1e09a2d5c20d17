"""The account groups of Kommun-Bas (two digits), for groups that no account has named yet.

Source: the base chart of SKR and the names that Stockholm prints. An account registered with
the group's own code replaces the name given here.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Part(StrEnum):
    """The code parts that every posting names; also the names of their tables."""

    ACCOUNT = "account"
    COUNTERPART = "counterpart"


GROUP_NAMES = {
    "12": "Maskiner och inventarier",
    "15": "Kundfordringar",
    "16": "Diverse kortfristiga fordringar",
    "17": "Förutbetalda kostnader och upplupna intäkter",
    "19": "Kassa och bank",
    "20": "Eget kapital",
    "24": "Kortfristiga skulder till kreditinstitut och kunder",
    "25": "Leverantörsskulder",
    "26": "Moms och särskilda punktskatter",
    "28": "Övriga kortfristiga skulder",
    "29": "Upplupna kostnader och förutbetalda intäkter",
    "30": "Försäljning av varor, material",
    "31": "Taxor och avgifter",
    "34": "Hyror och arrenden",
    "35": "Bidrag",
    "36": "Försäljning av verksamheter och entreprenader",
    "37": "Försäljning av exploateringsfastigheter",
    "38": "Försäljning av anläggningstillgångar, periodiseringar",
    "40": "Inköp av anläggningstillgångar och finansiella omsättningstillgångar",
    "41": "Inköp av anläggnings- och underhållsmaterial",
    "45": "Lämnade bidrag",
    "46": "Köp av huvudverksamhet",
    "49": "Kostnader att fördela",
    "50": "Löner arbetad tid",
    "51": "Löner ej arbetad tid",
    "53": "Andra ersättningar",
    "54": "Kostnader för naturaförmåner",
    "55": "Kostnadsersättningar",
    "56": "Sociala avgifter enligt lag och avtal",
    "57": "Pensionskostnader",
    "59": "Aktivering av eget arbete",
    "60": "Lokal- och markhyror",
    "61": "Fastighetskostnader och fastighetsentreprenader",
    "62": "Bränsle, energi och vatten",
    "63": "Hyra/leasing av anläggningstillgångar",
    "64": "Förbrukningsinventarier och förbrukningsmaterial",
    "65": "Kontorsmateriel och trycksaker",
    "66": "Reparation och underhåll",
    "68": "Tele- och IT-kommunikation, postbefordran",
    "69": "Kostnader för transportmedel",
    "70": "Transporter, frakt och resor",
    "71": "Representation",
    "72": "Annonser, reklam och information",
    "73": "Försäkringar och riskkostnader",
    "74": "Övriga främmande tjänster",
    "75": "Tillfälligt inhyrd personal",
    "76": "Diverse kostnader",
    "78": "Realisationsförluster och periodiseringar",
    "79": "Avskrivningar",
    "80": "Skatteintäkter",
    "82": "Utjämning och statliga bidrag",
    "83": "Avgifter i utjämningen",
    "84": "Finansiella intäkter",
    "85": "Finansiella kostnader",
    "87": "Extraordinära intäkter",
    "88": "Extraordinära kostnader",
    "89": "Årets resultat",
}

EQUITY = "20"
"""The group that carries the year's result in a balance sheet."""

YEARS_RESULT = "89"
"""The group that closes the year; it moves the result and earns none itself."""


_ACCOUNT = re.compile(r"[1-9][0-9]{1,5}")


def is_account_code(text: str) -> bool:
    """Say whether the chart can hold an account of that code."""
    return _ACCOUNT.fullmatch(text) is not None


def group_of(account: str) -> str:
    return account[:2]


def is_result_group(group: str) -> bool:
    """Say whether a group is part of the year's result (3-9) and not the balance sheet (1-2).

    Class 9 holds what is booked for observation (obs-konton) and internal accounting. No form
    prints it: what stands there still, the tie ``result-is-balance-change`` shows.
    """
    return group[:1] in "3456789"
