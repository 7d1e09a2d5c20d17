"""The page: semantic, complete in itself, and readable on paper, in the dark and on a phone."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from typing_extensions import override

from services.reports.publication import page
from services.reports.publication.model import Section
from tests.reports.publications import sample
from tests.reports.test_charts import contrast

_, PUBLICATION = sample()
PAGE = page.write(PUBLICATION).decode()


class Tags(HTMLParser):
    """Every tag of a page with its attributes, and those that are not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


TAGS = Tags(PAGE)


def test_it_is_swedish_and_says_what_it_is() -> None:
    assert TAGS.named("html")[0]["lang"] == "sv"
    assert len(TAGS.named("h1")) == len(TAGS.named("main")) == 1
    assert len(TAGS.named("h2")) == len(PUBLICATION.sections) + 1


def test_it_fetches_nothing_and_runs_nothing() -> None:
    assert not [name for name, _ in TAGS.found if name in {"script", "link", "img", "iframe"}]
    assert not re.search(r"url\(|@import|\son\w+=", PAGE)


def test_every_id_is_there_once_and_every_link_inside_leads_somewhere() -> None:
    ids = Counter(value for _, attrs in TAGS.found if (value := attrs.get("id")))
    assert {name: many for name, many in ids.items() if many > 1} == {}
    links = [link["href"] or "" for link in TAGS.named("a")]
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)


def test_every_table_has_a_caption_and_scrolls_in_a_region_of_its_own_name() -> None:
    regions = [each for each in TAGS.named("div") if each.get("role") == "region"]
    captions = [table.caption for table in PUBLICATION.tables()]
    assert [each["aria-label"] for each in regions] == captions
    assert {each["tabindex"] for each in regions} == {"0"}
    assert len(TAGS.named("caption")) == len(captions)
    assert all(each.get("scope") for each in TAGS.named("th"))


def test_the_form_of_many_columns_has_its_groups_above_them() -> None:
    groups = [each for each in TAGS.named("th") if each["scope"] == "colgroup"]
    assert groups
    assert 'class="scroll wide"' in PAGE


def test_each_picture_has_a_name_and_a_description() -> None:
    pictures = [each for each in TAGS.named("svg") if each.get("role") == "img"]
    assert pictures
    ids = {attrs.get("id") for _, attrs in TAGS.found}
    for each in pictures:
        assert set((each["aria-labelledby"] or "").split()) <= ids


def test_it_says_where_it_comes_from() -> None:
    imprint = PUBLICATION.imprint
    for told in (imprint.basis, imprint.content_hash, imprint.attestation, imprint.audience):
        assert told in PAGE


def test_what_others_named_cannot_write_into_the_page() -> None:
    evil = "<script>alert(1)</script>"
    sections = (Section("x", evil, ()),)
    made = page.write(replace(PUBLICATION, title=evil, sections=sections)).decode()
    assert "<script" not in made


def variables(style: str) -> dict[str, str]:
    found = dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{3,6});", style))
    return {
        name: value if len(value) == 7 else "#" + "".join(2 * letter for letter in value[1:])
        for name, value in found.items()
    }


LIGHT, DARK = (
    variables(part) for part in page.stylesheet().split("@media screen and (prefers-color", 1)
)


@pytest.mark.parametrize("looks", [LIGHT, DARK], ids=["light", "dark"])
def test_words_and_marks_stand_out_from_their_ground(looks: dict[str, str]) -> None:
    ground = looks["--paper"]
    for words in ("--ink", "--soft", "--accent", "--warn"):
        assert contrast(looks[words], ground) >= 4.5, words
    assert contrast(looks["--ink"], looks["--alarm"]) >= 4.5
    for mark in ("--chart-1", "--chart-2", "--chart-3", "--chart-4", "--chart-rule"):
        assert contrast(looks[mark], ground) >= 3, mark
