"""Hand over the answer of an analysis: its tables, and all that goes with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

import pandas as pd

from geo.base.finding import Finding
from geo.base.schema import Field, FieldType
from layers.handover.build import build
from layers.handover.contents import ANSWER_FORMATS, Contents, Form, Raster, Sheet, checked
from layers.handover.documents import (
    about_city,
    filter_lines,
    filtered_entry,
    form_caveats,
    mark_of,
)
from layers.handover.look import Look, Looks
from layers.handover.package import Package
from layers.handover.selection import layer_facts, layer_sheet
from layers.language.bilingual import Bilingual, pair
from layers.language.messages import LANGS, texts
from layers.language.outside import Interval, with_reasons
from layers.language.wording import Wording
from layers.pack.city import City
from layers.pack.exchange import EXCHANGED, exchange_fields, with_exchange
from layers.places import bases
from layers.view.address import to_query
from layers.view.filtered import answer_in_words
from layers.view.question import Question, Refusal
from layers.view.rows import View
from layers.view.wording import summary

UNITS: Final = (
    ("per_km2", "1/km²"), ("_km2", "km²"), ("_km", "km"), ("_m", "m"), ("_percent", "%"),
)  # fmt: skip
"""By the end of a column's name, its unit."""
DATES: Final = frozenset({"as_of", "data_date"})
PLAIN: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, eq=False)
class Data:
    """One table of an answer.

    Parameters
    ----------
    frame
        With a named index; a GeoDataFrame if ``geometry`` names a type.
    geometry
        GeoJSON types that it may hold; none for a plain table.
    look
        How the map draws it; None for a plain table.
    titles
        Names of columns that follow from the data, such as the kinds of a table of kinds.
    intervals
        Figures that stand beside an interval of draws, which need not hold them: the row says why.
    why
        Key of the reason.
    for_programs
        Whether a workbook leaves it out, as it says the same in sentences.
    """

    frame: pd.DataFrame
    geometry: frozenset[str] = PLAIN
    look: Look | Looks | None = None
    titles: Mapping[str, Bilingual] = field(default_factory=dict)
    intervals: tuple[Interval, ...] = ()
    why: str = "outside.places"
    for_programs: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Answered:
    """An answer as it is handed over.

    Parameters
    ----------
    name
        The analysis, ASCII.
    city, question
        What was asked.
    words
        The answer in each language.
    layers
        Ids of the layers that enter; their sources go along.
    data
        Its tables by name.
    asked
        What was asked, in figures.
    result
        Values for programs.
    findings
        Whose methods and caveats go along.
    files
        Further files by name.
    rasters
        Values on cells, each a GeoTIFF.
    begin
        How the package's name begins, fit for a file; empty for the city and the date of its data.
    dated
        As of when the figures are, where they are a reader's own; None for the city's date.
    """

    name: str
    city: City
    question: Question[Any]
    words: Mapping[str, Wording]
    layers: frozenset[str]
    data: Mapping[str, Data] = field(default_factory=dict)
    asked: Mapping[str, object] = field(default_factory=dict)
    result: Mapping[str, object] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    rasters: tuple[Raster, ...] = ()
    begin: str = ""
    dated: Bilingual | None = None


def analysis_package(answered: Answered, form: Form) -> Package:
    """Return an answer as files.

    Parameters
    ----------
    answered
        Where it was refused, there is no table, and the reason stands in sources and manifest.
    form
        ``geojson`` (EPSG:4326), ``gpkg`` (one styled file), ``csv``, ``json`` (one document without
        shapes), or one of :data:`layers.handover.contents.GIS_FORMATS`.

    Returns
    -------
    Package
        The same answer gives the same bytes, whatever the reader's language.

    Raises
    ------
    ParameterError
        With everything that is wrong with the form.
    """
    city = answered.city
    form = checked(form, city, ANSWER_FORMATS)
    sheets = tuple(_sheet(answered.name, name, data) for name, data in answered.data.items())
    if form.fmt == "gpkg" and any(sheet.geometry for sheet in sheets):
        sheets = (*sheets, _outlines(city))
    named = mark_of(_filtered(answered)) + answered.name
    begin = answered.begin or f"{city.id}_{city.data_date}"
    return build(
        Contents(
            city=city,
            name=answered.name,
            stem=f"{begin}_{named}_{form.fmt}_{form.epsg}",
            form=form,
            sheets=sheets,
            head=tuple(_head(answered)),
            sentence=_sentence(answered),
            counting=(
                pair("export.result"),
                (_sentence(answered), *in_both(answered.words, "account")),
            ),
            sections=tuple(_sections(answered, form, sheets)),
            origins=tuple(_origins(answered)),
            about=_about(answered),
            files=answered.files,
            rasters=answered.rasters,
            dated=answered.dated,
        )
    )


def refused(name: str, refusal: Refusal, words: Mapping[str, Wording]) -> Answered:
    """Return a refusal as it is handed over: no table, but what was asked, and why not.

    Parameters
    ----------
    name
        The analysis, ASCII.
    refusal
        What was asked, and why there is no answer.
    words
        The refusal in each language, by ``zh`` and ``en``.
    """
    return Answered(
        name=name,
        city=refusal.city,
        question=refusal.question,
        words=words,
        layers=refusal.question.layers,
        result={"refused": refusal.reason, "parameters": refusal.parameters},
    )


def in_both(worded: Mapping[str, Wording], part: str) -> tuple[Bilingual, ...]:
    """Return the sentences of one part of an answer in both languages.

    Parameters
    ----------
    worded
        The answer in each language, by ``zh`` and ``en``.
    part
        Attribute that holds several sentences: ``account`` or ``notes``.

    Raises
    ------
    ValueError
        One language has more sentences than the other.
    """
    zh, en = (getattr(worded[lang], part) for lang in LANGS)
    return tuple(Bilingual(*each) for each in zip(zh, en, strict=True))


def _sheet(analysis: str, name: str, data: Data) -> Sheet:
    if data.intervals:
        titled = partial(_title, analysis, data=data)
        told = with_reasons(data.frame, data.intervals, titled, data.why)
        data = replace(data, frame=told)
    fields, frame = tuple(_fields(data)), data.frame
    if DATES & {*frame.columns} or (data.geometry and set(frame.columns) >= EXCHANGED):
        frame = with_exchange(frame, fields)
        fields = exchange_fields(fields)
    titles = {each.name: _title(analysis, each.name, data) for each in fields}
    return Sheet(
        id=name if name.startswith(analysis) else f"{analysis}_{name}",
        title=pair(f"answer_table.{analysis}.{name}"),
        frame=frame,
        fields=fields,
        geometry=data.geometry,
        geometry_required=True,
        look=data.look,
        titles=titles,
        codes=_codes(data.look),
        worded={each.name: pair(key) for each in fields if (key := _worded(analysis, each.name))},
        for_programs=data.for_programs,
        group=pair(f"analysis.{analysis}"),
    )


def _outlines(city: City) -> Sheet:
    """Return the districts, without which a map of an answer cannot be read."""
    layer = city.layers["district"]
    return replace(layer_sheet(city, layer, layer.frame), facts=())  # the origins have them


def _codes(look: Look | Looks | None) -> dict[str, dict[str, str]]:
    """Return the values by which a table is drawn, in words."""
    if not isinstance(look, Looks):
        return {}
    return {look.column: {value: " ".join(words) for value, (words, _) in look.rows.items()}}


def _title(analysis: str, name: str, data: Data) -> Bilingual:
    """Return a column's name: the analysis's own, for ``share`` may be one of a count or an area.

    Raises
    ------
    KeyError
        It has none: a missing word is a bug.
    """
    if name in data.titles:
        return data.titles[name]
    known = f"answer_column.{analysis}.{name}.title"
    return pair(known if known in texts(LANGS[0]) else f"column.{name}.title")


def _worded(analysis: str, name: str) -> str:
    """Return the key of a column's name where its codes stand in words; empty if it has none."""
    key = f"answer_column.{analysis}.{name}.words"
    return key if key in texts(LANGS[0]) else ""


def _fields(data: Data) -> Iterator[Field]:
    """Yield what each column holds, the index first: type by its values, unit by its name."""
    frame = data.frame
    for name in frame.index.names:
        kind = _type(frame.index.get_level_values(str(name)))
        yield Field(str(name), kind, unit=_unit(str(name)), required=True)
    for name in frame.columns:
        if not (data.geometry and name == "geometry"):
            kind = "date" if name in DATES else _type(frame[name])
            yield Field(str(name), kind, unit=_unit(str(name)))


def _type(values: pd.Series[Any] | pd.Index[Any]) -> FieldType:
    if pd.api.types.is_bool_dtype(values.dtype):
        return "flag"
    if pd.api.types.is_integer_dtype(values.dtype):
        return "integer"
    return "number" if pd.api.types.is_numeric_dtype(values.dtype) else "text"


def _unit(name: str) -> str:
    return next((unit for end, unit in UNITS if name.endswith(end)), "")


def _sentence(answered: Answered) -> Bilingual:
    return Bilingual(*(answered.words[lang].sentence for lang in LANGS))


def _head(answered: Answered) -> Iterator[Bilingual]:
    filtered = _filtered(answered)
    yield pair("export.analysis", name=pair(f"analysis.{answered.name}"))
    if filtered and not answered.question.layers:
        yield pair("export.filtered", words=filtered)
    if answered.question.layers:
        view = answered.question.view(answered.city)
        shown = Bilingual(*(summary(view, lang) for lang in LANGS))
        yield from filter_lines(filtered, shown)


def _filtered(answered: Answered) -> Bilingual | None:
    return answer_in_words(answered.city, answered.question)


def _rows(answered: Answered) -> View:
    """Return the rows that the answer rests on."""
    question = answered.question
    own: frozenset[str] = getattr(question.options, "sites", frozenset())
    return replace(question, layers=own or question.layers).view(answered.city)


def _sections(
    answered: Answered, form: Form, sheets: tuple[Sheet, ...]
) -> Iterator[tuple[Bilingual, tuple[Bilingual, ...]]]:
    if notes := in_both(answered.words, "notes"):
        yield pair("export.notes"), notes
    if answered.question.layers:
        yield pair("bases.title"), bases.lines(_rows(answered))
    held = [pair(f"export.{key}") for key in ("location", "no_outline", "unmapped")]
    told = answered.city.notices  # of a district, such as that its outline holds an enclave
    drawn = any(sheet.id == "district" for sheet in sheets)  # then the terms of use say them
    notices = [told[code] for code in answered.city.districts.index if code in told and not drawn]
    sums = [raster.note for raster in answered.rasters if raster.note.zh]
    caveats = (*held, *sums, *notices, *form_caveats(answered.city, form, sheets))
    yield pair("export.caveats"), caveats


def _origins(answered: Answered) -> Iterator[tuple[Bilingual, tuple[Bilingual, ...]]]:
    """Yield the facts of each layer that enters, and of the districts."""
    for id_, layer in answered.city.layers.items():
        if id_ in answered.layers | {"district"}:
            yield Bilingual(layer.title.zh, f"{layer.title.en} ({id_})"), layer_facts(layer)


def _about(answered: Answered) -> dict[str, object]:
    city, question, worded = answered.city, answered.question, answered.words
    sentence: dict[str, object] = {lang: worded[lang].sentence for lang in LANGS}
    return {
        **about_city(city),
        **(
            {"data_date": answered.dated._asdict(), "pack_date": city.data_date}
            if answered.dated
            else {}
        ),
        "analysis": {"id": answered.name, **pair(f"analysis.{answered.name}")._asdict()},
        "address": to_query(question.state(city)),
        "filtered": filtered_entry(_filtered(answered)),
        **({"counting": bases.entry(_rows(answered))} if question.layers else {}),
        "asked": answered.asked,
        "result": {
            **sentence,
            "account": [text._asdict() for text in in_both(worded, "account")],
            **answered.result,
        },
        "methods": [_method(finding) for finding in answered.findings],
        "caveats": _caveats(answered.findings),
        "notes": [text._asdict() for text in in_both(worded, "notes")],
    }


def _method(finding: Finding) -> dict[str, object]:
    return {
        "method": finding.method,
        **pair(finding.method)._asdict(),
        "value": finding.value,
        "unit": finding.unit,
        "n": finding.n,
        "parameters": finding.parameters,
    }


def _caveats(findings: Iterable[Finding]) -> list[dict[str, str]]:
    told = {
        key: {"key": key, **pair(key, **finding.parameters)._asdict()}
        for finding in findings
        for key in finding.caveats
    }
    return list(told.values())
