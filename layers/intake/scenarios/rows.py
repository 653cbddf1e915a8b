"""Understand the rows of a scenario as people write them: their headings, deeds, kinds, names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from geo.base.errors import DataError, Problem
from geo.base.validation import printable
from geo.coverage.scenario import MOST_EDITS, NEW, Action
from geo.intake.words import bare
from layers.language.messages import LANGS, texts
from layers.language.values import cell
from layers.pack.city import City

HEADINGS: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        "action": re.compile(r"action|change|动作|操作|改动|变更|(?:处理|变动|调整)?方式"),
        "kind": re.compile(r"kind|type|layer|category|(?:地点|场所)?(?:类型|类别|种类)|图层"),
        "name": re.compile(
            r"name|place|site|title|(?:地点|场所|项目|单位|机构|平台|园区)?(?:名称|名字|名)|地点|场所|全称|单位|企业"
        ),
        "id": re.compile(r"id|code|(?:地点|场所|图集)?(?:编号|代码)"),
    }
)
"""What a column is called, by what it holds, as :func:`geo.intake.words.bare` writes it."""
DEEDS: Final[Mapping[str, Action]] = MappingProxyType(
    {
        **dict.fromkeys(
            ("add", "added", "new", "open", "新增", "增加", "新建", "增设", "添加", "拟建"), "add"
        ),
        **dict.fromkeys(
            ("move", "moved", "relocate", "移动", "迁移", "迁址", "搬迁", "迁建", "调整"), "move"
        ),
        **dict.fromkeys(
            ("close", "closed", "remove", "关闭", "关停", "撤销", "撤并", "取消", "停用"), "close"
        ),
    }
)
"""How people call what is done to a place."""
MOST_CANDIDATES: Final = 5
_LIKE: Final = 0.6
"""How alike a name must be to be a candidate, by :mod:`difflib`."""
_LEAST_PART: Final = 2
"""Characters of a part of a kind's name, such as 平台, that may stand for the whole."""


class Names(NamedTuple):
    """What a city calls its kinds of places and its places.

    Parameters
    ----------
    city
        The city.
    kinds
        Layers by each of their names.
    places
        Ids by each of their names, and by themselves.
    lang
        Language of the file, whose writer is told of names in it.
    """

    city: City
    kinds: Mapping[str, str]
    places: Mapping[str, tuple[str, ...]]
    lang: str

    def kinds_told(self) -> tuple[str, ...]:
        """Return the names of the kinds, for a message."""
        titles = [self.city.layers[id_].title for id_ in dict.fromkeys(self.kinds.values())]
        return tuple(one.of(self.lang) for one in titles)

    def places_told(self, ids: Sequence[str]) -> tuple[str, ...]:
        """Return some places by name and id, for a message.

        Parameters
        ----------
        ids
            Of the places.
        """
        frames = [one.frame for one in self.city.layers.values()]
        rows = [next(frame.loc[id_] for frame in frames if id_ in frame.index) for id_ in ids]
        return tuple(
            f"{cell(row, 'name', self.lang)} ({id_})" for id_, row in zip(ids, rows, strict=True)
        )


class Row(NamedTuple):
    """One row of the file: its line, its cells by heading, and its point or None."""

    line: int
    cells: Mapping[str, object]
    geometry: Mapping[str, Any] | None


class Understood(NamedTuple):
    """The rows as features, and how the file itself calls what they hold.

    Parameters
    ----------
    features
        With the members ``id``, ``action``, ``kind`` and ``name`` of a scenario.
    labels
        By id, the name that the file has for a change.
    fields
        By member, the heading in the file.
    """

    features: list[dict[str, Any]]
    labels: Mapping[str, str]
    fields: Mapping[str, str]


def in_its_words(
    problems: Sequence[Problem], known: Understood | None, where: str
) -> tuple[Problem, ...]:
    """Return what is wrong with a scenario in the names that its file has.

    Parameters
    ----------
    problems
        As :func:`geo.coverage.scenario.load` tells them.
    known
        What was understood of the file; None where it was no table.
    where
        Name of the file.
    """
    labels, fields = ({}, {}) if known is None else (known.labels, known.fields)
    return tuple(
        replace(
            one,
            where=where,
            row=labels.get(one.row, one.row),
            field=fields.get(one.field, one.field),
        )
        for one in problems
    )


def understood(
    rows: Sequence[Row], names: Sequence[str], placed: Sequence[str] | None, city: City, where: str
) -> Understood:
    """Return the rows of a table as the changes of a scenario.

    Parameters
    ----------
    rows
        In the order of the file.
    names
        All headings of the table, those of the position too.
    placed
        The headings of the position, none where the format holds points; None without positions.
    city
        Whose layers and places are meant: a place is named by its id or by its name.
    where
        Name of the file.

    Returns
    -------
    Understood
        A place that is added has an id, its own or the next that is free; one that closes has no
        position, whatever the file says of it.

    Raises
    ------
    DataError
        With the columns that are missing; else with every row that cannot be understood.
    """
    require_columns(rows, names, placed, where)
    fields = fields_of(names)
    known = Names(city, _kinds(city), _places(city), _lang(names))
    found: list[dict[str, Any]] = []
    problems: list[Problem] = []
    labels: dict[str, str] = {}
    used = {_cell(row, fields, "id") for row in rows}
    free = (f"new-{n}" for n in range(1, 2 * MOST_EDITS + len(rows) + 2) if f"new-{n}" not in used)
    for row in rows:
        told, faults = _row(row, fields, known, where)
        problems += faults
        if faults:
            continue
        if told["action"] == "add" and not NEW.fullmatch(told["id"]):
            numbered = f"new-{told['id']}"
            is_free = NEW.fullmatch(numbered) and numbered not in {*used, *labels}
            told["id"] = numbered if is_free else next(one for one in free if one not in labels)
        labels[told["id"]] = _label(row, fields)
        geometry = None if told["action"] == "close" else row.geometry
        rest = {n: v for n, v in row.cells.items() if n not in fields.values()}
        properties = {**rest, **dict.fromkeys(HEADINGS), **{n: v or None for n, v in told.items()}}
        found.append({"type": "Feature", "properties": properties, "geometry": geometry})
    if problems:
        raise DataError("scenario.file", problems)
    shown = {**fields, **({"geometry": " / ".join(placed)} if placed else {})}
    return Understood(found, labels, shown)


def fields_of(names: Sequence[str]) -> dict[str, str]:
    """Return the heading of each member of a scenario that a table has.

    Parameters
    ----------
    names
        The headings of the table.

    Examples
    --------
    >>> fields_of(["名称", "动作", "类型", "经度"])
    {'action': '动作', 'kind': '类型', 'name': '名称'}
    """
    plain = {name: bare(name) for name in names}
    found = {}
    for field, pattern in HEADINGS.items():
        exact = next((name for name in names if name == field), "")
        name = exact or next((name for name in names if pattern.fullmatch(plain[name])), "")
        if name:
            found[field] = name
    return found


def require_columns(
    rows: Sequence[Row], names: Sequence[str], placed: Sequence[str] | None, where: str
) -> None:
    """Raise with all columns that a table lacks for what its rows want to do.

    Parameters
    ----------
    rows, names, placed, where
        As of :func:`understood`.

    Raises
    ------
    DataError
        Some column is missing.
    """
    fields = fields_of(names)
    deeds = {_deed(_cell(row, fields, "action")) for row in rows}
    told = tuple(printable(name) for name in names)
    is_known = "action" in fields
    problems = [
        Problem(key, where, names=told)
        for key, is_missing in {
            "scenario_table.no_action": not is_known,
            "scenario_table.no_name": "name" not in fields and "id" not in fields,
            "scenario_table.no_kind": "kind" not in fields and (not is_known or "add" in deeds),
            "scenario_table.no_position": placed is None and (not is_known or deeds - {"close"}),
        }.items()
        if is_missing
    ]
    if problems:
        raise DataError("scenario.file", problems)


def _row(
    row: Row,
    fields: Mapping[str, str],
    names: Names,
    where: str,
) -> tuple[dict[str, str], list[Problem]]:
    """Return the members of one row, and what of it cannot be understood."""
    label = _label(row, fields)
    id_, name, word = (_cell(row, fields, one) for one in ("id", "name", "action"))
    action = _deed(word)
    if action is None:
        key = "scenario_table.blank_deed" if not word else "scenario_table.deed"
        return {}, [Problem(key, where, label, fields["action"], value=printable(word))]
    if action == "close" or row.geometry is not None:
        lost = []
    else:
        lost = [Problem("scenario_table.no_point", where, label)]
    if action == "add":
        kind, faults = _kind(_cell(row, fields, "kind"), names, where, label, fields)
        return {"action": action, "id": id_, "kind": kind, "name": name}, [*faults, *lost]
    known, fault = _place(id_, name, names, where, label)
    return {"action": action, "id": known}, [*([fault] if fault else []), *lost]


def _deed(word: str) -> Action | None:
    return DEEDS.get(bare(word)) if word else None


def _kind(
    word: str, names: Names, where: str, label: str, fields: Mapping[str, str]
) -> tuple[str, list[Problem]]:
    """Return the layer of a word: its id, its name in either language, or a part of one name."""
    plain, kinds = _plain(word), names.kinds
    if plain in kinds:
        return kinds[plain], []
    parts = {id_ for name, id_ in kinds.items() if len(plain) >= _LEAST_PART and plain in name}
    if len(parts) == 1:
        return parts.pop(), []
    key = "scenario_table.kind" if word else "scenario_table.blank_kind"
    told, field = printable(word), fields.get("kind", "")
    return "", [Problem(key, where, label, field, value=told, known=names.kinds_told())]


def _place(id_: str, name: str, names: Names, where: str, label: str) -> tuple[str, Problem | None]:
    """Return the id of the place that a row means: by its id, else by its name if one has it."""
    places = names.places
    if id_ in places.get(_plain(id_), ()):
        return id_, None
    said = name or id_
    found = places.get(_plain(said), ())
    if len(found) == 1:
        return found[0], None
    if not said:
        return "", Problem("scenario_table.no_place_named", where, label)
    like = found or tuple(_candidates(said, places))
    if not like:
        return "", Problem("scenario_table.unknown", where, label, value=printable(said))
    key = "scenario_table.several" if found else "scenario_table.unknown_like"
    told = names.places_told(like)
    return "", Problem(key, where, label, value=printable(said), candidates=told)


def _candidates(said: str, places: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield the ids of places whose name holds the one that was said, or is like it."""
    plain = _plain(said)
    within = [
        name for name in places if plain in name or (len(name) > _LEAST_PART and name in plain)
    ]
    like = get_close_matches(plain, list(places), MOST_CANDIDATES, _LIKE)
    ids = dict.fromkeys(one for name in (*within, *like) for one in places[name])
    yield from list(ids)[:MOST_CANDIDATES]


def _kinds(city: City) -> dict[str, str]:
    """Return the layers of places by each of their names."""
    found: dict[str, str] = {}
    for id_, layer in city.layers.items():
        if not layer.spec.is_places:
            continue
        general = [texts(lang).get(f"layer.{id_}", "") for lang in LANGS]
        for name in (id_, layer.title.zh, layer.title.en, *general):
            if name:
                found.setdefault(_plain(name), id_)
    return found


def _places(city: City) -> dict[str, tuple[str, ...]]:
    """Return the ids of the places by each of their names, and by their id."""
    found: dict[str, dict[str, None]] = {}
    for layer in city.layers.values():
        if not layer.spec.is_places:
            continue
        columns = [one for one in ("name_zh", "name_en") if one in layer.frame]
        for id_, *names in layer.frame[columns].itertuples():
            for name in (id_, *names):
                if isinstance(name, str) and name:
                    found.setdefault(_plain(name), {})[str(id_)] = None
    return {name: tuple(ids) for name, ids in found.items()}


def _lang(names: Sequence[str]) -> str:
    """Return the language of the headings."""
    return "zh" if any("\u4e00" <= sign <= "\u9fff" for sign in "".join(names)) else "en"


def _plain(text: str) -> str:
    """Return a name without what differs between two writers: width, case, spaces, plurals."""
    told = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]", "", re.sub(r"(?<=[a-z])s\b", "", told))


def _label(row: Row, fields: Mapping[str, str]) -> str:
    """Return how a message calls a row: by its line, and its name or id."""
    name = _cell(row, fields, "name") or _cell(row, fields, "id")
    return f"#{row.line} {printable(name)}".rstrip()


def _cell(row: Row, fields: Mapping[str, str], field: str) -> str:
    value = row.cells.get(fields.get(field, ""))
    return "" if value is None else str(value).strip()
