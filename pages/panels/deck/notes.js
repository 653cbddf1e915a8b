// The speaker's window: follows the wall in the same browser, and turns it with the same keys.
const CHANNEL = "atlas.deck";
// What the keys of this window do on the wall: the same as there.
const KEYS = ["ArrowRight", "PageDown", "ArrowLeft", "PageUp", "ArrowDown", "ArrowUp", "Home", "End", "b", "l", "n"];

const make = (tag, name, text) => {
  const element = document.createElement(tag);
  element.className = name;
  if (text !== undefined) element.textContent = text;
  return element;
};

const desk = (globalThis.atlasNotes ??= { root: null, data: null, send: null, comments: [], begun: Date.now(), channel: null });

const two = (n) => String(n).padStart(2, "0");

function clock() {
  const now = new Date(), gone = Math.floor((Date.now() - desk.begun) / 1000);
  const [time, since] = desk.root.querySelectorAll("time");
  time.textContent = `${two(now.getHours())}:${two(now.getMinutes())}`;
  since.textContent = `${two(Math.floor(gone / 60))}:${two(gone % 60)}`;
}

// What has been said so far, as the wall tells it.
function remarks() {
  const list = make("ol", "remarks");
  list.append(...desk.comments.map((line) => make("li", "", line)));
  return list;
}

function write(data) {
  const clocks = make("p", "clock");
  clocks.append(make("time", ""), make("span", "", data.labels.since), make("time", ""));
  const list = make("ul", "");
  list.append(...data.notes.map((line) => make("li", "", line)));
  desk.root.replaceChildren(
    clocks, make("p", "where", `${data.title} · ${data.page}`), make("h1", "", data.chapter),
    make("p", "sentence", data.sentence), make("p", "doubt", data.doubt),
    make("h2", "", data.labels.notes), list, remarks(),
    make("p", "next", data.next ? `${data.labels.next} ${data.next}` : data.labels.last),
  );
  clock();
}

function listen() {
  desk.channel = new BroadcastChannel(CHANNEL);
  desk.channel.onmessage = ({ data: seen }) => {
    if (!desk.root?.isConnected || !seen.scene) return;
    const same = ["story", "scene", "district"].every((name) => seen[name] === desk.data[name]);
    desk.comments = seen.comments ?? [];
    desk.root.querySelector(".remarks").replaceWith(remarks());
    if (!same) desk.send("go", { ...seen, n: Date.now() });
  };
  window.setInterval(() => { if (desk.root?.isConnected) clock(); }, 1000);
  document.addEventListener("keydown", (event) => {
    if (!desk.root?.isConnected || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest?.("input, textarea, select")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!KEYS.includes(key)) return;
    event.preventDefault();
    desk.channel.postMessage({ key });
  });
  desk.channel.postMessage({ ask: true });
}

export default function ({ data, parentElement, setTriggerValue }) {
  desk.send = setTriggerValue;
  desk.data = data;
  if (!desk.root?.isConnected) {
    desk.root = make("div", "speaker");
    parentElement.append(desk.root);
  }
  write(data);
  if (!desk.channel) listen();
}
