// Shows the strip of an axis, and says which place on it was chosen. The picture is made by the atlas,
// with every text of the data escaped; here it is read as XML, so that nothing in it can run.
const open = (group, choose) => {
  group.setAttribute("tabindex", "0");
  group.setAttribute("role", "button");
  const name = group.querySelector("title")?.textContent ?? "", words = group.querySelector("text")?.textContent ?? "";
  group.setAttribute("aria-label", words.includes(name) ? words : `${words} ${name}`);  // as it is seen, then whole
  group.addEventListener("click", () => choose(group.dataset.place));
  group.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    choose(group.dataset.place);
  });
};

export default function ({ data, parentElement, setTriggerValue }) {
  let root = parentElement.querySelector(".axis-strip");
  if (root?.atlasSaid === data.svg) return;
  const held = root?.contains(document.activeElement) && document.activeElement.dataset.place;
  if (!root) {
    root = document.createElement("div");
    root.className = "axis-strip";
    parentElement.append(root);
  }
  root.atlasSaid = data.svg;
  const picture = new DOMParser().parseFromString(data.svg, "image/svg+xml").documentElement;
  picture.removeAttribute("height");
  picture.setAttribute("width", "100%");
  picture.setAttribute("role", "group");
  root.replaceChildren(document.importNode(picture, true));
  for (const group of root.querySelectorAll("g.place")) open(group, (id) => setTriggerValue("chosen", id));
  if (held) root.querySelector(`[data-place="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
}
