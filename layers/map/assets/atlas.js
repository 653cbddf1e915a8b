// Begin a map and paint a view on it: what the page calls.
(function (A) {
  "use strict";

  const DOT = 3, MAX_ZOOM = 12, MAX_ZOOM_TILES = 18;  // generalised outlines bear no closer look
  const MOST_CLEAR = 60;  // own points that names keep clear of; of more, none could
  const paper = document.createElement("style");
  let focused = "", tiles = null, waiting = 0, held = false, styled = false;

  // The host adds the style sheets without waiting for them: unstyled, the map is not shown, and
  // nothing is arranged on it.
  function showWhenStyled(map) {
    const box = map.getContainer();
    const look = () => getComputedStyle(map.getPane("mapPane")).position === "absolute";
    styled = look();
    if (styled) return;
    box.style.visibility = "hidden";
    const watch = window.setInterval(() => {
      if (!look()) return;
      window.clearInterval(watch);
      box.style.visibility = "";
      styled = true;
      follow();
    }, 30);
  }

  // Leaflet makes several events of one change, and each would arrange all marks anew: none does
  // while the change is made, and it is followed once.
  function atOnce(change) {
    held = true;
    try {
      change();
    } finally {
      held = false;
    }
    refresh();
  }

  function follow() {
    atOnce(() => {
      A.main.map.invalidateSize({ pan: false });
      A.settle();
    });
  }

  // An observer also speaks when it begins, and when the map has already followed.
  function resized() {
    const box = A.main.map.getContainer(), size = A.main.map.getSize();
    if (box.clientWidth !== size.x || box.clientHeight !== size.y) follow();
  }

  function begin(map) {
    const data = A.base;
    L.Browser.ie3d = true;  // flat transforms: of the deep ones the browser makes a layer for each mark and name
    A.main = { map: map, inset: false, quiet: false, blocked: [], taken: [], rules: [], dotted: [],
      marks: L.layerGroup(), doubt: L.layerGroup() };
    A.shown = [];
    showWhenStyled(map);
    document.documentElement.lang = data.words.lang;
    const box = map.getContainer();
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", A.plain(data.words.map));
    map.setMaxZoom(MAX_ZOOM);
    A.listen();
    A.drawGround(A.main);
    for (const layer of [A.main.doubt, A.main.marks]) layer.addTo(map);
    A.controls(map);
    A.makeFrame();
    A.makeSwipe();
    map.setView(map.options.center, map.options.zoom, { animate: false });
    map.on("moveend", () => { if (!held) refresh(); });
    map.on("click", A.placed);
    watchFocus(box);
    window.addEventListener("beforeprint", onPaper);
    window.addEventListener("afterprint", () => { A.paper = false; });
    // Leaflet itself would only watch the window.
    new ResizeObserver(resized).observe(box);
  }

  // The page has just measured an A4: the map follows before it is printed. An A3 enlarges the
  // page, but not what stands in a frame.
  function onPaper() {
    A.paper = true;
    follow();
    paper.textContent = "@media print and (min-width: " + Math.round(window.innerWidth * 1.2) + "px) { html { zoom: 1.414; }" +
      "#map_div { height: " + window.innerHeight + "px !important; } }";
    document.head.append(paper);
  }

  // Tiles of an outside server lie over the drawn ground and under every line of ours.
  function outside(source) {
    const map = A.main.map;
    if (tiles && (!source || tiles._url !== A.plain(source.url))) {
      map.removeLayer(tiles);
      tiles = null;
    }
    map.setMaxZoom(source ? MAX_ZOOM_TILES : MAX_ZOOM);
    map.getContainer().classList.toggle("tiled", Boolean(source));
    if (source && !tiles) {
      tiles = L.tileLayer(A.plain(source.url), { pane: "tiles", attribution: source.attribution, maxZoom: MAX_ZOOM_TILES });
      tiles.addTo(map);
    }
  }

  // The host takes the old marks away, and the focus with them: it goes back to the same mark.
  function watchFocus(box) {
    document.addEventListener("focusin", (event) => { focused = event.target.dataset.id || ""; });
    box.addEventListener("pointerdown", () => { focused = ""; });
  }

  function refocus() {
    if (!focused || document.activeElement !== document.body) return;
    const again = document.querySelector('[data-id="' + CSS.escape(focused) + '"]');
    if (again) again.focus({ preventScroll: true });
  }

  const placesOf = (data) => Object.values(data.layers).flat();

  // The box of a dot, which no name covers.
  function dotted(view, feature) {
    const [lon, lat] = feature.geometry.coordinates, p = view.map.latLngToContainerPoint([lat, lon]);
    return [p.x - DOT, p.y - DOT, p.x + DOT, p.y + DOT];
  }

  // Marks and names of all views, in screen space: anew after every move, size and paint.
  function refresh() {
    if (!A.data || !styled) return;
    A.stand();
    const { found, dots } = A.share(placesOf(A.data));
    const arranged = [...found].map(([view, places]) => {
      A.clear(view);
      A.rivers(view);
      A.belt(view);
      A.doubt(view);
      return [view, A.arrange(view, A.swept(view, places))];
    });
    const near = (place) => place.properties.u <= A.base.vague_m, small = A.swept(A.main, dots).filter(near);
    for (const [view, stands] of arranged) {
      view.dotted = [...A.points(MOST_CLEAR), ...(stands.length ? [] : found.get(view).filter(near))].map((feature) => dotted(view, feature));
    }
    for (const place of small) {
      const box = dotted(A.main, place), at = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
      A.dot(A.main, at[0], at[1], A.base.colours[place.properties.k], 2.6);
      A.main.dotted.push(box);
    }
    A.names(arranged);
    for (const [view] of arranged) A.write(view);
    window.clearTimeout(waiting);
    waiting = window.setTimeout(refocus, 0);
    document.documentElement.dataset.painted = A.data.serial;
  }

  function paint(group, data) {
    // The host keeps every group it ever drew; they are off the map by now, so let them go.
    window.feature_group = [];
    const before = A.data && A.data.serial;
    A.keep(data);
    if (data.serial !== before) show(data, group);
    else A.draw(group, data.drawing);  // all else stands already: a switch was answered at once
  }

  // Without a group, only layers have been switched: what an analysis adds stays, and the camera.
  function show(data, group) {
    const stood = A.data ? A.beside() : null;
    A.data = data;
    A.main.map.getContainer().classList.toggle("present", data.present);
    A.main.map.getContainer().classList.toggle("plate", Boolean(data.plate));
    outside(data.tiles);
    if (group) A.draw(group, data.drawing);
    A.explain();
    for (const view of [A.main, ...A.insets, ...(A.locator ? [A.locator] : [])]) A.tint(view);
    atOnce(() => {
      if (group) A.fly(data.fly);
      if (stood !== null && stood !== A.beside()) A.settle();
    });
  }

  Object.assign(A, {
    placesOf: placesOf,
    scale: (view) => (A.data.present && !view.quiet ? 1.4 : view.quiet ? 0.7 : A.main.map.getSize().x < 500 ? 0.85 : 1),
    begin: begin, paint: paint, show: show, refresh: refresh,
  });
})(window.ATLAS);
