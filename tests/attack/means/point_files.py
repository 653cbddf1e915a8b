"""Make hostile files of points, and say of each what may come of it."""

from __future__ import annotations

import gzip
import random
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.attack.means import thrift_pages

READ: Final = "read"
REFUSED: Final = "refused"
EITHER: Final = "either"
Make = Callable[[Path], object]
N = 1000
MANY = 2_000_000


@dataclass(frozen=True)
class Entry:
    """A hostile file.

    Parameters
    ----------
    name
        Of the file.
    make
        Writes it.
    rows
        Records that it holds, -1 if nobody knows; each must be in the account if it is read.
    may
        What may come of it.
    weight
        Name of the column of weights that is chosen.
    heavy
        Whether it is opened in a process of its own, for the sake of its peak of memory.
    """

    name: str
    make: Make
    rows: int = N
    may: str = READ
    weight: str = ""
    heavy: bool = False


def entries() -> list[Entry]:
    """Return all hostile files."""
    found = [*_quotes(), *_texts(), *_headers(), *_cells(), *_kinds(), *_shapes()]
    return [*found, *_bombs(), *_crafted(), *_damaged()]


def plain(rows: int) -> Entry:
    """Return an honest file of so many rows."""
    return Entry(f"plain-{rows}.parquet", lambda path: _table(path, **_degrees(rows)), rows)


def _degrees(rows: int) -> dict[str, Any]:
    some = np.random.default_rng(rows).uniform(0, 0.2, (rows, 2))
    return {"lon": 117 + some[:, 0], "lat": 38.85 + some[:, 1]}


def _table(path: Path, **columns: Any) -> None:
    pq.write_table(pa.table(columns), path)


def _of(**columns: Any) -> Make:
    return lambda path: _table(path, **columns)


def _bytes(data: bytes) -> Make:
    return lambda path: path.write_bytes(data)


def _rows(count: int, name: str = "企业{k}") -> list[str]:
    return [
        f"{name.format(k=k)},{117 + k % 100 / 1000:.6f},{38.9 + k % 77 / 1000:.6f}"
        for k in range(count)
    ]


def _csv(lines: list[str], *, end: str = "\n", encoding: str = "utf-8", last: bool = True) -> Make:
    def make(path: Path) -> None:
        text = end.join(["name,lon,lat", *lines]) + (end if last else "")
        path.write_bytes(text.encode(encoding))

    return make


def _long(way: str) -> Make:
    """Return a maker of a long file in which two quotes have strayed."""

    def make(path: Path) -> None:
        lines = _rows(60_000)
        for k in (1100, 59_990):
            lines[k] = STRAY[way](lines[k])
        _csv(lines)(path)

    return make


def _wide(count: int) -> Make:
    """Return a maker of a file of many columns."""

    def make(path: Path) -> None:
        head = ",".join(["lon", "lat", *map(str, range(count))])
        row = ",".join(["117", "38.9", *["0"] * count])
        path.write_text(f"{head}\n{row}\n{row}\n1,2\n", encoding="utf-8")

    return make


STRAY = {
    "opens-name": lambda row: '"' + row,
    "in-name": lambda row: row[0] + '"' + row[1:],
    "closes-name": lambda row: row.replace(",", '",', 1),
    "opens-lon": lambda row: row.replace(",", ',"', 1),
    "opens-lat": lambda row: row[: row.rindex(",") + 1] + '"' + row[row.rindex(",") + 1 :],
    "ends-row": lambda row: row + '"',
    "half-quoted": lambda row: '"' + row.replace(",", '"x,', 1),
    "three": lambda row: '"""' + row,
}
"""Ways in which a quote can stray into a row."""


def _quotes() -> Iterator[Entry]:
    for way, stray in STRAY.items():
        for encoding in ("utf-8", "gb18030"):
            for end, said in (("\n", "lf"), ("\r\n", "crlf"), ("\r", "cr")):
                lines = _rows(20)
                lines[3] = stray(lines[3])
                lines[11] = stray(lines[11])
                make = _csv(lines, end=end, encoding=encoding, last=end != "\r")
                yield Entry(f"stray-{way}-{encoding}-{said}.csv", make, 20)
    for way in ("opens-name", "opens-lon", "opens-lat"):
        yield Entry(f"stray-{way}-60000.csv", _long(way), 60_000)
    for k, said in ((0, "first"), (19, "last")):
        lines = _rows(20)
        lines[k] = '"' + lines[k]
        yield Entry(f"stray-{said}.csv", _csv(lines, last=False), 20)
    quoted = [",".join(f'"{cell}"' for cell in row.split(",")) for row in _rows(20)]
    yield Entry("all-quoted.csv", _csv(quoted), 20)
    quoted[5] = quoted[5].replace('","', '"","', 1)
    yield Entry("all-quoted-one-stray.csv", _csv(quoted), 20)
    several = [f'"一\n二""{k}",117.1,38.9' for k in range(500)]
    for encoding in ("utf-8", "gb18030"):
        yield Entry(f"several-lines-{encoding}.csv", _csv(several, encoding=encoding), 500)
    yield Entry("quotes-only.csv", _bytes(b"name,lon,lat\n" + b'"' * 500_000), 1, EITHER)
    yield Entry("quote-each-line.csv", _csv(['"a'] * 20_000), 20_000)
    yield Entry("quoted-blank-lines.csv", _csv(['"a', *['""'] * 30_000]), 30_001)
    yield Entry("never-closed.csv", _csv([*_rows(5), '"x', *_rows(30_000)]), 30_006)
    yield Entry("swallows-blank-lines.csv", _csv(['"甲,117,38.9', "", '乙",117,38.9']), 2)
    yield Entry("swallows-a-short-row.csv", _csv(['"甲,117.2', '乙",117,38.9']), 2)


def _texts() -> Iterator[Entry]:
    plain = "\n".join(["name,lon,lat", *_rows(20)]) + "\n"
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        yield Entry(f"{encoding}.csv", _bytes(plain.encode(encoding)), 20, REFUSED)
    ascii_rows = _rows(20_000, "company{k}")
    mixed = "\n".join(["name,lon,lat", *ascii_rows]).encode() + "\n企业,117.1,38.9\n".encode("gbk")
    yield Entry("ascii-then-gbk.csv", _bytes(mixed), 20_001)
    yield Entry("utf8-then-gbk.csv", _bytes(plain.encode() + "企,117.1,38.9\n".encode("gbk")), 21)
    yield Entry("gbk-then-utf8.csv", _bytes(plain.encode("gbk") + "企,117,38.9\n".encode()), 21)
    yield Entry("gbk-torn.csv", _bytes(plain.encode("gbk") + "企,117,3,5\n业\n".encode("gbk")), 22)
    yield Entry("not-utf8-in-lon.csv", _bytes(plain.encode() + b"a,\xff\xfe117,38.9\n"), 21)
    yield Entry("cut-in-a-letter.csv", _bytes(plain.encode() + b"\xe4\xbc"), 21)
    yield Entry("nul-in-a-cell.csv", _bytes(plain.encode() + b"a\x00b,11\x007.1,38.9\n"), 21)
    yield Entry("nul-line.csv", _bytes(plain.encode() + b"\x00" * 500_000 + b"\n"), 21)
    yield Entry("nul-at-once.csv", _bytes(b"\x00" * 5000), 1, REFUSED)
    blanks = plain.replace("\n", "\n\n\n") + "\n \n,,\n"
    yield Entry("blank-lines.csv", _bytes(blanks.encode()), 22)
    yield Entry("begins-blank.csv", _bytes(b"\n\r\n\n" + plain.encode()), 20)
    yield Entry("empty.csv", _bytes(b""), 0, REFUSED)
    yield Entry("bom-only.csv", _bytes(b"\xef\xbb\xbf"), 0, REFUSED)
    yield Entry("newlines-only.csv", _bytes(b"\n" * 400_000), 0, REFUSED)
    yield Entry("header-only.csv", _bytes(b"name,lon,lat"), 0)
    yield Entry("gzipped.csv", _bytes(gzip.compress(plain.encode())), 20, REFUSED)
    noise = random.Random(5).randbytes(200_000)
    yield Entry("noise.csv", _bytes(noise), 0, REFUSED)
    yield Entry("noise-below.csv", _bytes(b"lon,lat\n" + noise), -1, EITHER)
    yield Entry("other-separators.csv", _bytes(plain.replace(",", "\x1f").encode()), 20, REFUSED)
    yield Entry("one-carriage-return.csv", _bytes(plain.replace("\n", "\r").encode()), 20)
    ends = "".join(row + "\r\n\n\r"[k % 4 :][:1] for k, row in enumerate(["lon,lat", *["1,2"] * 9]))
    yield Entry("ends-of-all-kinds.csv", _bytes(ends.encode()), 9)
    yield Entry("line-of-2MB.csv", _bytes(plain.encode() + b"x" * (2 << 20) + b",117,38.9\n"), 21,
                EITHER)  # fmt: skip
    yield Entry("line-of-150MB.csv", _endless, 1, REFUSED, heavy=True)
    yield Entry("line-of-1GB-of-nothing.csv", _sparse, 1, REFUSED, heavy=True)


def _endless(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"name,lon,lat\n")
        for _ in range(150):
            file.write(b"1," * (1 << 19))


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"name,lon,lat\na,117,38.9\n")
        file.truncate(1 << 30)


def _headers() -> Iterator[Entry]:
    row = "1,117,38.9\n"
    for said, head in {
        "long-name": "x" * 200_000 + ",lon,lat",
        "long-name-of-a-position": "lon" + " " * 200_000 + ",lat,n",
        "two-lon": "lon,lon,lat",
        "quote-opens": '"name,lon,lat',
        "quote-within": '"na"me,lon,lat',
        "quote-swallows": '"name,lon,lat\n1,117,38.9\nx",lon,lat',
        "only-quotes": '""""""',
        "no-name": ",,",
        "blank-names": " , , ",
    }.items():
        yield Entry(f"header-{said}.csv", _bytes(f"{head}\n{row * 5}".encode()), 5, REFUSED)
    yield Entry("header-of-2-lines.csv", _bytes(f'"名\n称",lon,lat\n{row}'.encode()), 1)
    yield Entry("header-quoted.csv", _bytes(f'"name","lon","lat"\n{row}'.encode()), 1)
    for count in (20_000, 100_000, 1_000_000):
        yield Entry(f"columns-{count}.csv", _wide(count), 3, REFUSED)
    yield Entry("columns-10000.csv", _wide(10_000), 3)


def _cells() -> Iterator[Entry]:
    odd = [
        *("1e400", "-1e400", "9" * 400, "9" * 5000, "99999999999999999999", "nan", "inf"),
        *("-inf", "0x75", "１１７", "1_17", "117,0", "", "NULL", "#N/A", "true", "2021-08-08"),
        *("=1+1", "1e-400", "+117.1", "117.", ".5", "1e", "--1", "117°12′", "١١٧", "1" + "\u200b"),
    ]
    for k, cell in enumerate(odd):
        quoted = f'"{cell}"'
        lines = [*_rows(5), f"a,{quoted},38.9", f"b,117.1,{quoted}", f"{quoted},117.1,38.9"]
        yield Entry(f"cell-{k}.csv", _csv(lines), 8)
        yield Entry(f"weight-{k}.csv", _csv([f"{quoted},117.1,38.9"] * 3), 3, EITHER, "name")
        texts = pa.array([cell, "117.1", None])
        yield Entry(f"cell-{k}.parquet", _of(lon=texts, lat=texts), 3)
    short, long = ["a"] * 30_000, ["a,b,c,d"] * 30_000
    yield Entry("torn-60000.csv", _csv([*short, *_rows(5), *long]), 60_005)


def _kinds() -> Iterator[Entry]:
    n = 3
    lists = pa.array([[1.0], [2.0], []])
    structs = pa.array([{"lon": 1.0}] * n)
    known = {
        "decimal128": pa.array([Decimal("117.1")] * n, pa.decimal128(38, 30)),
        "decimal256": pa.array([Decimal("117.1")] * n, pa.decimal256(70, 30)),
        "float16": pa.array(np.full(n, 117, np.float16)),
        "float32": pa.array([117.0] * n, pa.float32()),
        "uint64": pa.array([2**64 - 1, 2**63, 1], pa.uint64()),
        "int64": pa.array([-(2**63), 2**63 - 1, None], pa.int64()),
        "int8": pa.array([117] * n, pa.int8()),
        "null": pa.nulls(n),
        "large_string": pa.array(["117.1", "x", None], pa.large_string()),
        "string_view": pa.array(["117.1", "x", None], pa.string_view()),
        "coded": pa.array(["117.1", "x", None]).dictionary_encode(),
        "coded-large": pa.array(["117.1", "x", None], pa.large_string()).dictionary_encode(),
        "coded-numbers": pa.array([117.1, 1.0, None]).dictionary_encode(),
        "binary": pa.array([b"117.1", b"\xff", None]),
    }
    for said, column in known.items():
        yield Entry(f"kind-{said}.parquet", _of(lon=column, lat=column), n)
    wrong = {
        "timestamp": pa.array([0] * n, pa.timestamp("ns")),
        "date": pa.array([0] * n, pa.date32()),
        "time": pa.array([0] * n, pa.time64("us")),
        "duration": pa.array([0] * n, pa.duration("s")),
        "bool": pa.array([True] * n),
        "list": lists,
        "large_list": lists.cast(pa.large_list(pa.float64())),
        "fixed_list": pa.array([[1.0, 2.0]] * n, pa.list_(pa.float64(), 2)),
        "struct": structs,
        "struct-of-lon": pa.array([{"x": {"y": 1.0}}] * n),
        "map": pa.array([[("a", 1.0)]] * n, pa.map_(pa.string(), pa.float64())),
        "fixed-8": pa.array([b"8" * 8] * n, pa.binary(8)),
        "fixed-100000": pa.array([b"8" * 100_000] * n, pa.binary(100_000)),
    }
    for said, column in wrong.items():
        yield Entry(f"kind-{said}.parquet", _of(lon=column, lat=column), n, REFUSED)
    one = pa.array([117.1])
    names = pa.schema([(name, pa.float64()) for name in ("lon", "lat", "lon")])
    twice = pa.Table.from_arrays([one, one, one], schema=names)
    yield Entry("two-columns-lon.parquet", lambda path: pq.write_table(twice, path), 1, REFUSED)
    dotted = {"lon": one, "lat": one, "a.b": one, "a": pa.array([{"b": 1.0}])}
    yield Entry("dotted.parquet", lambda path: _table(path, **dotted), 1, weight="a.b", may=REFUSED)


def wkb_point(x: float, y: float, *more: float, order: str = "<", kind: int = 1) -> bytes:
    """Return a point in well-known binary."""
    head = b"\x01" if order == "<" else b"\x00"
    return head + struct.pack(f"{order}I{2 + len(more)}d", kind, x, y, *more)


def nested(depth: int) -> bytes:
    """Return collections of geometries one in another."""
    return struct.pack("<BII", 1, 7, 1) * depth + wkb_point(117.1, 38.9)


def _shapes() -> Iterator[Entry]:
    point = wkb_point(117.1, 38.9)
    line = struct.pack("<BII4d", 1, 2, 2, 117, 38, 118, 39)
    area = struct.pack("<BIII", 1, 3, 1, 4) + struct.pack("<8d", *[117, 38, 118, 39] * 2)
    empty = wkb_point(np.nan, np.nan)
    values = {
        "nested-100000": nested(100_000),
        "nested-20000-big": (b"\x00" + struct.pack(">II", 7, 1)) * 20_000 + point,
        "line": line,
        "area": area,
        "huge-count": struct.pack("<BII", 1, 2, 2**32 - 1),
        "huge-rings": struct.pack("<BII", 1, 3, 2**32 - 1),
        "multipoint": struct.pack("<BII", 1, 4, 1) + point,
        "empty": empty,
        "half-empty": wkb_point(117.1, np.nan),
        "z": wkb_point(117.1, 38.9, 5, kind=1001),
        "m": wkb_point(117.1, 38.9, 5, kind=2001),
        "zm": wkb_point(117.1, 38.9, 5, 6, kind=3001),
        "ewkb-z": wkb_point(117.1, 38.9, 5, kind=0x80000001),
        "ewkb-srid": b"\x01" + struct.pack("<II2d", 0x20000001, 4326, 117.1, 38.9),
        "big": wkb_point(117.1, 38.9, order=">"),
        "order-2": b"\x02" + point[1:],
        "kind-0": wkb_point(117.1, 38.9, kind=0),
        "kind-all": wkb_point(117.1, 38.9, kind=2**32 - 1),
        "long": point + b"\x00",
        "nothing": b"",
        "one-byte": b"\x01",
        "text": b"POINT (117.1 38.9)",
        "10MB": bytes(10 << 20),
        "noise": random.Random(9).randbytes(37),
    }
    for said, value in values.items():
        for kind in (pa.binary(), pa.large_binary()):
            column = pa.array([point, value, None, value, empty], kind)
            may: Any = EITHER if said == "10MB" else READ
            yield Entry(f"wkb-{said}-{kind}.parquet", _geo(_of(geometry=column)), 5, may)
    for said, column in {
        "coded": pa.array([point, line, None] * 9).dictionary_encode(),
        "fixed": pa.array([point, point, None], pa.binary(21)),
        "view": pa.array([point, line, None], pa.binary_view()),
        "sliced": pa.array([line, point, empty])[1:],
    }.items():
        yield Entry(f"wkb-in-{said}.parquet", _geo(_of(geometry=column)), len(column))
    for said, column in {
        "ints": pa.array([1, 2]),
        "text": pa.array(["POINT (1 2)"]),
        "bool": pa.array([True]),
        "list": pa.array([[point]]),
        "struct": pa.array([{"x": 1.0, "y": 2.0}]),
    }.items():
        yield Entry(
            f"said-to-be-wkb-{said}.parquet", _geo(_of(geometry=column)), len(column), REFUSED
        )


def _geo(make: Make) -> Make:
    """Declare the column geometry as GeoParquet does."""

    def made(path: Path) -> None:
        make(path)
        said = b'{"version":"1.1.0","primary_column":"geometry","columns":{"geometry":'
        said += b'{"encoding":"WKB","geometry_types":[]}}}'
        table = pq.read_table(path)
        pq.write_table(table.replace_schema_metadata({b"geo": said}), path)

    return made


def _coded(value: Any, rows: int) -> pa.Array:
    """Return a column that says one value many times."""
    codes = pa.array(np.zeros(rows, np.int32))
    return pa.DictionaryArray.from_arrays(codes, pa.array([value]))


def _coded_file(value: Any, rows: int, name: str = "lon") -> Make:
    """Return a maker of a small file in which one long value stands in every row."""

    def make(path: Path) -> None:
        columns = _degrees(rows) | {"lat": np.zeros(rows), name: _coded(value, rows)}
        table = pa.table(columns)
        pq.write_table(table, path, compression="zstd", dictionary_pagesize_limit=64 << 20)

    return make


def _plainly(value: Any, rows: int, *, name: str = "lon", **options: Any) -> Make:
    """Return a maker of a file that spells one value out in every row, and packs that."""

    def make(path: Path) -> None:
        some = {"lon": pa.float64(), "lat": pa.float64()}
        kinds = some | {name: pa.array([value]).type}
        with pq.ParquetWriter(
            path, pa.schema(list(kinds.items())), use_dictionary=False, write_statistics=False,
            **({"compression": "zstd"} | options),
        ) as writer:  # fmt: skip
            step = max(1, (8 << 20) // (len(value) if isinstance(value, bytes | str) else 8))
            for low in range(0, rows, step):
                count = min(step, rows - low)
                columns = {key: np.full(count, 117.0) for key in kinds}
                columns[name] = pa.array([value] * count)
                writer.write_table(pa.table(columns, schema=pa.schema(list(kinds.items()))))

    return make


def _bombs() -> Iterator[Entry]:
    def heavy(name: str, make: Make, rows: int, may: Any = READ, weight: str = "") -> Entry:
        return Entry(f"bomb-{name}.parquet", make, rows, may, weight, heavy=True)

    long = "经" * 35_000
    yield heavy("coded-text", _coded_file(long, MANY), MANY)
    yield heavy("coded-text-1MB", _coded_file("x" * 1_000_000, MANY), MANY)
    yield heavy("coded-text-12MB", _coded_file("x" * (12 << 20), 9000), 9000, REFUSED)
    yield heavy("coded-text-40MB", _coded_file("x" * (40 << 20), 3000), 3000, REFUSED)
    yield heavy("coded-weight", _coded_file(long, MANY, "w"), MANY, weight="w")
    yield heavy("coded-wkb", _geo_coded(nested(100_000)), MANY)
    yield heavy("plain-text-100kB", _plainly("7" * 100_000, 4000), 4000, EITHER)
    yield heavy("plain-text-900kB", _plainly("7" * 900_000, 1000), 1000, EITHER)
    yield heavy("plain-text-gzip", _plainly("7" * 100_000, 3000, compression="gzip"), 3000, EITHER)
    few: dict[str, Any] = {"data_page_size": 1 << 19, "write_batch_size": 4}
    yield heavy("plain-text-60kB", _plainly("7" * 60_000, 20_000, **few), 20_000)
    one_page: dict[str, Any] = {"data_page_size": 1 << 30, "write_batch_size": 1 << 24}
    yield heavy("plain-text-one-page", _plainly("7" * 100_000, 3000, **one_page), 3000, REFUSED)
    yield heavy("wkb-100MB", _geo(lambda p: _table(p, geometry=[bytes(100 << 20)])), 1, REFUSED)
    yield heavy("one-page-of-doubles", _one_page, 12_000_000, REFUSED)
    prefixed: dict[str, Any] = {"column_encoding": {"lon": "DELTA_BYTE_ARRAY"}}
    yield heavy("prefixed", _plainly("7" * 100_000, 4000, **prefixed), 4000, REFUSED)
    lengths: dict[str, Any] = {"column_encoding": {"lon": "DELTA_LENGTH_BYTE_ARRAY"}}
    yield heavy("lengths-apart", _plainly("7" * 100_000, 4000, **lengths), 4000, EITHER)


def _geo_coded(value: bytes) -> Make:
    said = b'{"primary_column":"geometry","columns":{"geometry":{"encoding":"WKB"}}}'

    def make(path: Path) -> None:
        table = pa.table({"geometry": _coded(value, MANY)}).replace_schema_metadata({b"geo": said})
        pq.write_table(table, path, compression="zstd", dictionary_pagesize_limit=64 << 20)

    return make


def _one_page(path: Path) -> None:
    rows = 12_000_000
    column = pa.array(np.full(rows, 117.1))
    pq.write_table(
        pa.table({"lon": column, "lat": column}), path, compression="zstd", use_dictionary=False,
        data_page_size=1 << 30, write_batch_size=rows, row_group_size=rows,
        max_rows_per_page=rows, write_statistics=False,
    )  # fmt: skip


def _crafted() -> Iterator[Entry]:
    body = np.full(N, 117.1).tobytes()
    page, whole = thrift_pages.page, thrift_pages.file
    zeros = b"\x28\xb5\x2f\xfd"  # begins a frame of zstd
    made: list[tuple[str, bytes, Any]] = [
        ("sound", whole(page(body, N), values=N, rows=N), READ),
        ("says-2GB", whole(page(body, N, size=2**31 - 1), values=N, rows=N), REFUSED),
        (
            "says-2GB-packed",
            whole(page(zeros, N, size=2**31 - 1), values=N, rows=N, codec=6),
            REFUSED,
        ),
        ("says-less-than-nothing", whole(page(body, N, size=-5), values=N, rows=N), REFUSED),
        ("reaches-beyond", whole(page(body, N, packed=9 * N), values=N, rows=N), REFUSED),
        ("column-beyond", whole(page(body, N), values=N, rows=N, length=10**12), EITHER),
        ("values-2G", whole(page(body, 2**31 - 1), values=2**31 - 1, rows=2**31 - 1), REFUSED),
        ("more-rows", whole(page(body, N), values=N, rows=N + 1), REFUSED),
        ("fewer-rows", whole(page(body, N), values=N, rows=N - 1), EITHER),
        ("groups-disagree", whole(page(body, N), values=N, rows=N, group_rows=N + 1), REFUSED),
        (
            "sizes-of-texts",
            whole(page(body, N), values=N, rows=N, more=thrift_pages.TEXT_SIZES),
            EITHER,
        ),
        ("rows-below-zero", whole(page(body, N), values=N, rows=-N), REFUSED),
        ("rows-10-to-the-15", whole(page(body, N), values=N, rows=10**15), REFUSED),
        ("many-pages", whole(page(body[:8], 1) * 150_000, values=150_000, rows=150_000), REFUSED),
        ("pages-of-nothing", whole(page(b"", 0) * 150_000, values=N, rows=N), REFUSED),
        ("text-cut", whole(page(b"\xff\xff\xff\x7f" * 9, 9), values=9, rows=9, kind=6), REFUSED),
    ]
    for said, data, may in made:
        rows = N - 1 if said == "fewer-rows" else N
        yield Entry(f"crafted-{said}.parquet", _bytes(data), rows, may)
    leaf = thrift_pages.element(b"x", kind=5)
    root = thrift_pages.element(b"r", children=300_000)
    none = thrift_pages.described(root + leaf * 300_000, 300_001, 0, b"", 0)
    deep = thrift_pages.element(b"g", children=1) * 60_000 + leaf
    pieces = thrift_pages.listed(b"\x26\x00\x00" * 900_000, 900_000)
    group = b"\x19" + pieces + b"\x16\x00\x16\x00\x00"
    schema = thrift_pages.element(b"r", children=1) + leaf
    for said, footer in (
        ("300000-columns", none),
        ("deep", thrift_pages.described(deep, 60_001, 0, b"", 0)),
        ("900000-pieces", thrift_pages.described(schema, 2, 0, group, 1)),
        ("2G-pieces", thrift_pages.described(schema, 2, 0, b"", 2**31 - 1)),
        ("noise", random.Random(3).randbytes(50_000)),
        ("40MB", bytes(40 << 20)),
        ("nested-nothing", b"\x1c" * 100_000),
        ("nested-lists", b"\x19" + b"\x19" * 100_000),
    ):
        heavy = said != "noise"
        yield Entry(
            f"footer-{said}.parquet",
            _bytes(thrift_pages.closed(b"", footer)),
            0,
            REFUSED,
            heavy=heavy,
        )


def _damaged() -> Iterator[Entry]:
    def sound() -> bytes:
        sink = pa.BufferOutputStream()
        pq.write_table(pa.table(_degrees(N)), sink, row_group_size=300)
        return bytes(sink.getvalue().to_pybytes())

    whole = sound()
    for share in (0, 4, 7, 11, 100, len(whole) // 2, len(whole) - 9, len(whole) - 1):
        yield Entry(f"cut-at-{share}.parquet", _bytes(whole[:share]), N, REFUSED)
    for seed in range(40):
        draw, data = random.Random(seed), bytearray(whole)
        low = 0 if seed % 2 else len(data) - 1500
        for _ in range(1 + seed % 4):
            data[draw.randrange(low, len(data))] = draw.randrange(256)
        yield Entry(f"flipped-{seed}.parquet", _bytes(bytes(data)), N, EITHER)
    for said, tail in (("no-magic", b"PARX"), ("sealed", b"PARE")):
        yield Entry(f"{said}.parquet", _bytes(whole[:-4] + tail), N, REFUSED)
    huge = whole[:-8] + struct.pack("<I", 2**32 - 1) + b"PAR1"
    yield Entry("footer-beyond.parquet", _bytes(huge), N, REFUSED)
    yield Entry("csv-inside.parquet", _bytes(b"lon,lat\n117,38.9\n" * 9), 9, REFUSED)
    yield Entry("no-rows.parquet", lambda path: _table(path, **_degrees(0)), 0)
    yield Entry("columns-6000.parquet", lambda path: _table(path, **_columns(6000)), 1)
    yield Entry("columns-20000.parquet", lambda path: _table(path, **_columns(20_000)), 1, REFUSED)
    groups = pa.table(_degrees(2000))
    yield Entry(
        "groups-2000.parquet", lambda path: pq.write_table(groups, path, row_group_size=1), 2000
    )
    note = groups.replace_schema_metadata({b"note": b"x" * (20 << 20)})
    yield Entry("note-of-20MB.parquet", lambda path: pq.write_table(note, path), 2000, EITHER)


def _columns(count: int) -> dict[str, Any]:
    return {f"c{k}": [1.0] for k in range(count)} | _degrees(1)
