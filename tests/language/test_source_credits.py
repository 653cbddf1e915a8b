"""Show that who says it is said in the reader's language, and that addresses stay as they are."""

from __future__ import annotations

import re

import pytest

from layers.language.bilingual import Bilingual
from layers.language.source_credits import attribution, notes
from layers.language.values import links
from layers.pack.city import City
from layers.places.card import SOURCES, card

HAN = re.compile("[\u3400-\u9fff]")
ADDRESS = re.compile(r"https?://\S+")
PROSE = re.compile(r"\b(the|of|and|with|not|repost|plan|text|open|file|second|none|as|in|a|line)\b")
"""Small words of English: where they stand, a sentence stands, not a proper name."""


@pytest.mark.parametrize(
    ("text", "parted"),
    [
        ("plan text", [("", "plan text")]),
        ("http://a.cn/x?a=1 (repost)", [("http://a.cn/x?a=1", "repost")]),
        ("http://a.cn ; http://b.cn", [("http://a.cn", ""), ("http://b.cn", "")]),
        ("also in http://a.cn", [("http://a.cn", "also in")]),
        ("repo (AMap; ISC); plan text", [("", "repo (AMap; ISC)"), ("", "plan text")]),
        ("file (one) (two)", [("", "file (one) (two)")]),
    ],
)
def test_a_source_is_parted_into_address_and_note(text: str, parted: list[tuple[str, str]]) -> None:
    assert notes(text) == parted


def test_notes_are_worded_and_what_has_no_words_stays(tianjin: City) -> None:
    text = "plan text ; https://x.cn/a.html (not re-read) ; a new note"
    assert attribution(tianjin.attributions, text, "zh") == (
        "规划文本（据译文，待核原文）；https://x.cn/a.html （未复读）；a new note"
    )
    assert (
        attribution(tianjin.attributions, text, "en")
        == "text of the plan (from a translation); https://x.cn/a.html (not re-read); a new note"
    )


def every(city: City) -> list[str]:
    return [
        str(id_)
        for layer in city.layers.values()
        if layer.spec.is_places or layer.spec.id == "district"
        for id_ in layer.frame.index
    ]


def test_every_note_of_the_shipped_city_has_words_in_both_languages(tianjin: City) -> None:
    layers = [layer.frame for layer in tianjin.layers.values() if layer.spec.is_places]
    columns = [frame[name] for frame in layers for name in SOURCES]
    columns += [tianjin.links[name] for name in ("evidence", "mode_status")]
    used = {
        said
        for column in columns
        for text in column.dropna()
        for address, note in notes(text)
        for said in (note, address if address in tianjin.technical else "")
        if said
    }
    assert used == set(tianjin.attributions)  # none lacks words, none is left over


def test_a_technical_address_is_said_in_words_and_its_note_left_out() -> None:
    known = {
        "http://copy.cn/1": Bilingual("甲报（见转载）", "Paper A (seen as a copy)"),
        "repost of A": Bilingual("转载甲报", "repost of A"),
        "a package": Bilingual("公开清单", "public list"),
    }
    text = "http://copy.cn/1 (repost of A) ; http://copy.cn/1 ; a package ; http://own.cn"
    told = attribution(known, text, "zh", technical=known.keys())
    assert told == "甲报（见转载）；公开清单；http://own.cn"


@pytest.mark.slow
def test_no_card_names_a_package_a_repository_or_a_copy(tianjin: City) -> None:
    technical = re.compile("github|pypi|frykit|tudigong|mapchina|Naptie|luxueyan", re.IGNORECASE)
    copies = [text for text in tianjin.technical if text.startswith("http")]
    assert copies
    for id_ in every(tianjin):
        for lang in ("zh", "en"):
            told = card(tianjin, id_, lang)
            text = " ".join(
                [
                    *(part for source in told.sources for part in (source.text, *source.links)),
                    *(part for row in told.rows for part in (row.value, row.note)),
                    told.doubt,
                    *told.caveats,
                ]
            )
            assert not technical.search(text), (id_, lang, technical.search(text))
            assert not [copy for copy in copies if copy in text], (id_, lang)


@pytest.mark.slow
def test_no_card_speaks_the_other_language(tianjin: City) -> None:
    for id_ in every(tianjin):
        for lang, foreign in (("zh", PROSE), ("en", HAN)):
            told = card(tianjin, id_, lang)
            texts = [
                *(badge.text for badge in told.badges),
                *(badge.note for badge in told.badges),
                *(part for row in told.rows for part in (row.label, row.value, row.note)),
                *(part for c in told.clauses for part in (c.path, c.title, c.digest, c.basis)),
                *(part for source in told.sources for part in (source.what, source.text)),
                *(told.doubt, told.name_note, told.clause_note, told.half),
                *told.caveats,
                *told.not_known,
            ]
            for text in texts:
                assert not foreign.search(ADDRESS.sub("", text)), (id_, lang, text)
                assert not re.search(r"\b(None|nan|NaN|NaT|<NA>)\b", text), (id_, lang, text)


def test_addresses_lead_to_the_same_pages_as_before(tianjin: City) -> None:
    for layer in tianjin.layers.values():
        if layer.spec.is_places:
            for name in SOURCES:
                for text in layer.frame[name].dropna():
                    for lang in ("zh", "en"):
                        told = attribution(
                            tianjin.attributions, text, lang, technical=tianjin.technical
                        )
                        own = [link for link in links(text) if link not in tianjin.technical]
                        assert list(links(told)) == own
