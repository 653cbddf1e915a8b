"""Say what each page can be asked for, and how the address writes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from geo.formats import outline
from layers.view.codecs import (
    NONE,
    Choice,
    Day,
    Id,
    Ids,
    Known,
    Name,
    Single,
    Token,
    Tokens,
    Whole,
    among,
    flag,
    hold,
    one_of,
    option,
)

MOST_HEAD: Final = 400
"""Rows of which one may be said to hold the names of the columns."""
Ground = Literal["parts", "none", "places", "national", "per_million", "structure"]
Kernel = Literal["gaussian", "quartic"]
Weight = Literal["none", "level"]
By = Literal["host", "site"]
Whose = Literal["plan", "points", "table"]
Fill = Literal["surface", "districts"]

Encoding = Literal["auto", "utf-8", "gb18030", "big5", "utf-16"]
Notation = Literal["auto", "decimal", "minutes"]
Find = Literal["surface", "bins", "clusters", "hotspots", "parks"]
Bandwidth = Literal["fixed", "adaptive"]
Cell = Literal["hexagon", "square"]
Grain = Literal["coarse", "medium", "fine"]
Clusters = Literal["hdbscan", "dbscan"]
Datum = Literal["ask", "wgs84", "gcj02", "bd09"]
Per = Literal["none", "people", "area"]
Rule = Literal["natural", "quantiles", "equal"]

Part = Literal["reach", "pairing", "scenario", "siting"]
Aim = Literal["number", "share"]
Demand = Literal["university", "area", "residents", "own"]
Candidates = Literal["grid", "university", "district", "drawn"]
Rings = Literal["one", "all"]
Counted = Literal["places", "own"]

Seen = Literal["wall", "edit", "locked"]

PlanPart = Literal["tasks", "indicators", "ledger", "audit", "changes"]
Stated = Literal["any", "done", "partly", "not_done", "unknown"]


@dataclass(frozen=True)
class ExploreOptions:
    """What the layout map shows beside the places.

    ``ground`` says what the fill of the districts means: the part of the city that each belongs to,
    nothing, or how many places it administers: all, the national ones, all per million residents.
    """

    ground: Ground = option("fill", one_of(Ground), default="parts")


@dataclass(frozen=True)
class Drawn(Single[str]):
    """A shape that the reader has drawn, such as ``circle_117.2_39.1_5000``."""

    def value(self, text: str, known: Known) -> str:  # noqa: ARG002 - the base's shape
        """Return the text of the shape, empty for none.

        Parameters
        ----------
        text, known
            As in :meth:`Single.value`.

        Raises
        ------
        LookupError
            If the text is neither a shape nor ``none``.
        """
        found = outline.read(text)
        if text != NONE and found is None:
            raise LookupError(text)
        return str(found) if found else ""

    def write(self, value: str, default: str | None) -> str:  # noqa: ARG002 - the base's shape
        """Return the text itself.

        Parameters
        ----------
        value, default
            As in :meth:`Codec.write`.
        """
        return value or NONE


@dataclass(frozen=True)
class InsideOptions:
    """Which shape the places are asked about.

    ``shape`` is its text as :mod:`geo.formats.outline` writes it; empty for none. ``places`` are
    the ids of the only ones that are asked about, empty for all that are shown.
    """

    shape: str = option("in", Drawn(), default="")
    places: frozenset[str] = option("inof", Ids("selectable", "shown"), default=frozenset())


@dataclass(frozen=True)
class DensityOptions:
    """How the density page measures; each value comes from a closed list.

    ``bandwidth_km`` is the kernel's standard deviation; the finest follows from the inventory's
    doubt, see ``geo.density.doubt.INVENTORY_FINEST_M``. ``weight`` is ``none`` (each place once) or
    ``level``. ``by`` says which district a place counts for: ``host`` (it administers the place)
    or ``site`` (the point lies in it). ``cell_m`` is the side of a cell, 0 for one that follows
    from the bandwidth; the finest is ``geo.density.doubt.INVENTORY_FINEST_CELL_M``. ``part`` says
    whose figures: the plan's places, points of a file of the reader's own, or such a table by
    district. ``fill`` says what the
    map shows: the surface, or the districts by their counted places per 100 km².
    """

    bandwidth_km: int = option("dbw", among(3, 5, 8, 12), default=5)
    cell_m: int = option("dcell", among(0, 500, 1000, 2000), default=0)
    kernel: Kernel = option("dk", one_of(Kernel), default="gaussian")
    weight: Weight = option("dw", one_of(Weight), default="none")
    by: By = option("dby", one_of(By), default="host")
    part: Whose = option("dpart", one_of(Whose), default="plan")
    fill: Fill = option("dfill", one_of(Fill), default="surface")


@dataclass(frozen=True)
class PointsOptions:
    """What is asked of a file of the reader's own points; each value comes from a closed list.

    ``file``, ``x``, ``y`` and ``weight`` are tokens of a file's and of its columns' names, see
    ``layers.view.codecs.token``; empty for none, and for columns that are to be found. ``crs`` is
    the EPSG code of their system, as the reader states it; 0 where nobody does. ``datum`` is that
    of longitude and latitude, as the reader states it; ``part`` the token of the sheet or layer of
    the file, empty for the only one. ``head`` is the number of the row that holds the names of the
    columns (0 for none), ``encoding`` that of a text, ``notation`` whether its numbers are degrees
    or hold minutes; each ``auto`` where that is to be found. ``turned`` says that rows whose
    longitude and latitude seem swapped are exchanged and used. ``taken`` says that the reader has
    accepted what was found in a file that is taken in whole. ``dated`` is of when the data are, as
    the reader states it; empty
    where nobody does. ``column`` is the token of the column that rows are filtered by, ``values``
    those of the values that they may have there; no value lets all pass. ``show`` is
    what is drawn: a surface of bandwidth ``sigma_m`` on cells of ``cell_m``; bins of a ``shape``
    and ``grain``; clusters by a method, of at least ``least`` points, within ``reach_m`` (dbscan);
    hot spots among squares of that grain; or the points within ``within_m`` of each park, which are
    the places of the layers ``parks``, empty for those that the pack takes for parks.
    """

    file: str = option("pfile", Token(), default="")
    x: str = option("px", Token(), default="")
    y: str = option("py", Token(), default="")
    weight: str = option("pw", Token(), default="")
    crs: int = option("pcrs", Whole(0, 999_999), default=0)
    datum: Datum = option("pdat", one_of(Datum), default="ask")
    part: str = option("ppart", Token(), default="")
    head: str = option("phead", Choice(("auto", *map(str, range(MOST_HEAD + 1)))), default="auto")
    encoding: Encoding = option("penc", one_of(Encoding), default="auto")
    notation: Notation = option("pnum", one_of(Notation), default="auto")
    turned: bool = option("pswap", flag(), default=False)
    taken: bool = option("pok", flag(), default=False)
    dated: str = option("pday", Day(), default="")
    column: str = option("pcol", Token(), default="")
    values: frozenset[str] = option("pval", Tokens(), default=frozenset())
    show: Find = option("pshow", one_of(Find), default="surface")
    sigma_m: int = option("psig", among(500, 1000, 2000, 3000, 5000), default=1000)
    cell_m: int = option("pcell", among(100, 250, 500), default=250)
    kernel: Kernel = option("pk", one_of(Kernel), default="gaussian")
    bandwidth: Bandwidth = option("pad", one_of(Bandwidth), default="fixed")
    shape: Cell = option("pbin", one_of(Cell), default="hexagon")
    grain: Grain = option("pgr", one_of(Grain), default="medium")
    clusters: Clusters = option("pclu", one_of(Clusters), default="hdbscan")
    reach_m: int = option("prch", among(250, 500, 1000, 2000), default=500)
    least: int = option("pmin", among(5, 15, 50), default=15)
    parks: frozenset[str] = option("ppk", Ids("kinds", "usual"), default=frozenset())
    within_m: int = option("pin", among(3_000, 5_000, 10_000), default=3_000)


@dataclass(frozen=True)
class TableOptions:
    """What is asked of a table by district; each value comes from a closed list.

    ``column`` is the token of a column of figures, empty for the first. ``per`` is what its figures
    are set against: nothing, ten thousand residents, or a square kilometre. ``rule`` divides them
    into at most ``classes`` classes, see :func:`geo.inventory.classes.class_limits`.
    """

    column: str = option("tcol", Token(), default="")
    per: Per = option("tper", one_of(Per), default="none")
    rule: Rule = option("trule", one_of(Rule), default="natural")
    classes: int = option("tcls", among(3, 4, 5), default=5)


@dataclass(frozen=True)
class CoverageOptions:
    """What the coverage page asks; numbers are held within their limits on construction.

    ``part`` is the question shown. ``radius_m`` is the straight-line reach; with ``minutes`` above
    0 it follows from that time, ``speed_kmh`` and ``detour_percent`` (length of the way over the
    straight line) instead. ``add`` sites are proposed, or as many as reach ``goal_percent`` if
    ``aim`` is ``share``; ``demand`` is what they serve (``own``: the reader's own points),
    ``candidates`` where they may stand.
    ``sites`` are the layers measured from, empty for the places on the map; ``targets`` those that
    should be within reach, empty for the universities; ``counted`` says whether those or the
    reader's own points are; ``rings`` says whether the map shows one radius or all that stand side
    by side.
    """

    part: Part = option("cpart", one_of(Part), default="reach")
    radius_m: int = option("cr", Whole(500, 60_000), default=5_000)
    minutes: int = option("cmin", Whole(0, 120), default=0)
    speed_kmh: int = option("ckmh", Whole(5, 120), default=60)
    detour_percent: int = option("cdet", Whole(100, 300), default=130)
    aim: Aim = option("caim", one_of(Aim), default="number")
    add: int = option("cadd", Whole(1, 20), default=3)
    goal_percent: int = option("cgoal", Whole(1, 100), default=50)
    demand: Demand = option("cdem", one_of(Demand), default="university")
    candidates: Candidates = option("cfrom", one_of(Candidates), default="grid")
    sites: frozenset[str] = option("csites", Ids("kinds", "usual"), default=frozenset())
    targets: frozenset[str] = option("cfor", Ids("kinds", "usual"), default=frozenset())
    rings: Rings = option("cmap", one_of(Rings), default="one")
    counted: Counted = option("cwho", one_of(Counted), default="places")

    def __post_init__(self) -> None:
        hold(self)


@dataclass(frozen=True)
class CorridorOptions:
    """What is measured along an axis.

    ``axis`` is the id of a row of the pack's axis layer, none for its belt; ``within_km`` how far
    from it a place still belongs to the corridor.
    """

    axis: str | None = option("axis", Id("axes"), default=None)
    within_km: int = option("aw", among(5, 10, 15, 20, 30), default=10)


@dataclass(frozen=True)
class DeckOptions:
    """Which scene of which story is presented, and how.

    ``story`` is the name of a story of the pack, or of the reader's own; ``scene`` the id of one of
    its scenes. Empty, or a name that is not there, means the first. ``view`` is ``wall`` for the
    meeting, ``edit`` for the page on which a story is made, ``locked`` for a wall that nothing
    leads away from. ``notes`` shows what the speaker reads instead.
    """

    story: str = option("story", Name(), default="")
    scene: str = option("scene", Name(), default="")
    view: Seen = option("view", one_of(Seen), default="wall")
    notes: bool = option("notes", flag(), default=False)


@dataclass(frozen=True)
class PlanOptions:
    """Which part of which plan is shown.

    ``part`` is the question. ``period`` is that of the plan, None for the one that the places cite;
    ``task`` the id of one of its tasks and ``indicator`` the number of one of its indicators, 0 for
    none. The ledger shows the tasks of a ``chapter`` (0 for all) that are in a state ``stated`` and
    have a place that a ``district`` administers, or are a lead unit's, whose name ``unit`` is a
    token of. ``against`` is the period of another plan, or the id of another pack, that changes are
    told from, as a token; empty for the first there is.
    """

    part: PlanPart = option("gpart", one_of(PlanPart), default="tasks")
    period: str | None = option("gper", Id("periods"), default=None)
    task: str | None = option("gtask", Id("tasks"), default=None)
    indicator: int = option("gind", Whole(0, 999), default=0)
    chapter: int = option("gch", Whole(0, 99), default=0)
    stated: Stated = option("gst", one_of(Stated), default="any")
    district: str | None = option("gdis", Id("areas"), default=None)
    unit: str = option("gunit", Token(), default="")
    against: str = option("gvs", Token(), default="")

    def __post_init__(self) -> None:
        hold(self)
