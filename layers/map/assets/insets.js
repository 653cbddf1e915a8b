// The frame of the plate: insets and locator as small live maps beside the city, and the legend.
(function (A) {
  "use strict";

  const MARGIN = 12, NARROW = 700, LOW = 420, LOW_BARE = 290, STEP_ASIDE = 0.6, LOWEST = 100, CROWDED = 3;
  const LEFT = [170, 216], RIGHT = [250, 640];
  let box, legend, lines, home = 8, stood = "";

  function element(className, parent) {
    const made = document.createElement("div");
    made.className = className;
    parent.append(made);
    return made;
  }

  // Nothing in an inset moves but what the main map shares with it: marks, filter, selection.
  function small(id, bounds, title, quiet) {
    const holder = element("atlas-inset" + (quiet ? " locator" : ""), box);
    const plate = element("atlas-inset-map", holder);
    const map = L.map(plate, {
      zoomControl: false, attributionControl: false, dragging: false, scrollWheelZoom: false, doubleClickZoom: false,
      boxZoom: false, keyboard: false, touchZoom: false, tap: false, trackResize: false, zoomSnap: 0, fadeAnimation: false, zoomAnimation: false,
    });
    const view = { map: map, id: id, inset: true, quiet: quiet, bounds: L.latLngBounds(bounds), holder: holder,
      marks: L.layerGroup(), doubt: L.layerGroup(), drawn: L.layerGroup(), blocked: [], taken: [], rules: [], dotted: [] };
    map.setView(view.bounds.getCenter(), 8, { animate: false });
    A.drawGround(view);
    for (const layer of [view.drawn, view.doubt, view.marks]) layer.addTo(map);
    plate.setAttribute("role", "region");
    plate.setAttribute("aria-label", A.plain(title));
    caption(view, holder, title, quiet);
    if (!quiet) A.scaleBar(70, "bottomright").addTo(map);
    return view;
  }

  function caption(view, holder, title, quiet) {
    const text = document.createElement(quiet ? "span" : "button");
    text.className = "atlas-inset-title";
    text.innerHTML = title;
    holder.append(text);
    if (quiet) return;
    text.title = A.plain(A.base.words.open);
    L.DomEvent.disableClickPropagation(text);
    text.addEventListener("click", () => {
      A.touch(true);
      A.main.map.fitBounds(view.bounds);
    });
  }

  function make() {
    const map = A.main.map;
    box = element("atlas-frame", map.getContainer());
    L.DomEvent.disableClickPropagation(box);
    L.DomEvent.disableScrollPropagation(box);
    lines = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    lines.setAttribute("class", "atlas-frame-lines");
    lines.setAttribute("aria-hidden", "true");
    box.append(lines);
    A.insets = A.base.insets.map((inset) => small(inset.id, inset.bounds, inset.name, false));
    A.locator = A.base.locator ? small("locator", A.base.locator.bounds, A.base.locator.name, true) : null;
    legend = element("atlas-legend", box);
    map.on("move", frames);
    over(map);
    map.on("zoomstart", () => lines.replaceChildren());
  }

  // A tip stands over the small maps and the legend too: its pane leaves the map's own, which lies
  // below them, and moves along with it.
  function over(map) {
    const tips = map.getPane("tooltipPane");
    tips.style.zIndex = 705;
    map.getContainer().append(tips);
    map.on("move", () => L.DomUtil.setPosition(tips, map.layerPointToContainerPoint([0, 0])));
  }

  // ---- where everything stands, from the size of the window ------------------------------------------
  function ratio(bounds) {
    const [a, b] = [bounds.getSouthWest(), bounds.getNorthEast()].map((at) => L.CRS.EPSG3857.project(at));
    return (b.x - a.x) / (b.y - a.y);
  }

  // The crowded parts stand beside the whole city: on the layout map, and under an analysis that
  // looks at all of it, or at more.
  function beside() {
    if (!A.data || A.data.plate) return Boolean(A.data);
    const { at, box } = A.data.fly, [[, west], [, east]] = A.base.bounds;
    return Boolean(A.data.drawing) && !at && (!box || box[1][1] - box[0][1] >= east - west);
  }

  function plan() {
    const size = A.main.map.getSize(), city = L.latLngBounds(A.base.bounds), gap = Math.round(size.y * 0.04);
    const all = [gap, gap, gap, gap];
    // The height is for a legend in the map: where there is none, small maps find room in a low one.
    const low = A.paper || (A.data && !A.data.legend.length) ? LOW_BARE : LOW;
    const roomy = A.data && size.x >= NARROW && size.y >= low;
    const bare = !(A.data && A.data.plate), explained = roomy && A.data.legend.length > 0;
    if (!roomy || !beside()) return { left: 0, right: 0, pad: all, size: size, legend: explained };
    const wide = (size.y - 2 * gap) * ratio(city);
    const left = !bare && (A.locator || explained) ? clamp(size.x * 0.16, LEFT) : 0;
    // The city stands clear of what lies at its left; under an analysis that comes before the insets.
    const clear = left ? left + 2 * MARGIN : bare && explained ? legend.offsetWidth + 2 * MARGIN : 0;
    const rest = size.x - wide - clear - 3 * MARGIN;
    const right = A.insets.some(crowded) && (!bare || rest >= RIGHT[0]) ? Math.min(clamp(rest, RIGHT), Math.round(size.x * 0.44)) : 0;
    return { left: left, right: right, size: size, legend: left > 0 || (bare && explained),
      pad: [clear || gap, gap, right ? right + 2 * MARGIN : gap, gap] };
  }

  // In a meeting a part in which next to nothing stands, or all is of one class, is not shown larger;
  // at the desk it stays, so that a filter moves nothing.
  function crowded(view) {
    if (A.data.insets) return A.data.insets.includes(view.id); // the scene has chosen
    if (!A.data.present) return true;
    if (A.data.plain.includes(view.id)) return false;
    const firm = A.placesOf(A.data).filter(({ properties }) => properties.u <= A.base.vague_m);
    const near = firm.concat(A.points(Infinity)).filter(({ geometry }) =>
      view.bounds.contains([geometry.coordinates[1], geometry.coordinates[0]]));
    return near.length >= CROWDED;
  }

  const clamp = (value, [low, high]) => Math.round(Math.min(Math.max(value, low), high));

  function set(holder, x, y, width, height) {
    Object.assign(holder.style, { left: x + "px", top: y + "px", width: width + "px", height: height + "px" });
    return [x, y, x + width, y + height];
  }

  // Whether the city is seen whole: from close by, the insets step aside.
  function whole(place) {
    return place.left + place.right > 0 && A.main.map.getZoom() <= home + STEP_ASIDE;
  }

  function stand() {
    const place = plan(), { size } = place, on = whole(place), blocked = [];
    const key = [size.x, size.y, on, legend.offsetHeight, legend.offsetLeft, legend.innerHTML, A.compared(), beside(), A.data && A.data.present, A.data && A.data.tiles, A.data && A.insets.map(crowded)].join("|");
    if (key === stood) return frames();
    stood = key;
    const container = A.main.map.getContainer();
    box.classList.toggle("off", !place.left && !place.right && !place.legend);
    legend.style.width = place.left ? place.left - 18 + "px" : "";
    container.style.setProperty("--left", (place.left ? place.left + 2 * MARGIN : 10) + "px");
    container.style.setProperty("--foot", (place.legend ? legend.offsetLeft + legend.offsetWidth + MARGIN : 10) + "px");
    A.shown = [];
    const wanted = A.insets.filter((view) => A.data && crowded(view));
    for (const view of A.insets) view.holder.hidden = true;
    const foot = 24, n = wanted.length, high = Math.floor((size.y - foot - MARGIN * n) / Math.max(n, 1));
    wanted.forEach((view, i) => {
      view.holder.hidden = !(on && place.right);
      if (view.holder.hidden) return;
      blocked.push(set(view.holder, size.x - place.right - MARGIN, MARGIN + i * (high + MARGIN), place.right, high));
      A.shown.push(view);
    });
    const tall = place.legend ? legend.offsetHeight : 0;
    if (tall) blocked.push([MARGIN, size.y - tall - 10, MARGIN + (place.left || legend.offsetWidth), size.y]);
    if (A.locator) {
      const room = Math.min(Math.round(place.left / ratio(A.locator.bounds)) + 22, size.y - tall - 3 * MARGIN);
      A.locator.holder.hidden = !(on && place.left && room >= LOWEST);
      if (!A.locator.holder.hidden) {
        blocked.push(set(A.locator.holder, MARGIN, MARGIN, place.left, room));
        A.shown.push(A.locator);
      }
    }
    for (const view of A.shown) {
      const stands = view.holder.style.cssText;
      if (view.stands === stands) continue;
      view.stands = stands;
      view.map.invalidateSize({ pan: false, animate: false });
      view.map.fitBounds(view.bounds, { animate: false, padding: [0, 0] });
      view.blocked = titleBox(view);
    }
    A.offerSwipe();
    A.main.blocked = blocked.concat(controlBoxes());
    frames();
  }

  function boxIn(element, frame) {
    const a = element.getBoundingClientRect(), b = frame.getBoundingClientRect();
    return [a.left - b.left - 2, a.top - b.top - 2, a.right - b.left + 2, a.bottom - b.top + 2];
  }

  function titleBox(view) {
    return [...view.holder.querySelectorAll(".atlas-inset-title, .leaflet-control-scale")]
      .map((part) => boxIn(part, view.holder));
  }

  function controlBoxes() {
    const container = A.main.map.getContainer();
    const corners = [...container.querySelectorAll(":scope > .leaflet-control-container > div")];
    return [...corners.filter((corner) => corner.childElementCount), ...container.querySelectorAll(":scope > .atlas-swipe")]
      .map((part) => boxIn(part, container));
  }

  // Where the insets lie in the city: a frame, and thin lines from it to its inset.
  function frames() {
    const shown = A.shown.filter((view) => !view.quiet && !view.holder.hidden), map = A.main.map;
    A.main.rules = [];
    lines.replaceChildren(...shown.flatMap((view) => {
      const seen = view.map.getBounds(), a = map.latLngToContainerPoint(seen.getNorthWest());
      const b = map.latLngToContainerPoint(seen.getSouthEast()), h = view.holder;
      const [x, y] = [h.offsetLeft, h.offsetTop];
      A.main.rules.push([a.x - 1, a.y - 1, b.x + 1, a.y + 1], [a.x - 1, b.y - 1, b.x + 1, b.y + 1],
        [a.x - 1, a.y, a.x + 1, b.y], [b.x - 1, a.y, b.x + 1, b.y]);
      return [
        path("M" + [[a.x, a.y], [b.x, a.y], [b.x, b.y], [a.x, b.y]].map((p) => p.join(" ")).join("L") + "Z", "frame"),
        path("M" + b.x + " " + a.y + "L" + x + " " + y, "lead"),
        path("M" + b.x + " " + b.y + "L" + x + " " + (y + h.offsetHeight), "lead"),
      ];
    }));
  }

  function path(d, className) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", "path");
    made.setAttribute("d", d);
    made.setAttribute("class", className);
    return made;
  }

  // ---- which view has a place ------------------------------------------------------------------------
  // A place belongs to the first inset that holds it, one beyond the city to the locator, else to
  // the main map; there the insets' places are dots.
  function share(places) {
    const city = L.latLngBounds(A.base.bounds), found = new Map([[A.main, []]]);
    const dots = [];
    for (const view of A.shown) found.set(view, []);
    for (const place of places) {
      const [lon, lat] = place.geometry.coordinates;
      const home = A.shown.find((view) => !view.quiet && view.map.getBounds().contains([lat, lon]));
      const away = A.shown.includes(A.locator) && !city.contains([lat, lon]) ? A.locator : null;
      found.get(home || away || A.main).push(place);
      if (home) dots.push(place);
    }
    return { found: found, dots: dots };
  }

  // ---- the legend: only what is drawn ----------------------------------------------------------------
  function explain() {
    if (!A.data.plate) legend.style.width = "";  // a wall turns from the layout map to an analysis
    legend.innerHTML = A.data.legend.map(([sign, words]) => {
      if (!sign) return "<h3>" + words + "</h3>";
      const own = sign.startsWith("#");
      const look = sign.startsWith("<svg ") ? sign
        : '<i class="' + (own ? "fill" : sign) + '"' + (own ? ' style="background:' + sign + '"' : "") + "></i>";
      return '<span class="sign">' + look + "</span><span>" + words + "</span>";
    }).join("");
    legend.hidden = !A.data.legend.length;
  }

  Object.assign(A, {
    makeFrame: make, stand: stand, share: share, explain: explain, plan: plan, beside: beside,
    atHome: (zoom) => { home = zoom; },
  });
})(window.ATLAS);
