"""Declare the columns of the raw tables from which a pack is built, and what each may hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from geo.base.schema import Field, FieldType, Schema
from layers.pack.catalogue import CATALOG
from layers.pack.table_schemas import (
    ALIASES,
    ATTRIBUTIONS,
    BASE,
    CLAUSE_BASES,
    CLAUSES,
    CORRECTIONS,
    EVENTS,
    GAPS,
    INDICATORS,
    LINKS,
    NODE_LINKS,
    OBSERVATIONS,
    PLANNING_COLUMNS,
    RELATIONS,
)

_PLACE = CATALOG["science_park"].schema
PLACE_KINDS = frozenset(name for name, spec in CATALOG.items() if spec.is_places) - {"university"}


def _fields(
    names: str,
    like: Schema | None = None,
    *,
    required: str = "",
    types: Mapping[str, Field] | None = None,
) -> tuple[Field, ...]:
    """Return columns by name; one that ``like`` has under that name keeps its type and values."""
    known = {field.name: field for field in like.fields} if like else {}
    must = required.split()
    found = []
    for name in names.split():
        own = (types or {}).get(name) or known.get(name) or Field(name)
        found.append(Field(name, own.type, name in must, own.allowed, own.unit))
    return tuple(found)


def _typed(kind: FieldType, *names: str) -> dict[str, Field]:
    return {name: Field(name, kind) for name in names}


def _closed(**values: Iterable[str]) -> dict[str, Field]:
    return {name: Field(name, allowed=frozenset(allowed)) for name, allowed in values.items()}


def _table(*fields: Field) -> Schema:
    return Schema(fields=fields, geometry=frozenset(), geometry_required=False)


def _both(*stems: str) -> str:
    return " ".join(f"{stem}_{lang}" for stem in stems for lang in ("zh", "en"))


_POINT = _typed("number", "lon", "lat")
_DISTRICT = CATALOG["district"].schema
_PLACE_TEXTS = _both(
    *("theme", "location_reason", "caveat", "unknown", "count_note", "area_note"),
    *("industry_note", "evidence"),
)

TABLES: Mapping[str, Schema] = {
    "places.csv": _table(
        *_fields(
            "id name_en name_zh kind host_district host_adcode theme status_in_plan plan_status"
            " in_plan plan_ref plan_line lon lat uncertainty_m location_class location_basis"
            " location_source source_datum fact_evidence evidence_source notes point_in_district"
            " subkind level level_basis lead_unit_zh lead_unit_en lead_unit_source approved_by"
            " approved_on approval_source current_status current_status_as_of"
            " current_status_source area_km2 area_note area_source bounds_text_zh parent_id"
            " also_in umbrella_zh counted count_note on_axis axis_offset_km field industry_note"
            " name_zh_status aliases",
            _PLACE,
            required="id name_en name_zh kind plan_status location_class level current_status"
            " counted",
            types={
                **_POINT,
                **_closed(kind=PLACE_KINDS),
                "subkind": Field("subkind"),
                "name_zh_status": _PLACE["name_status"],
            },
        )
    ),
    "universities.csv": _table(
        *_fields(
            "id name_zh name_en campus type double_first_class lon lat point_in_district trust"
            " trust_note datum_evidence source licence withheld withheld_reason",
            required="id name_zh campus source",
            types={
                **_POINT,
            },
        )
    ),
    "districts.csv": _table(
        *_fields(
            "adcode name_zh name_en group population_2020_territorial population_2020_bulletin"
            " area_km2_reference area_km2_polygon share_bachelor_plus share_employed_software_it"
            " share_employed_science_technical twin_city twin_city_status twin_city_basis"
            " population_density density_basis polygon_deviation_pct caution",
            _DISTRICT,
            required="adcode name_zh name_en population_2020_territorial area_km2_reference"
            " area_km2_polygon",
            types={
                "twin_city": _DISTRICT["half"],
                "twin_city_status": _DISTRICT["half_status"],
            },
        )
    ),
    "geonames_places.csv": _table(
        *_fields(
            "geonameid name alternatenames latitude longitude population adcode district",
            required="geonameid name latitude longitude population",
            types={
                **_typed("number", "latitude", "longitude"),
                **_typed("integer", "population"),
            },
        )
    ),
    "indicators.csv": _table(
        *_fields(
            "no indicator_en indicator_zh unit value_2020 value_2025 raw_2020 raw_2025"
            " plan_line_name plan_line_2020 plan_line_2025 column_years zh_name_status note"
            " observed_value observed_kind observed_as_of observed_source observed_note",
            INDICATORS,
            required="no indicator_en indicator_zh unit value_2020 value_2025 plan_line_name",
            types={
                **_typed("integer", "plan_line_name", "plan_line_2020", "plan_line_2025"),
                **_typed("number", "value_2020", "value_2025"),
            },
        )
    ),
    "park_links.csv": LINKS,
    "node_links.csv": NODE_LINKS,
    "planning_columns.csv": PLANNING_COLUMNS,
    "corrections.csv": CORRECTIONS,
    "authored/place_texts.csv": _table(
        *_fields(
            f"id {_PLACE_TEXTS} lead_unit_en approved_by_en umbrella_en bounds_text_en"
            " title_of badge_zh badge_en",
            required=f"id {_both('location_reason')}",
        )
    ),
    "authored/university_texts.csv": _table(
        *_fields(
            f"id name_en_clean {_both('campus')} type location_class uncertainty_m"
            f" {_both('location_reason', 'caveat')}",
            _PLACE,
            required=f"id name_en_clean type location_class {_both('location_reason')}",
            types={
                "type": CATALOG["university"].schema["subkind"],
            },
        )
    ),
    "authored/district_texts.csv": _table(
        *_fields(
            f"adcode {_both('caution', 'twin_city_note', 'area_note', 'population_note')}",
            required="adcode",
        )
    ),
    "authored/axis_texts.csv": _table(
        *_fields(f"axis_id {_both('name', 'note')}", required=f"axis_id {_both('name')}")
    ),
    "authored/indicator_texts.csv": _table(
        *_fields(
            f"no {_both('note')} direction",
            INDICATORS,
            required="no direction",
        )
    ),
    "authored/layer_texts.csv": _table(
        *_fields(
            "layer title_zh title_en source_zh source_en licence_zh licence_en licence_note_zh"
            " licence_note_en retrieved method_zh method_en limits_zh limits_en freshness_days"
            " verified_on citation_zh citation_en",
            required="layer source_zh source_en licence_zh licence_en licence_note_zh"
            " licence_note_en retrieved method_zh method_en limits_zh limits_en freshness_days"
            " verified_on citation_zh citation_en",
            types={
                **_typed("integer", "freshness_days"),
                **_typed("date", "retrieved", "verified_on"),
                **_closed(layer=[*CATALOG, *BASE]),
            },
        )
    ),
    "authored/place_clauses.csv": _table(
        *_fields(
            "row place_id clause_id basis",
            required="row place_id clause_id basis",
            types={
                **_typed("integer", "row"),
                **_closed(basis=CLAUSE_BASES),
            },
        )
    ),
    "authored/clauses.csv": CLAUSES,
    "authored/observations.csv": OBSERVATIONS,
    "authored/events.csv": EVENTS,
    "authored/relations.csv": RELATIONS,
    "authored/gaps.csv": GAPS,
    "authored/source_texts.csv": ATTRIBUTIONS,
    "authored/aliases.csv": ALIASES,
}
"""Columns of every raw table. The first names the row; ``row`` is its number, not in the file."""

MAY_BE_EMPTY = frozenset(
    {
        *("park_links.csv", "node_links.csv", "corrections.csv", "authored/gaps.csv"),
        *("authored/aliases.csv", "authored/source_texts.csv", "authored/observations.csv"),
        *("authored/events.csv", "authored/relations.csv", "planning_columns.csv"),
    }
)

SHAPES: Mapping[str, tuple[str, ...]] = {
    "tianjin_districts.geojson": ("adcode",),
    "beijing_districts.geojson": ("adcode", "name", "name_en"),
    "langfang_counties.geojson": ("adcode", "name", "name_en"),
    "axis.geojson": ("axis_id", "length_km", "source"),
    "coast_rivers_naturalearth.geojson": ("kind",),
    "natural_earth_land.geojson": (),
}
"""Properties that the features of every raw outline must have."""

AREAS = ("Polygon", "MultiPolygon")
LINES = ("LineString", "MultiLineString")
LINE_FILES = frozenset({"axis.geojson", "coast_rivers_naturalearth.geojson"})
"""Raw outlines that are lines; all others are areas."""
