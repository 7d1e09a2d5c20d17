"""The file around a text: what it says of itself, and the same bytes every time."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from services.reports.publication.colophon import lines, made_at
from services.reports.publication.text.elements import plain
from services.reports.publication.text.styles import LANGUAGE

if TYPE_CHECKING:
    from docx.document import Document

    from services.reports.publication.model import Publication

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first instant that a ZIP archive can name."""

_LONGEST = 255
"""Characters of a core property that word processors and python-docx take."""

_NOT_OURS = ("/thumbnail", "/stylesWithEffects")
"""Parts of the empty template: a picture of it, and its styles as word processors once had them."""


def properties(document: Document, publication: Publication) -> None:
    """Say what the document is; what a template's maker said is taken away."""
    imprint, core = publication.imprint, document.core_properties
    core.title = plain(publication.title)[:_LONGEST]
    core.subject = plain(publication.subtitle)[:_LONGEST]
    core.author = core.last_modified_by = ""
    core.comments = plain("\n".join(f"{name}: {text}" for name, text in lines(imprint)))[:_LONGEST]
    core.identifier = imprint.content_hash
    core.content_status = plain(imprint.attestation)[:_LONGEST]
    core.language = LANGUAGE
    core.created = core.modified = made_at(imprint).replace(tzinfo=None)
    core.revision = 1
    for relations in (document.part.package.rels, document.part.rels):
        for key in [key for key, one in relations.items() if one.reltype.endswith(_NOT_OURS)]:
            del relations[key]


def packed(made: bytes) -> bytes:
    """Return a package with its parts in order and without the time of its writing."""
    target = BytesIO()
    with ZipFile(BytesIO(made)) as source, ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(ZipInfo(name, _EPOCH), source.read(name), ZIP_DEFLATED)
    return target.getvalue()
