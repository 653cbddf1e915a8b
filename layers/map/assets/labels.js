// What is named on the map and where: boxes measured on the screen, placed by priority, none over
// another and none over a mark.
(function (A) {
  "use strict";

  const NAMED = 15, NAMED_CLOSE = 60, NEIGHBOURS = 8, TOWNS = 30, TOWN_ZOOM = 10.25, CLOSE_TOWN = 11.25, LINE = 1.3, EDGE = 4;
  const LONG = 20;  // half-widths of a name that may stand in two lines
  const LONGEST = 60;  // characters of a name that may stand on the map; a longer one has its number
  const BADGE = 0.78, BADGE_ROOM = 12;  // of a title beside a district's name; see .atlas-name b
  const STEPS = [0, 12, 20, 30, 42, 56, 72];
  const TURNS = [-Math.PI / 2, Math.PI / 2, 0, Math.PI, -0.8, 0.8, Math.PI - 0.8, Math.PI + 0.8];
  const ROUNDS = Array.from({ length: 22 }, (_, i) => i * 9), AROUND = Array.from({ length: 20 }, (_, i) => (i * Math.PI) / 10);
  const pen = document.createElement("canvas").getContext("2d");
  const grounds = new Map(), widths = new Map(), reaches = new WeakMap();
  let family = "sans-serif";

  function measure(text, size, weight, spacing) {
    const key = [text, size, weight, family].join("|");
    if (!widths.has(key)) {
      pen.font = weight + " " + size + "px " + family;
      widths.set(key, pen.measureText(text).width);
    }
    return widths.get(key) + spacing * [...text].length + 2;
  }

  function free(view, box, under) {
    const size = view.map.getSize();
    if (box[0] < EDGE || box[1] < EDGE || box[2] > size.x - EDGE || box[3] > size.y - EDGE) return false;
    const meets = (b) => box[0] < b[2] && box[2] > b[0] && box[1] < b[3] && box[3] > b[1];
    return !(view.taken.some(meets) || view.blocked.some(meets) || view.rules.some(meets) || (!under && view.dotted.some(meets)));
  }

  // ---- which ground a name may move on -------------------------------------------------------------
  function inRing(lat, lon, ring) {
    let inside = false;
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [x, y] = ring[i], [u, v] = ring[j];
      if (y > lat !== v > lat && lon < ((u - x) * (lat - y)) / (v - y) + x) inside = !inside;
    }
    return inside;
  }

  // West, south, east, north of a geometry: most points need no closer look.
  function reach(geometry) {
    if (!reaches.has(geometry)) {
      const b = L.geoJSON(geometry).getBounds();
      reaches.set(geometry, [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()]);
    }
    return reaches.get(geometry);
  }

  function within(lat, lon, geometry) {
    const [west, south, east, north] = reach(geometry);
    if (lon < west || lon > east || lat < south || lat > north) return false;
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    return polygons.some((rings) => rings.filter((ring) => inRing(lat, lon, ring)).length % 2 === 1);
  }

  // The district or county that a name belongs to: on another's ground it would name that one.
  function groundOf(name) {
    const key = name.lat + " " + name.lon;
    if (!grounds.has(key)) {
      const all = A.base.district.features.concat(A.base.other.features, A.base.sea.features);
      grounds.set(key, all.find((f) => within(name.lat, name.lon, f.geometry)));
    }
    return grounds.get(key);
  }

  function own(view, name, x, y, half) {
    const grounds = name.grounds || [groundOf(name)];
    return [0, -half, half, -half / 2, half / 2].every((dx) => {
      const at = view.map.containerPointToLatLng([x + dx, y]);
      return grounds.some((ground) => ground && within(at.lat, at.lng, ground.geometry));
    });
  }

  // ---- drawing ---------------------------------------------------------------------------------------
  function put(view, name, box) {
    const [left, top, right, bottom] = box;
    view.taken.push(box);
    const badge = name.badge ? '<b style="font-size:' + (name.size * BADGE).toFixed(2) + 'px">' + name.badge + "</b>" : "";
    view.written[name.grounds ? "parts" : "names"].push('<div class="atlas-name ' + name.look + '" style="left:' +
      left.toFixed(1) + "px;top:" + top.toFixed(1) + "px;width:" + (right - left).toFixed(1) + "px;height:" +
      (bottom - top).toFixed(1) + 'px"><span style="font-size:' + name.size.toFixed(2) + 'px">' +
      (name.lines || [name.html]).join("<br>") + "</span>" + badge + "</div>");
  }

  function boxOf(name, x, y) {
    const w = name.width / 2, h = (name.size * LINE) / 2;
    return [x - w, y - h, x + w, y + h];
  }

  function sized(view, name) {
    name.size *= view.quiet ? 1 : A.scale(view);
    name.width = measure(A.plain(name.html), name.size, name.weight || 400, (name.spacing || 0) * name.size);
    if (name.badge) name.width += measure(A.plain(name.badge), name.size * BADGE, 400, 0) + BADGE_ROOM;
    return name;
  }

  // An area's name: in the middle, else a few steps aside, on its own ground.
  function area(view, name) {
    sized(view, name);
    const p = view.map.latLngToContainerPoint([name.lat, name.lon]);
    const [steps, turns, wide] = name.grounds ? [ROUNDS, AROUND, 1] : [STEPS, TURNS, 1.6];
    for (const step of steps) {
      for (const turn of step ? turns : [0]) {
        const x = p.x + step * wide * Math.cos(turn), y = p.y + step * Math.sin(turn), box = boxOf(name, x, y);
        if (free(view, box, name.grounds) && own(view, name, x, y, name.whole ? name.width / 2 - 2 : 0)) {
          put(view, name, box);
          return true;
        }
      }
    }
    return false;
  }

  // A name that finds no room on its ground stands beside it, with a line that leads there.
  function led(view, name) {
    sized(view, name);
    const p = view.map.latLngToContainerPoint([name.lat, name.lon]);
    for (let far = 26; far <= 130; far += 13) {
      for (let turn = 0; turn < 16; turn += 1) {
        const angle = (turn * Math.PI) / 8, x = p.x + far * Math.cos(angle), y = p.y + far * Math.sin(angle);
        const box = boxOf(name, x, y);
        if (!free(view, box)) continue;
        name.look += " led";
        put(view, name, box);
        A.line(view, [p.x, p.y], [Math.min(Math.max(p.x, box[0]), box[2]), Math.min(Math.max(p.y, box[1]), box[3])]);
        A.dot(view, p.x, p.y, A.INK.quiet, 1.6);
        return true;
      }
    }
    return false;
  }

  // Words, or where a browser of before 2021 knows none, characters.
  function segments(text) {
    if (!Intl.Segmenter) return [...text].map((_, index) => ({ index: index }));
    return [...new Intl.Segmenter(document.documentElement.lang, { granularity: "word" }).segment(text)];
  }

  // A long name in two lines, parted near its middle: before a bracket, else between two words.
  function parted(html) {
    const text = A.plain(html), year = text.match(/ · \d{4}$/), end = text.length - (year ? year[0].length : 0);
    if ([...text].reduce((n, c) => n + (c > "\u2E80" ? 2 : 1), 0) < LONG) return null;
    const words = segments(text);
    const cost = (i) => Math.abs(i - text.length / 2) - ("（(".includes(text[i]) ? text.length / 4 : 0);
    const cut = words.map((word) => word.index)
      .filter((i) => i > 1 && i < end - 1 && !" -–，、）”)".includes(text[i]) && Math.abs(i - text.length / 2) < text.length * 0.3)
      .sort((a, b) => cost(a) - cost(b))[0];
    return cut ? [text.slice(0, cut).trim(), text.slice(cut)].map(A.escape) : null;
  }

  // Beside a mark: to the right or left first, away from the bouquet's middle before that.
  function beside(view, stand, name) {
    sized(view, name);
    if (stands(view, stand, name, 1)) return true;
    name.lines = name.look === "place" ? parted(name.html) : null;
    if (!name.lines) return false;
    name.width = Math.max(...name.lines.map((line) => measure(A.plain(line), name.size, 400, 0)));
    return stands(view, stand, name, 2);
  }

  function stands(view, stand, name, lines) {
    const w = name.width / 2, h = (name.size * LINE * lines) / 2, r = stand.r + 1;
    const spots = [[r + w, 0, "right"], [-r - w, 0, "left"], [0, -r - h, ""], [0, r + h, ""],
      [r + w - 2, -h, "right"], [r + w - 2, h, "right"], [-r - w + 2, -h, "left"], [-r - w + 2, h, "left"]];
    if (!stand.alone) {
      const side = (spot) => spot[0] * Math.cos(stand.away) + spot[1] * Math.sin(stand.away) * 2;
      spots.sort((a, b) => side(b) - side(a));
    }
    for (const [dx, dy, side] of spots) {
      const box = [stand.x + dx - w, stand.y + dy - h, stand.x + dx + w, stand.y + dy + h];
      if (!free(view, box)) continue;
      name.look += side ? " to-" + side : "";
      put(view, name, box);
      return true;
    }
    return false;
  }

  // ---- who comes first ---------------------------------------------------------------------------------
  function inView(view, lat, lon) {
    return view.map.getBounds().contains([lat, lon]);
  }

  // A district that an inset shows whole has its name there; the others have it on the main map.
  function districtNames(views) {
    const insets = views.filter((view) => view.inset && !view.quiet);
    A.base.names.forEach(([html, lat, lon], i) => {
      const feature = A.base.district.features[i], badge = A.data.titles[feature.id];
      const name = () => ({ html: html, lat: lat, lon: lon, look: "district" + (badge ? " titled" : ""), size: 13, badge: badge });
      const [west, south, east, north] = reach(feature.geometry);
      const shape = [[south, west], [north, east]];
      const whole = insets.find((view) => view.map.getBounds().contains(shape));
      const seen = (whole ? [whole] : [A.main, ...insets]).filter((view) => inView(view, lat, lon));
      const there = seen.map((view) => area(view, name()));
      // Where nothing is enlarged, a name beside its district would be read as its neighbour's.
      if ((A.data.plate || insets.length) && seen.length && !there.includes(true)) led(seen[0], name());
    });
  }

  function partNames(view) {
    A.base.parts.forEach(([html, lat, lon, codes], i) => {
      if (!A.data.ground.parts || !inView(view, lat, lon)) return;
      const grounds = A.base.district.features.filter((feature) => codes.includes(feature.id));
      [17, 14].some((size) => area(view, {
        html: html, lat: lat, lon: lon, look: "part part" + i, size: size, spacing: 0.18, weight: 600,
        grounds: grounds, whole: true }));
    });
  }

  function waterNames(view) {
    const wide = document.documentElement.lang !== "en";
    for (const [html, lat, lon] of A.base.water) {
      if (inView(view, lat, lon)) area(view, { html: html, lat: lat, lon: lon, look: "water", size: 16, spacing: wide ? 0.5 : 0.15, whole: true });
    }
  }

  // The chief places have their names, the others their number in the list; those on the main map
  // first, which stand alone where an inset has a crowd, and what is only context last.
  function placeNames(stands, close) {
    const chosen = (A.data.chosen && A.data.chosen.id) || "";
    const rank = ([view, { place }]) => place.properties.o +
      (place.id === chosen ? -1e6 : place.properties.x ? 2e6 : view.inset ? 1e6 : 0);
    let left = close || A.data.present ? NAMED_CLOSE : NAMED;
    const others = [];
    for (const [view, stand] of stands.slice().sort((a, b) => rank(a) - rank(b))) {
      const name = { html: A.named(stand.place.properties), look: "place", size: 12 };
      const fits = !view.quiet && left > 0 && name.html.length <= LONGEST;
      if (fits && beside(view, stand, name)) left -= 1;
      else others.push([view, stand]);
    }
    // On the wall there is no list for a number to lead to.
    for (const [view, stand] of A.data.present ? [] : others) {
      beside(view, stand, { html: String(stand.place.properties.i), look: "number", size: 10.5 });
    }
  }

  function outerNames(view) {
    const close = view.map.getZoom() >= TOWN_ZOOM;
    let near = NEIGHBOURS, towns = TOWNS;
    for (const [html, lat, lon, rank] of A.base.labels) {
      if (!inView(view, lat, lon) || (view.quiet && rank > 1)) continue;
      if (rank <= 2 && near > 0) near -= area(view, { html: html, lat: lat, lon: lon, look: "outer", size: rank === 1 && !view.quiet ? 14 : 12 });
      else if (rank > 2 && close && towns > 0 && (rank === 3 || view.map.getZoom() >= CLOSE_TOWN)) {
        towns -= area(view, { html: html, lat: lat, lon: lon, look: "town", size: 11 });
      }
    }
  }

  // Where the words beside an analysis's mark may stand; see .atlas-label.
  function sides(x, y, wide, high) {
    return { left: [x - 9 - wide, y - high, x - 9, y + high], right: [x + 9, y - high, x + 9 + wide, y + high],
      top: [x - wide / 2, y - 9 - 2 * high, x + wide / 2, y - 9], bottom: [x - wide / 2, y + 9, x + wide / 2, y + 9 + 2 * high] };
  }

  // What the marks of an analysis and the words beside them take up: on the side they ask for, or
  // where that leaves the map or meets another, on the first that does not.
  function handles(view) {
    const drawing = A.data.drawing, [size, high] = A.data.present ? [18, 12] : [13, 9], room = view.map.getSize();
    const all = ((drawing && drawing.handles) || []).map(({ geometry, properties }) => {
      const [lon, lat] = geometry.coordinates;
      return [properties, view.map.latLngToContainerPoint([lat, lon])];
    });
    const taken = all.map(([, { x, y }]) => [x - 8, y - 8, x + 8, y + 8]);
    const fits = (b) => b[0] >= 0 && b[1] >= 0 && b[2] <= room.x && b[3] <= room.y &&
      !taken.some((t) => b[0] < t[2] && b[2] > t[0] && b[1] < t[3] && b[3] > t[1]);
    for (const [p, { x, y }] of all.filter(([p]) => p.l)) {
      const boxes = sides(x, y, measure(A.plain(p.l), size, 700, 0) + 8, high);
      const side = [p.s, ...Object.keys(boxes)].find((name) => fits(boxes[name])) || p.s;
      A.lean(view, p.l, side);
      taken.push(boxes[side]);
    }
    return taken;
  }

  // Name everything in all views at once: one list of priorities, each view its own room.
  function names(arranged) {
    const views = arranged.map(([view]) => view);
    family = getComputedStyle(A.main.map.getContainer()).fontFamily;
    for (const [view, stands] of arranged) {
      view.taken = stands.map((s) => [s.x - s.r, s.y - s.r, s.x + s.r, s.y + s.r]);
    }
    const analysed = views.filter((view) => !view.inset || (A.data.drawing && !A.data.plate && !view.quiet));
    for (const view of analysed) view.taken.push(...handles(view));
    if (A.data.show.district || A.data.plate) districtNames(views);
    const close = A.main.map.getZoom() >= A.CLOSE;
    views.filter((view) => !view.inset).forEach(partNames);
    views.filter((view) => view.quiet).forEach(outerNames);
    placeNames(arranged.flatMap(([view, stands]) => stands.map((stand) => [view, stand])), close);
    views.filter((view) => !view.inset).forEach(waterNames);
    views.filter((view) => !view.inset).forEach(outerNames);
  }

  Object.assign(A, { names: names });
})(window.ATLAS);
