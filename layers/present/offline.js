"use strict";
// One scene at a time, by keys and by the chapter strip; without a script all stand below each other.
const scenes = [...document.querySelectorAll("section")];
const links = [...document.querySelectorAll("nav a")];
let now = Math.max(0, scenes.findIndex((scene) => `#${scene.id}` === location.hash));
function show(n) {
  now = Math.min(Math.max(n, 0), scenes.length - 1);
  scenes.forEach((scene, i) => scene.classList.toggle("now", i === now));
  links.forEach((link, i) => i === now
    ? link.setAttribute("aria-current", "step") : link.removeAttribute("aria-current"));
  links[now].scrollIntoView({ block: "nearest", inline: "nearest" });
  scrollTo(0, 0);
}
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const to = {
    ArrowRight: now + 1, PageDown: now + 1, ArrowLeft: now - 1, PageUp: now - 1,
    Home: 0, End: scenes.length - 1,
  }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  show(to);
});
links.forEach((link, i) => link.addEventListener("click", (event) => {
  event.preventDefault();
  show(i);
}));
document.body.classList.add("stepping");
show(now);
