"""Hold what becomes of each row in the end: read, placed by the reader, or left without a place."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.base.bridge import transformer
from geo.formats.spreadsheet import with_days
from geo.grid.lookup import prepare
from layers.intake.certainty import as_metadata, certainty
from layers.intake.districts.join import named_districts
from layers.intake.formats.headings import GUIDE_SHEET, name_column
from layers.intake.formats.table import Table
from layers.intake.precision import Classes, is_beyond, names_of
from layers.intake.read import OUTSIDE, USED, Reading
from layers.language.messages import Say, display, speaker
from layers.pack.city import City
from layers.view.vague import is_vague

DIGITS: Final = 7
CREATED: Final = datetime(1980, 1, 1)
"""Of each workbook, as of the files of a zip: the same rows give the same bytes."""
EQUATOR_M: Final = 40_075_017.0
"""Length of the equator in Web Mercator, in which the map is drawn."""
CLICK_PX: Final = 5
"""So far a hand may miss, in pixels of the screen."""
CLICK_LEAST_M: Final = 10.0
CLICK_UNKNOWN_M: Final = 1000.0
"""The doubt of a click at a scale that is not known: that of a whole city on a screen."""
VAGUE: Final = "vague"
"""What a row is in the account of own points that is known by its district only."""
_VAGUE: Final = ".vague.parquet"
NO_PLACES: Final = ("total", "header_again")
"""Rows that are not used and stand for no place."""
LOOKED_AT: Final = 50
"""Rows of a sheet that say how wide its columns are; none is wider than ``WIDEST`` characters."""
WIDEST: Final = 28
WIDEST_WORD: Final = 16
"""Of a longer word in a name of a column the rest stands on the next line."""
MOST_FITTED: Final = 2_000
"""Rows whose height follows from their texts: nobody prints more."""
LEAST_WIDE: Final = 8
GUIDE_WIDTH: Final = 80
LINE_HEIGHT: Final = 16.0
A3: Final = 8
A4: Final = 9
"""Numbers of the paper in Excel."""
A4_WIDE: Final = 250
"""Characters beside each other that can be read on A4 across: at about 60 %."""
MARGIN_INCHES: Final = 0.4
MOST_SHEET_ROWS: Final = 1_048_574
"""Rows of a sheet of Excel below a title and the names of the columns."""


class Printed(NamedTuple):
    """What is printed of a workbook: so many columns, the first; what is said of the others."""

    columns: int
    more: str


@dataclass(frozen=True)
class Placed:
    """Where the reader has put a row.

    Parameters
    ----------
    row
        Number of the row in the reading, from 0.
    lon, lat
        Degrees in WGS 84.
    uncertainty_m
        How far off it may be.
    how
        ``click``, or the adcode of a district.
    day
        When that was, by ISO 8601.
    """

    row: int
    lon: float
    lat: float
    uncertainty_m: float
    how: str
    day: str = field(default_factory=lambda: date.today().isoformat())


@dataclass(frozen=True, eq=False)
class Outcome:
    """A file that was read, and what the reader has done to its rows since.

    Parameters
    ----------
    tables
        As they were opened.
    reading
        Every row in its account.
    placed
        What the reader has placed, in order.
    classes
        How finely each position is known, see :func:`layers.intake.precision.precision`.
    """

    tables: Sequence[Table]
    reading: Reading
    placed: tuple[Placed, ...] = ()
    classes: Classes | None = None

    @property
    def rows(self) -> pd.DataFrame:
        """The rows of the reading; those that were placed have their position, and are used."""
        rows = self.reading.rows.copy()
        for one in self.placed:
            rows.loc[one.row, ["lon", "lat", "uncertainty_m"]] = [
                one.lon, one.lat, one.uncertainty_m
            ]  # fmt: skip
            rows.loc[one.row, "status"] = USED
        return rows

    def without_place(self) -> pd.DataFrame:
        """Return the rows that have no position yet, and could have one."""
        rows = self.rows
        return rows[~rows["status"].isin([USED, OUTSIDE, *NO_PLACES])]

    def named_district(self, row: int, city: City) -> str:
        """Return the adcode of the district that the file names for a row; empty for none.

        Parameters
        ----------
        row
            Number of the row in the reading.
        city
            Whose districts are meant.
        """
        table, at = self._at(row)
        said = named_districts(table, city)
        if said is None or at is None or said[at] < 0:
            return ""
        return str(city.districts.index[said[at]])

    def missed_district(self, placed: Placed, city: City) -> str:
        """Return the district that the file names, if a row was put beyond it; else nothing.

        Parameters
        ----------
        placed
            Where the reader has put the row.
        city
            Whose districts are meant.
        """
        said = self.named_district(placed.row, city)
        if not said or placed.how != "click":
            return said if said != placed.how else ""
        x, y = transformer(4326, city.metric_epsg).transform(placed.lon, placed.lat)
        far = is_beyond(np.array([[x, y]]), np.array([said], dtype=object),
                        np.array([placed.uncertainty_m]), city)  # fmt: skip
        return said if far[0] else ""

    @staticmethod
    def counted_in(placed: Placed, city: City) -> str:
        """Return the district in which a row was put, and counts; empty beyond the city.

        Parameters
        ----------
        placed
            Where the reader has put the row.
        city
            Whose districts are meant.
        """
        if placed.how != "click":
            return placed.how
        x, y = transformer(4326, city.metric_epsg).transform(placed.lon, placed.lat)
        (code,) = prepare(city.on_plane).codes(np.array([[x, y]]))
        return str(city.on_plane.index[code]) if code >= 0 else ""

    def _at(self, row: int) -> tuple[Table, int | None]:
        """Return the table of a row, and its place there; None for one that is torn."""
        part, line = (int(self.reading.rows[name].to_numpy()[row]) for name in ("part", "line"))
        table = self.tables[part]
        at = np.flatnonzero(table.lines == line)
        return table, int(at[0]) if len(at) else None

    def label(self, row: int, say: Say) -> str:
        """Return what a row is called: its name in the file, or the number of its line.

        Parameters
        ----------
        row
            Number of the row in the reading.
        say
            Speaker of the reader's language.
        """
        table, at = self._at(row)
        line = int(self.reading.rows["line"].to_numpy()[row])
        name = name_column(table.names) or (table.names[0] if table.names else "")
        told = ""
        if at is not None and name:
            told = str(table.cells.column(name)[at].as_py() or "")
        return display(say("intake.row_label", line=line, name=told), longest=60)


def in_district(city: City, adcode: str) -> tuple[float, float, float]:
    """Return where a row stands of which only the district is known, and how far off that may be.

    Parameters
    ----------
    city
        The city.
    adcode
        Of the district.

    Returns
    -------
    lon, lat : float
        A point within the district, degrees.
    uncertainty_m : float
        Distance from there to the district's remotest corner.
    """
    shape = city.on_plane.geometry[adcode]
    point = shape.representative_point()
    corners = shapely.get_coordinates(shape)
    far = float(np.hypot(corners[:, 0] - point.x, corners[:, 1] - point.y).max())
    lon, lat = transformer(city.metric_epsg, 4326).transform(point.x, point.y)
    return round(float(lon), DIGITS), round(float(lat), DIGITS), float(np.ceil(far / 100) * 100)


def click_doubt(lat: float, zoom: float | None) -> float:
    """Return how far off a click on the map may be: some pixels, at least some metres.

    Parameters
    ----------
    lat
        Where it was clicked, degrees.
    zoom
        Of the map, as Leaflet counts it; None where it is not known.
    """
    if zoom is None:
        return CLICK_UNKNOWN_M
    a_pixel = EQUATOR_M * math.cos(math.radians(lat)) / (256 * 2**zoom)
    return float(max(math.ceil(CLICK_PX * a_pixel / 10) * 10, CLICK_LEAST_M))


def class_words(outcome: Outcome, say: Say) -> list[str]:
    """Return how finely each position is known, in words: all that there is to say of it.

    Parameters
    ----------
    outcome
        The file as it was read.
    say
        Speaker of the reader's language.
    """
    if outcome.classes is None:
        return [""] * len(outcome.reading.rows)
    comma = say("view.comma")
    words = {
        value: comma.join(say(f"intake.class.{name}") for name in names)
        for value, names in names_of(outcome.classes).items()
    }
    return [words[value] for value in outcome.classes.tolist()]


def cells_of(table: Table) -> pd.DataFrame:
    """Return the cells of a table; of rows that are torn blank ones, last.

    Parameters
    ----------
    table
        As it was opened.
    """
    # Whole numbers stay such beside blank cells.
    frame: pd.DataFrame = table.cells.to_pandas(integer_object_nulls=True)
    return frame.reindex(range(table.rows))


def write_points(outcome: Outcome, path: Path) -> None:
    """Write every row to a Parquet file that own points can read; rows without a place are blank.

    Beside it stands which those are and why, see :func:`unused_rows`; and the rows that are known
    by their district only, which are blank in it too, see :func:`vague_rows`.

    Parameters
    ----------
    outcome
        The file as it was read.
    path
        Where it is written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = outcome.rows
    cells = pd.concat([cells_of(table) for table in outcome.tables], ignore_index=True)
    names = {name: f"{name} ·" for name in cells.columns if str(name).lower() in ("lon", "lat")}
    table = pa.Table.from_pandas(cells.rename(columns=names), preserve_index=False)
    doubt = rows["uncertainty_m"].to_numpy(dtype=float)
    vague = (rows["status"] == USED).to_numpy() & is_vague(rows)

    def placed(blank: NDArray[np.bool_]) -> pa.Table:
        made = table
        for name in ("lon", "lat"):
            there = np.where(blank, np.nan, rows[name].to_numpy(dtype=float))
            made = made.append_column(name, pa.array(there, pa.float64(), from_pandas=True))
        return made.append_column("coordinateUncertaintyInMeters ·", pa.array(doubt, pa.float64()))

    by_hand = [one.row for one in outcome.placed]
    told = as_metadata(certainty(outcome.tables, outcome.reading, rows, placed=by_hand))
    pq.write_table(placed(vague).replace_schema_metadata(told), path, row_group_size=1 << 16)
    if vague.any():
        pq.write_table(placed(~vague).filter(pa.array(vague)), path.with_suffix(_VAGUE))
    rows.loc[vague, "status"] = VAGUE
    unused = rows[~rows["status"].isin([USED, OUTSIDE])]
    files = [outcome.reading.parts[part] for part in unused["part"].tolist()]
    lost = pd.DataFrame({"file": files, "line": unused["line"].to_numpy(),
                         "reason": unused["status"].to_numpy(str)}, unused.index + 1)  # fmt: skip
    lost.to_parquet(_beside(path))


def unused_rows(path: Path) -> pd.DataFrame | None:
    """Return which rows of a file that was taken in are blank in it: None of any other file.

    Parameters
    ----------
    path
        As of :func:`write_points`.

    Returns
    -------
    DataFrame
        ``file``, ``line`` and ``reason`` as the reader knows them, by the number of the row in what
        was written, from 1.
    """
    beside = _beside(path)
    return pd.read_parquet(beside) if beside.is_file() else None


def vague_rows(path: Path) -> Path | None:
    """Return the file of the rows that are known by their district only; None if there are none.

    Parameters
    ----------
    path
        As of :func:`write_points`; the other has the same columns.
    """
    beside = path.with_suffix(_VAGUE)
    return beside if beside.is_file() else None


def _beside(path: Path) -> Path:
    return path.with_suffix(".unused.parquet")


def as_workbook(
    frame: pd.DataFrame,
    title: str,
    guide: pd.DataFrame | None = None,
    above: str = "",
    printed: Printed | None = None,
) -> bytes:
    """Return a table as a workbook: texts stay texts, numbers numbers, days days.

    Parameters
    ----------
    frame
        The rows; more than a sheet of Excel has go on in further sheets.
    title
        Name of the sheet.
    guide
        What the columns mean, for a sheet of its own, which is never read as data.
    above
        What stands above the names of the columns; blank for nothing.
    printed
        Which columns are printed; None for all.
    """
    import xlsxwriter

    room = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True,
               "nan_inf_to_errors": False}  # fmt: skip
    with xlsxwriter.Workbook(room, options) as book:
        book.set_properties({"created": CREATED})
        for number, first in enumerate(range(0, max(len(frame), 1), MOST_SHEET_ROWS), start=1):
            name = title[:31] if number == 1 else f"{title[:25]} {number}"
            some = frame.iloc[first : first + MOST_SHEET_ROWS]
            _print(_sheet(book, name, some, above=above), some, above, printed)
        if guide is not None:
            _guide(book, guide)
    return room.getvalue()


def _sheet(book: Any, name: str, frame: pd.DataFrame, widest: int = WIDEST, above: str = "") -> Any:
    """Write a sheet that prints a page wide, with the names on each page."""
    sheet = book.add_worksheet(name)
    head = 1 if above else 0
    if above:
        sheet.write_string(0, 0, above[:32_767], book.add_format({"bold": True, "font_size": 14}))
        sheet.set_row(0, 1.5 * LINE_HEIGHT)
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    sheet.write_row(head, 0, list(map(str, frame.columns)), bold)
    day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left", "valign": "top"})
    lines = book.add_format({"text_wrap": True, "valign": "top"})
    for column, (_, values) in enumerate(frame.items()):
        for at, value in enumerate(with_days(values.tolist()), start=head + 1):
            _write(sheet, at, column, value, day, lines)
    sheet.freeze_panes(head + 1, 0)
    sheet.set_landscape()
    sheet.set_paper(A3)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head)
    sheet.set_margins(*[MARGIN_INCHES] * 3, 2 * MARGIN_INCHES)  # room for the foot
    sheet.hide_gridlines(0)  # none are hidden: they are printed
    widths = list(_widths(frame, widest))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    rows: list[Iterable[object]] = [frame.columns]
    rows += frame.iloc[:MOST_FITTED].itertuples(index=False)
    for at, row in enumerate(rows, start=head):
        if (n := _lines(row, widths)) > 1:  # no program but Excel finds that out by itself
            sheet.set_row(at, LINE_HEIGHT * n)
    return sheet


def _print(sheet: Any, frame: pd.DataFrame, above: str, printed: Printed | None) -> None:
    """Leave columns for programs out of what is printed, and say at the foot that there are more.

    What is left stands on A4 where it can still be read there.
    """
    columns = len(frame.columns) if printed is None else printed.columns
    wide = list(_widths(frame, WIDEST))[:columns]
    if sum(wide) <= A4_WIDE:
        sheet.set_paper(A4)
    foot = "&P / &N"
    if printed is not None and columns < len(frame.columns):
        sheet.print_area(0, 0, len(frame) + (1 if above else 0), columns - 1)
        foot += "    " + printed.more.replace("&", "&&")
    sheet.set_footer(f"&C{foot}")


def _lines(row: Iterable[object], widths: Sequence[int]) -> int:
    """Return how many lines a row fills."""
    pairs = zip(row, widths, strict=True)
    return max((-(-_width(str(one)) * 11 // (10 * width)) for one, width in pairs), default=1)


def _widths(frame: pd.DataFrame, widest: int) -> Iterator[int]:
    """Yield how wide the columns are; a note below the table, a row of little, is no measure."""
    some = frame.iloc[:LOOKED_AT].astype(object)
    some = some.where(some.notna(), "")
    filled = (some != "").sum(axis="columns")
    some = some[filled > filled.median() / 2]
    for at, heading in enumerate(frame.columns):
        words = min(max(map(_width, str(heading).split()), default=0), WIDEST_WORD)
        cells = max((_width(str(cell)) for cell in some.iloc[:, at]), default=0)
        yield min(max(words, cells, LEAST_WIDE) + 2, widest)


def _guide(book: Any, guide: pd.DataFrame) -> None:
    """Write what the columns mean; a long sentence goes on below itself."""
    sheet = _sheet(book, GUIDE_SHEET, guide, GUIDE_WIDTH)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for at, row in enumerate(guide.itertuples(index=False), start=1):
        lines = _lines(row, [GUIDE_WIDTH] * len(row))
        sheet.set_row(at, LINE_HEIGHT * lines)
        for column, value in enumerate(row):
            sheet.write_string(at, column, str(value), wrapped)


def _width(text: str) -> int:
    """Return how many columns of a terminal a text fills: Chinese is twice as wide."""
    return sum(2 if ord(character) > 0x2E80 else 1 for character in text)


def _write(sheet: Any, row: int, column: int, value: object, day: Any, lines: Any) -> None:
    if value is None or value is pd.NA or value != value:
        return
    if isinstance(value, date):
        sheet.write_datetime(row, column, value, day)
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, lines)
    elif isinstance(value, int | float | np.number):
        sheet.write_number(row, column, float(value), lines)
    else:
        sheet.write_string(row, column, str(value)[:32_767], lines)


def template(lang: str) -> bytes:
    """Return a workbook to be filled in, with two rows as examples.

    Parameters
    ----------
    lang
        Language of the names of its columns.
    """
    say = speaker(lang)
    names = [say(f"intake.template.{key}") for key in ("name", "lon", "lat", "district", "note")]
    examples: Sequence[Mapping[str, object]] = [
        dict(zip(names, (say("intake.template.first"), 117.2, 39.12, "", ""), strict=True)),
        dict(zip(names, (say("intake.template.second"), "117°21′18.0″", "39°08′24.0″", "",
                         say("intake.template.dms")), strict=True)),
    ]  # fmt: skip
    return as_workbook(pd.DataFrame(examples, columns=names), say("intake.template.sheet"))
