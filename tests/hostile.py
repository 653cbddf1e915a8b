"""Write packs that try to harm: one that must load and do nothing, one that must be refused."""

from __future__ import annotations

import csv
import json
import re
import shutil
import tomllib
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

from tests import ROOT
from tests.toy.make import toml as toml_table

TOY = ROOT / "tests" / "toy"

HOSTILE_TEXTS = (
    "{{ cycler.__init__.__globals__.os.mkdir('atlas-was-here') }}",
    "{% for x in range(3) %}{{ x }}{% endfor %}{% raise %}",
    "<script>window.pwned = 1</script>",
    '"><img src=x onerror="window.pwned = 1">',
    "`${window.pwned = 1}`",
    "${7*7} #{7*7} \\u0060${window.pwned = 1}\\u0060",
    "javascript:window.pwned=1",
    "[x](javascript:window.pwned=1) **b** :red[r] $x^2$",
    "abc\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe\N{POP DIRECTIONAL FORMATTING}",
    "</script></style><!-- ' \" & \\ -->",
    '=HYPERLINK("http://evil.example")',
    "长" * 9_000,
    "![p](https://evil.example/p.png) ![q][r]",
    "https://evil.example/x",
    "see www.evil.example or mail a@evil.example",
    ":material/delete: :material_delete: :smile: :+1: :streamlit:",
    "[[link]] [a]: https://evil.example/r 'title' [^1]",
    "[r]: https://evil.example/r 'title'",
    "# head > quote - item 1. one | cell |",
    "- a -> b <- c -- d >= e ~= f",
    "---",
    "**b** _i_ ~~s~~ `c` $$y^2$$ :red-background[z] :small[y] :help[h]",
    "&#x3C;img src=x onerror=window.pwned=1&#x3E; &amp;lt;b&amp;gt; &copy",
    "<svg onload=window.pwned=1><image href='https://evil.example/s.svg'/></svg>",
    "![s](data:image/svg+xml;base64,PHN2Zy8+) <iframe src='data:text/html,<b>x'>",
    "<https://evil.example/a> <a@evil.example> <!-- c --> <![CDATA[ x ]]> tail\\",
    "W" * 9_000,
    "אב ب​a‍b­c⁠d",
    "👩🏽‍🔬 🇨🇳 ©",
    "    four blanks\tand a tab",
    "~~~ ``` ::: :::note {.x} +++ ===",
    "a\n\n# b\n\n![p](https://evil.example/n.png)\n",
)
"""What people have put into data to make programs run it or show something else, and names of
9,000 characters with and without a place to break."""

PIECES = (
    *(
        "https://evil.example/x",
        "http",
        "://",
        "www",
        ".evil.example",
        "www.",
        "a@evil.example",
        "@",
    ),
    *("mailto:", "xmpp:", ":smile:", ":material_home:", ":material/home:", ":streamlit:", ":red"),
    *(
        "[x]",
        "(https://evil.example)",
        "{a}",
        "!",
        "[",
        "]",
        "(",
        ")",
        "*",
        "**",
        "_",
        "__",
        "~",
        "~~",
    ),
    *("`", "``", "$", "$$", "\\", "<", "<b>", "</b>", "<!--", "-->", "<https://evil.example>"),
    *(
        "&amp;",
        "&#x3C;",
        "&lt",
        "&",
        "#",
        "# ",
        "##",
        "- ",
        "-",
        "--",
        "---",
        "->",
        "<-",
        "<->",
        ">=",
    ),
    *(
        "<=",
        "~=",
        "=",
        "==",
        "===",
        "+ ",
        "1. ",
        "1) ",
        "12",
        ".",
        "> ",
        ">",
        "|",
        "|-|",
        "\n",
        "\t",
    ),
    *("  ", "    ", "a", "b", "长", "é", "😀", "‮"),
    *("‍", " ", "　", " "),
    *(
        "^",
        "[^1]",
        "[^1]:",
        "[a]: ",
        ":::",
        "::",
        ":",
        "+1",
        ":+1:",
        ":-1:",
        '"',
        "'",
        "%",
        "?",
        ";",
    ),
    *(",", "/", "ﬁ", "“", "·"),
)
"""What heaps of hostile labels are made of."""

_KEEP = re.compile(
    r"id|kind|.*_id|.*_ids|clause_basis|.*adcode|target|level|layer|also_in|plan_line"
    r"|period|issued|retrieved|verified_on|data_date|plan|crs|key_variable|url"
)
"""Columns and settings whose values are references, closed sets or addresses."""
_CLOSED = re.compile(
    r"subkind|name_status|field|level_basis|plan_status|current_status|location_class|half"
    r"|half_status|role|direction|text_lost|counted|schematic|on_axis"
    r"|task|has_site|repost|confidence|state|path|continues|task_id"
)
_DATE = re.compile(r"as_of|.*_as_of|approved_on|happened_on|stated_on")


def _free(name: str) -> bool:
    """Return whether a column or a setting holds free text."""
    return not any(pattern.fullmatch(name) for pattern in (_KEEP, _CLOSED, _DATE))


def _copy(folder: Path) -> Path:
    shutil.copytree(TOY, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder


def change_layer(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the properties of every feature of a GeoJSON file."""
    collection = json.loads(path.read_text(encoding="utf-8"))
    for feature in collection["features"]:
        change(feature["properties"])
    # ASCII escapes let lone surrogates through, as a hostile writer would.
    path.write_text(json.dumps(collection, ensure_ascii=True), encoding="utf-8")


def change_table(path: Path, change: Callable[[dict[str, str]], None]) -> None:
    """Change every row of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows, names = list(reader), reader.fieldnames or []
    for row in rows:
        change(row)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _tables(tree: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    plain = {key: value for key, value in tree.items() if not isinstance(value, dict)}
    if plain:
        yield path, plain
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _tables(value, f"{path}.{json.dumps(key)}" if path else key)


def _change_settings(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    tables = list(_tables(tomllib.loads(path.read_text(encoding="utf-8"))))
    for _, table in tables:
        change(table)
    path.write_text("".join(toml_table(table, name) for name, table in tables), encoding="utf-8")


def _more_settings(path: Path) -> None:
    """Give the toy city all that its settings may name, before each is made hostile.

    A title of its own for every layer, words for every sub-kind and every source, the text that
    the plan's lines are of.
    """
    kinds = {
        feature["properties"].get("subkind")
        for file in path.glob("*.geojson")
        for feature in json.loads(file.read_text(encoding="utf-8"))["features"]
    }
    settings = path / "city.toml"
    tree = tomllib.loads(settings.read_text(encoding="utf-8"))
    for layer in tree["layer"].values():
        layer |= {"title_zh": "层", "title_en": "Layer"}
    tree["subkind"] = {kind: {"zh": "类", "en": "Kind"} for kind in sorted(kinds - {None})}
    tables = list(_tables(tree))
    settings.write_text("".join(toml_table(table, at) for at, table in tables), encoding="utf-8")
    for plan in path.rglob("plan.toml"):
        with plan.open("a", encoding="utf-8") as file:
            file.write(toml_table({"text_zh": "文本", "text_en": "Text"}))
    sources = "text,zh,en,technical\nsource,来源,Source,\n"
    (path / "sources.csv").write_text(sources, encoding="utf-8")


def hostile_pack(folder: Path, only: str | None = None, id_: str = "hostile") -> Path:
    """Write a pack that must load, be shown literally and run nothing.

    Parameters
    ----------
    folder
        Where to put it; must not exist.
    only
        The text that stands in every field; None takes :data:`HOSTILE_TEXTS` in turn.
    id_
        Identifier of the city, and name of its folder.

    Returns
    -------
    Path
        The pack: the toy city with a hostile text in every field of free text, of its settings
        too, and notices whose names are hostile.
    """
    pack, texts = _copy(folder / id_), (only,) if only is not None else HOSTILE_TEXTS
    text = cycle(texts).__next__
    _more_settings(pack)

    def change(row: dict[str, Any]) -> None:
        for name, value in row.items():
            blank_text = value is None and _free(name) and name.endswith(("_zh", "_en", "_source"))
            if _free(name) and (isinstance(value, str) or blank_text):
                row[name] = text()

    def change_district(row: dict[str, Any]) -> None:
        change(row)
        for name in ("name_zh", "name_en"):  # two districts of one name are no pack
            row[name] += row["id"][-1]

    for path in sorted(pack.rglob("*.geojson")):
        change_layer(path, change_district if path.name == "district.geojson" else change)
    for path in sorted(pack.rglob("*.csv")):
        change_table(path, _csv_change(change))
    for path in sorted(pack.rglob("*.toml")):
        _change_settings(path, change)
    settings = pack / "city.toml"
    notices = "".join(
        toml_table({"zh": words, "en": words}, f"notices.{json.dumps(words, ensure_ascii=False)}")
        for words in texts
    )
    text_before = settings.read_text(encoding="utf-8").replace('id = "toy"', f'id = "{id_}"')
    settings.write_text(text_before + notices, encoding="utf-8")
    return pack


def _csv_change(change: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, str]], None]:
    number = re.compile(r"-?\d+(\.\d+)?")

    def change_words(row: dict[str, str]) -> None:
        words = {name: cell for name, cell in row.items() if cell and not number.fullmatch(cell)}
        change(words)
        row.update(words)

    return change_words


REFUSED: tuple[tuple[str, str, str, str], ...] = (
    ("science_park.geojson", "park-one", "name_zh", "a\0b"),
    ("science_park.geojson", "park-late", "caveat_en", "bell \a"),
    ("science_park.geojson", "park-late", "theme_zh", "x" * 10_001),
    ("gathering_area.geojson", "area-one", "unknown_zh", "\ud800"),
    ("gathering_area.geojson", "area-two", "aliases", "\udfff end"),
    ("district.geojson", "990102", "caution_en", "escape \x1b[31m"),
    ("base/label.geojson", "village", "name_en", "next line \x85"),
    ("plans/2021-2025/clauses.csv", "c1.1", "digest_en", "form feed \f"),
    ("plans/2021-2025/clauses.csv", "c1.2", "title_zh", "题" * 10_001),
    ("aliases.csv", "#2", "term", "del \x7f"),
)
"""File, row, column and text of everything in :func:`refused_pack` that may not pass."""


def refused_pack(folder: Path) -> Path:
    """Write a pack that must be refused, with every entry of :data:`REFUSED` listed.

    Parameters
    ----------
    folder
        Where to put it; must not exist.

    Returns
    -------
    Path
        The pack: the toy city with the texts of :data:`REFUSED` in it.
    """
    pack = _copy(folder / "refused")
    for file, row_id, column, text in REFUSED:
        counter = iter(range(1, 1_000))

        def change(
            row: dict[str, Any],
            row_id: str = row_id,
            column: str = column,
            text: str = text,
            counter: Iterator[int] = counter,
        ) -> None:
            if row_id in (row.get("id"), f"#{next(counter)}"):
                row[column] = text

        (change_layer if file.endswith(".geojson") else change_table)(pack / file, change)
    return pack
