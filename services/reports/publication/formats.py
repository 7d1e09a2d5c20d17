"""The formats in which a report can be taken home."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec

from services.reports.publication import page, pdf, text, workbook
from services.reports.publication.compose import compose
from services.reports.publication.imprints import Standing, imprint
from services.reports.reporting import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.reports.publication.model import Publication

_WRITING = ThreadPoolExecutor(max_workers=2, thread_name_prefix="writing")
"""Writing keeps a core busy: more at once would only make each reader wait longer."""


class FileFormat(StrEnum):
    """A page, a workbook, a text to go on writing in, a document to print."""

    HTML = "html"
    XLSX = "xlsx"
    DOCX = "docx"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class Writer:
    """How a publication becomes bytes of a format."""

    media_type: str
    write: Callable[[Publication], bytes]


WRITERS = {
    FileFormat.HTML: Writer("text/html; charset=utf-8", page.write),
    FileFormat.XLSX: Writer(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", workbook.write
    ),
    FileFormat.DOCX: Writer(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document", text.write
    ),
    FileFormat.PDF: Writer("application/pdf", pdf.write),
}


async def written(
    body: bytes, asked: Request, wanted: FileFormat, *, standing: Standing | None = None
) -> bytes:
    """Return a document's bytes as a file of a format, made beside the event loop.

    Args:
        body: the document as it is hashed and attested.
        asked: the question that it answers.
        wanted: the format.
        standing: its state (Swedish); a draft's, left out.

    """
    document: dict[str, Any] = msgspec.json.decode(body)
    publication = compose(document, imprint(document, body, asked, standing=standing))
    write = WRITERS[wanted].write
    return await asyncio.get_running_loop().run_in_executor(_WRITING, write, publication)


def file_name(asked: Request, wanted: FileFormat) -> str:
    """Return a file's name in ASCII: ``fokus-jarva-2024-jarva.xlsx``; codes hold nothing else."""
    parts = [asked.template, asked.period, asked.area, asked.programme]
    if asked.audience != "committee":
        parts.append(asked.audience.value)
    return "-".join(part for part in parts if part).lower() + f".{wanted}"
