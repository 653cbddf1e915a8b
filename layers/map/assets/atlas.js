// Draw the atlas in the browser: ground, marks, names. Every text arrives escaped as HTML.
window.ATLAS = (function () {
  "use strict";

  const INK = {
    land: "#F7F5F0", neighbour: "#EEECE6", water: "#DCE6EC", line: "#B9B4A8", city: "#8A8478",
    accent: "#B5322A",
  };
  const PANES = { ground: 200, sea: 205, other: 210, edge: 215, land: 220, river: 225, tiles: 228, lines: 230,
    raster: 226, shapes: 227, axis: 240, doubt: 380, names: 550 };
  const RANK_ZOOM = [0, 5, 8, 10.5, 11.5, 11];
  let map, base, markBoxes = [], markNames = [], clicks = Date.now(), order, touched = false, focused = "", placing = false;
  const fixed = {}, grounds = new Map();

  // Escaped text back to plain text, for attributes; a textarea holds text only and runs nothing.
  function plain(text) {
    const area = document.createElement("textarea");
    area.innerHTML = text;
    return area.value;
  }

  function ground(name, geojson, style) {
    return L.geoJSON(geojson, {
      pane: name, interactive: false, style: () => Object.assign({ pane: name }, style),
    }).addTo(map);
  }

  // A serial number makes every click a new event: the host would otherwise keep the last value.
  // It starts at the time, for a map that is made anew in one session.
  function announce(layer, feature) {
    layer.on("click", () => { feature.properties.t = ++clicks; });
  }

  function districts(geojson) {
    return L.geoJSON(geojson, {
      pane: "lines",
      style: () => ({ pane: "lines", color: INK.line, weight: 1, fillOpacity: 0 }),
      onEachFeature: (feature, layer) => {
        announce(layer, feature);
        layer.bindTooltip(feature.properties.n, { sticky: true, className: "atlas-tip" });
        layer.on("mouseover", () => layer.setStyle({ weight: 2, color: INK.city }));
        layer.on("mouseout", () => layer.setStyle({ weight: 1, color: INK.line }));
      },
    });
  }

  function homeButton() {
    const control = L.control({ position: "topleft" });
    control.onAdd = () => {
      const box = L.DomUtil.create("div", "leaflet-bar atlas-home");
      const link = L.DomUtil.create("a", "", box);
      link.href = "#";
      link.setAttribute("role", "button");
      link.title = plain(base.words.home);
      link.setAttribute("aria-label", link.title);
      link.innerHTML = '<svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><path ' +
        'd="M2 6V2H6M10 2H14V6M14 10V14H10M6 14H2V10" fill="none" stroke="currentColor" ' +
        'stroke-width="1.6"/></svg>';
      L.DomEvent.disableClickPropagation(box);
      L.DomEvent.on(link, "click", (event) => {
        L.DomEvent.preventDefault(event);
        map.fitBounds(base.bounds, { padding: [8, 8] });
      });
      return box;
    };
    return control;
  }

  // The host adds the style sheets without waiting for them: unstyled, the map is not shown.
  function showWhenStyled() {
    const box = map.getContainer();
    const styled = () => getComputedStyle(map.getPane("mapPane")).position === "absolute";
    if (styled()) return;
    box.style.visibility = "hidden";
    const watch = window.setInterval(() => {
      if (!styled()) return;
      window.clearInterval(watch);
      box.style.visibility = "";
      map.invalidateSize({ pan: false });
    }, 30);
  }

  function drawBase(target, data) {
    map = target;
    base = data;
    showWhenStyled();
    document.documentElement.lang = data.words.lang;
    for (const [name, level] of Object.entries(PANES)) {
      map.createPane(name).style.zIndex = level;
    }
    map.getPane("names").style.pointerEvents = "none";
    const box = map.getContainer();
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", plain(data.words.map));
    ground("ground", data.ground, { stroke: false, fillColor: INK.neighbour, fillOpacity: 1 });
    ground("sea", data.sea, { stroke: false, fillColor: INK.water, fillOpacity: 1 });
    ground("other", data.other, { color: "#D8D4CA", weight: 0.8, fillColor: INK.neighbour, fillOpacity: 1 });
    // The lower half of this thick line shows round the city only: the land above covers the rest.
    ground("edge", data.district, { color: INK.city, weight: 3.4, fill: false });
    ground("land", data.district, { color: INK.land, weight: 0.6, fillColor: INK.land, fillOpacity: 1 });
    ground("river", data.river, { color: "#B4CBD8", weight: 1.4 });
    fixed.district = districts(data.district);
    fixed.axis = L.geoJSON(data.axis, {
      pane: "axis", interactive: false,
      style: () => ({ pane: "axis", color: INK.accent, weight: 2, opacity: 0.75, dashArray: "2 7", lineCap: "round" }),
    });
    L.control.zoom({ zoomInTitle: plain(data.words.zoom_in), zoomOutTitle: plain(data.words.zoom_out) }).addTo(map);
    homeButton().addTo(map);
    L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
    map.attributionControl.setPrefix(false);
    map.attributionControl.addAttribution(data.words.attribution);
    fixed.names = L.layerGroup().addTo(map);
    map.setView(map.options.center, map.options.zoom, { animate: false });
    map.on("moveend", names);
    map.on("resize", settle);
    map.on("click", placed);
    watchFocus(map.getContainer());
    // The style sheet may come after the map; Leaflet itself only watches the window.
    new ResizeObserver(() => map.invalidateSize({ pan: false })).observe(map.getContainer());
    for (const event of ["pointerdown", "wheel", "keydown"]) {
      map.getContainer().addEventListener(event, () => touch(true), { passive: true });
    }
  }

  // ---- names that thin out: by rank and by what is already on the map -------------------------
  function overlaps(a, boxes) {
    return boxes.some((b) => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1]);
  }

  // ---- which ground a name may move on -----------------------------------------------------------
  function inRing(lat, lon, ring) {
    let inside = false;
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [x, y] = ring[i], [u, v] = ring[j];
      if (y > lat !== v > lat && lon < ((u - x) * (lat - y)) / (v - y) + x) inside = !inside;
    }
    return inside;
  }

  function within(lat, lon, geometry) {
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    return polygons.some((rings) => rings.filter((ring) => inRing(lat, lon, ring)).length % 2 === 1);
  }

  // The district or county that a name belongs to: on another's ground it would name that one.
  function groundOf(label) {
    if (!grounds.has(label)) {
      const all = base.district.features.concat(base.other.features);
      grounds.set(label, all.find((f) => within(label[1], label[2], f.geometry)));
    }
    return grounds.get(label);
  }

  function names() {
    fixed.names.clearLayers();
    const zoom = map.getZoom(), view = map.getBounds().pad(0.05);
    const boxes = markBoxes.map(([lat, lon]) => {
      const p = map.latLngToContainerPoint([lat, lon]);
      return [p.x - 9, p.y - 9, p.x + 9, p.y + 9];
    });
    const big = map.getContainer().classList.contains("present");
    const candidates = base.labels.filter((l) => l[3] <= 2)
      .concat(zoom >= (big ? 10 : 11) ? markNames : [], base.labels.filter((l) => l[3] > 2));
    let shown = 0;
    for (const label of candidates) {
      const [text, lat, lon, rank] = label;
      if (zoom < RANK_ZOOM[rank] || !view.contains([lat, lon]) || shown > 90) continue;
      const p = map.latLngToContainerPoint([lat, lon]);
      const size = (rank === 1 ? 16 : rank === 2 ? 13 : 12) * (big ? 1.35 : 1);
      const width = [...plain(text)].reduce((w, c) => w + (c > "\u2E80" ? 1 : 0.56), 0) * size;
      const mark = rank === 5;
      // The name of a district or a city steps aside for marks rather than be left out, a
      // district's on its own ground only.
      const steps = rank <= 2 ? [[0, 0], [0, -20], [0, 20], [0, -36], [0, 36], [width, 0], [-width, 0]] : [[0, 0]];
      const boxAt = ([dx, dy]) => {
        const left = (mark ? p.x + 12 : p.x - width / 2) + dx;
        return [left, p.y + dy - size * 0.7, left + width, p.y + dy + size * 0.7];
      };
      const own = ([dx, dy]) => {
        if (rank !== 2 || (!dx && !dy)) return true;
        const at = map.containerPointToLatLng([p.x + dx, p.y + dy]), ground = groundOf(label);
        return Boolean(ground) && within(at.lat, at.lng, ground.geometry);
      };
      const step = steps.find((s) => !overlaps(boxAt(s), boxes) && own(s));
      if (!step) continue;
      const area = boxAt(step);
      boxes.push(area);
      shown += 1;
      L.marker([lat, lon], {
        pane: "names", interactive: false, keyboard: false,
        icon: L.divIcon({
          className: "atlas-name rank" + rank, html: "<span>" + text + "</span>",
          iconSize: [width, size * 1.4], iconAnchor: [p.x - area[0], p.y - area[1]],
        }),
      }).addTo(fixed.names);
    }
  }

  // ---- marks ----------------------------------------------------------------------------------
  // A fact later than the plan carries its year.
  function named(p) {
    return p.y ? p.n + " · " + p.y : p.n;
  }

  function markAt(feature, latlng, chosen) {
    const p = feature.properties, ring = Boolean(p.c);
    const side = ring ? 26 : 20;
    const html = p.h || base.symbols[p.s];
    const marker = L.marker(latlng, {
      keyboard: true, riseOnHover: true, zIndexOffset: ring ? 300 : 0,
      icon: L.divIcon({
        className: "atlas-mark" + (chosen ? " chosen" : ""), html: html,
        iconSize: [side, side], iconAnchor: [side / 2, side / 2],
      }),
    });
    marker.bindTooltip(named(p), { direction: "top", offset: [0, -8], className: "atlas-tip" });
    announce(marker, feature);
    marker.on("add", () => {
      const element = marker.getElement();
      element.dataset.id = feature.id;
      element.setAttribute("aria-label", plain(named(p)));
      L.DomEvent.on(element, "keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        L.DomEvent.stop(event);
        marker.fire("click", { latlng: latlng }, true);
      });
    });
    return marker;
  }

  function toggle(layer, on) {
    if (on && !map.hasLayer(layer)) layer.addTo(map);
    if (!on && map.hasLayer(layer)) map.removeLayer(layer);
  }

  function halo(group, chosen) {
    if (chosen.r) {
      L.circle([chosen.lat, chosen.lon], {
        pane: "doubt", radius: chosen.r, color: INK.accent, weight: 1.4, dashArray: "5 5",
        fillColor: INK.accent, fillOpacity: 0.06, interactive: false,
      }).addTo(group);
    }
    if (chosen.ring) {
      L.geoJSON(chosen.ring, {
        pane: "doubt", interactive: false,
        style: () => ({ pane: "doubt", color: INK.accent, weight: 2.4, fill: false }),
      }).addTo(group);
    }
  }

  // The host returns its list of tags with every move: here it says that the reader moved the
  // map, and since which order.
  function touch(byReader) {
    touched = byReader;
    window.__GLOBAL_DATA__.selected_tags = byReader && order ? [String(order.serial)] : [];
  }

  // An order to the camera counts once; the first one of a frame is obeyed without a journey.
  // While the page is still being laid out the frame changes its size: until the reader takes
  // the map in hand, each change obeys the last order again.
  function obey(options) {
    if (!order) return;
    if (order.at) map.setView([order.at[0], order.at[1]], order.at[2], options);
    else map.fitBounds(order.box || base.bounds, Object.assign({ padding: [8, 8] }, options));
  }

  function fly(next) {
    if (order && next.serial === order.serial) return;
    const first = !order;
    order = next;
    touch(false);
    obey(first ? { animate: false } : {});
  }

  function settle() {
    if (!touched) obey({ animate: false });
    names();
  }

  // Tiles of an outside server lie over the drawn ground and under every line of ours.
  function tiles(source) {
    if (fixed.tiles && (!source || fixed.tiles._url !== plain(source.url))) {
      map.removeLayer(fixed.tiles);
      fixed.tiles = null;
    }
    if (source && !fixed.tiles) {
      fixed.tiles = L.tileLayer(plain(source.url), {
        pane: "tiles", attribution: source.attribution, maxZoom: 18,
      }).addTo(map);
    }
  }

  // ---- what an analysis adds --------------------------------------------------------------------
  // Slanted lines of one colour: a pattern of the document, which every path in it may name.
  function hatch(colour) {
    const id = "hatch-" + colour.replace(/[^0-9a-zA-Z]/g, "");
    if (!document.getElementById(id)) {
      document.body.insertAdjacentHTML("beforeend",
        '<svg class="atlas-hatch" width="0" height="0" aria-hidden="true"><pattern id="' + id +
        '" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">' +
        '<path d="M1 0V7" stroke="' + colour + '" stroke-width="1.4"/></pattern></svg>');
    }
    return "url(#" + id + ")";
  }

  function shape(group, look) {
    const fill = look.pattern === "hatch" ? hatch(look.fill) : look.fill;
    L.geoJSON({ type: "FeatureCollection", features: look.features }, {
      pane: "shapes",
      style: (feature) => ({
        pane: "shapes", color: look.line, weight: look.weight, dashArray: look.dash || null,
        fill: Boolean(look.fill || feature.properties.f),
        fillColor: feature.properties.f || fill, fillOpacity: look.opacity,
      }),
      onEachFeature: (feature, layer) => {
        announce(layer, feature);
        if (feature.properties.n) layer.bindTooltip(feature.properties.n, { sticky: true, className: "atlas-tip" });
      },
    }).addTo(group);
  }

  // What the reader did with a feature reaches the page at once: the host's own way waits a
  // quarter of a second, finds this value sent, and stays silent.
  function hand(feature) {
    const known = window.__GLOBAL_DATA__;
    known.last_active_drawing = feature;
    known.previous_data = {
      last_active_drawing: feature, zoom: map.getZoom(), center: map.getCenter(),
      selected_tags: known.selected_tags,
    };
    window.Streamlit.setComponentValue(known.previous_data);
  }

  function released(marker, feature) {
    const at = marker.getLatLng();
    feature.geometry.coordinates = [at.lng, at.lat];
    Object.assign(feature.properties, { t: ++clicks, did: "move" });
    hand(marker.toGeoJSON());
  }

  // The second click of a double click is none of its own.
  function placed(event) {
    if (!placing || event.originalEvent.detail > 1) return;
    const at = event.latlng.wrap();
    hand({
      type: "Feature", id: "+", properties: { t: ++clicks, did: "place" },
      geometry: { type: "Point", coordinates: [at.lng, at.lat] },
    });
  }

  function place(on) {
    placing = on;
    map.getContainer().classList.toggle("placing", on);
    map.doubleClickZoom[on ? "disable" : "enable"]();
  }

  function handle(group, feature) {
    const at = feature.geometry.coordinates;
    const marker = markAt(feature, L.latLng(at[1], at[0]), feature.properties.k);
    marker.options.draggable = feature.properties.m;
    marker.options.autoPan = true;
    marker.feature = feature;
    marker.on("dragend", () => released(marker, feature));
    marker.on("click", () => {
      feature.properties.did = "click";
      hand(marker.toGeoJSON());
    });
    // A group of its own passes the click on to the host with the feature.
    L.featureGroup([marker]).addTo(group);
  }

  function draw(group, drawing) {
    if (!drawing) return;
    if (drawing.raster) {
      L.imageOverlay(drawing.raster.url, drawing.raster.bounds, { pane: "raster", opacity: 1 }).addTo(group);
    }
    drawing.shapes.forEach((look) => shape(group, look));
    drawing.handles.forEach((feature) => handle(group, feature));
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

  function paint(group, data) {
    // The host keeps every group it ever drew; they are off the map by now, so let them go.
    window.feature_group = [];
    const chosen = data.chosen || {};
    map.getContainer().classList.toggle("present", data.present);
    for (const [id, features] of Object.entries(data.layers)) {
      L.geoJSON({ type: "FeatureCollection", features: features }, {
        pointToLayer: (feature, latlng) => markAt(feature, latlng, feature.id === chosen.id),
      }).addTo(group);
    }
    halo(group, chosen);
    draw(group, data.drawing);
    place(Boolean(data.drawing && data.drawing.place));
    toggle(fixed.district, data.show.district);
    toggle(fixed.axis, data.show.axis);
    tiles(data.tiles);
    const all = Object.values(data.layers).flat();
    markBoxes = all.map((f) => [f.geometry.coordinates[1], f.geometry.coordinates[0]]);
    markNames = all.filter((f) => !f.properties.c)
      .map((f) => [named(f.properties), f.geometry.coordinates[1], f.geometry.coordinates[0], 5]);
    fly(data.fly);
    names();
    document.documentElement.dataset.painted = data.serial;
    window.setTimeout(refocus, 0);
  }

  return { base: drawBase, paint: paint };
})();
