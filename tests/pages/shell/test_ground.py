"""Hold that a map finds its ground: whole, kept by the browser, only of a city that there is."""

from __future__ import annotations

import gzip

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from layers.language.messages import LANGS
from layers.map.folium_map import base_json
from layers.pack.city import City
from pages.shell import cache
from pages.shell.routes import ground


@pytest.fixture(scope="module")
def city() -> City:
    return next(iter(cache.packs().served.values())).city


def get(path: str, packing: str = "gzip") -> Response:
    """Ask as a map's frame does."""
    headers = [(b"accept-encoding", packing.encode())]
    scope = {"type": "http", "path": path, "method": "GET", "headers": headers}
    match, found = Route(ground.PATH, ground.answer).matches(scope)
    assert match == Match.FULL
    return ground.answer(Request({**scope, **found}))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("packing", ["gzip", "identity"])
def test_the_ground_is_what_the_map_draws(city: City, lang: str, packing: str) -> None:
    answer = get(ground.address(city, lang).removeprefix(ground.FROM_FRAME), packing)
    assert answer.headers.get("Content-Encoding", "identity") == packing
    assert "immutable" in answer.headers["Cache-Control"]
    sent = bytes(answer.body)
    whole = gzip.decompress(sent) if packing == "gzip" else sent
    assert whole.decode() == f"ATLAS.base = {base_json(city, lang)};\n"
    assert packing == "identity" or len(sent) < 100_000


def test_another_ground_has_another_address(city: City) -> None:
    assert len({ground.address(city, lang).rpartition("/")[2] for lang in LANGS}) == len(LANGS)


@pytest.mark.parametrize("path", ["/ground/0000/zh/1.js", "/ground/{}/xx/1.js"])
def test_no_city_and_no_language_have_no_ground(city: City, path: str) -> None:
    assert get(path.format(city.digest)).status_code == 404
