"""List the layers of the atlas and the closed sets of values that their columns use.

Adding a layer is one entry here and one file in the pack. Titles and the words for every
value stand in ``data/text/{zh,en}/pack.toml`` under ``layer.<id>`` and ``<column>.<value>``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from geo.base.schema import Field, FieldType, Schema
from layers.pack.layer_spec import Group, LayerSpec, Shape, Style

LEVELS = ("national", "ministerial", "municipal", "district", "unknown")
LEVEL_BASES = ("granted", "by_evidence", "by_name", "part_of", "aimed_at")
STRIVEN = "national_aimed"
"""Among the levels that a reader filters by: a national level that the plan strives for."""
LEVELS_ASKED = ("national", STRIVEN, *LEVELS[1:])
PLAN_STATUSES = (
    "existing_2020",
    "under_construction",
    "to_build",
    "to_strive_for",
    "later_fact",
    "context",
)
CURRENT_STATUSES = ("existing", "under_construction", "unknown")
VERIFIED = "verified"
"""Where somebody has confirmed or corrected a position: said by an entry, never by a pack."""
LOCATION_CLASSES = (VERIFIED, "dataset", "host", "in_area", "proxy", "knowledge", "none")
"""From the surest to the least sure; ``none`` is never drawn."""
FIRM = LOCATION_CLASSES[:4]
"""Those with evidence for the position; the others stand in for it, or are schematic."""
NAME_STATUSES = ("official_seen", "reconstructed", "back_translated")
FIELDS = (
    "general",
    "information_technology",
    "biomedicine",
    "new_materials_chemistry",
    "equipment",
    "aerospace",
    "new_energy",
    "environment_ocean",
)
SUBKINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "science_park": ("national", "municipal", "in_cultivation"),
        "corridor_node": (
            "axis_origin",
            "collaborative_centre",
            "micro_centre",
            "tong_wu_lang",
            "context",
        ),
        "platform": (
            "major_facility",
            "science_research",
            "technology_innovation",
            "basic_support",
            "popularisation",
        ),
        "university": ("regular", "higher_vocational"),
    }
)
FILTER_VALUES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "subkind": tuple(value for values in SUBKINDS.values() for value in values),
        "level": LEVELS_ASKED,
        "field": FIELDS,
        "plan_status": PLAN_STATUSES,
        "current_status": CURRENT_STATUSES,
        "location_class": LOCATION_CLASSES,
    }
)
"""Values of each filter but the district, in the order in which they are offered."""
OUTSIDE = "outside"
"""Stands for the district of a place that lies beyond the city."""
CITY = "city"
"""Stands in ``title_of`` for the city itself, where another row names a district."""
ONLINE_BASE = "online"
"""Stands among the layers for the tiles of an outside server; never on by itself."""

PERIODS = ("now", "2020", "2025")
PERIOD_STATUSES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "now": frozenset(PLAN_STATUSES) - {"later_fact"},
        "2020": frozenset({"existing_2020", "under_construction"}),
        "2025": frozenset({"existing_2020", "under_construction", "to_build", "to_strive_for"}),
    }
)
"""Plan statuses that a period shows; later facts are a switch of their own."""

POINT = frozenset({"Point"})
AREA = frozenset({"Polygon", "MultiPolygon"})
LINE = frozenset({"LineString", "MultiLineString"})


def _closed(name: str, values: tuple[str, ...], *, required: bool = True) -> Field:
    return Field(name, required=required, allowed=frozenset(values))


def _all(kind: FieldType, *names: str) -> tuple[Field, ...]:
    return tuple(Field(name, kind) for name in names)


def _named(kind: str) -> tuple[Field, ...]:
    return (
        Field("id", required=True),
        _closed("kind", (kind,)),
        Field("name_zh", required=True),
        Field("name_en", required=True),
    )


def _place_schema(kind: str) -> Schema:
    """Columns that every place has, whatever its kind; a kind it does not need stays blank."""
    return Schema(
        fields=(
            *_named(kind),
            _closed("subkind", SUBKINDS.get(kind, ()), required=False),
            _closed("name_status", NAME_STATUSES, required=False),
            Field("aliases"),
            _closed("field", FIELDS, required=False),
            *_all("text", "theme_zh", "theme_en", "industry_note_zh", "industry_note_en"),
            _closed("level", LEVELS),
            _closed("level_basis", LEVEL_BASES, required=False),
            *_all("text", "lead_unit_zh", "lead_unit_en", "lead_unit_source"),
            *_all("text", "approved_by_zh", "approved_by_en"),
            Field("approved_on", "date"),
            Field("approval_source"),
            _closed("plan_status", PLAN_STATUSES, required=False),
            Field("plan_status_as_of", "date"),
            Field("plan_line", "integer", least=1),
            *_all("text", "clause_ids", "clause_basis"),
            _closed("current_status", CURRENT_STATUSES),
            Field("current_status_as_of", "date"),
            Field("current_status_source"),
            Field("title_of"),
            *_all("text", "badge_zh", "badge_en"),
            Field("host_adcode"),
            Field("site_adcode"),
            *_all("text", "host_name_zh", "host_name_en", "site_name_zh", "site_name_en"),
            *_all("text", "parent_id", "also_in", "umbrella_zh", "umbrella_en"),
            Field("counted", "flag", required=True),
            *_all("text", "count_note_zh", "count_note_en"),
            Field("area_km2", "number", unit="km²", least=0),
            *_all("text", "area_note_zh", "area_note_en", "area_source"),
            *_all("text", "bounds_zh", "bounds_en"),
            Field("on_axis", "flag"),
            Field("axis_offset_km", "number", unit="km", least=0),
            _closed("location_class", LOCATION_CLASSES),
            Field("uncertainty_m", "number", unit="m", least=0),
            Field("location_reason_zh", required=True),
            Field("location_reason_en", required=True),
            *_all("text", "location_source", "source_datum"),
            *_all("text", "evidence_zh", "evidence_en", "evidence_source"),
            Field("as_of", "date", required=True),
            *_all("text", "caveat_zh", "caveat_en", "unknown_zh", "unknown_en"),
        ),
        geometry=POINT,
        geometry_required=False,
    )


DISTRICT_SCHEMA = Schema(
    fields=(
        *_named("district"),
        Field("half"),
        _closed("half_status", ("stated", "assumption"), required=False),
        *_all("text", "half_note_zh", "half_note_en"),
        Field("population_2020_territorial", "integer", required=True, above=0),
        Field("population_2020_bulletin", "integer", above=0),
        *_all("text", "population_note_zh", "population_note_en"),
        Field("area_km2_reference", "number", required=True, unit="km²", above=0),
        Field("area_km2_polygon", "number", required=True, unit="km²", above=0),
        Field("polygon_deviation_pct", "number", unit="%", least=-100),
        *_all("text", "area_note_zh", "area_note_en", "caution_zh", "caution_en"),
        Field("as_of", "date", required=True),
    ),
    geometry=AREA,
)

LINK_KINDS = ("belt", "centre", "cooperation", "agreement", "contract")
"""What links two nodes, from what a plan says to what is paid for."""

AXIS_SCHEMA = Schema(
    fields=(
        *_named("axis"),
        Field("schematic", "flag", required=True),
        Field("off_map", "flag"),
        Field("length_km", "number", unit="km", least=0),
        *_all("text", "note_zh", "note_en", "source"),
        Field("as_of", "date", required=True),
    ),
    geometry=LINE,
)
"""``off_map`` axes are measured along and not drawn on the layout map."""

PLACE_CARD = (
    "level",
    "lead_unit",
    "approved_by",
    "approved_on",
    "theme",
    "field",
    "plan_status",
    "current_status",
    "host",
    "site",
    "parent_id",
    "count_note",
    "area_km2",
    "bounds",
    "location_class",
    "uncertainty_m",
    "location_reason",
    "evidence",
    "as_of",
    "caveat",
    "unknown",
)
"""Columns of a place's card, in order; bilingual ones by their stem."""


def _places(
    kind: str, shape: Shape, colour: str, *, group: Group = "plan", on: bool = True
) -> LayerSpec:
    return LayerSpec(
        id=kind,
        group=group,
        schema=_place_schema(kind),
        style=Style(shape, colour),
        card=PLACE_CARD,
        analyses=frozenset({"density", "coverage", "siting"}),
        on=on,
    )


CATALOG: Mapping[str, LayerSpec] = MappingProxyType(
    {
        spec.id: spec
        for spec in (
            _places("science_park", "circle", "#232AAA"),
            _places("gathering_area", "hexagon", "#6A1C09"),
            _places("sign_area", "star", "#A8660F"),
            _places("corridor_node", "diamond", "#4A334A"),
            _places("platform", "square", "#2F74D0"),
            _places("transfer_zone", "triangle", "#805E4B"),
            _places("pilot_zone", "pentagon", "#5D5C7A"),
            _places("later_park", "circle", "#232AAA"),
            _places("university", "cross", "#69817A", group="context", on=False),
            LayerSpec("district", "frame", DISTRICT_SCHEMA, Style("area", "#B9B4A8")),
            LayerSpec("axis", "frame", AXIS_SCHEMA, Style("line", "#B5322A")),
        )
    }
)
"""All layers in the order of the layer list."""
PLAN_KINDS = frozenset(id_ for id_, spec in CATALOG.items() if spec.group == "plan")


def generic_layer(kind: str) -> LayerSpec:
    """Return the entry of a kind that only a pack knows: places as context, a neutral ring.

    Parameters
    ----------
    kind
        Id of the layer, as the pack names it.
    """
    return _places(kind, "ring", "#5B564C", group="context")
