"""Declare the tables of a pack that are not layers: base map, plan, search words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from geo.base.schema import Field, Schema
from geo.inventory.pairing import MODES
from layers.pack.catalogue import AREA, LINE, LINK_KINDS, NAME_STATUSES, POINT


def _table(*fields: Field, geometry: frozenset[str] = frozenset()) -> Schema:
    return Schema(fields=fields, geometry=geometry, geometry_required=bool(geometry))


def _both(stem: str, *, required: bool = True) -> tuple[Field, Field]:
    return Field(f"{stem}_zh", required=required), Field(f"{stem}_en", required=required)


_ID = Field("id", required=True)
CLAUSE_BASES = ("named", "box", "implied", "candidate")
"""How a task knows a place: by name, in a box whose text is lost, by implication, perhaps."""
NAMED_BASES = frozenset({"named", "box"})

BASE: Mapping[str, Schema] = MappingProxyType(
    {
        "land": _table(
            _ID,
            *_both("name"),
            Field("role", required=True, allowed=frozenset({"province", "background"})),
            geometry=AREA,
        ),
        "sea": _table(_ID, *_both("name"), geometry=AREA),
        "river": _table(_ID, *_both("name"), geometry=LINE),
        "label": _table(
            _ID,
            Field("name_zh"),
            Field("name_en", required=True),
            Field("rank", "integer", required=True),
            geometry=POINT,
        ),
    }
)
"""Layers of the base map, in the order in which they are drawn.

``province`` is land of other provinces that is drawn by unit, ``background`` all the rest.
The rank of a label runs from 1 (a city) to 4 (a small town): the higher, the closer the zoom.
"""

CLAUSES = _table(
    _ID,
    Field("parent_id"),
    Field(
        "level",
        required=True,
        allowed=frozenset({"chapter", "section", "clause", "box", "indicator"}),
    ),
    *_both("path"),
    *_both("title"),
    Field("chapter", "integer", least=1),
    Field("section", "integer", least=1),
    Field("line_from", "integer", required=True, least=1),
    Field("line_to", "integer", required=True, least=1),
    *_both("digest"),
    Field("text_lost", "flag", required=True),
    Field("task", "flag", required=True),
    Field("has_site", "flag"),
    *_both("lead", required=False),
    Field("continues"),
)
"""``chapter`` and ``section`` are the numbers by which the plan itself is cited; those of a box or
an indicator are of the section that it stands in. Lines are of the text that was read. ``task``
says that something is to be done, of which an account can be given; ``has_site`` that it stands
somewhere, named or not; ``lead`` who is to do it, where the plan says so; ``continues`` which task
of an earlier plan it carries on."""

INDICATORS = _table(
    Field("no", "integer", required=True),
    *_both("name"),
    Field("name_status", allowed=frozenset(NAME_STATUSES)),
    *_both("unit"),
    Field("direction", required=True, allowed=frozenset({"increase", "hold", "decrease"})),
    Field("baseline", "number", required=True),
    Field("target", "number", required=True),
    Field("path"),
    Field("clause_id", required=True),
    Field("line_name", "integer", least=1),
    Field("line_baseline", "integer", least=1),
    Field("line_target", "integer", least=1),
    *_both("note", required=False),
)
"""``path`` is what the plan declares for the years between, such as ``2022=4;2024=7``."""

COMPARABLE = ("exact", "lower_bound")
"""Kinds of an observed value that can stand beside baseline and target."""
OBSERVED = (
    *COMPARABLE,
    *("partial_period", "computed", "numerator", "national", "other_definition"),
)
"""What an observed value is: itself, at least that, of a part of the year, computed by us, of a
numerator alone, of the country, by another definition."""
CONFIDENCES = ("high", "medium", "low")
STATES = ("done", "partly", "not_done")
"""What may have become of a task; where nothing says, it is not known."""


def _attested() -> tuple[Field, ...]:
    """Return the columns that say who states a fact, and how surely it is known."""
    return (
        *_both("source"),
        Field("address"),
        Field("repost", "flag", required=True),
        Field("confidence", required=True, allowed=frozenset(CONFIDENCES)),
    )


OBSERVATIONS = _table(
    _ID,
    Field("no", "integer", required=True),
    Field("year", "integer", required=True, least=1900),
    Field("as_of", "date", required=True),
    Field("value", "number", required=True),
    Field("kind", required=True, allowed=frozenset(OBSERVED)),
    *_both("unit", required=False),
    *_both("definition"),
    Field("stated_on", "date"),
    *_attested(),
)
"""Dated values of the plan's indicators; a plan may lack the table. ``unit`` is given where it is
another than the indicator's; ``source`` is who published the value first, ``address`` that
publisher's own page, ``repost`` whether only a copy was read."""

EVENTS = _table(
    _ID,
    Field("task_id"),
    Field("place_id"),
    Field("happened_on", "date", required=True),
    Field("state", required=True, allowed=frozenset({*STATES, "evidence"})),
    *_both("what"),
    *_attested(),
)
"""What became of tasks and of their places; a plan may lack the table. ``evidence`` settles no
state: a figure, a step, something before the plan."""

RELATIONS = _table(
    Field("row", "integer", required=True),
    Field("task_id"),
    Field("place_id"),
    Field("indicator", "integer"),
    *_both("reason", required=False),
)
"""Which task, place and indicator belong together, two of the three a row, and why; a plan may
lack the table. Of a task that a place itself names in ``clause_ids``, the row adds the reason.
``row`` is not in the file."""

GAPS = _table(
    _ID,
    Field("layer", required=True),
    Field("subkind"),
    Field("clause_id", required=True),
    Field("counted_total", "integer", required=True, least=0),
    Field("named_total", "integer", required=True, least=0),
    Field("confirmed", "integer", required=True, least=0),
    Field("likely", "integer", required=True, least=0),
    Field("candidates_not_counted", "integer", required=True, least=0),
    Field("place_ids"),
    Field("candidate_ids"),
    *_both("sentence"),
    *_both("source"),
)

ALIASES = _table(
    Field("row", "integer", required=True),
    Field("term", required=True),
    Field("target", required=True),
    *_both("note", required=False),
)
"""``target`` is a place, or ``layer:``, ``district:`` or ``half:`` with an id of that kind.

``row`` is not in the file: one term may lead to several targets, so rows are told apart by place.
"""

ATTRIBUTIONS = _table(
    Field("row", "integer", required=True),
    Field("text", required=True),
    Field("zh", required=True),
    Field("en", required=True),
    Field("technical", "flag"),
)
"""How the facts name a source, and the words for it in both languages.

A ``technical`` text is the name of a package, a repository or a file, or the address of a copy on
another site: a card says the words alone, the technical note of the sources gives the text too.
``row`` is not in the file; a pack may lack the table.
"""

CORRECTIONS = _table(
    Field("row", "integer", required=True),
    Field("table", required=True, allowed=frozenset({"places.csv", "universities.csv"})),
    Field("id", required=True),
    Field("field", required=True),
    Field("old"),
    Field("new"),
    *_both("source"),
    Field("address"),
    Field("stated_on", "date"),
    Field("read_on", "date", required=True),
    *_both("note", required=False),
)
"""What was set right in the facts after they were first read; a pack may lack the table.

``source`` is who published it first, ``address`` that publisher's own page; blank where only a copy
on another site was seen. A blank ``new`` for the field ``id`` leaves the row out. ``row`` is not in
the file.
"""

LINKS = _table(
    Field("row", "integer", required=True),
    Field("university_id"),
    Field("university_zh", required=True),
    Field("university_en"),
    Field("place_id", required=True),
    Field("relation", required=True, allowed=frozenset({"science_park", "later_park_area"})),
    Field("mode", allowed=frozenset(MODES)),
    Field("mode_status"),
    Field("evidence", required=True),
)
"""Which university has which park, and who says so; a pack may lack the table.

``university_id`` is blank for an institution that the layer of universities does not list, and
``university_en`` names it then. ``row`` is not in the file.
"""

PLANNING_COLUMNS = _table(
    Field("row", "integer", required=True),
    Field("name", required=True),
    *_both("title"),
    Field("layer"),
    Field("column"),
    Field("constant"),
)
"""Further columns for planning databases, such as BSM and XZQDM; a pack may lack the table.

``layer`` is blank where all layers have the column. It holds our ``column``, the running number
(``#``), or a ``constant``; blank where a layer has neither. ``row`` is not in the file.
"""

NODE_LINKS = _table(
    Field("row", "integer", required=True),
    Field("from_id", required=True),
    Field("to_id", required=True),
    Field("kind", required=True, allowed=frozenset(LINK_KINDS)),
    Field("weight", "number", least=0),
    *_both("unit", required=False),
    Field("clause_id"),
    *_both("evidence"),
    Field("source"),
    Field("as_of", "date", required=True),
)
"""Which places are linked, and who says so; a pack may lack the table.

``weight`` is what the source counts, in ``unit``; blank where it counts nothing. ``clause_id`` is
the task of the plan that states the link, or ``source`` names another. ``row`` is not in the file.
"""
