// Draws the list of the places shown, by kind, and says which one was chosen. All texts of the data
// are set as text, never as HTML. Up and down move between rows, Home and End to the first and last.
const make = (tag, name, text) => {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text !== undefined) element.textContent = text;
  return element;
};

const row = (item, mark, chosen, choose) => {
  const button = make("button", "place");
  const sign = make("img");
  sign.src = mark;
  sign.alt = "";
  button.type = "button";
  button.dataset.place = item.id;
  if (item.id === chosen) button.setAttribute("aria-current", "true");
  button.append(sign, make("span", "n", item.n ?? ""), make("span", "name", item.name), make("span", "where", item.where));
  button.title = `${item.name} · ${item.where}`;
  button.addEventListener("click", () => choose(item.id));
  const entry = make("li");
  entry.append(button);
  return entry;
};

const move = (event) => {
  const rows = [...event.currentTarget.querySelectorAll("button.place")];
  const at = rows.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (to === undefined || at < 0 || !rows[to]) return;
  event.preventDefault();
  rows[to].focus();
};

export default function ({ data, parentElement, setTriggerValue }) {
  const said = JSON.stringify(data);
  let root = parentElement.querySelector(".places");
  if (root?.atlasSaid === said) return;
  const held = root?.contains(document.activeElement) && document.activeElement.dataset.place;
  if (!root) {
    root = make("div", "places");
    root.addEventListener("keydown", move);
    parentElement.append(root);
  }
  root.atlasSaid = said;
  const choose = (id) => setTriggerValue("chosen", id);
  root.replaceChildren(
    ...data.groups.flatMap((group) => {
      const heading = make("h3", "", group.title);
      heading.append(make("span", "count", String(group.items.length)));
      const list = make("ul");
      list.append(...group.items.map((item) => row(item, data.marks[item.mark], data.chosen, choose)));
      return [heading, list];
    }),
  );
  if (held) root.querySelector(`[data-place="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
}
