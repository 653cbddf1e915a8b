"""Write a story as one HTML file that opens from a stick, asks for nothing and runs no name."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pandas as pd
from markupsafe import Markup

from layers.corridor.strip import SLIDE
from layers.language.messages import display, speaker
from layers.map.symbols import data_uri
from layers.plan.chart import said, uri
from layers.present.showing import Shown, notices, numbered, origin
from layers.present.slides.column import sign_png
from layers.present.telling import Bars, Told

HERE: Final = Path(__file__).parent
STYLE: Final = (HERE / "offline.css").read_text(encoding="utf-8")
SCRIPT: Final = (HERE / "offline.js").read_text(encoding="utf-8")
LANGUAGE: Final = {"zh": "zh-CN", "en": "en"}
LONGEST: Final = 2000
_PAGE: Final = Markup("""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
{scenes}
</main>
<nav aria-label="{chapters}">{strip}</nav>
<script>{script}</script>
</body>
</html>
""")
_SCENE: Final = Markup("""<section id="{id}" aria-label="{chapter}">
<header><p class="title">{chapter} · {title}</p><h1>{sentence}</h1>
<p class="doubt">{doubt}</p></header>
<div class="body">
<figure><img src="{map}" alt="{alt}"><figcaption>{numbers}</figcaption></figure>
<aside>{beside}</aside>
</div>
{strip}
<details><summary>{notes_title}</summary><ul>{notes}</ul></details>
<footer><p>{notices}</p><p>{origin}</p><p class="page">{page}</p></footer>
</section>""")


def page(scenes: Sequence[Shown], title: str) -> bytes:
    """Return scenes as HTML; the same scenes give the same bytes.

    Parameters
    ----------
    scenes
        Of one city, in one language.
    title
        Of the whole.
    """
    lang = scenes[0].told.state.lang
    strip = [
        Markup('<a href="#{}">{}</a>').format(
            shown.told.scene.id, shown.told.scene.chapter.of(lang)
        )
        for shown in scenes
    ]
    made = _PAGE.format(
        language=LANGUAGE[lang],
        policy=policy(),
        title=_shown(title),
        style=Markup(STYLE),
        script=Markup(SCRIPT),
        scenes=Markup("\n").join(
            _scene(shown, f"{n} / {len(scenes)}") for n, shown in enumerate(scenes, start=1)
        ),
        chapters=speaker(lang)("present.chapters"),
        strip=Markup("").join(strip),
    )
    return made.encode("utf-8")


def policy() -> str:
    """Return what the file may do: show its own pictures, with its own style and script."""
    hashes = [
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (STYLE, SCRIPT)
    ]
    return (
        f"default-src 'none'; img-src data:; style-src 'sha256-{hashes[0]}'; "
        f"script-src 'sha256-{hashes[1]}'; base-uri 'none'; form-action 'none'"
    )


def _shown(text: str) -> str:
    return display(text, longest=LONGEST)


def _scene(shown: Shown, number: str) -> Markup:
    told, lang = shown.told, shown.told.state.lang
    say = speaker(lang)
    notes = Markup("").join(Markup("<li>{}</li>").format(_shown(note)) for note in told.notes)
    return _SCENE.format(
        id=told.scene.id,
        chapter=_shown(told.scene.chapter.of(lang)),
        title=_shown(told.title),
        sentence=_shown(told.sentence),
        doubt=_shown(told.doubt),
        map=_picture(shown.png) if told.chart is None else uri(told.chart, lang),
        alt=_shown(shown.map.alt if told.chart is None else said(told.chart, lang)),
        numbers=numbered(shown.map, lang) if told.chart is None else "",
        beside=Markup("").join(_beside(shown)),
        strip=_strip(told),
        notes_title=say("present.notes"),
        notes=notes,
        notices=notices(told),
        origin=origin(told),
        page=number,
    )


def _strip(told: Told) -> Markup:
    """Return the strip of the scene's axis; nothing where it is of none."""
    if told.strip is None:
        return Markup("")
    svg = data_uri(told.strip(SLIDE))
    return Markup('<figure class="strip"><img src="{}" alt="{}"></figure>').format(
        svg, _shown(told.sentence)
    )


def _picture(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()


def _beside(shown: Shown) -> Iterator[Markup]:
    """Yield legend, bars and table."""
    told, lang = shown.told, shown.told.state.lang
    if told.chart is None:
        yield _legend(shown, lang)
    if told.bars is not None:
        yield _bars(told.bars)
    if told.table is not None:
        yield _table(told.table)


def _legend(shown: Shown, lang: str) -> Markup:
    rows = [
        Markup('<li><img src="{}" alt="">{}</li>').format(
            _picture(sign_png(sign, lang)), _shown(words)
        )
        if sign
        else Markup('<li class="head">{}</li>').format(_shown(words))
        for sign, words in shown.map.signs
    ]
    rows += [Markup('<li class="remark">{}</li>').format(each) for each in shown.map.remarks]
    head = Markup("<h2>{}</h2>").format(speaker(lang)("static_map.legend"))
    return head + Markup('<ul class="legend">{}</ul>').format(Markup("").join(rows))


def _table(table: pd.DataFrame) -> Markup:
    heads = [Markup("<th>{}</th>").format(_shown(str(name))) for name in table.columns]
    body = [
        Markup("<tr><th>{}</th>{}</tr>").format(
            _shown(str(name)),
            Markup("").join(Markup("<td>{}</td>").format(_shown(str(v))) for v in row),
        )
        for name, row in zip(table.index, table.to_numpy(), strict=True)
    ]
    return Markup("<table><thead><tr><th></th>{}</tr></thead><tbody>{}</tbody></table>").format(
        Markup("").join(heads), Markup("").join(body)
    )


def _bars(bars: Bars) -> Markup:
    most = max(bars.values.values())
    rows = [
        Markup(
            '<tr><th>{}</th><td>{}</td><td><svg viewBox="0 0 100 10" preserveAspectRatio="none">'
            '<rect width="{:.2f}" height="10"/></svg></td></tr>'
        ).format(_shown(name), f"{value:g}", 100 * value / most)
        for name, value in bars.values.items()
    ]
    return Markup('<h2>{}</h2><table class="bars"><tbody>{}</tbody></table>').format(
        _shown(bars.title), Markup("").join(rows)
    )
