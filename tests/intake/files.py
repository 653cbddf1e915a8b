"""Make small files of every kind in which people keep places."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import xlsxwriter
from shapely import Point

POINTS = tuple(
    (f"企业{i}", round(117.10 + 0.01 * i, 4), round(39.05 + 0.01 * i, 4)) for i in range(10)
)
"""Ten places, all within Tianjin."""


def csv(lines: Sequence[str], encoding: str = "utf-8") -> bytes:
    return "\r\n".join(lines).encode(encoding)


def workbook(*sheets: tuple[str, Sequence[Sequence[object]]]) -> bytes:
    room = io.BytesIO()
    with xlsxwriter.Workbook(room) as book:
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return room.getvalue()


def survey_rows() -> list[list[object]]:
    """Return an office's sheet: title, unit, names, degrees and minutes, a total, a note."""
    head: list[list[object]] = [
        ["天津市科技企业名录"],
        ["单位：家"],
        ["序号", "名称", "经度", "纬度"],
    ]
    body = [[i, f"企业{i}", f"117°{6 + i}′00.0″", f"39°{3 + i}′00.0″"] for i in range(10)]
    return [*head, *body, ["合计", "", "", 10], ["注：据各区上报"]]


def frame(crs: int | str = 4326) -> gpd.GeoDataFrame:
    points = [Point(lon, lat) for _, lon, lat in POINTS]
    return gpd.GeoDataFrame({"名": [n for n, _, _ in POINTS]}, geometry=points, crs=4326).to_crs(
        crs
    )


def shapefile(folder: Path, encoding: str, *, cpg: bool) -> bytes:
    frame(4548).to_file(folder / "s.shp", encoding=encoding)
    room = io.BytesIO()
    with zipfile.ZipFile(room, "w") as file:
        for part in sorted(folder.glob("s.*")):
            if cpg or part.suffix != ".cpg":
                file.write(part, f"点位/{part.name}")
    return room.getvalue()


def ods(rows: Sequence[Sequence[str]]) -> bytes:
    body = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p>'
            "</table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<office:document-content {spaces} office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="表">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    )
    room = io.BytesIO()
    with zipfile.ZipFile(room, "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("content.xml", content)
        file.writestr("META-INF/manifest.xml", manifest)
    return room.getvalue()


def kml() -> bytes:
    marks = "".join(
        f"<Placemark><name>{n}</name><Point><coordinates>{x},{y},0</coordinates></Point></Placemark>"
        for n, x, y in POINTS
    )
    return (
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>'.encode()
    )
