// The ground of a map: land, water, districts, tints, hatch. Every text arrives escaped as HTML.
window.ATLAS = (function () {
  "use strict";

  const INK = {
    land: "#F7F5F0", neighbour: "#EEECE6", water: "#DCE6EC", line: "#B9B4A8", city: "#8A8478",
    accent: "#B5322A", belt: "#4A334A", quiet: "#5B564C",
  };
  const PANES = { ground: 200, sea: 205, other: 210, edge: 215, land: 220, hatch: 222, river: 225, raster: 226,
    shapes: 227, tiles: 228, lines: 230, axis: 240, veil: 245, doubt: 380, parts: 390, leads: 560, names: 590 };
  const RIVER_ZOOM = 9;  // a line of 1:10 m is wrong by more than a pixel from here on

  // Escaped text back to plain text, for attributes; a textarea holds text only and runs nothing.
  const plains = new Map();  // every paint says the same names again

  function plain(text) {
    if (!plains.has(text)) {
      const area = document.createElement("textarea");
      area.innerHTML = text;
      plains.set(text, area.value);
    }
    return plains.get(text);
  }

  function escape(text) {
    const box = document.createElement("div");
    box.textContent = text;
    return box.innerHTML;
  }

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

  function layer(map, pane, geojson, style) {
    return L.geoJSON(geojson, {
      pane: pane, interactive: false,
      style: (feature) => Object.assign({ pane: pane }, typeof style === "function" ? style(feature) : style),
    }).addTo(map);
  }

  // What is written on the screen, not on the ground: it rides on the map while that is moved, is
  // hidden while it zooms, and is written anew when it rests.
  function sheet(map, pane) {
    const made = document.createElement("div");
    made.className = "atlas-sheet";
    map.getPane(pane).append(made);
    return made;
  }

  function clear(view) {
    view.written = { parts: [], names: [], lines: [], dots: [] };
  }

  function write(view) {
    const { parts, names, lines, dots } = view.written, map = view.map;
    for (const made of Object.values(view.sheets)) L.DomUtil.setPosition(made, map.containerPointToLayerPoint([0, 0]));
    view.sheets.parts.innerHTML = parts.join("");
    view.sheets.names.innerHTML = names.join("");
    view.sheets.leads.innerHTML = '<svg aria-hidden="true" width="1" height="1"><path d="' + lines.join("") + '"/>' + dots.join("") + "</svg>";
    map.getContainer().classList.remove("zooming");
  }

  // A line from one spot of the screen to another, and a dot that marks a true point.
  function line(view, from, to) {
    view.written.lines.push("M" + from.concat(to).map((n) => n.toFixed(1)).join(" "));
  }

  function dot(view, x, y, colour, radius) {
    view.written.dots.push('<circle cx="' + x.toFixed(1) + '" cy="' + y.toFixed(1) + '" r="' + radius + '" fill="' + colour + '"/>');
  }

  // The same ground in every view: the main map, the insets, the locator.
  function ground(view) {
    const map = view.map, data = A.base;
    for (const [name, level] of Object.entries(PANES)) map.createPane(name).style.zIndex = level;
    for (const name of ["names", "parts", "leads", "hatch", "veil"]) map.getPane(name).style.pointerEvents = "none";
    view.sheets = Object.fromEntries(["parts", "leads", "names"].map((name) => [name, sheet(map, name)]));
    map.on("zoomstart", () => map.getContainer().classList.add("zooming"));
    layer(map, "ground", data.ground, { stroke: false, fillColor: INK.neighbour, fillOpacity: 1 });
    layer(map, "sea", data.sea, { stroke: false, fillColor: INK.water, fillOpacity: 1 });
    layer(map, "other", data.other, { color: "#DEDBD2", weight: 0.7, fillColor: INK.neighbour, fillOpacity: 1 });
    // The outer half of this thick line shows round the city only: the land above covers the rest.
    layer(map, "edge", data.district, { color: INK.city, weight: 4, fill: false });
    view.land = layer(map, "land", data.district, { color: INK.land, weight: 0.6, fillColor: INK.land, fillOpacity: 1 });
    view.hatch = layer(map, "hatch", data.district, { stroke: false, fillOpacity: 0 });
    view.river = layer(map, "river", data.river, { color: "#B4CBD8", weight: 1.2 });
    view.lines = districts(view).addTo(map);
    // Else the host would send the whole outline after what we have handed it.
    view.lines.eachLayer((area) => area.removeEventParent(view.lines));
  }

  function districts(view) {
    return L.geoJSON(A.base.district, {
      pane: "lines",
      style: () => ({ pane: "lines", color: INK.line, weight: 1, fillOpacity: 0 }),
      onEachFeature: (feature, area) => {
        if (view.quiet) return;
        area.on("click", () => {
          A.hand({ type: "Feature", id: feature.id, properties: {}, geometry: { type: "Point", coordinates: [0, 0] } });
        });
        area.bindTooltip(() => told(feature), { sticky: true, className: "atlas-tip" });
        area.on("mouseover", () => area.setStyle({ weight: 2, color: INK.city }));
        area.on("mouseout", () => area.setStyle({ weight: 1, color: INK.line }));
      },
    });
  }

  // A district's name, its titles, and the places that lie somewhere in it.
  function told(feature) {
    const here = (A.data && A.data.plate && A.data.told[feature.id]) || [];
    return [feature.properties.n, ...here.map((line) => "<small>" + line + "</small>")].join("<br>");
  }

  // What a paint changes of the ground: fill by district, hatch, and a veil over what is not chosen.
  function tint(view) {
    const look = A.data.ground, chosen = A.data.chosen || {};
    const clear = chosen.ring ? [chosen.id] : A.data.framed;
    const key = JSON.stringify([look, clear, A.data.show.district]);
    if (key === view.tinted) return;
    view.tinted = key;
    view.land.setStyle((feature) => ({
      fillColor: look.fill[feature.id] || INK.land, color: look.fill[feature.id] || INK.land,
    }));
    view.hatch.setStyle((feature) => (look.hatch.includes(feature.id)
      ? { fillColor: hatch("#D6D0C3"), fillOpacity: 1 } : { fillColor: INK.land, fillOpacity: 0 }));
    if (view.veil) view.map.removeLayer(view.veil);
    view.veil = null;
    if (clear.length) {
      const others = A.base.district.features.filter((feature) => !clear.includes(feature.id));
      view.veil = layer(view.map, "veil", { type: "FeatureCollection", features: others },
        { stroke: false, fillColor: "#FFFFFF", fillOpacity: 0.45 });
    }
    toggle(view.map, view.lines, A.data.show.district);
  }

  function toggle(map, part, on) {
    if (on && !map.hasLayer(part)) part.addTo(map);
    if (!on && map.hasLayer(part)) map.removeLayer(part);
  }

  // The belt is an idea of the plan, no line on the ground: one soft band, on the locator, and on the
  // map too where no enlarged parts say that it would cross a crowd.
  function belt(view) {
    if (!view.belt) {
      view.belt = L.geoJSON(A.base.axis, {
        pane: "axis", interactive: false,
        style: (feature) => Object.assign({ pane: "axis", color: INK.belt, lineCap: "round", lineJoin: "round" },
          feature.id === A.base.belt ? { opacity: 0.2, weight: view.quiet ? 10 : 14 }
            : { opacity: 0.45, weight: 1.4, dashArray: "1 5" }),
      });
    }
    const crowds = A.shown.includes(A.locator) && A.shown.some((each) => !each.quiet);
    toggle(view.map, view.belt, A.data.show.axis && (view.quiet || !crowds));
  }

  function rivers(view) {
    toggle(view.map, view.river, view.map.getZoom() <= RIVER_ZOOM);
  }

  const A = {
    INK: INK, plain: plain, escape: escape, hatch: hatch,
    drawGround: ground, tint: tint, belt: belt, rivers: rivers, clear: clear, write: write, line: line, dot: dot, data: null, base: null,
  };
  return A;
})();
