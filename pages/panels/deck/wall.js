// The wall: words over and under the map, and the keys of a meeting. Words change in the moment in
// which the map has painted the scene that they belong to. All texts of the data are set as text.
const PATIENCE_MS = 3000, LOOK_MS = 50, CLEAR = 24, CHANNEL = "atlas.deck";
const FRAME = ".st-key-sheet_deck iframe", SECOND = ".st-key-sheet_deck_second iframe";

const make = (tag, name, text) => {
  const element = document.createElement(tag);
  element.className = name;
  if (text !== undefined) element.textContent = text;
  return element;
};

const wall = (globalThis.atlasWall ??= {
  root: null, data: null, said: null, send: null, wish: null, asked: 0, again: 0, dark: false, key: false, legend: true, names: true,
  watched: new WeakSet(), linked: new WeakSet(), lead: null, channel: new BroadcastChannel(CHANNEL),
});

const mapPage = (which = FRAME) => {
  const page = document.querySelector(which)?.contentDocument;
  return page?.documentElement ? page : null; // while it is being loaded it has none
};

// ---- what is on the wall ---------------------------------------------------------------------------
function build(parent) {
  const root = make("div", "deck");
  root.append(make("header", "deck-head"), make("footer", "deck-foot"), make("div", "deck-dark"));
  root.querySelector(".deck-head").setAttribute("aria-live", "polite");
  parent.append(root);
  const watch = new ResizeObserver(() => {
    for (const part of ["head", "foot"]) {
      const height = root.querySelector(`.deck-${part}`).offsetHeight;
      if (height) document.documentElement.style.setProperty(`--deck-${part}`, `${height}px`);
    }
  });
  for (const part of ["head", "foot"]) watch.observe(root.querySelector(`.deck-${part}`));
  return root;
}

function head(data) {
  const line = make("p", "deck-doubt", data.doubt);
  if (data.filtered) line.append(make("strong", "deck-filtered", data.filtered));
  return [make("h1", "deck-sentence", data.sentence), line];
}

function chapters(data) {
  const strip = make("nav", "deck-chapters");
  data.chapters.forEach(([, name], n) => {
    const button = make("button", "deck-chapter", `${n + 1} ${name}`);
    button.type = "button";
    if (n === data.at) button.setAttribute("aria-current", "step");
    button.addEventListener("click", () => turn({ at: n }));
    strip.append(button);
  });
  return strip;
}

function step(label, sign, by) {
  const button = make("button", "deck-step", sign);
  button.type = "button";
  button.setAttribute("aria-label", label);
  button.addEventListener("click", () => turn({ by }));
  return button;
}

function foot(data) {
  const place = data.districts.find(([code]) => code === data.district);
  const said = make("p", "deck-notices");
  said.append(...data.notices.map((notice) => make("span", "", notice)), make("small", "", data.dated));
  const page = make("p", "deck-page", `${data.at + 1} / ${data.chapters.length}`);
  page.prepend(step(data.labels.back, "‹", -1));
  page.append(step(data.labels.forth, "›", 1));
  const note = make("button", "deck-note", data.labels.comments);
  note.type = "button";
  note.setAttribute("aria-expanded", String(data.writing));
  note.addEventListener("click", comment);
  const key = make("button", "deck-key-button", data.labels.legend);
  key.type = "button";
  key.setAttribute("aria-expanded", String(wall.key));
  key.addEventListener("click", () => { wall.key = !wall.key; explain(); });
  return [...(place ? [make("strong", "deck-district", place[1])] : []), chapters(data), said, key,
    ...(data.locked ? [] : [note]), page];
}

function caption(data) {
  if (!data.caption) return [];
  const box = make("button", "deck-caption");
  box.type = "button";
  box.title = data.labels.close;
  box.append(make("strong", "", data.caption.title));
  if (data.caption.line) box.append(make("span", "", data.caption.line));
  box.append(...data.caption.more.map((line) => make("small", "", line)));
  box.addEventListener("click", close);
  return [box];
}

// A small screen has no room for the legend on the map: it is unfolded over it.
function explain() {
  const { root } = wall;
  root.querySelector(".deck-key")?.remove();
  root.querySelector(".deck-key-button")?.setAttribute("aria-expanded", String(wall.key));
  const legends = [mapPage(), mapPage(SECOND)].slice(0, wall.said?.second ? 2 : 1)
    .map((page) => page?.querySelector(".atlas-legend"));
  if (!wall.key) return;
  const box = make("div", "deck-key");
  for (const legend of legends) if (legend) box.append(...[...legend.cloneNode(true).childNodes].map((part) => document.adoptNode(part)));
  root.append(box);
}

// A caption stands over the map in the first corner in which it does not hide its own mark.
function stand() {
  const box = wall.root.querySelector(".deck-caption"), mark = mapPage()?.querySelector(".atlas-mark.chosen");
  if (!box || !mark) return;
  const frame = document.querySelector(FRAME).getBoundingClientRect(), at = mark.getBoundingClientRect();
  const [x, y] = [frame.left + at.left + at.width / 2, frame.top + at.top + at.height / 2];
  for (const corner of ["", "top", "right", "top right"]) {
    box.className = `deck-caption ${corner}`;
    const b = box.getBoundingClientRect();
    if (x < b.left - CLEAR || x > b.right + CLEAR || y < b.top - CLEAR || y > b.bottom + CLEAR) return;
  }
}

function write(data) {
  const { root } = wall;
  root.querySelector(".deck-head").replaceChildren(...head(data));
  root.querySelector(".deck-foot").replaceChildren(...foot(data));
  root.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  for (const old of root.querySelectorAll(".deck-caption")) old.remove();
  root.append(...caption(data));
  stand();
  explain();
  root.classList.remove("turning");
  root.dataset.shown = `${data.story}/${data.chapters[data.at][0]}/${data.district}`;
  wall.data = wall.said = data;
  wall.lead = null; // a new scene is led by its first view until one is touched
  pair();
  tell();
  if (wall.wish && wall.wish.scene === data.chapters[data.at][0] && wall.wish.district === data.district) wall.wish = null;
  wall.asked = 0;
  if (wall.wish) send();
}

// ---- turning ---------------------------------------------------------------------------------------
// What a dropped line has swallowed is asked for again.
function ask(name, value, isDone) {
  window.clearTimeout(wall.again);
  wall.again = window.setTimeout(() => {
    if (wall.root.isConnected && !isDone()) ask(name, value, isDone);
  }, PATIENCE_MS);
  wall.send(name, { ...value(), n: Date.now() });
}

// One turn is under way at a time: whoever presses on meanwhile gets the last scene asked for.
function send() {
  wall.asked = Date.now();
  ask("go", () => ({ ...wall.wish, story: wall.data.story }), () => !wall.wish);
}

function turn({ at, by = 0, down = 0 }) {
  const { data } = wall;
  if (!data) return;
  const ids = data.chapters.map(([id]) => id), codes = data.districts.map(([code]) => code);
  const held = (n, all) => Math.min(Math.max(n, 0), all.length - 1);
  const from = wall.wish ?? { scene: ids[data.at], district: data.district };
  const scene = ids[held(at ?? ids.indexOf(from.scene) + by, ids)];
  const district = codes.length ? codes[held(codes.indexOf(from.district) + down, codes)] : "";
  if (scene === from.scene && district === from.district) return;
  wall.wish = { scene, district };
  if (Date.now() - wall.asked > PATIENCE_MS) send();
}

function close() {
  for (const old of wall.root.querySelectorAll(".deck-caption")) old.remove();
  wall.data = { ...wall.data, caption: null };
  ask("close", () => ({}), () => !wall.said.caption);
}

// Comments are written in the page itself, over the map.
function comment() {
  const on = !wall.data.writing;
  wall.data = { ...wall.data, writing: on };
  ask("comment", () => ({ on }), () => wall.said.writing === on);
}

// ---- keys, in the page and in the map's frame ------------------------------------------------------
const TURNS = {
  ArrowRight: { by: 1 }, PageDown: { by: 1 }, ArrowLeft: { by: -1 }, PageUp: { by: -1 },
  ArrowDown: { down: 1 }, ArrowUp: { down: -1 },
};
const FREE = {
  Home: () => turn({ at: 0 }),
  End: () => turn({ at: Infinity }),
  b: () => { wall.dark = !wall.dark; dress(); },
  l: () => { wall.legend = !wall.legend; dress(); },
  m: comment,
  n: () => { wall.names = !wall.names; dress(); },
  s: () => {
    const there = new URL(location.href);
    there.searchParams.set("notes", "1");
    window.open(there, "atlas-notes", "width=960,height=720");
  },
};

function escape() {
  if (wall.dark) FREE.b();
  else if (wall.data.writing) comment();
  else if (wall.data.caption) close();
  else if (!wall.data.locked) ask("leave", () => ({}), () => false);
}

const actOf = (key) =>
  TURNS[key] ? () => turn(TURNS[key]) : key === "Escape" ? escape : wall.data.locked ? null : FREE[key];

function pressed(event) {
  if (!wall.root?.isConnected || !wall.data || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.closest?.("input, textarea, select")) return;
  const act = actOf(event.key.length === 1 ? event.key.toLowerCase() : event.key);
  if (!act) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  act();
}

function watch(page) {
  if (wall.watched.has(page)) return;
  wall.watched.add(page);
  page.addEventListener("keydown", pressed, { capture: true });
  if (page !== document) hears.observe(page.documentElement, { attributeFilter: ["data-painted"] });
}

function dress() {
  wall.root.classList.toggle("dark", wall.dark);
  for (const page of [mapPage(), mapPage(SECOND)]) {
    const look = page?.documentElement.classList;
    look?.add("wall");
    look?.toggle("no-legend", !wall.legend);
    look?.toggle("no-names", !wall.names);
  }
}

// ---- two views side by side ------------------------------------------------------------------------
// One leads, the one that was touched last, and the other shows the same part at the same scale.
const leafletOf = (page) => page?.defaultView.ATLAS?.main?.map;

function follow(from, to) {
  if (!wall.said?.second || !leafletOf(from) || !leafletOf(to)) return;
  const lead = leafletOf(from), other = leafletOf(to);
  const same = lead.getZoom() === other.getZoom() && lead.getCenter().equals(other.getCenter(), 1e-7);
  if (same || wall.following) return; // what is set off by going there does not ask again
  const snap = other.options.zoomSnap;
  other.options.zoomSnap = 0; // a whole city fills its frame between two steps of the zoom
  wall.following = true;
  // Leaflet pans by whole pixels: over less than one it would stay, and be asked for ever.
  const off = other.latLngToContainerPoint(lead.getCenter()).distanceTo(other.getSize().divideBy(2));
  other.setView(lead.getCenter(), lead.getZoom(), { animate: false, reset: off < 1 });
  wall.following = false;
  other.options.zoomSnap = snap;
}

function pair() {
  const [first, second] = [mapPage(), mapPage(SECOND)];
  const two = Boolean(wall.said?.second);
  document.body.classList.toggle("two-views", two);
  document.body.classList.toggle("second-painted", two && second?.documentElement.dataset.painted === wall.said.second);
  if (!two || !leafletOf(first) || !leafletOf(second)) return;
  watch(second);
  wall.lead ??= first;
  for (const [own, other] of [[first, () => mapPage(SECOND)], [second, () => mapPage()]]) {
    if (wall.linked.has(own)) continue;
    wall.linked.add(own);
    for (const touch of ["pointerdown", "wheel", "keydown"]) own.addEventListener(touch, () => { wall.lead = own; }, { capture: true, passive: true });
    leafletOf(own).on("move zoomend resize", () => {
      if (wall.lead === own) follow(own, other());
      else follow(other(), own);
    });
  }
  follow(first, second);
  dress();
}

// ---- the speaker's window --------------------------------------------------------------------------
function tell() {
  const { data } = wall;
  wall.channel.postMessage({ story: data.story, scene: data.chapters[data.at][0], district: data.district, comments: data.comments });
}

wall.channel.onmessage = ({ data }) => {
  if (!wall.root?.isConnected || !wall.data) return;
  if (data.ask) tell();
  if (data.key) actOf(data.key)?.();
};

// ---- the map has painted ---------------------------------------------------------------------------
// Heard of in the same moment, so that no frame shows the words of one scene over the map of another.
// Should the map be first, the words of the scene before are hidden until those of this one come.
const hears = new MutationObserver(() => {
  pair();
  whenPainted(wall.next);
  const painted = mapPage()?.documentElement.dataset.painted;
  wall.root.classList.toggle("turning", Boolean(wall.data) && wall.data.serial !== painted);
});

function whenPainted(data, since = Date.now()) {
  if (mapPage(SECOND)) watch(mapPage(SECOND));
  if (!data || wall.next !== data) return; // another scene has come since, or this one is written
  const page = mapPage();
  if (page) watch(page);
  if (page?.documentElement.dataset.painted === data.serial || !data.serial || Date.now() - since > PATIENCE_MS) {
    wall.next = null;
    write(data);
    dress();
  } else window.setTimeout(whenPainted, LOOK_MS, data, since);
}

export default function ({ data, parentElement, setTriggerValue }) {
  wall.send = setTriggerValue;
  if (!wall.root?.isConnected) Object.assign(wall, { root: build(parentElement), wish: null, asked: 0, dark: false });
  watch(document);
  wall.next = data;
  whenPainted(data);
}
