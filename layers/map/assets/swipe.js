// Two years on one map: left of a line that the reader drags, what the baseline year did not have
// is left out. Every view has the line at the same share of its width.
(function (A) {
  "use strict";

  const THUMB = 18;  // width of the handle, see .atlas-swipe input
  const lines = new Map();
  let box, slide, waiting = 0;

  const isNew = (place) => Boolean(place.properties.w);

  function make() {
    const { words } = A.base;
    box = document.createElement("label");
    box.className = "atlas-swipe";
    box.hidden = true;
    box.innerHTML = "<span>" + words.swipe + '</span><input type="range" min="0" max="100" step="1" value="0">';
    slide = box.querySelector("input");
    A.main.map.getContainer().append(box);
    L.DomEvent.disableClickPropagation(box);
    box.addEventListener("pointerdown", (event) => event.stopPropagation());
    slide.addEventListener("input", () => {
      window.cancelAnimationFrame(waiting);
      waiting = window.requestAnimationFrame(() => { rule(); A.refresh(); });
    });
  }

  // What the insets leave of the main map, or all of it but room for the handle, and all of an
  // inset: left and right edge.
  function reach(view) {
    const width = view.map.getSize().x;
    if (view.inset) return [0, width];
    if (!A.shown.length) return [THUMB / 2, width - THUMB / 2];
    const { pad } = A.plan();
    return [pad[0], width - pad[2]];
  }

  function lineAt(view) {
    const [left, right] = reach(view);
    return left + ((right - left) * slide.value) / 100;
  }

  function lineOf(view) {
    if (!lines.has(view)) {
      const made = document.createElement("div");
      made.className = "atlas-swipe-line";
      if (!view.inset) made.innerHTML = "<span>" + A.base.words.before + "</span><span>" + A.base.words.after + "</span>";
      view.map.getContainer().append(made);
      lines.set(view, made);
    }
    return lines.get(view);
  }

  const swiping = () => !box.hidden && slide.value !== "0";

  function rule() {
    for (const view of [A.main, ...A.insets]) {
      lineOf(view).hidden = !swiping();
      lineOf(view).style.left = lineAt(view) + "px";
    }
  }

  // Whether there is something to compare.
  const compared = () => A.data.plate && A.placesOf(A.data).some(isNew);

  // Stand across the main map, below the names.
  function offer() {
    const [left, right] = reach(A.main);
    box.hidden = !compared();
    Object.assign(box.style, { left: left - THUMB / 2 + "px", width: right - left + THUMB + "px" });
    rule();
  }

  // Of the places of a view, those that its sides show.
  function swept(view, places) {
    if (view.quiet || !swiping()) return places;
    const line = lineAt(view);
    return places.filter((place) => {
      const [lon, lat] = place.geometry.coordinates;
      return !isNew(place) || view.map.latLngToContainerPoint([lat, lon]).x >= line;
    });
  }

  Object.assign(A, { makeSwipe: make, offerSwipe: offer, compared: compared, swept: swept });
})(window.ATLAS);
