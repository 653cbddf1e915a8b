"""Let the reader add, move and close places in thought, and see what becomes of the coverage."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import partial
from typing import Any, Final

import streamlit as st

from geo.base.errors import AtlasError
from geo.coverage.scenario import MOST_EDITS, Scenario, to_file, within
from layers.coverage import scenario as comparison
from layers.coverage import scenario_change as told
from layers.coverage.question import inputs, question, site_layers
from layers.coverage.scenario_site import word_site
from layers.coverage.wording import name_of
from layers.intake.scenarios.workbook import scenario_workbook
from layers.language.messages import LONGEST_LABEL, display
from layers.map.overlay import Drawing
from layers.map.plate import certainty, shapes
from layers.map.symbols import data_uri
from layers.map.thumbnail import Small
from layers.view.filtered import marked
from layers.view.rows import rows_in_view
from layers.view.vague import unknown_words
from pages.browser import scenarios
from pages.browser.scenarios import draft, keep, kept, turn_to, work_on
from pages.panels import coverage as coverage_panels
from pages.panels import hand_over
from pages.panels.inside.draw import Ask
from pages.panels.intake import scenario_file
from pages.shell import cache, html, map_view
from pages.shell.frame import Screen
from pages.shell.labels import literal, short
from pages.shell.widgets import is_echo, is_offered, sync

BEYOND: Final = "atlas.scenario_beyond"
"""Why the last change was not made: the key of a sentence under ``error.``; empty if it was."""
TURN: Final = "atlas.scenario_turn"
"""How many changes were not made: after each the map is painted anew."""
CHOSEN: Final = "atlas.scenario_site"
"""Id of the site whose card is open."""
PLACING: Final = "scn_place"
VERSUS: Final = "atlas.scenario_versus"
"""Names of the two scenarios that the map sets against each other, blank until they are chosen;
missing while it shows the changes of the one at work."""
TYPED: Final = "typed"
MAPS: Final = ("change", "versus")
"""What the map may show."""


class ScenarioPart:
    """What the places would reach if some stood elsewhere."""

    own = None

    def __init__(self, screen: Screen) -> None:
        self.screen, self.say = screen, screen.say
        self.given = inputs(screen.city, question(screen.state))
        self.refused = told.refusal(self.given)
        self.found: told.Change | None = None
        self.error: AtlasError | None = None
        self.not_stored = False
        """Whether the browser cannot keep the scenarios; ``picture`` asks it."""
        if self.refused is None:
            try:
                self.found = told.change(self.given, draft(screen))
            except AtlasError as error:
                self.error = error
        self.rivals = self._rivals()
        self.fitting = {n: s for n, s in self.rivals.items() if told.fits(self.given, s)}
        self.pair = self._pair()
        self.apart: comparison.ScenarioWording | None = None
        """What tells the two scenarios apart that the map shows, if it does."""
        if self.pair:
            asked, lang = self._compared(doubt=True), screen.state.lang
            self.apart = cache.wording(screen.city, "scenario", asked, lang)

    def _rivals(self) -> dict[str, Scenario]:
        """Return the kept scenarios and the one at work, if it changes anything, by name."""
        if self.found is None:
            return {}
        now = self.found.scenario
        return {**kept(), **({now.name: now} if now.edits else {})}

    def _pair(self) -> tuple[str, ...]:
        """Return the names of the two scenarios that the map sets against each other, if it does.

        The last two stand for those that are not chosen, or not there any more.
        """
        asked, names = st.session_state.get(VERSUS), [*self.fitting]
        if asked is None or len(names) < 2:
            return ()
        first = asked[0] if asked[0] in names else names[-2]
        others = [name for name in names if name != first]
        return first, asked[1] if asked[1] in others else others[-1]

    def _compared(self, *, doubt: bool) -> comparison.ScenarioQuestion:
        """Ask for all scenarios that fit, the two that are set against each other first."""
        names = dict.fromkeys([*self.pair, *self.fitting])
        chosen = tuple(self.fitting[name] for name in names)
        return comparison.question(self.screen.state, chosen, doubt=doubt)

    def statement(self) -> None:
        """Say what the scenario changes, or why that cannot be said."""
        if self.refused is not None:
            words = self.say("uncertainty.refused", **self.refused.parameters)
        elif self.found is None:
            words = self.say(f"error.{self.error.key}") if self.error else ""
        elif self.apart is not None:
            words = self.apart.account[0]
        else:
            words = told.sentence(self.found, self.screen.state.lang)
            city, state = self.screen.city, self.screen.state
            words = marked(city, state, self.screen.name, words, state.lang)
        further = self.apart.account[1:] if self.apart is not None else ()
        if refused := scenario_file.refusal_words(self.screen):
            words, further = refused[0], refused[1:]
        html.show('<p class="summary" role="status">{}</p>', words)
        unknown = unknown_words(self.given.sites, self.screen.state.lang)
        html.small(" ".join(filter(None, [*further, self.say("scenario_page.not_facts"), unknown])))

    def picture(self) -> None:
        """Draw every site as a mark to take hold of, and what its place changes."""
        screen = self.screen
        bare = replace(screen.state, layers=frozenset({"district"}), selected=None)
        state = bare if self.found is not None else screen.state
        # Of two that are set against each other the map shows areas: asked are the places as is.
        scenario = self.found.scenario if self.found is not None and not self.pair else None
        sites = replace(state, layers=site_layers(screen.state))
        self.ask = Ask.of(screen, sites, scenario=scenario)
        self.ask.show(
            replace(screen, state=state),
            rows_in_view(screen.city, state),
            name="coverage",
            flight=coverage_panels.FLIGHT,
            follow=False,
            drawing=self._drawing(),
            act=self._act if self.apart is None else None,
        )
        if self.apart is not None:
            coverage_panels.legend(self.apart.legend)
        elif self.found is not None:
            self._legend()
        self.not_stored = scenarios.exchange(screen)

    def _legend(self) -> None:
        """Explain what is drawn: without a change, nothing is gained, lost, moved or closed."""
        edits = self.found.scenario.edits if self.found is not None else ()
        areas = {"kept": told.KEPT} | ({"gained": told.GAINED, "lost": told.LOST} if edits else {})
        closed = {edit.action == "close" for edit in edits}
        dots = [name for name, shut in (("changed", False), ("closed", True)) if shut in closed]
        symbols = {name: coverage_panels.swatch(look_) for name, look_ in areas.items()}
        symbols |= {name: data_uri(told.sample(name)) for name in dots}
        signs = [
            (symbol, self.say(f"scenario_page.legend_{name}")) for name, symbol in symbols.items()
        ]
        rows, lang = self.given.mapped, self.screen.state.lang
        known = (
            *shapes(self.screen.city, set(rows["kind"]), lang),
            *certainty(set(rows["location_class"]), lang, circle=False),
        )
        html.legend([*signs, *((data_uri(sign), words) for sign, words in known)])

    def _drawing(self) -> Drawing | None:
        if self.found is None:
            return None
        if self.pair:
            asked, lang = self._compared(doubt=True), self.screen.state.lang
            return cache.drawing(self.screen.city, "scenario", asked, lang)
        if self.screen.state.present:  # no card opens there, and no switch shows what a click does
            return told.draw_change(self.found, self.screen.state.lang)
        place, chosen = bool(st.session_state.get(PLACING)), st.session_state.get(CHOSEN)
        lang = self.screen.state.lang
        drawn = told.draw_change(self.found, lang, chosen=chosen, place=place)
        return replace(drawn, turn=st.session_state.get(TURN, 0))

    def _act(self, event: map_view.Event) -> bool:
        """Move the site that was let go elsewhere, add one, or open the card of one."""
        if self.found is None:
            return False
        if event.did == "place":
            return self._placed(event.lon, event.lat)
        known = event.id in self.found.sites.index
        if event.did == "move" and known:
            if self._may(event.lon, event.lat):
                work_on(draft(self.screen).moved(event.id, event.lon, event.lat))
            return True
        if self.screen.state.present or not (known or event.id in self.given.mapped.index):
            return False
        st.session_state[CHOSEN] = event.id
        return True

    def _placed(self, lon: float, lat: float) -> bool:
        """Add a site of the kind and name that the form holds, and open its card."""
        if self.screen.state.present:
            return False
        kind, name = st.session_state.get("scn_kind"), st.session_state.get("scn_site", "")
        if self._added(lon, lat, str(kind or ""), name):
            st.session_state[PLACING] = False  # one click, one place: the next moves the map again
        return True

    def _may(self, lon: float, lat: float, *, more: int = 0) -> bool:
        """Tell whether a site may stand somewhere, and keep why not for the page to say."""
        full = len(draft(self.screen).edits) + more > MOST_EDITS
        beyond = not within(lon, lat, self.screen.city.bbox)
        reason = "scenario.beyond" if beyond else "scenario.full" if full else ""
        st.session_state[BEYOND] = reason
        st.session_state[TURN] = st.session_state.get(TURN, 0) + bool(reason)
        return not reason

    def _added(self, lon: float, lat: float, kind: str, name: str) -> bool:
        if not self._may(lon, lat, more=1):
            return False
        label = "".join(c for c in name if c.isprintable()).strip()
        scenario = draft(self.screen).added(lon, lat, kind=kind, name=label)
        new = scenario.edits[-1]
        if not label:
            number = new.id.removeprefix("new-")
            label = self.say("scenario_page.new_site", number=number)
            scenario = replace(scenario, edits=(*scenario.edits[:-1], replace(new, name=label)))
        work_on(scenario)
        st.session_state[CHOSEN] = new.id
        return True

    def controls(self) -> None:
        """Offer the changes, the scenarios kept, and their files."""
        if reason := st.session_state.pop(BEYOND, ""):
            st.error(self.say(f"error.{reason}"))
        self._map_shows()
        if self.pair:
            html.small(self.say("difference.fixed"))
        else:
            self._change()
        self._keep()
        self._files()

    def _map_shows(self) -> None:
        """Offer to set two scenarios against each other, and which."""
        if len(self.fitting) < 2:
            return
        st.segmented_control(
            self.say("difference.title"),
            MAPS,
            default=sync("scn_map", "versus" if self.pair else "change"),
            key="scn_map",
            required=True,
            format_func=lambda what: self.say(f"difference.title_{what}"),
            on_change=_turn_map,
        )
        for place, name in zip(("first", "second"), self.pair, strict=False):
            names = [n for n in self.fitting if place == "first" or n != self.pair[0]]
            st.selectbox(
                self.say(f"difference.{place}"),
                names,
                index=names.index(sync(f"scn_{place}", name)),
                key=f"scn_{place}",
                format_func=lambda name: display(name, longest=LONGEST_LABEL),
                on_change=_set_apart,
                args=(self.fitting,),
            )

    def _change(self) -> None:
        """Offer to change the scenario at work."""
        self._card()
        coverage_panels.radius(self.screen)
        self._name()
        html.small(self.say("scenario_page.drag"))
        self._edits()
        if st.toggle(self.say("scenario_page.place"), key=PLACING):
            html.small(self.say("scenario_page.place_note"))
        with st.expander(self.say("scenario_page.add_title"), key="scn_add_box"):
            self._add()
        with st.expander(self.say("scenario_page.close_title"), key="scn_close_box"):
            self._close()

    def _card(self) -> None:
        """Show the site that was clicked, and offer to close it or to leave it as it was."""
        id_ = st.session_state.get(CHOSEN)
        lang = self.screen.state.lang
        site = word_site(self.found, id_, lang) if self.found is not None and id_ else None
        if site is None:
            return
        with st.container(key="scn_card"):
            html.card(display(site.name, longest=80), site.status, site.facts)
            with st.container(horizontal=True, gap="small"):
                for deed in site.deeds:
                    st.button(
                        self.say(f"scenario_page.{deed}_here"),
                        key=f"scn_{deed}_here",
                        on_click=self._do,
                        args=(deed, site.id),
                    )
                st.button(
                    self.say("scenario_page.dismiss"),
                    key="scn_dismiss",
                    type="tertiary",
                    on_click=st.session_state.pop,
                    args=(CHOSEN, None),
                )

    def _do(self, deed: str, id_: str) -> None:
        now = draft(self.screen)
        work_on(now.closed(id_) if deed == "close" else now.restored(id_))

    def _name(self) -> None:
        st.text_input(
            self.say("scenario_page.name"),
            sync("scn_name", draft(self.screen).name),
            key="scn_name",
            max_chars=80,
            on_change=self._rename,
        )

    def _rename(self) -> None:
        if is_echo("scn_name"):
            return
        name = "".join(c for c in st.session_state["scn_name"] if c.isprintable()).strip()
        if name:
            work_on(replace(draft(self.screen), name=name))

    def _edits(self) -> None:
        html.section(self.say("scenario_page.edits"))
        edits = draft(self.screen).edits
        if not edits:
            html.small(self.say("scenario_page.no_edits"))
        for edit in edits:
            words = display(told.edit_words(self.given, edit, self.screen.state.lang), longest=120)
            st.button(
                literal(self.say("scenario_page.undo", edit=words)),
                key=f"scn_undo_{edit.id}",
                type="tertiary",
                on_click=self._do,
                args=("restore", edit.id),
            )

    def _add(self) -> None:
        say, lang = self.say, self.screen.state.lang
        offers = told.centres(self.given)
        where = st.selectbox(
            say("scenario_page.where"),
            [*offers, TYPED],
            key="scn_where",
            format_func=lambda code: (
                say("scenario_page.where_typed")
                if code == TYPED
                else display(name_of(self.given.districts, code, lang), longest=LONGEST_LABEL)
            ),
        )
        if where == TYPED:
            lat, lon = self.screen.city.centre
            st.number_input(
                say("scenario_page.lon"), -180.0, 180.0, lon, 0.01, "%.4f", key="scn_lon"
            )
            st.number_input(say("scenario_page.lat"), -85.0, 85.0, lat, 0.01, "%.4f", key="scn_lat")
        layers = self.screen.city.layers
        kinds = [id_ for id_, layer in layers.items() if layer.spec.group == "plan"]
        st.selectbox(
            say("scenario_page.kind"),
            kinds,
            key="scn_kind",
            format_func=lambda id_: display(layers[id_].title.of(lang), longest=LONGEST_LABEL),
        )
        st.text_input(say("scenario_page.site_name"), key="scn_site", max_chars=80)
        # A callback: what follows a button's True is lost with a run that is broken off before it.
        st.button(say("scenario_page.add"), key="scn_add", on_click=self._add_asked)

    def _add_asked(self) -> None:
        """Add the site that the fields describe."""
        asked, centres = st.session_state, told.centres(self.given)
        if not is_offered("scn_where", [*centres, TYPED]):
            return
        if (where := asked["scn_where"]) == TYPED:
            lon, lat = float(asked["scn_lon"]), float(asked["scn_lat"])
        else:
            lon, lat = centres[str(where)]
        self._added(lon, lat, str(asked["scn_kind"] or ""), asked["scn_site"])

    def _close(self) -> None:
        sites = self.given.mapped if self.found is None else self.found.sites
        names = {str(id_): self._label(sites, id_) for id_ in sites.index}
        chosen = st.selectbox(
            self.say("scenario_page.choose"),
            list(names),
            index=None,
            placeholder=self.say("scenario_page.closing_hint"),
            key="scn_closing",
            format_func=lambda id_: display(names[id_], longest=LONGEST_LABEL),
        )
        if chosen:
            st.button(
                self.say("scenario_page.close"),
                key="scn_close",
                on_click=self._close_asked,
                args=(list(names),),
            )

    def _close_asked(self, offered: Collection[str]) -> None:
        """Close the site that was chosen, while there still is such a site."""
        if is_offered("scn_closing", offered):
            work_on(draft(self.screen).closed(str(st.session_state["scn_closing"])))

    def _label(self, sites: Any, id_: object) -> str:
        edit = draft(self.screen).edit(str(id_))
        if edit is not None and edit.action == "add":
            return told.site_name(self.given, edit, self.screen.state.lang)
        return name_of(sites, id_, self.screen.state.lang)

    def _keep(self) -> None:
        say = self.say
        st.button(say("scenario_page.save"), key="scn_save", type="primary", on_click=self._save)
        if st.session_state.get(scenarios.FULL):
            st.error(say("error.scenario.kept"))
        if self.not_stored:
            st.error(say("scenario_page.not_stored"))
        if problems := st.session_state.get(scenarios.REFUSED):
            st.error(say("scenario_page.not_taken_back"))
            html.faults("", problems, self.screen.state.lang)
        if kept():
            html.section(say("scenario_page.saved_title"))
        for number, (name, scenario) in enumerate(kept().items()):
            words = short(name)
            with st.container(horizontal=True, gap="small"):
                st.button(
                    literal(say("scenario_page.open", name=words)),
                    key=f"scn_open_{number}",
                    on_click=turn_to,
                    args=(self.screen, scenario),
                )
                st.button(
                    literal(say("scenario_page.forget", name=words)),
                    key=f"scn_forget_{number}",
                    type="tertiary",
                    on_click=scenarios.forget,
                    args=(name,),
                )
        st.button(
            say("scenario_page.fresh"),
            key="scn_fresh",
            type="tertiary",
            on_click=turn_to,
            args=(self.screen, None),
        )

    def _save(self) -> None:
        keep(draft(self.screen))

    def _files(self) -> None:
        say, city, now = self.say, self.screen.city, draft(self.screen)
        st.download_button(
            say("scenario_page.download"),
            partial(to_file, now),
            file_name=comparison.file_name(now.name),
            mime="application/geo+json",
            on_click="ignore",
            key="scn_download",
        )
        st.download_button(
            say("scenario_page.download_excel"),
            partial(scenario_workbook, now, city, self.screen.state.lang),
            file_name=f"{city.id}_scenario.xlsx",
            on_click="ignore",
            key="scn_download_excel",
        )
        scenario_file.upload(self.screen, self.given.sites)

    def below(self) -> None:
        """Show the change by district, and the scenarios side by side."""
        say = self.say
        if self.found is None:
            return
        if self.apart is not None:
            html.section(say("difference.title_versus"))
            st.html(html.grid(self.apart.tables["difference"]))
        elif not self.screen.state.present:
            html.section(say("scenario_page.change_title"))
            changed = told.unit_table(self.found, self.screen.state.lang)
            st.html(html.grid(changed, say("scenario_page.unit")))
        self._side_by_side()

    def _side_by_side(self) -> None:
        """Set the present, the kept scenarios and the one at work side by side."""
        say, screen = self.say, self.screen
        if not self.rivals:
            return
        html.section(say("scenario_page.compare_title"))
        if left_out := len(self.rivals) - len(self.fitting):
            html.small(say("scenario_page.left_out", count=left_out))
        pictures, table = st.container(), st.container()
        offered = not (self.pair or screen.state.present)
        doubt = bool(self.pair) or (
            offered and st.toggle(say("scenario_page.compare"), key="scn_compare")
        )
        asked = self._compared(doubt=doubt)
        found: comparison.ScenarioAnswer = cache.answer(screen.city, "scenario", asked)
        words: comparison.ScenarioWording = cache.wording(
            screen.city, "scenario", asked, screen.state.lang
        )
        with pictures:
            drawn = zip(comparison.pictures(found), words.captions, strict=True)
            html.strip([Small(*each) for each in drawn], "plates")
        with table:
            st.html(html.grid(words.tables["comparison"], say("scenario_page.scenario")))
            html.small(say("scenario_page.compare_note" if doubt else "scenario_page.drawn_note"))
        if not screen.state.present:
            hand_over.download(screen, "scenario", asked)


def _turn_map() -> None:
    """Set two scenarios against each other on the map, or go back to the one at work."""
    if not is_offered("scn_map", MAPS):
        return
    if st.session_state["scn_map"] == "versus":
        st.session_state[VERSUS] = ("", "")
    else:
        st.session_state.pop(VERSUS, None)


def _set_apart(offered: Collection[str]) -> None:
    if all(is_offered(key, offered) for key in ("scn_first", "scn_second")):
        st.session_state[VERSUS] = (st.session_state["scn_first"], st.session_state["scn_second"])
