"""A page of Streamlit with nothing but labels made of heaps of pieces; not part of the atlas."""

from __future__ import annotations

import random
import re

import streamlit as st
from markupsafe import Markup

from layers.language.messages import display
from pages.shell.labels import literal
from tests.hostile import PIECES

dice = random.Random(int(st.query_params["seed"]))
heaps = [
    "".join(dice.choices(PIECES, k=dice.randint(1, 9)))
    for _ in range(int(st.query_params["count"]))
]
st.radio(
    "heaps",
    range(len(heaps)),
    format_func=lambda number: literal(heaps[number], longest=None),
)
meant = [re.sub("[ \t\n\u2028\u2029]+", " ", display(heap)).strip(" ") for heap in heaps]
rows = Markup("").join(Markup("<li>{}</li>").format(text) for text in meant)
st.html(Markup('<ol id="meant" hidden>{}</ol>').format(rows))
