// Where the marks stand: things at one point as a bouquet round it, near ones pushed apart in
// screen space, each with a leader to its true point.
(function (A) {
  "use strict";

  const SIDE = { big: 23, small: 18 };  // of the drawing's square; the shape itself is 18 and 14 px
  const RADIUS = { big: 10.5, small: 8.5 };  // of the shape with its casing
  const RING = 3;  // round what is new, see .atlas-mark.new
  const HALO = 4;  // round what is chosen, see .atlas-mark.chosen
  const PETALS = 6, ROW = 6, MOST = 11;  // a bouquet up to six, then two rows with an ellipsis
  const DOT = 12, DOT_RADIUS = 2.4, GAP = 2.5, CLOSE = 11, LEADER = 5;
  const WORK = 3e6;  // pairs that one arrangement may look at

  const size = (place) => (place.properties.l ? "big" : "small");
  const radius = (place) => RADIUS[size(place)] + (place.properties.w ? RING : 0);

  function chosenId() {
    return (A.data.chosen && A.data.chosen.id) || "";
  }

  // Where nobody knows a place better than by its district, no point is drawn at the city's scale.
  function drawn(view, place) {
    return place.properties.u <= A.base.vague_m || (!view.inset && view.map.getZoom() >= CLOSE) || place.id === chosenId();
  }

  function symbol(view, place) {
    const p = place.properties, near = !view.inset && view.map.getZoom() >= CLOSE;
    return A.base.symbols[p.k + "." + (near || place.id === chosenId() ? p.c : p.e ? "firm" : "schematic")];
  }

  // A fact later than the plan carries its year.
  function named(p) {
    return p.y ? p.n + " · " + p.y : p.n;
  }

  // ---- units: one mark, or the bouquet of all that share a point ---------------------------------
  function petals(places, scale) {
    const largest = Math.max(...places.map(radius)) * scale;
    if (places.length === 1) return { at: [[0, 0]], radius: largest };
    if (places.length <= PETALS) {
      const n = places.length, ring = Math.max(largest + 3.5, (largest + 0.8) / Math.sin(Math.PI / n));
      const turn = n === 2 ? 0 : -Math.PI / 2;
      const at = places.map((_, i) => [0, 1].map((axis) =>
        ring * (axis ? Math.sin : Math.cos)(turn + (2 * Math.PI * i) / n)));
      return { at: at, radius: ring + largest };
    }
    const shown = Math.min(places.length, MOST + 1), step = 2 * largest + 1.5, rows = Math.ceil(shown / ROW);
    const at = Array.from({ length: shown }, (_, i) => [
      ((i % ROW) - (ROW - 1) / 2) * step, (Math.floor(i / ROW) - (rows - 1) / 2) * step + rows * step / 2 + 3,
    ]);
    return { at: at, radius: (ROW / 2) * step };
  }

  function units(view, places) {
    const scale = A.scale(view), piles = new Map();
    for (const place of places) {
      const [lon, lat] = place.geometry.coordinates, key = lon + " " + lat;
      if (!piles.has(key)) piles.set(key, []);
      piles.get(key).push(place);
    }
    return [...piles.values()].map((pile) => {
      const [lon, lat] = pile[0].geometry.coordinates, point = view.map.latLngToContainerPoint([lat, lon]);
      const { at, radius } = petals(pile, scale);
      return { pile: pile, lat: lat, lon: lon, x0: point.x, y0: point.y, x: point.x, y: point.y, at: at, radius: radius };
    });
  }

  // ---- pushing apart -------------------------------------------------------------------------------
  function apart(units, i, j) {
    const a = units[i], b = units[j], need = a.radius + b.radius + GAP;
    let dx = b.x - a.x, dy = b.y - a.y;
    if (Math.abs(dx) >= need || Math.abs(dy) >= need) return false;
    let far = Math.hypot(dx, dy);
    if (far >= need) return false;
    if (far < 0.01) {
      const turn = 2.4 * (i + 1);
      dx = Math.cos(turn); dy = Math.sin(turn); far = 1;
    }
    const share = b.radius / (a.radius + b.radius), push = (need - Math.min(far, need) + 0.2) / far;
    a.x -= dx * push * share; a.y -= dy * push * share;
    b.x += dx * push * (1 - share); b.y += dy * push * (1 - share);
    return true;
  }

  function outOf(unit, box) {
    const r = unit.radius + 3;
    const left = unit.x + r - box[0], right = box[2] - unit.x + r, up = unit.y + r - box[1], down = box[3] - unit.y + r;
    if (Math.min(left, right, up, down) <= 0) return false;
    const least = Math.min(left, right, up, down);
    if (least === left) unit.x -= left;
    else if (least === right) unit.x += right;
    else if (least === up) unit.y -= up;
    else unit.y += down;
    return true;
  }

  function spread(units, view) {
    const n = units.length, rounds = Math.min(240, Math.floor(WORK / (n * n + 1)));
    const size = view.map.getSize(), inside = (u) => u.x0 >= 0 && u.y0 >= 0 && u.x0 <= size.x && u.y0 <= size.y;
    for (let round = 0; round < rounds; round += 1) {
      let moved = false;
      const pull = round < rounds * 0.6 ? 0.06 : 0;
      for (const u of units) { u.x += (u.x0 - u.x) * pull; u.y += (u.y0 - u.y) * pull; }
      for (let i = 0; i < n; i += 1) for (let j = i + 1; j < n; j += 1) moved = apart(units, i, j) || moved;
      for (const u of units) {
        if (!inside(u)) continue;
        for (const box of view.blocked) moved = outOf(u, box) || moved;
        const r = u.radius + 2;
        u.x = Math.min(Math.max(u.x, r), size.x - r); u.y = Math.min(Math.max(u.y, r), size.y - r);
      }
      if (!moved && !pull) break;
    }
  }

  // ---- drawing -------------------------------------------------------------------------------------
  function mark(view, place, unit, dx, dy, small) {
    const p = place.properties, side = (small || SIDE[size(place)]) * A.scale(view);
    const chosen = [place.id, ...(unit.pile || []).map((other) => "@" + other.id)].includes(chosenId());
    const marker = L.marker([unit.lat, unit.lon], {
      keyboard: true, riseOnHover: true, zIndexOffset: chosen ? 900 : 0,
      icon: L.divIcon({
        className: "atlas-mark" + (chosen ? " chosen" : "") + (p.w ? " new" : ""),
        html: small && A.data.drawing.dots && !chosen ? dot(place) : symbol(view, place),
        iconSize: [side, side], iconAnchor: [side / 2 - dx, side / 2 - dy],
      }),
    });
    const tip = p.i ? p.i + " · " + named(p) : named(p);
    marker.bindTooltip(tip, { direction: "top", offset: [dx, dy - 8], className: "atlas-tip" });
    wire(marker, place, named(p));
    return marker.addTo(view.marks);
  }

  function wire(marker, place, name) {
    marker.on("click", () => A.hand({
      type: "Feature", id: place.id, properties: { did: "click" }, geometry: place.geometry,
    }));
    marker.on("add", () => {
      const element = marker.getElement();
      element.dataset.id = place.id;
      element.setAttribute("aria-label", A.plain(name));
      L.DomEvent.on(element, "keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        L.DomEvent.stop(event);
        marker.fire("click", {}, true);
      });
    });
  }

  // The rest of a crowd at one point: it opens as a list beside the map.
  function ellipsis(view, unit, dx, dy) {
    const first = unit.pile[0], rest = unit.pile.length - MOST, side = 22;
    const marker = L.marker([unit.lat, unit.lon], {
      keyboard: true, icon: L.divIcon({
        className: "atlas-mark atlas-more" + ("@" + first.id === chosenId() ? " chosen" : ""), html: "+" + rest,
        iconSize: [side + 8, side], iconAnchor: [side / 2 + 4 - dx, side / 2 - dy],
      }),
    });
    const name = A.base.words.more.replace("#", unit.pile.length);
    marker.bindTooltip(name, { direction: "top", offset: [dx, dy - 8], className: "atlas-tip" });
    wire(marker, { id: "@" + first.id, geometry: first.geometry }, name);
    marker.addTo(view.marks);
  }

  function leader(view, unit) {
    const far = Math.hypot(unit.x - unit.x0, unit.y - unit.y0), many = unit.pile.length > 1;
    if (far > LEADER) A.line(view, [unit.x0, unit.y0], [unit.x, unit.y]);
    if (many && unit.pile.length <= PETALS) {
      for (const [dx, dy] of unit.at) A.line(view, [unit.x, unit.y], [unit.x + dx, unit.y + dy]);
    }
    if (far > LEADER || many) A.dot(view, unit.x0, unit.y0, A.INK.quiet, 2);
  }

  // Under an analysis the places stay small, each on its point: they are not the subject, and what
  // is measured is measured from there.
  function still(view, places) {
    for (const place of places) {
      const [lon, lat] = place.geometry.coordinates;
      mark(view, place, { lat: lat, lon: lon }, 0, 0, DOT);
    }
    return [];
  }

  function dot(place) {
    return '<svg viewBox="0 0 12 12" aria-hidden="true"><circle cx="6" cy="6" r="' + DOT_RADIUS + '" fill="' +
      A.base.colours[place.properties.k] + '" stroke="#fff" stroke-width=".9"/></svg>';
  }

  // Lay out the places of one view, and return what its labels must keep clear of.
  function arrange(view, places) {
    view.marks.clearLayers();
    const shown = places.filter((place) => drawn(view, place));
    if (A.data.drawing && !A.data.drawing.subject && view.map.getZoom() < CLOSE) return still(view, shown);
    const found = units(view, shown);
    spread(found, view);
    const stands = [];
    for (const unit of found) {
      leader(view, unit);
      unit.at.forEach(([dx, dy], i) => {
        const x = unit.x - unit.x0 + dx, y = unit.y - unit.y0 + dy, crowd = unit.pile.length > MOST + 1;
        if (crowd && i === MOST) return ellipsis(view, unit, x, y);
        const place = unit.pile[i];
        mark(view, place, unit, x, y);
        stands.push({ place: place, x: unit.x + dx, y: unit.y + dy,
          r: radius(place) * A.scale(view) + (place.id === chosenId() ? HALO : 0), away: Math.atan2(dy, dx), alone: unit.pile.length === 1 });
      });
    }
    return stands;
  }

  // Drawn by the style sheet: as text it would be a second name of the mark, beside that of the tooltip.
  function label(p) {
    return p.l ? '<span class="atlas-label to-' + p.s + '" data-label="' + p.l + '"></span>' : "";
  }

  // Put the words beside an analysis's mark on another side of it.
  function lean(view, words, side) {
    for (const span of view.map.getPane("markerPane").querySelectorAll(".atlas-label")) {
      if (span.dataset.label === A.plain(words)) span.className = "atlas-label to-" + side;
    }
  }

  // The mark of an analysis on a small map.
  function likeness(group, feature) {
    const [lon, lat] = feature.geometry.coordinates, p = feature.properties;
    L.marker([lat, lon], { keyboard: false, interactive: false, zIndexOffset: 500,
      icon: L.divIcon({ className: "", html: p.h + label(p), iconSize: [20, 20], iconAnchor: [10, 10] }),
    }).addTo(group);
  }

  // A mark of an analysis that the reader may take hold of.
  function handle(group, feature) {
    const [lon, lat] = feature.geometry.coordinates, p = feature.properties;
    const marker = L.marker([lat, lon], {
      keyboard: true, riseOnHover: true, draggable: p.m, autoPan: true, zIndexOffset: 500,
      icon: L.divIcon({ className: "atlas-mark" + (p.k ? " chosen" : ""), html: p.h + label(p), iconSize: [20, 20], iconAnchor: [10, 10] }),
    });
    marker.bindTooltip(p.n, { direction: "top", offset: [0, -8], className: "atlas-tip" });
    wire(marker, feature, p.n);
    marker.on("dragend", () => {
      const at = marker.getLatLng();
      A.wait(at);
      A.hand({ type: "Feature", id: feature.id, properties: { did: "move" },
        geometry: { type: "Point", coordinates: [at.lng, at.lat] } });
    });
    marker.addTo(group);
    marker.removeEventParent(group);
  }

  Object.assign(A, { arrange: arrange, handle: handle, lean: lean, likeness: likeness, named: named, CLOSE: CLOSE });
})(window.ATLAS);
