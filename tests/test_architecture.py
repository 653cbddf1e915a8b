"""Hold the arrows: pages → panels → shell → layers → geo, and nothing upward or round."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions
from textwrap import dedent

import pytest

from tests import ROOT, wording

RANK = {
    "geo.base": 0,
    "geo.formats": 1,
    "geo.grid": 1,
    "geo.density": 2,
    "geo.coverage": 2,
    "geo.inventory": 2,
    "geo.corridor": 2,
    "geo.intake": 3,
    "geo.point_files": 4,
    "geo": 4,
    "layers": 5,
    "layers.file_set": 6,
    "layers.language": 6,
    "layers.pack": 7,
    "layers.store": 8,
    "layers.view": 8,
    "layers.intake.formats": 8,
    "layers.intake": 9,
    "layers.map": 9,
    "layers.places": 9,
    "layers.handover": 10,
    "layers.density": 11,
    "layers.balance": 11,
    "layers.coverage": 11,
    "layers.own_points": 11,
    "layers.corridor": 11,
    "layers.district_table": 11,
    "layers.inside": 11,
    "layers.command_line": 12,
    "layers.verification": 12,
    "layers.intake.__main__": 13,
    "layers.handover.static_api.__main__": 13,
    "layers.analysis": 13,
    "layers.export": 13,
    "layers.plan": 13,
    "layers.present.static_map": 14,
    "layers.present.sheet": 15,
    "layers.present": 16,
    "data": 17,
    "pages.shell": 18,
    "pages.browser": 19,
    "pages.panels": 20,
    "pages": 21,
    "streamlit_app": 22,
}
"""A module imports its own folder and those of a lower rank: analyses never import each other.

``layers`` is the package's own file, which holds the version."""
MOST_FILES = 14
"""More files than this in a folder are more than a stranger looks through."""
ONLY_IN = {
    "folium": ("layers.map.folium_map", "layers.map.assets"),
    "branca": ("layers.map.folium_map", "layers.map.assets"),
    "matplotlib": ("layers.present",),
    "pptx": ("layers.present.slides",),
    "docx": (
        "layers.present.brief",
        "layers.present.comments.table",
        "layers.present.ledger",
    ),
    "streamlit_folium": ("pages.shell.map_view",),
    "streamlit": ("pages", "streamlit_app"),
    "typst": ("layers.present",),
    "sqlalchemy": ("layers.store",),
    "alembic": ("layers.store",),
    "psycopg": ("layers.store.database",),
    "data.build": ("data",),
    "pygeoapi": ("layers.handover.static_api.provider", "layers.handover.static_api.server"),
    "pygeofilter": ("layers.handover.static_api.provider",),
}
"""Where a library or a module may be imported: in these modules and what stands below them."""
CALLED_ONLY_IN = {
    "declare_component": "pages.shell.map_view",
    "st_folium": "pages.shell.map_view",
    "create_engine": "layers.store.database",
}
PAGE_LINES = 90
FUNCTION_LINES = 60

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file of ours, read but not run."""

    name: str
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        try:
            return ast.parse(self.source)
        except SystemError:  # another thread parsed too: github.com/python/cpython/issues/106905
            return ast.parse(self.source)

    @property
    def home(self) -> str:
        """The key of ``RANK`` that the module belongs to."""
        parts = self.name.split(".")
        stems = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
        return next((stem for stem in stems if stem in RANK), parts[0])

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        return tuple(ast.walk(self.tree))

    @cached_property
    def imports(self) -> tuple[str, ...]:
        """Every name that is imported, in a function too: ``a.b`` and ``a.b.c`` for both."""
        return tuple(self._imports())

    def _imports(self) -> Iterator[str]:
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert not node.level, f"{self.name} imports relatively"
                module = node.module or ""
                yield module
                yield from (f"{module}.{alias.name}" for alias in node.names)

    def functions(self) -> Iterator[Function]:
        for node in self.nodes:
            if isinstance(node, Function):
                yield node


Check = Callable[[list[Module]], list[str]]


def _within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def _read() -> list[Module]:
    files = [ROOT / "streamlit_app.py"]
    for package in ("geo", "layers", "data", "pages"):
        files += (ROOT / package).rglob("*.py")
    return [
        Module(
            ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"),
            file.read_text(encoding="utf-8"),
        )
        for file in sorted(files)
        if file.exists()
    ]


def upward(modules: list[Module]) -> list[str]:
    """Name the imports that do not point down."""
    return [
        f"{module.name} imports {name}"
        for module in modules
        for name in module.imports
        for home in [Module(name, "").home]
        if home in RANK and home != module.home and RANK[home] >= RANK[module.home]
    ]


def misplaced(modules: list[Module]) -> list[str]:
    """Name the imports of a library outside the modules that may have it."""
    return [
        f"{module.name} imports {name}"
        for module in modules
        for name in module.imports
        for thing, homes in ONLY_IN.items()
        if _within(name, thing) and not any(_within(module.name, home) for home in homes)
    ]


def miscalled(modules: list[Module]) -> list[str]:
    """Name the calls that belong to one module and stand in another."""
    return [
        f"{module.name} calls {called}"
        for module in modules
        for node in module.nodes
        if isinstance(node, ast.Call)
        for called in [getattr(node.func, "attr", getattr(node.func, "id", ""))]
        if called in CALLED_ONLY_IN and module.name != CALLED_ONLY_IN[called]
    ]


def cycle(modules: list[Module]) -> list[str]:
    """Return the modules of one import cycle, or none."""
    names = {module.name for module in modules}
    graph = {
        module.name: {name for name in module.imports if name in names and name != module.name}
        for module in modules
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def long_functions(modules: list[Module]) -> list[str]:
    """Name the functions with more lines than one takes in, docstring apart."""
    found = []
    for module in modules:
        for function in module.functions():
            lines = (function.end_lineno or function.lineno) - function.lineno + 1
            if text := ast.get_docstring(function, clean=False):
                lines -= text.count("\n") + 1
            if lines > FUNCTION_LINES:
                found.append(f"{module.name}.{function.name}: {lines} lines")
    return found


def undeclared(modules: list[Module]) -> list[str]:
    """Name the public functions of geo that lack a docstring or say not what they return."""
    return [
        f"{module.name}.{node.name}"
        for module in modules
        if _within(module.home, "geo")
        for node in module.tree.body
        if isinstance(node, Function) and not node.name.startswith("_")
        if not ast.get_docstring(node) or node.returns is None
    ]


def crowded(modules: list[Module]) -> list[str]:
    """Name the folders with more files, beside ``__init__``, than a stranger looks through."""
    packages = {module.name.rpartition(".")[0] for module in modules}
    folders = Counter(
        module.name.rpartition(".")[0] for module in modules if module.name not in packages
    )
    return [f"{folder}: {n} files" for folder, n in folders.items() if n > MOST_FILES]


def raw_words(modules: list[Module]) -> list[str]:
    """Name the labels in which Streamlit could read data as Markdown, or an escape be seen."""
    return [
        f"{module.name}, {fault}"
        for module in modules
        if _within(module.home, "pages")
        for reader in [wording.Reader(module.tree)]
        for fault in (*reader.faults(), *reader.templates())
    ]


@pytest.fixture(scope="module")
def modules() -> list[Module]:
    return _read()


@pytest.mark.slow
@pytest.mark.parametrize(
    "check",
    [upward, misplaced, miscalled, cycle, crowded, long_functions, undeclared, raw_words],
    ids=lambda check: check.__name__,
)
def test_the_tree_keeps_the_rules(check: Check, modules: list[Module]) -> None:
    assert check(modules) == []


def test_no_folder_of_tests_is_crowded() -> None:
    files = (ROOT / "tests").rglob("*.py")
    folders = Counter(file.parent for file in files if file.name != "__init__.py")
    assert {folder: n for folder, n in folders.items() if n > MOST_FILES} == {}


def test_pages_are_thin(modules: list[Module]) -> None:
    lines = {module.name: module.source.count("\n") for module in modules if module.home == "pages"}
    assert {name: count for name, count in lines.items() if count > PAGE_LINES} == {}


def test_no_page_imports_a_page(modules: list[Module]) -> None:
    pages = [module for module in modules if module.home == "pages"]
    names = {page.name for page in pages} - {"pages"}
    assert [(page.name, name) for page in pages for name in page.imports if name in names] == []


def _asked(file: str) -> set[str]:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return {re.split(r"\[|==", line)[0] for line in lines if not line.startswith("#")}


def test_the_libraries_asked_for_are_those_used(modules: list[Module]) -> None:
    """A library that only comes along with another may leave with it.

    What a pack is built with is asked for beside the tests' tools: a server needs none of it.
    """
    ours = {module.name.split(".")[0] for module in modules} | set(sys.stdlib_module_names)
    served = [module for module in modules if module.home != "data"]
    used = {name.split(".")[0] for module in served for name in module.imports} - ours
    used -= (optional := _asked("requirements-ogc.txt"))  # only where ONLY_IN says
    built = {name.split(".")[0] for module in modules for name in module.imports} - ours - used
    built -= optional
    known_as = packages_distributions()
    asked = _asked("requirements.in")
    assert {name for name in used if not asked & set(map(_normal, known_as[name]))} == set()
    tools = _asked("tests/requirements.in")
    assert {name for name in built if not tools & set(map(_normal, known_as[name]))} == set()
    brought = {_normal(distribution) for name in used for distribution in known_as[name]}
    assert asked - brought == set(), "asked for and not used"


def _normal(distribution: str) -> str:
    return distribution.lower().replace("_", "-")


@pytest.mark.parametrize(
    ("check", "name", "source"),
    [
        (upward, "geo.density.kernel_density", "from layers import catalog"),
        (upward, "layers.view.rows", "def f():\n    import pages.shell.cache"),
        (upward, "pages.shell.frame", "import pages.explore"),
        (upward, "pages.shell.frame", "import pages.panels.density"),
        (upward, "layers.density.measure", "from layers.coverage import measure"),
        (upward, "layers.pack.city", "from layers.view.rows import rows_in_view"),
        (upward, "layers.language.sums", "from layers.pack.city import City"),
        (upward, "geo.density.peaks", "from geo.coverage.gaps import gaps"),
        (misplaced, "geo.density.kernel_density", "import folium.plugins"),
        (misplaced, "layers.legend", "from branca.element import Element"),
        (misplaced, "layers.handover.view_export", "import streamlit as st"),
        (misplaced, "layers.density.drawing", "from matplotlib.figure import Figure"),
        (misplaced, "pages.explore", "from streamlit_folium import st_folium"),
        (misplaced, "layers.pack.city", "from data import build"),
        (miscalled, "pages.explore", "v1.declare_component('x')"),
        (miscalled, "pages.shell.frame", "st_folium(m)"),
        (cycle, "geo.a", "from geo import a2\n"),
        (long_functions, "layers.view.rows", "def f():\n" + "    x = 1\n" * 60),
        (undeclared, "geo.density.kernel_density", "def f(x: int):\n    '''Do it.'''"),
        (undeclared, "geo.density.kernel_density", "def f(x: int) -> int: ..."),
        (raw_words, "pages.explore", "st.expander(layer.title.zh)"),
        (raw_words, "pages.explore", "def f(title: str): st.expander(title)"),
        (raw_words, "pages.explore", "st.button(say('a.b', name=layer.title.zh))"),
        (raw_words, "pages.explore", "st.button(f'{literal(name)}.example')"),
        (raw_words, "pages.explore", "st.button(display(name))"),
        (raw_words, "pages.explore", "st.button(say('a.b') if x else name)"),
        (raw_words, "pages.explore", "st.button(say('a.b'), help=name)"),
        (raw_words, "pages.explore", "st.button('a', 'key', name)"),
        (raw_words, "pages.explore", "st.button('a', **words)"),
        (raw_words, "pages.explore", "def f():\n    t = say('a')\n    t = name\n    st.button(t)"),
        (raw_words, "pages.explore", "def f():\n    for t in names: st.button(t)"),
        (raw_words, "pages.explore", "def w(x): return names[x]\nst.radio('a', x, format_func=w)"),
        (raw_words, "pages.explore", "st.radio('a', names)"),
        (raw_words, "pages.explore", "st.radio('a', x, format_func=lambda i: names[i])"),
        (raw_words, "pages.explore", "st.selectbox('a', x, format_func=lambda i: names[i])"),
        (raw_words, "pages.explore", "st.selectbox('a', x, format_func=literal)"),
        (raw_words, "pages.explore", "st.text_input('a', placeholder=literal(name))"),
        (raw_words, "pages.explore", "st.dataframe(frame, placeholder='—')"),
        (raw_words, "pages.explore", "st.dataframe(cells(frame), column_config=config)"),
        (raw_words, "pages.explore", "st.markdown('a')"),
        (raw_words, "pages.explore", "left, right = st.columns(2)\nleft.button(name)"),
        (raw_words, "pages.explore", "st.sidebar.button(name)"),
        (raw_words, "pages.explore", "st.html(f'<p>{name}</p>')"),
        (raw_words, "pages.explore", "st.html(name)"),
        (raw_words, "pages.explore", "st.html(Markup(name).format())"),
        (raw_words, "pages.explore", "def f(x) -> str: ...\nst.html(f(name))"),
        (raw_words, "pages.explore", "html.show(f'<p>{name}</p>')"),
        (raw_words, "pages.explore", "part = Markup(name)"),
    ],
)
def test_the_rules_can_be_broken(check: Check, name: str, source: str) -> None:
    back = Module("geo.a2", "import geo.a") if check is cycle else Module("geo.b", "")
    assert check([Module(name, source), back])


def test_a_crowd_is_noticed() -> None:
    assert crowded([Module(f"geo.base.m{k}", "") for k in range(MOST_FILES + 1)])


def test_words_and_ready_data_may_stand_in_labels() -> None:
    """A rule that let nothing pass would hold nothing."""
    fine = """
    def word(key): return say(f"x.{key}")
    def f(say, name, box, screen):
        title = literal(f"{name} · {say('a', count=3)}")
        with st.expander(title): ...
        st.button(screen.say("a.b") if name else speaker("zh")("c"), help=literal(name))
        st.radio("a", KINDS, format_func=partial(word))
        st.selectbox(say("a", letter="b"), KINDS, format_func=lambda i: display(name))
        st.code("\\n".join(display(each) for each in name), language=None)
        box.button(literal(name))
        st.dataframe(cells(name), alt=say("a"))
        st.html(Markup("<p>{}</p>").format(name))
        st.html(html.grid(name))
    """
    assert raw_words([Module("pages.explore", dedent(fine))]) == []


def test_every_table_says_what_stands_in_a_blank_cell(modules: list[Module]) -> None:
    """Streamlit writes "None" into a cell that holds nothing, in every language."""
    calls = [
        (module.name, call)
        for module in modules
        if _within(module.home, "pages")
        for call in module.nodes
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in ("dataframe", "data_editor")
    ]
    assert calls
    for name, call in calls:
        assert "placeholder" in {keyword.arg for keyword in call.keywords}, name
